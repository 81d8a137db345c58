import { describe, expect, it } from 'vitest';
import { sightings, statedExpectation } from '../../src/judge/expectation.ts';
import { parseLitmus } from '../../src/language/parser.ts';

const stated = (quantifier: string, result: string) =>
  statedExpectation(
    parseLitmus(
      `C t\n(* ${result === '' ? 'nothing' : `Result: ${result}`} *)\n{}\nP0(int *x)\n{\n\tWRITE_ONCE(*x, 1);\n}\n${quantifier} (x=1)\n`,
      't.litmus',
    ),
  );

describe('the expectation that a Result: gives', () => {
  it.each([
    ['exists', 'Never', 'forbidden', 'witness'],
    ['~exists', 'Never', 'forbidden', 'witness'],
    ['exists', 'Always', 'forbidden', 'counterexample'],
    ['forall', 'Always', 'forbidden', 'counterexample'],
    ['forall', 'Never', 'forbidden', 'witness'],
    ['exists', 'Sometimes', 'allowed', 'witness'],
    ['forall', 'Sometimes', 'allowed', 'counterexample'],
    ['exists', 'never', 'forbidden', 'witness'],
    ['exists', 'DEADLOCK', 'unknown', 'witness'],
    ['exists', '', 'unknown', 'witness'],
  ] as const)('%s with Result: %s: %s, a %s', (quantifier, result, verdict, event) => {
    expect(stated(quantifier, result)).toMatchObject({ verdict, event });
  });

  it('counts what shows the event', () => {
    expect(sightings('witness', { iterations: 10, witnesses: 3 })).toBe(3);
    expect(sightings('counterexample', { iterations: 10, witnesses: 3 })).toBe(7);
  });
});
