import type { LitmusTest } from '../language/litmus-test.ts';
import type { Observation, Tally } from './histogram.ts';

/** What a model says of the event a test asks about: the proposition, or for `forall` its negation. */
export interface Expectation {
  readonly verdict: 'allowed' | 'forbidden' | 'unknown';
  /** Who says so, for the reader: `LKMM (Result:)`. */
  readonly by: string;
}

const unknown: Expectation = { verdict: 'unknown', by: 'no model was asked' };

/**
 * The expectation that the file's own `Result:` gives. It speaks of the file as written, so
 * strategies do not inherit it.
 */
export function statedExpectation(test: LitmusTest): Expectation {
  const stated = observations.find((observation) => observation === test.header.result);
  if (stated === undefined) return unknown;
  const impossible: Observation = test.condition.quantifier === 'forall' ? 'Always' : 'Never';
  return { verdict: stated === impossible ? 'forbidden' : 'allowed', by: 'LKMM (Result:)' };
}

const observations: readonly Observation[] = ['Never', 'Sometimes', 'Always'];

/** Iterations that show the event a test asks about: witnesses, or for `forall` counterexamples. */
export function sightings(test: LitmusTest, counted: Pick<Tally, 'iterations' | 'witnesses'>): number {
  return test.condition.quantifier === 'forall' ? counted.iterations - counted.witnesses : counted.witnesses;
}
