import { describe, expect, test } from 'vitest';
import { acquireRelease } from '../../src/strategy/acquire-release.ts';
import { reasonOf, rewritten, testOf } from './source.ts';

const lines = (...statements: readonly string[]) => statements.join('\n');

describe('a store after smp_wmb()', () => {
  const rows: readonly (readonly [what: string, before: string, after: readonly string[]])[] = [
    ['a once store', 'WRITE_ONCE(*y, 1);', ['smp_store_release(y, 1);']],
    ['a plain store', '*y = 1;', ['smp_store_release(y, 1);']],
    ['atomic_set', 'atomic_set(v, 1);', ['atomic_set_release(v, 1);']],
    ['a void atomic', 'atomic_inc(v);', ['(void)atomic_fetch_inc_release(v);']],
    ['a void atomic with an operand', 'atomic_or(2, v);', ['(void)atomic_fetch_or_release(2, v);']],
    ['a relaxed exchange', 'r0 = xchg_relaxed(y, 1);', ['r0 = xchg_release(y, 1);']],
    ['an acquiring exchange', 'r0 = xchg_acquire(y, 1);', ['r0 = xchg(y, 1);']],
    ['a release already', 'smp_store_release(y, 1);', ['smp_store_release(y, 1);']],
    ['a fully ordered atomic', 'r0 = atomic_inc_return(v);', ['r0 = atomic_inc_return(v);']],
    ['an unlock', 'spin_unlock(l);', ['spin_unlock(l);']],
    [
      'a store behind a lock, which is no release',
      'spin_lock(l); WRITE_ONCE(*y, 1);',
      ['spin_lock(l);', 'smp_store_release(y, 1);'],
    ],
    [
      'a store behind a load',
      'r0 = READ_ONCE(*z); WRITE_ONCE(*y, 1);',
      ['r0 = READ_ONCE(*z);', 'smp_store_release(y, 1);'],
    ],
    [
      'the first store of each branch',
      'if (r0) WRITE_ONCE(*y, 1); else WRITE_ONCE(*z, 1);',
      ['if (r0) {', 'smp_store_release(y, 1);', '} else {', 'smp_store_release(z, 1);', '}'],
    ],
  ];
  test.each(rows)('is a release: %s', (_, before, after) => {
    const rewrite = acquireRelease(testOf(`WRITE_ONCE(*x, 1); smp_wmb(); ${before}`));
    expect(rewritten(rewrite)).toEqual(['WRITE_ONCE(*x, 1);', ...after]);
  });
});

describe('the load before smp_rmb()', () => {
  const rows: readonly (readonly [what: string, before: string, after: readonly string[]])[] = [
    ['a once load', 'r0 = READ_ONCE(*y);', ['r0 = smp_load_acquire(y);']],
    ['rcu_dereference', 'r0 = rcu_dereference(*y);', ['r0 = smp_load_acquire(y);']],
    ['a plain load', 'r0 = *y;', ['r0 = smp_load_acquire(y);']],
    ['atomic_read', 'r0 = atomic_read(v);', ['r0 = atomic_read_acquire(v);']],
    ['an acquire already', 'r0 = smp_load_acquire(y);', ['r0 = smp_load_acquire(y);']],
    ['a relaxed exchange', 'r0 = xchg_relaxed(y, 1);', ['r0 = xchg_acquire(y, 1);']],
    ['a releasing exchange', 'r0 = xchg_release(y, 1);', ['r0 = xchg(y, 1);']],
    ['a lock', 'spin_lock(l);', ['spin_lock(l);']],
    [
      'a load before a void atomic, whose read smp_rmb() does not order',
      'r0 = READ_ONCE(*y); atomic_inc(v);',
      ['r0 = smp_load_acquire(y);', 'atomic_inc(v);'],
    ],
  ];
  test.each(rows)('is an acquire: %s', (_, before, after) => {
    const rewrite = acquireRelease(testOf(`${before} smp_rmb(); r1 = READ_ONCE(*x);`));
    expect(rewritten(rewrite)).toEqual([...after, 'r1 = READ_ONCE(*x);']);
  });

  test('is found outside the branch that the fence is in', () => {
    const rewrite = acquireRelease(
      testOf('r0 = READ_ONCE(*y); if (r0 == 0) { smp_rmb(); r1 = READ_ONCE(*x); }'),
    );
    expect(rewritten(rewrite)[0]).toBe('r0 = smp_load_acquire(y);');
  });
});

describe('smp_mb()', () => {
  test('between two loads makes the first an acquire', () => {
    const rewrite = acquireRelease(testOf('r0 = READ_ONCE(*x); smp_mb(); r1 = READ_ONCE(*y);'));
    expect(rewritten(rewrite)).toEqual(['r0 = smp_load_acquire(x);', 'r1 = READ_ONCE(*y);']);
  });

  test('between a load and a store makes the store a release, which also passes on what was read', () => {
    const rewrite = acquireRelease(testOf('r0 = READ_ONCE(*x); smp_mb(); WRITE_ONCE(*y, 1);'));
    expect(rewritten(rewrite)).toEqual(['r0 = READ_ONCE(*x);', 'smp_store_release(y, 1);']);
  });

  test('between two stores makes the second a release', () => {
    const rewrite = acquireRelease(testOf('WRITE_ONCE(*x, 1); smp_mb(); WRITE_ONCE(*y, 1);'));
    expect(rewritten(rewrite)).toEqual(['WRITE_ONCE(*x, 1);', 'smp_store_release(y, 1);']);
  });

  test('between a store and a later load has no counterpart, and the reason names the lines', () => {
    const rewrite = acquireRelease(
      testOf(lines('WRITE_ONCE(*x, 1);', 'r0 = READ_ONCE(*z);', 'smp_mb();', 'r1 = READ_ONCE(*y);')),
    );
    expect(reasonOf(rewrite)).toBe(
      'smp_mb on line 5 orders the store on line 3 before the later load on line 6, which no acquire or release does',
    );
  });

  test('right behind a lock or an unlock orders its store before a load, which has no counterpart', () => {
    for (const what of [
      'spin_lock(l); smp_mb__after_spinlock();',
      'spin_lock(l); spin_unlock(l); smp_mb();',
    ]) {
      const rewrite = acquireRelease(testOf(`${what} r0 = READ_ONCE(*x);`));
      expect(reasonOf(rewrite)).toMatch(/orders the spin_(un)?lock on line 3 before the later load/);
    }
  });

  test('within smp_store_mb() goes with it, unless a load follows', () => {
    const stores = acquireRelease(testOf('smp_store_mb(*x, 1); WRITE_ONCE(*y, 1);'));
    expect(rewritten(stores)).toEqual(['WRITE_ONCE(*x, 1);', 'smp_store_release(y, 1);']);
    const load = acquireRelease(testOf('smp_store_mb(*x, 1); r0 = READ_ONCE(*y);'));
    expect(reasonOf(load)).toContain('smp_store_mb on line 3 orders the store on line 3');
  });
});

describe('what has no counterpart, or needs none', () => {
  test('a test without fences', () => {
    expect(reasonOf(acquireRelease(testOf('WRITE_ONCE(*x, 1);')))).toBe('the test has no fence to replace');
    expect(reasonOf(acquireRelease(testOf('barrier();')))).toBe('the test has no fence to replace');
  });

  test('a non-temporal store, which has no release form', () => {
    const rewrite = acquireRelease(testOf('WRITE_ONCE(*x, 1); wmb();\nWRITE_ONCE_NT(*y, 1);'));
    expect(reasonOf(rewrite)).toBe('the store on line 4, after wmb on line 3, has no release form');
  });

  test('spin_is_locked(), which has no acquire form', () => {
    const rewrite = acquireRelease(testOf('r0 = spin_is_locked(l); smp_rmb(); r1 = READ_ONCE(*x);'));
    expect(reasonOf(rewrite)).toContain('has no acquire form');
  });

  test('a fence with nothing to order is dropped, with a note', () => {
    const rewrite = acquireRelease(testOf('WRITE_ONCE(*x, 1); smp_wmb(); r0 = READ_ONCE(*y);'));
    expect(rewritten(rewrite)).toEqual(['WRITE_ONCE(*x, 1);', 'r0 = READ_ONCE(*y);']);
    expect(rewrite).toMatchObject({ notes: ['smp_wmb on line 3 orders nothing here and is dropped'] });
  });

  test('barrier() stays: it orders no CPU', () => {
    const rewrite = acquireRelease(testOf('WRITE_ONCE(*x, 1); barrier(); smp_wmb(); WRITE_ONCE(*y, 1);'));
    expect(rewritten(rewrite)).toContain('barrier();');
  });
});

test('a note tells of a store that the fence ordered and the release does not', () => {
  const rewrite = acquireRelease(
    testOf(lines('WRITE_ONCE(*x, 1);', 'smp_wmb();', 'WRITE_ONCE(*y, 1);', '*z = 1;')),
  );
  expect(rewrite).toMatchObject({
    notes: ['smp_wmb on line 4 also orders the store on line 6, which the release does not'],
  });
});
