/** What a user should know before the first block of a run. */
import type { PlannedTest } from '../plan/experiment.ts';
import type { EngineName } from '../plan/run-plan.ts';
import { leastMs, neededMs, type Amount } from '../plan/schedule-terms.ts';
import type { MachineFacts } from '../run/addon.ts';
import { plural, shortDuration } from './quantity.ts';

/** What the machine lacks, where threads share CPUs, and which tests have no perpetual form though it was asked for. */
export function sentencesBeforehand(
  experiment: readonly PlannedTest[],
  engines: readonly EngineName[],
  { timeBase }: Pick<MachineFacts, 'timeBase'>,
): readonly string[] {
  const notes = experiment.flatMap(({ plans }) => plans.flatMap(({ affinity }) => affinity.notes));
  // By default a test without a perpetual form is no news, and where it was to run in no other its row says why.
  const refusals =
    engines.length < 2
      ? []
      : experiment.flatMap(({ variants }) =>
          variants.slice(0, 1).flatMap(({ notPerpetual }) => notPerpetual ?? []),
        );
  return [
    ...(timeBase.problem === undefined
      ? []
      : [`No time base (${timeBase.problem}): threads meet by spinning alone, and start less exactly.`]),
    ...new Set(notes),
    ...refusals.map((refusal) => `${refusal}.`),
  ];
}

/** That a promise of time cannot give every test something of every launch; undefined where it can. */
export function shortnessOf(
  amount: Amount,
  spentMs: number,
  experiment: readonly PlannedTest[],
): string | undefined {
  const needed = neededMs(amount, spentMs, experiment);
  if (needed === undefined) return undefined;
  const least = leastMs(amount, spentMs, experiment);
  const inAll =
    least === undefined
      ? ''
      : `getting ready alone took ${shortDuration(spentMs)}, so that the run will take about ${shortDuration(least)}; `;
  return `The time is little for ${plural(experiment.length, 'test')}: ${inAll}with less than about ${shortDuration(needed)} there are fewer launches, and the last tests may not be reached.`;
}
