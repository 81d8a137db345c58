import { addCounts, confidence, type Counts } from './counts.ts';
import { moderated, usualVariance, type UsualVariance, type Variance } from './moderation.ts';
import { twoSidedT, twoSidedTProbability } from './quantiles.ts';
import type { RateRatio } from './ratio.ts';

/** What a run has of an event under one plan, by launch. */
export type Launches = ReadonlyMap<string, Counts>;

/** What two runs have of an event under a plan that both ran. */
export interface SharedPlan {
  /** Unique among the plans of all rows. */
  readonly key: string;
  /** Its name in the first run. */
  readonly name: string;
  readonly runs: readonly [Launches, Launches];
}

/** The ratio of a row's rates, under those plans. */
export interface LaunchRatio {
  readonly ratio: RateRatio;
  readonly plans: readonly [string, ...string[]];
}

/** Fewer launches show no variance worth the name, however usual theirs is. */
export const fewestLaunchesForRatio = 3;
/** Of one launch it is not known how it differs from others. */
const fewestLaunchesUnderPlan = 2;
/** On the average of a run's launches, at the rate of both: the logarithm of fewer is far from normal. */
const fewestSightings = 3;
/** No rate is known to better than a thousandth: beyond it, what was not measured matters more. */
const leastVariance = 1e-6;

/**
 * The ratios of two runs' rates, launch by launch, for all rows that the two have in common.
 *
 * Launches differ by factors, so it is the logarithm of a launch's rate that counts once. Plans differ in
 * how much launches differ under them, by a few percent under some and tenfold under others: a ratio is the
 * mean of those of its plans, each weighted by how little launches differ under it, in this row as far as its
 * few launches show it and else in all. What that leaves uncertain is seen in how the launches of this row
 * differ, all plans together, moderated by how much they do in the other rows (`usualVariance`).
 * @returns undefined for rows that too few launches show too little of.
 */
export function launchRatios(rows: readonly (readonly SharedPlan[])[]): readonly (LaunchRatio | undefined)[] {
  const shown = rows.map((plans) => plans.map(stratumOf).filter((stratum) => stratum !== undefined));
  const spreads = usualSpreads(shown.flat());
  const excess = excessOf(shown.flat(), spreads);
  const drafts = shown
    .map((strata) => draftOf(strata, spreads, excess))
    .map((draft) =>
      draft?.runs.every(({ launches }) => launches >= fewestLaunchesForRatio) === true ? draft : undefined,
    );
  const usual = sides.map((side) =>
    usualVariance(drafts.flatMap((draft) => draft?.runs[side].variance ?? [])),
  );
  return drafts.map((draft) => draft && ratioOf(draft, usual));
}

const sides = [0, 1] as const;
type Side = (typeof sides)[number];

/** Of one run under one plan. */
interface RunLogarithms {
  /** By launch: how far the logarithm of its rate is from their mean. */
  readonly deviations: ReadonlyMap<string, number>;
  readonly mean: number;
  /** Of the logarithm of a launch's rate. */
  readonly variance: number;
  /** Of it, what its sightings alone would have. */
  readonly samplingVariance: number;
  readonly counts: Counts;
}

interface Stratum {
  readonly key: string;
  readonly name: string;
  readonly runs: readonly [RunLogarithms, RunLogarithms];
}

function stratumOf({ key, name, runs: [first, second] }: SharedPlan): Stratum | undefined {
  const runs = [logarithmsOf(first), logarithmsOf(second)] as const;
  const [one, other] = runs;
  if (one === undefined || other === undefined) return undefined;
  const both = addCounts([one.counts, other.counts]);
  const rate = both.sightings / both.iterations;
  // By the rate of both: which of them happened to see more must not decide, or equal rates would differ.
  const isEnough = ({ counts, deviations }: RunLogarithms) =>
    counts.sightings > 0 && rate * counts.iterations >= fewestSightings * deviations.size;
  return isEnough(one) && isEnough(other) ? { key, name, runs: [one, other] } : undefined;
}

function logarithmsOf(launches: Launches): RunLogarithms | undefined {
  const ran = [...launches].filter(([, { iterations }]) => iterations > 0);
  const counts = addCounts(ran.map(([, launch]) => launch));
  if (ran.length < fewestLaunchesUnderPlan) return undefined;
  // With half a sighting added, so that zeros have a logarithm.
  const logarithms = ran.map(
    ([launch, { sightings, iterations }]) =>
      [launch, Math.log((sightings + 0.5) / (iterations + 0.5))] as const,
  );
  const mean = meanOf(logarithms.map(([, logarithm]) => logarithm));
  const deviations = new Map(logarithms.map(([launch, logarithm]) => [launch, logarithm - mean]));
  const squares = [...deviations.values()].reduce((sum, deviation) => sum + deviation ** 2, 0);
  const samplingVariance = meanOf(
    ran.map(([, { sightings, iterations }]) => (1 - sightings / (iterations + 0.5)) / (sightings + 0.5)),
  );
  const variance = squares / (ran.length - 1);
  return { deviations, mean, variance, samplingVariance, counts };
}

/** By plan, how much launches usually differ under it, in either run: the median over rows. */
type Spreads = ReadonlyMap<string, readonly [number, number]>;

/** Plans of fewer rows than this, such as those tuned for a test, are taken for one. */
const fewestRows = 5;

function usualSpreads(strata: readonly Stratum[]): Spreads {
  const byPlan = new Map<string, Stratum[]>();
  for (const stratum of strata) {
    const group = byPlan.get(stratum.key);
    if (group === undefined) byPlan.set(stratum.key, [stratum]);
    else group.push(stratum);
  }
  const rare = [...byPlan.values()].filter((group) => group.length < fewestRows).flat();
  return new Map(
    [...byPlan].map(([key, own]) => {
      const group = own.length < fewestRows ? rare : own;
      const usual = (side: Side) =>
        Math.max(
          leastVariance,
          median(group.map(({ runs }) => runs[side].variance - runs[side].samplingVariance)),
        );
      return [key, [usual(0), usual(1)]] as const;
    }),
  );
}

/** Of a row under a plan, by how much more its launches differ than they usually do, both runs together, moderated. */
function excessOf(strata: readonly Stratum[], spreads: Spreads): ReadonlyMap<Stratum, Variance> {
  const shown = strata.map((stratum): Variance => {
    const add = (of: (side: Side) => number) => of(0) + of(1);
    const freedomOf = (side: Side) => stratum.runs[side].deviations.size - 1;
    const seen = add((side) => freedomOf(side) * stratum.runs[side].variance);
    const expected = add((side) => freedomOf(side) * launchVarianceOf(stratum, side, spreads));
    return { factor: seen / expected, degreesOfFreedom: add(freedomOf) };
  });
  const usual = usualVariance(shown);
  return new Map(
    strata.map((stratum, index) => {
      const variance = shown[index];
      return [stratum, variance === undefined ? asUsual : moderated(variance, usual)];
    }),
  );
}

const asUsual: Variance = { factor: 1, degreesOfFreedom: Infinity };

/** Of the logarithm of a launch's rate under a plan, its sightings included. */
function launchVarianceOf({ key, runs }: Stratum, side: Side, spreads: Spreads): number {
  return (spreads.get(key)?.[side] ?? 0) + runs[side].samplingVariance;
}

interface Draft {
  readonly strata: readonly [Stratum, ...Stratum[]];
  /** First over second. */
  readonly logarithm: number;
  /** What not knowing the weights adds to its variance, as a factor. */
  readonly ofWeights: number;
  readonly runs: readonly [RunDraft, RunDraft];
}

/** Of a run's mean over its plans. */
interface RunDraft {
  readonly launches: number;
  /** What plans usually show. */
  readonly expectedVariance: number;
  /** What sightings alone would have. */
  readonly samplingVariance: number;
  /** What this row's launches show of it, over what was expected. */
  readonly variance: Variance;
}

function draftOf(
  strata: readonly Stratum[],
  spreads: Spreads,
  excess: ReadonlyMap<Stratum, Variance>,
): Draft | undefined {
  const [first, ...others] = strata;
  if (first === undefined) return undefined;
  const expected = (stratum: Stratum, side: Side) =>
    launchVarianceOf(stratum, side, spreads) / stratum.runs[side].deviations.size;
  const excessIn = (stratum: Stratum) => excess.get(stratum) ?? asUsual;
  const precisions = strata.map(
    (stratum) => 1 / (excessIn(stratum).factor * (expected(stratum, 0) + expected(stratum, 1))),
  );
  const whole = precisions.reduce((sum, one) => sum + one, 0);
  const weighted = strata.map((stratum, index) => ({ stratum, weight: (precisions[index] ?? 0) / whole }));
  const total = (of: (stratum: Stratum) => number, power = 1) =>
    weighted.reduce((sum, { stratum, weight }) => sum + weight ** power * of(stratum), 0);
  // Weights that were learnt from few launches (Meier, Biometrics 9, 1953).
  const ofWeights = weighted.reduce(
    (sum, { stratum, weight }) => sum + (4 * weight * (1 - weight)) / excessIn(stratum).degreesOfFreedom,
    1,
  );
  const runDraft = (side: Side): RunDraft => {
    const errors = new Map<string, number>();
    for (const { stratum, weight } of weighted) {
      const { deviations } = stratum.runs[side];
      // Deviations from their own mean are too small, the more so of few.
      const share = weight / Math.sqrt(deviations.size * (deviations.size - 1));
      for (const [launch, deviation] of deviations) {
        errors.set(launch, (errors.get(launch) ?? 0) + share * deviation);
      }
    }
    // Launch by launch, for what shifts a launch does so under all plans (Cochran, Sampling Techniques, 1977).
    const variance = [...errors.values()].reduce((sum, error) => sum + error ** 2, 0);
    const expectedVariance = total((stratum) => expected(stratum, side), 2);
    const freedom = total((stratum) => expected(stratum, side) * (stratum.runs[side].deviations.size - 1), 2);
    return {
      launches: errors.size,
      expectedVariance,
      samplingVariance: total(({ runs }) => runs[side].samplingVariance / runs[side].deviations.size, 2),
      variance: { factor: variance / expectedVariance, degreesOfFreedom: freedom / expectedVariance },
    };
  };
  return {
    strata: [first, ...others],
    logarithm: total(({ runs: [one, other] }) => one.mean - other.mean),
    ofWeights,
    runs: [runDraft(0), runDraft(1)],
  };
}

function ratioOf(
  { strata, logarithm, ofWeights, runs }: Draft,
  usual: readonly (UsualVariance | undefined)[],
): LaunchRatio {
  const parts = runs.map(({ expectedVariance, samplingVariance, variance }, side) => {
    const { factor, degreesOfFreedom } = moderated(variance, usual[side]);
    return {
      variance: Math.max(leastVariance, samplingVariance, expectedVariance * factor) * ofWeights,
      degreesOfFreedom,
    };
  });
  const variance = parts.reduce((sum, part) => sum + part.variance, 0);
  // Welch, Biometrika 34, 1947; Satterthwaite, Biometrics 2, 1946.
  const freedom =
    variance ** 2 / parts.reduce((sum, part) => sum + part.variance ** 2 / part.degreesOfFreedom, 0);
  const deviation = Math.sqrt(variance);
  const reach = twoSidedT(1 - confidence, freedom) * deviation;
  const counts = sides.map((side) => addCounts(strata.map(({ runs: of }) => of[side].counts)));
  const [one = addCounts([]), other = addCounts([])] = counts;
  const names = strata.map(({ name }) => name);
  return {
    ratio: {
      unit: 'rate over rate',
      ratio: Math.exp(logarithm),
      low: Math.exp(logarithm - reach),
      high: Math.exp(logarithm + reach),
      confidence,
      probability: twoSidedTProbability(Math.abs(logarithm) / deviation, freedom),
      degreesOfFreedom: freedom,
      independent: 'launch',
      sightings: [one.sightings, other.sightings],
      iterations: [one.iterations, other.iterations],
      clusters: [runs[0].launches, runs[1].launches],
    },
    plans: [strata[0].name, ...names.slice(1)],
  };
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((left, right) => left - right);
  const middle = sorted.length / 2;
  return ((sorted[Math.ceil(middle) - 1] ?? 0) + (sorted[Math.floor(middle)] ?? 0)) / 2;
}
