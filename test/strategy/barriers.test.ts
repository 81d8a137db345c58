import { expect, test } from 'vitest';
import { barriersOf } from '../../src/strategy/barriers.ts';
import { testOf } from './source.ts';

/** A row: a statement, and what its barriers are called. */
const rows: readonly (readonly [statement: string, ...labels: string[]])[] = [
  ['smp_mb();', 'smp_mb'],
  ['barrier();', 'barrier'],
  ['smp_mb__after_unlock_lock();', 'smp_mb__after_unlock_lock'],
  ['wmb();', 'wmb'],
  ['r0 = smp_load_acquire(x);', 'acquire'],
  ['smp_store_release(x, 1);', 'release'],
  ['rcu_assign_pointer(*x, 1);', 'release'],
  ['smp_store_mb(*x, 1);', 'smp_store_mb'],
  ['r0 = atomic_read_acquire(v);', 'acquire'],
  ['atomic_set_release(v, 1);', 'release'],
  ['r0 = atomic_inc_return(v);', 'full'],
  ['r0 = atomic_fetch_add_acquire(1, v);', 'acquire'],
  ['r0 = xchg_release(x, 1);', 'release'],
  ['r0 = cmpxchg(x, 0, 1);', 'full'],
  ['r0 = atomic_dec_and_test(v);', 'full'],
  ['smp_store_release(x, smp_load_acquire(y));', 'acquire', 'release'],
  ['if (smp_load_acquire(x)) smp_wmb();', 'acquire', 'smp_wmb'],
  // No barrier, or none that can be taken away.
  ['r0 = READ_ONCE(*x);'],
  ['r0 = rcu_dereference(*x);'],
  ['atomic_inc(v);'],
  ['r0 = atomic_inc_return_relaxed(v);'],
  ['r0 = atomic_add_unless(v, 1, 2);'],
  ['spin_lock(l);'],
  ['*x = 1;'],
];

test.each(rows)('%s has the barriers %s', (statement, ...labels) => {
  const found = barriersOf(testOf(statement));
  expect(found.map(({ label }) => label)).toEqual(labels.filter((label) => label !== undefined));
});

test('barriers come thread after thread, with their lines', () => {
  const found = barriersOf(testOf('smp_wmb();\nsmp_mb();', 'smp_rmb();'));
  expect(found.map(({ label, call }) => `${label}@${call.at.line}`)).toEqual([
    'smp_wmb@3',
    'smp_mb@4',
    'smp_rmb@7',
  ]);
});
