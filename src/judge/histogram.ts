import type { LitmusTest, Phase } from '../language/litmus-test.ts';
import { holds, type Observation, type Outcome } from '../language/outcome.ts';

export interface CountedOutcome {
  readonly values: Outcome;
  readonly count: number;
}

/** What a histogram says of a test's condition. */
export interface Tally {
  /** Iterations that passed the filter. */
  readonly iterations: number;
  /** Iterations that `filter` rejected; they count for nothing else. */
  readonly filtered: number;
  /** Iterations that satisfy the condition's proposition. */
  readonly witnesses: number;
  readonly phases: readonly { readonly name: string; readonly count: number }[];
}

/**
 * Counts a histogram's outcomes against the test's filter, condition and phases.
 * @param other iterations of a perpetual run whose outcome is not told: they satisfy nothing.
 */
export function tally(test: LitmusTest, outcomes: readonly CountedOutcome[], other = 0): Tally {
  const { filter, condition, header } = test;
  const kept = filter === undefined ? outcomes : outcomes.filter(({ values }) => holds(filter, values));
  const count = (of: readonly CountedOutcome[]) => of.reduce((sum, outcome) => sum + outcome.count, 0);
  const told = count(kept);
  const satisfying = (proposition: Phase['proposition']) =>
    count(kept.filter(({ values }) => holds(proposition, values)));
  return {
    iterations: told + other,
    filtered: count(outcomes) - told,
    witnesses: satisfying(condition.proposition),
    phases: header.phases.map(({ name, proposition }) => ({ name, count: satisfying(proposition) })),
  };
}

/** Adds tallies of the same test. */
export function addTallies(tallies: readonly Tally[]): Tally {
  const sum = (of: (tally: Tally) => number) => tallies.reduce((total, one) => total + of(one), 0);
  return {
    iterations: sum((one) => one.iterations),
    filtered: sum((one) => one.filtered),
    witnesses: sum((one) => one.witnesses),
    phases: (tallies[0]?.phases ?? []).map(({ name }, index) => ({
      name,
      count: sum((one) => one.phases[index]?.count ?? 0),
    })),
  };
}

/** herd7's word for how often the proposition held; an empty histogram satisfies it never. */
export function observationOf({
  iterations,
  witnesses,
}: Pick<Tally, 'iterations' | 'witnesses'>): Observation {
  if (witnesses === 0) return 'Never';
  return witnesses === iterations ? 'Always' : 'Sometimes';
}
