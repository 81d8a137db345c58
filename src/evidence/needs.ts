import type { Architecture } from '../architecture.ts';
import { controlsAmong } from '../judge/controls.ts';
import type { Expectation } from '../judge/expectation.ts';
import { sightingsToFire } from '../judge/verdict.ts';
import type { PlannedTest, PlannedVariant } from '../plan/experiment.ts';
import type { Settlement } from '../plan/schedule-terms.ts';
import { runKey, runsOf, type PlannedRun } from '../plan/schedule.ts';
import type { CountsByRun, Need } from '../plan/time-schedule.ts';
import { clusteringOf } from './clustering.ts';
import { addCounts } from './counts.ts';
import { assumedRelativeVariance, boundOfNever, expectedToBeSeen } from './never.ts';
import { sightingsToClaim } from './seen.ts';

/**
 * What needs of time are measured by: the run's question is clear, and more only makes it more exact. Half of
 * what a "never" needs: with less a run of 20 s leaves out launches, and of few launches no rate can be compared.
 */
const leastNeed = 0.5;
const needs = { silentControl: 16, allowedAndUnseen: 8, silentUnderPlan: 4, forbidden: 1 } as const;

/**
 * What runs need of the time, from what was seen so far: most where a control has yet to fire under any plan,
 * for it decides over others; then where what the models allow has yet to be seen; less the surer a rate is.
 * @param settlement undefined: no question is ever settled.
 */
export function needsOf(
  experiment: readonly PlannedTest[],
  expected: (variant: PlannedVariant) => Pick<Expectation, 'verdict'>,
  architecture: Architecture,
  settlement: Settlement | undefined,
): Need {
  const { siblings, controls, controlKeys } = relationsOf(experiment, architecture);

  const seenIn = (keys: readonly string[], counts: CountsByRun) =>
    keys.reduce((sum, key) => sum + addCounts(counts.get(key) ?? []).sightings, 0);

  return (run, counts) => {
    const own = seenIn([run.key], counts);
    const isControl = controlKeys.has(run.key);
    const rowKeys = siblings(run);
    const seen = seenIn(rowKeys, counts);
    if (settlement !== undefined) {
      const enough = sightingsFor(settlement.confidence);
      const settled = seen >= enough || neverSettled(rowKeys, controls, counts, settlement);
      if (settled && (!isControl || own >= Math.max(enough, sightingsToFire))) return 0;
    }
    if (isControl && own < sightingsToFire)
      return seen < sightingsToFire ? needs.silentControl : needs.silentUnderPlan;
    if (seen >= sightingsToClaim) return Math.max(leastNeed, Math.sqrt(sightingsToClaim / seen));
    const { verdict } = expected(run.variant);
    return verdict === 'forbidden' ? needs.forbidden : needs.allowedAndUnseen;
  };
}

/** Sightings that make it so likely that a run of the same length sees the event again: 1 - e^-n. */
export function sightingsFor(confidence: number): number {
  return Math.ceil(-Math.log(1 - confidence) - 1e-9);
}

function neverSettled(
  row: readonly string[],
  controls: ReadonlyMap<string, readonly string[]>,
  counts: CountsByRun,
  { confidence, rate }: Settlement,
): boolean {
  const effectiveIterations = row.reduce((sum, key) => {
    const vouching = (controls.get(key) ?? []).map((control) => counts.get(control) ?? []);
    const fired = vouching.every((control) => addCounts(control).sightings >= sightingsToFire);
    if (vouching.length === 0 || !fired) return sum;
    const variances = vouching.map(
      (control) => clusteringOf(control)?.relativeVariance ?? assumedRelativeVariance,
    );
    const never = boundOfNever(counts.get(key) ?? [], 'block', Math.max(...variances));
    return sum + (never?.effectiveIterations ?? 0);
  }, 0);
  const expected = -Math.log(1 - confidence);
  return effectiveIterations > 0 && Math.max(expected, expectedToBeSeen) / effectiveIterations <= rate;
}

/** Which runs are of one row, which controls vouch for each, and which runs are such controls. */
function relationsOf(experiment: readonly PlannedTest[], architecture: Architecture) {
  const controlsOf = controlsAmong(experiment.map(({ test }) => test));
  const byName = new Map(experiment.map((planned) => [planned.test.name, planned]));
  const ranAs = (test: string, strategy: string) =>
    byName.get(test)?.variants.find((variant) => variant.strategy === strategy)?.sameCodeAs ?? strategy;
  const runs = experiment.flatMap((planned) => runsOf(planned).flat());
  const keys = new Set(runs.map(({ key }) => key));
  const controls = new Map(
    runs.map(({ key, planned, placed }) => [
      key,
      controlsOf(planned.test, architecture, placed.plan.layout)
        .map(({ test, strategy }) => runKey(test, ranAs(test, strategy), placed.name))
        .filter((control) => keys.has(control)),
    ]),
  );
  return {
    siblings: ({ planned, variant }: PlannedRun) =>
      planned.plans.map(({ name }) => runKey(planned.test.name, variant.strategy, name)),
    controls,
    controlKeys: new Set([...controls.values()].flat()),
  };
}
