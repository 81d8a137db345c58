import { describe, expect, test } from 'vitest';
import { parseLitmus } from '../../../src/language/parser.ts';
import { arm64Llsc, arm64Lse } from '../../../src/lower/arm64/target.ts';
import { programOf } from '../../../src/lower/events.ts';
import type { Target } from '../../../src/lower/target.ts';

/** The events of each way through a statement: kind, sets, and its read where it is the write of a read-modify-write. */
function waysThrough(statement: string, target: Target): readonly (readonly string[])[] {
  const test = parseLitmus(
    `C one\n{}\nP0(atomic_t *x, spinlock_t *l)\n{\n\tint r0;\n\t${statement}\n}\nexists (x=0 /\\ l=0)\n`,
    'one.litmus',
  );
  const [paths = []] = programOf(test, target).threads;
  return paths
    .map(({ events }) =>
      events.map(({ kind, sets, rmw }) =>
        [kind, ...sets, ...(rmw === undefined ? [] : [`rmw of ${rmw}`])].join(' '),
      ),
    )
    .toSorted((left, right) => right.length - left.length);
}

describe('what the arm64 model knows of the code of a primitive', () => {
  test.each([
    ['r0 = READ_ONCE(*x);', ['read']],
    ['r0 = smp_load_acquire(x);', ['read A']],
    ['WRITE_ONCE(*x, 1);', ['write']],
    ['smp_store_release(x, 1);', ['write L']],
    ['smp_store_mb(*x, 1);', ['write', 'other F DMB.ISH']],
    ['smp_mb();', ['other F DMB.ISH']],
    ['smp_rmb();', ['other F DMB.ISHLD']],
    ['smp_wmb();', ['other F DMB.ISHST']],
    ['mb();', ['other F DSB.SY']],
    ['rmb();', ['other F DSB.LD']],
    ['wmb();', ['other F DSB.ST']],
    ['spin_unlock(l);', ['write L']],
  ])('%s with either kind of atomics', (statement, events) => {
    expect(waysThrough(statement, arm64Llsc)).toEqual([events]);
    expect(waysThrough(statement, arm64Lse)).toEqual([events]);
  });

  test.each([
    ['atomic_add(1, x);', [['read X', 'write X rmw of 0']]],
    ['r0 = atomic_fetch_add_relaxed(1, x);', [['read X', 'write X rmw of 0']]],
    ['r0 = atomic_fetch_add_acquire(1, x);', [['read X A', 'write X rmw of 0']]],
    ['r0 = xchg_release(x, 1);', [['read X', 'write X L rmw of 0']]],
    ['r0 = xchg(x, 1);', [['read X', 'write X L rmw of 0', 'other F DMB.ISH']]],
    ['r0 = cmpxchg(x, 0, 1);', [['read X', 'write X L rmw of 0', 'other F DMB.ISH'], ['read X']]],
  ])('%s by exclusives', (statement, ways) => {
    expect(waysThrough(statement, arm64Llsc)).toEqual(ways);
  });

  test.each([
    ['atomic_add(1, x);', [['read NoRet', 'write rmw of 0']]],
    ['r0 = atomic_fetch_add_relaxed(1, x);', [['read', 'write rmw of 0']]],
    ['r0 = atomic_fetch_add_acquire(1, x);', [['read A', 'write rmw of 0']]],
    ['r0 = xchg_release(x, 1);', [['read', 'write L rmw of 0']]],
    ['r0 = xchg(x, 1);', [['read A', 'write L rmw of 0']]],
    ['r0 = cmpxchg(x, 0, 1);', [['read A', 'write L rmw of 0'], ['read A']]],
  ])('%s by FEAT_LSE', (statement, ways) => {
    expect(waysThrough(statement, arm64Lse)).toEqual(ways);
  });

  test('nothing depends on whether a store-exclusive succeeded', () => {
    const after = parseLitmus(
      'C after\n{}\nP0(atomic_t *x, int *y)\n{\n\tatomic_add(1, x);\n\tWRITE_ONCE(*y, 1);\n}\nexists (y=1)\n',
      'after.litmus',
    );
    const dependencies = programOf(after, arm64Llsc).threads.flatMap((paths) =>
      paths.map(({ events }) => events.map(({ ctrl }) => ctrl)),
    );
    expect(dependencies).toEqual([[[], [], []]]);
  });
});
