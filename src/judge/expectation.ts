import type { LitmusTest } from '../language/litmus-test.ts';
import type { Tally } from './histogram.ts';

/**
 * The event a verdict is about: an outcome that satisfies the condition's proposition, or one that does
 * not. `exists` and `~exists` ask for a witness, `forall` for a counterexample, unless the model says
 * that the other is the impossible one (`exists` with `Result: Always`).
 */
export type TestEvent = 'witness' | 'counterexample';

/** What a model says of that event. */
export interface Expectation {
  readonly verdict: 'allowed' | 'forbidden' | 'unknown';
  readonly event: TestEvent;
  /** Who says so, for the reader: `LKMM (Result:)`. */
  readonly by: string;
}

/**
 * The expectation that the file's own `Result:` gives. It speaks of the file as written, so
 * strategies do not inherit it.
 */
export function statedExpectation(test: LitmusTest): Expectation {
  const asked: TestEvent = test.condition.quantifier === 'forall' ? 'counterexample' : 'witness';
  const by = 'LKMM (Result:)';
  switch (test.header.result?.toLowerCase()) {
    case 'never':
      return { verdict: 'forbidden', event: 'witness', by };
    case 'always':
      return { verdict: 'forbidden', event: 'counterexample', by };
    case 'sometimes':
      return { verdict: 'allowed', event: asked, by };
    default:
      return { verdict: 'unknown', event: asked, by: 'no model was asked' };
  }
}

/** Iterations that show an event. */
export function sightings(event: TestEvent, counted: Pick<Tally, 'iterations' | 'witnesses'>): number {
  return event === 'counterexample' ? counted.iterations - counted.witnesses : counted.witnesses;
}
