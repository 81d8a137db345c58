import { describe, expect, it } from 'vitest';
import { criticalSectionsOf } from '../../src/strategy/critical-sections.ts';
import { parseLitmus } from '../../src/language/parser.ts';
import { testOf } from './source.ts';

/** The lines of each critical section of a single thread, whose statements begin on line 3. */
function linesOf(body: string): readonly (readonly number[])[] {
  return criticalSectionsOf(testOf(body)).sections.map(({ calls }) => calls.map(({ at }) => at.line));
}

function reasonsIn(body: string): readonly string[] {
  return criticalSectionsOf(testOf(body)).unpaired.map(({ reason }) => reason);
}

describe('a lock goes with its unlock', () => {
  it('where they follow each other, the same lock twice', () => {
    expect(linesOf('spin_lock(l);\nspin_unlock(l);\nspin_lock(l);\nspin_unlock(l);')).toEqual([
      [3, 4],
      [5, 6],
    ]);
  });

  it('where two locks nest or overlap', () => {
    expect(linesOf('spin_lock(l);\nspin_lock(m);\nspin_unlock(m);\nspin_unlock(l);')).toEqual([
      [3, 6],
      [4, 5],
    ]);
    expect(linesOf('spin_lock(l);\nspin_lock(m);\nspin_unlock(l);\nspin_unlock(m);')).toEqual([
      [3, 5],
      [4, 6],
    ]);
  });

  it('where each way through an if has an unlock of its own', () => {
    expect(linesOf('spin_lock(l);\nif (r0 == 0) {\nspin_unlock(l);\n} else {\nspin_unlock(l);\n}')).toEqual([
      [3, 5, 7],
    ]);
    expect(linesOf('spin_lock(l);\nif (r0 == 0)\nspin_unlock(l);\nif (r0 != 0)\nspin_unlock(l);')).toEqual([
      [3, 5, 7],
    ]);
  });

  it('where each way has a lock of its own', () => {
    expect(linesOf('if (r0 == 0) {\nspin_lock(l);\n} else {\nspin_lock(l);\n}\nspin_unlock(l);')).toEqual([
      [4, 6, 8],
    ]);
  });
});

describe('what has no partner, or must stay, is told with the reason', () => {
  it('a lock that is kept', () => {
    expect(reasonsIn('spin_lock(l);')).toEqual(['the thread never gives it back']);
  });

  it('an unlock without a lock', () => {
    expect(reasonsIn('spin_unlock(l);')).toEqual(['the thread has not taken it with a lock']);
  });

  it('a lock that the test looks at', () => {
    const looked = 'spin_lock(l);\nspin_unlock(l);\nr0 = spin_is_locked(l);';
    expect(linesOf(looked)).toEqual([]);
    expect(reasonsIn(looked)).toEqual([expect.stringContaining('looks whether the lock is taken')]);
    expect(linesOf('spin_lock(m);\nspin_unlock(m);\nr0 = spin_is_locked(l);')).toEqual([[3, 4]]);
  });
});

it("RCU's and SRCU's readers nest, and each SRCU is its own", () => {
  const test = parseLitmus(
    `C readers
{} P0(int *x, struct srcu_struct *s, struct srcu_struct *t) { int i; int j;
rcu_read_lock();
rcu_read_lock();
i = srcu_read_lock(s);
j = srcu_read_lock(t);
srcu_read_unlock(s, i);
srcu_read_unlock(t, j);
rcu_read_unlock();
rcu_read_unlock();
}
exists (x=0)`,
    'readers.litmus',
  );
  const { sections, unpaired } = criticalSectionsOf(test);
  expect(unpaired).toEqual([]);
  expect(new Set(sections.map(({ kind }) => kind))).toEqual(new Set(['reader']));
  expect(sections.map(({ calls }) => calls.map(({ at }) => at.line))).toEqual([
    [3, 10],
    [4, 9],
    [5, 7],
    [6, 8],
  ]);
});
