import { describe, expect, test } from 'vitest';
import { withoutBarriers } from '../../src/strategy/weaken.ts';
import { bodyOf, testOf } from './source.ts';

const all = () => true;

describe('with nothing left', () => {
  const rows: readonly (readonly [before: string, after: readonly string[]])[] = [
    ['smp_mb();', []],
    ['barrier();', []],
    ['r0 = smp_load_acquire(x);', ['r0 = READ_ONCE(*x);']],
    ['smp_store_release(x, 1);', ['WRITE_ONCE(*x, 1);']],
    ['rcu_assign_pointer(*x, 1);', ['WRITE_ONCE(*x, 1);']],
    ['smp_store_mb(*x, 1);', ['WRITE_ONCE(*x, 1);']],
    ['r0 = atomic_read_acquire(v);', ['r0 = atomic_read(v);']],
    ['atomic_set_release(v, 1);', ['atomic_set(v, 1);']],
    ['r0 = atomic_inc_return(v);', ['r0 = atomic_inc_return_relaxed(v);']],
    ['r0 = atomic_fetch_or_release(1, v);', ['r0 = atomic_fetch_or_relaxed(1, v);']],
    ['r0 = atomic_add_negative(1, v);', ['r0 = atomic_add_negative_relaxed(1, v);']],
    ['r0 = atomic_dec_and_test(v);', ['r0 = atomic_dec_return_relaxed(v) == 0;']],
    ['r0 = atomic_sub_and_test(2, v);', ['r0 = atomic_sub_return_relaxed(2, v) == 0;']],
    ['r0 = xchg(x, 1);', ['r0 = xchg_relaxed(x, 1);']],
    ['r0 = cmpxchg_acquire(x, 0, 1);', ['r0 = cmpxchg_relaxed(x, 0, 1);']],
    ['r0 = atomic_cmpxchg(v, 0, 1);', ['r0 = atomic_cmpxchg_relaxed(v, 0, 1);']],
    ['spin_lock(l);', ['spin_lock(l);']],
    ['r0 = atomic_add_unless(v, 1, 2);', ['r0 = atomic_add_unless(v, 1, 2);']],
    ['WRITE_ONCE(*x, smp_load_acquire(y));', ['WRITE_ONCE(*x, READ_ONCE(*y));']],
  ];
  test.each(rows)('%s becomes %j', (before, after) => {
    expect(bodyOf(withoutBarriers(testOf(before), all, 'nothing'))).toEqual(after);
  });
});

describe('with barrier() left', () => {
  const rows: readonly (readonly [before: string, after: readonly string[]])[] = [
    ['smp_wmb();', ['barrier();']],
    ['r0 = smp_load_acquire(x);', ['r0 = READ_ONCE(*x);', 'barrier();']],
    ['smp_store_release(x, 1);', ['barrier();', 'WRITE_ONCE(*x, 1);']],
    ['smp_store_mb(*x, 1);', ['WRITE_ONCE(*x, 1);', 'barrier();']],
    ['r0 = xchg(x, 1);', ['barrier();', 'r0 = xchg_relaxed(x, 1);', 'barrier();']],
    ['r0 = READ_ONCE(*x);', ['r0 = READ_ONCE(*x);']],
    [
      'if (smp_load_acquire(x)) WRITE_ONCE(*y, 1);',
      ['if (READ_ONCE(*x)) {', 'barrier();', 'WRITE_ONCE(*y, 1);', '} else {', 'barrier();', '}'],
    ],
  ];
  test.each(rows)('%s becomes %j', (before, after) => {
    expect(bodyOf(withoutBarriers(testOf(before), all, 'barrier()'))).toEqual(after);
  });
});

test('barriers that are not chosen stay', () => {
  const sample = testOf('smp_wmb(); smp_mb();');
  const bare = withoutBarriers(sample, ({ name }) => name === 'smp_wmb', 'nothing');
  expect(bodyOf(bare)).toEqual(['smp_mb();']);
});
