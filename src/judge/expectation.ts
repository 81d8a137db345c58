import type { LitmusTest } from '../language/litmus-test.ts';
import type { Observation } from '../language/outcome.ts';
import type { Tally } from './histogram.ts';
import type { Opinions } from './opinions.ts';

/**
 * The event a verdict is about: an outcome that satisfies the condition's proposition, or one that does
 * not. `exists` and `~exists` ask for a witness, `forall` for a counterexample, unless a model says
 * that the other is the impossible one (`exists` that it finds Always).
 */
export type TestEvent = 'witness' | 'counterexample';

/** What the models say of that event: forbidden where one of them forbids it. */
export interface Expectation {
  readonly verdict: 'allowed' | 'forbidden' | 'unknown';
  readonly event: TestEvent;
  /** Who says so, for the reader: `LKMM and x86-tso`. */
  readonly by: string;
}

/**
 * The expectation that the file's own `Result:` gives. It speaks of the file as written, so
 * strategies do not inherit it.
 */
export function statedExpectation(test: LitmusTest): Expectation {
  const stated = statedObservation(test);
  const asked = askedEvent(test);
  if (stated === undefined) return { verdict: 'unknown', event: asked, by: 'no model was asked' };
  return { ...impossible(stated, asked), by: 'LKMM (Result:)' };
}

/** The expectation that models give, and where LKMM gave none, the file's `Result:`. */
export function expectationOf(test: LitmusTest, { kernel, architecture }: Opinions): Expectation {
  const asked = askedEvent(test);
  const stated = kernel.observation === undefined ? statedObservation(test) : undefined;
  const said = [
    { by: stated === undefined ? kernel.model : 'LKMM (Result:)', observation: kernel.observation ?? stated },
    { by: architecture.model, observation: architecture.observation },
  ].flatMap(({ by, observation }) =>
    observation === undefined ? [] : [{ by, ...impossible(observation, asked) }],
  );
  const forbidding = said.filter(({ verdict }) => verdict === 'forbidden');
  const heard = forbidding.length > 0 ? forbidding : said;
  const [first] = heard;
  if (first === undefined) {
    return { verdict: 'unknown', event: asked, by: kernel.problem ?? 'no model was asked' };
  }
  return { verdict: first.verdict, event: first.event, by: heard.map(({ by }) => by).join(' and ') };
}

/** What the file says that LKMM says of it. */
export function statedObservation({ header }: LitmusTest): Observation | undefined {
  return observations.find((observation) => observation.toLowerCase() === header.result?.toLowerCase());
}

const observations: readonly Observation[] = ['Never', 'Sometimes', 'Always'];

function askedEvent({ condition }: LitmusTest): TestEvent {
  return condition.quantifier === 'forall' ? 'counterexample' : 'witness';
}

function impossible(observation: Observation, asked: TestEvent): Pick<Expectation, 'verdict' | 'event'> {
  switch (observation) {
    case 'Never':
      return { verdict: 'forbidden', event: 'witness' };
    case 'Always':
      return { verdict: 'forbidden', event: 'counterexample' };
    case 'Sometimes':
      return { verdict: 'allowed', event: asked };
  }
}

/** Iterations that show an event. */
export function sightings(event: TestEvent, counted: Pick<Tally, 'iterations' | 'witnesses'>): number {
  return event === 'counterexample' ? counted.iterations - counted.witnesses : counted.witnesses;
}
