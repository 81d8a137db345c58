import { describe, expect, it } from 'vitest';
import { addTallies, observationOf, tally } from '../../src/judge/histogram.ts';
import { parseLitmus } from '../../src/language/parser.ts';

const test = parseLitmus(
  `C phased
(*
 * Phases: fresh = x=2
 * Phases: stale = x=1 /\\ ~(0:r1=7)
 *)
{ x=0; }
P0(int *x)
{
	int r1;
	r1 = READ_ONCE(*x);
	WRITE_ONCE(*x, 1);
}
filter (~(0:r1=9))
exists (x=1 /\\ 0:r1=0)
`,
  'phased.litmus',
);

const outcomes = [
  { values: { '0:r1': '0', x: '1' }, count: 10 },
  { values: { '0:r1': '7', x: '1' }, count: 5 },
  { values: { '0:r1': '3', x: '2' }, count: 20 },
  { values: { '0:r1': '9', x: '1' }, count: 100 },
];

describe('a tally', () => {
  it('counts witnesses and phases among the iterations that pass the filter', () => {
    expect(tally(test, outcomes)).toEqual({
      iterations: 35,
      filtered: 100,
      witnesses: 10,
      phases: [
        { name: 'fresh', count: 20 },
        { name: 'stale', count: 10 },
      ],
    });
  });

  it('adds up over blocks to the tally of all outcomes together', () => {
    const apart = outcomes.map((outcome) => tally(test, [outcome]));
    expect(addTallies(apart)).toEqual(tally(test, outcomes));
  });

  it.each([
    [0, 0, 'Never'],
    [0, 9, 'Never'],
    [1, 9, 'Sometimes'],
    [9, 9, 'Always'],
  ])('%d witnesses in %d iterations is %s', (witnesses, iterations, observation) => {
    expect(observationOf({ witnesses, iterations })).toBe(observation);
  });
});
