import { describe, expect, it } from 'vitest';
import { parseLitmus } from '../../src/language/parser.ts';
import { printLitmus } from '../../src/language/printer.ts';
import { guardsOf, withoutGuards } from '../../src/strategy/guards.ts';
import { variantsOf } from '../../src/strategy/strategies.ts';
import { bodyOf, testOf } from './source.ts';

const sample = testOf(
  'spin_lock(l);\nWRITE_ONCE(*x, 1);\nsmp_wmb();\nspin_unlock(l);\nsmp_store_release(y, 1);',
  'r0 = smp_load_acquire(y);\nr1 = atomic_add_unless(v, 1, 2);\nsmp_store_mb(*z, r0);',
);
const { guards, others } = guardsOf(sample);

describe('the guards of a test', () => {
  it('are its barriers and critical sections, in the order of the text', () => {
    expect(guards.map(({ name, kind, thread }) => [name, kind, thread])).toEqual([
      ['no-spin_lock@3', 'lock', 0],
      ['no-smp_wmb@5', 'fence', 0],
      ['no-release@7', 'release', 0],
      ['no-acquire@10', 'acquire', 1],
      ['no-smp_store_mb@12', 'store-and-fence', 1],
    ]);
  });

  it('leave out what has no weaker form, with the reason', () => {
    expect(others.map(({ thread, call, reason }) => [thread, call.name, reason])).toEqual([
      [1, 'atomic_add_unless', 'it comes in one strength only'],
    ]);
  });
});

describe('a test without some of its guards', () => {
  it('lacks both ends of a critical section, and keeps what stands in it', () => {
    const lock = guards.filter(({ kind }) => kind === 'lock');
    expect(bodyOf(withoutGuards(sample, lock))).toEqual([
      'WRITE_ONCE(*x, 1);',
      'smp_wmb();',
      'smp_store_release(y, 1);',
    ]);
  });

  it('lacks all of them where all are named, and has every access', () => {
    const bare = withoutGuards(sample, guards);
    expect(bodyOf(bare)).toEqual(['WRITE_ONCE(*x, 1);', 'WRITE_ONCE(*y, 1);']);
    expect(bodyOf(bare, 1)).toEqual([
      'r0 = READ_ONCE(*y);',
      'r1 = atomic_add_unless(v, 1, 2);',
      'WRITE_ONCE(*z, r0);',
    ]);
    expect(guardsOf(bare).guards).toEqual([]);
  });

  it('is, for each barrier alone, what the ablation of its name makes', () => {
    const barriers = guards.filter(({ kind }) => kind !== 'lock');
    const { variants } = variantsOf(sample, ['ablation']);
    expect(variants.map(({ strategy }) => strategy)).toEqual(barriers.map(({ name }) => name));
    for (const [index, barrier] of barriers.entries()) {
      expect(printLitmus(withoutGuards(sample, [barrier]))).toBe(printLitmus(variants[index]!.test));
    }
  });

  it("lacks an SRCU reader's index and RCU's grace periods", () => {
    const test = parseLitmus(
      `C srcu
{} P0(int *x, struct srcu_struct *s) { int i;
i = srcu_read_lock(s);
WRITE_ONCE(*x, 1);
srcu_read_unlock(s, i);
smp_mb__after_srcu_read_unlock();
}
P1(int *x, struct srcu_struct *s) {
synchronize_srcu(s);
WRITE_ONCE(*x, 2);
}
exists (x=0)`,
      'srcu.litmus',
    );
    const found = guardsOf(test).guards;
    expect(found.map(({ kind }) => kind)).toEqual(['reader', 'fence', 'grace-period']);
    const bare = withoutGuards(test, found);
    expect(bodyOf(bare).slice(1)).toEqual(['i = 0;', 'WRITE_ONCE(*x, 1);']);
    expect(bodyOf(bare, 1)).toEqual(['WRITE_ONCE(*x, 2);']);
  });
});
