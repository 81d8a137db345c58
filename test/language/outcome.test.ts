import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { holds } from '../../src/language/outcome.ts';
import type { Proposition } from '../../src/language/litmus-test.ts';

const register = (value: bigint, relation: '=' | '!=' = '='): Proposition => ({
  kind: 'atom',
  observable: { kind: 'register', thread: 0, name: 'r1' },
  relation,
  value: { kind: 'number', value },
});

describe('a proposition', () => {
  it('compares numbers, negative ones too', () => {
    expect(holds(register(-1n), { '0:r1': '-1' })).toBe(true);
    expect(holds(register(1n), { '0:r1': '-1' })).toBe(false);
    expect(holds(register(1n, '!='), { '0:r1': '-1' })).toBe(true);
  });

  it('compares addresses by the name of their location', () => {
    const pointsTo = (index: number | undefined): Proposition => ({
      kind: 'atom',
      observable: { kind: 'location', name: 'p', index: undefined },
      relation: '=',
      value: { kind: 'address', location: 'a', index },
    });
    expect(holds(pointsTo(undefined), { p: 'a' })).toBe(true);
    expect(holds(pointsTo(1), { p: 'a[1]' })).toBe(true);
    expect(holds(pointsTo(1), { p: 'a' })).toBe(false);
  });

  it('reads 0 for what was not observed', () => {
    expect(holds(register(0n), {})).toBe(true);
  });

  it('follows the laws of logic', () => {
    const leaf = fc.constantFrom<Proposition>(
      { kind: 'true' },
      { kind: 'false' },
      register(0n),
      register(1n),
    );
    const { proposition } = fc.letrec<{ proposition: Proposition }>((tie) => ({
      proposition: fc.oneof(
        { depthSize: 'small' },
        leaf,
        tie('proposition').map((operand): Proposition => ({ kind: 'not', operand })),
        fc
          .tuple(tie('proposition'), tie('proposition'))
          .map(([left, right]): Proposition => ({ kind: 'and', left, right })),
      ),
    }));
    fc.assert(
      fc.property(proposition, proposition, fc.constantFrom('0', '1', '2'), (left, right, value) => {
        const outcome = { '0:r1': value };
        const not = (operand: Proposition): Proposition => ({ kind: 'not', operand });
        const both: Proposition = { kind: 'and', left, right };
        const either: Proposition = { kind: 'or', left: not(left), right: not(right) };
        expect(holds(not(both), outcome)).toBe(holds(either, outcome));
        expect(holds(both, outcome)).toBe(holds(left, outcome) && holds(right, outcome));
      }),
    );
  });
});
