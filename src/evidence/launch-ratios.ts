import { addCounts, confidence, type Counts } from './counts.ts';
import { deviationBeyond, type LaunchSpread } from './launch-spread.ts';
import { moderated, usualVariance, type UsualVariance, type Variance } from './moderation.ts';
import { meanOf, medianOf, twoSidedT, twoSidedTProbability } from './quantiles.ts';
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

/** A row's ratio under all its plans together, and under the one that differs the most surely by itself. */
export interface LaunchRatios {
  readonly together: LaunchRatio;
  /** Undefined of a row that has just one. */
  readonly alone: LaunchRatio | undefined;
}

/** Fewer launches show no variance worth the name, however usual theirs is. */
export const fewestLaunchesForRatio = 3;
/** Of one launch it is not known how it differs from others. */
const fewestLaunchesUnderPlan = 2;
/** On the average of a run's launches, at the rate of both: the logarithm of fewer is far from normal. */
const fewestSightings = 3;
/** Of a row's errors, those that looking at its plans one by one may be to blame for; the rest is for all together. */
const shareOfSinglePlans = 0.1;
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
 *
 * A change under one plan may be lost in such a mean: where an event is no longer seen under it, hardly
 * anything is known of the ratio, and so it weighs little. So each plan is looked at by itself too, and the
 * one that differs the most surely is told, beyond what most rows differ by under it: all that ran while a
 * machine was busy may have shifted. Looking so often is corrected for (Bonferroni): the surer of a
 * row's two ratios may stand for it.
 * @returns undefined for rows that too few launches show too little of, or one of the runs nothing.
 */
export function launchRatios(
  rows: readonly (readonly SharedPlan[])[],
): readonly (LaunchRatios | undefined)[] {
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
  const shifts = shiftsOf(shown.flat(), spreads, excess);
  return drafts.map((draft) => {
    if (draft === undefined) return undefined;
    const { strata } = draft;
    const singles = strata.length === 1 ? [] : strata.filter(hasLaunchesForRatio);
    const [first, ...others] = singles.map((stratum) =>
      aloneRatio(stratum, strata.length, spreads, excess, shifts),
    );
    return { together: ratioOf(draft, usual), alone: first && others.reduce(surer, first) };
  });
}

/** The one whose rates are the surer to differ; the first, if none is. */
export function surer<Told extends { readonly ratio: RateRatio }>(one: Told, other: Told): Told {
  return other.ratio.probability < one.ratio.probability ? other : one;
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
    both.sightings > 0 && rate * counts.iterations >= fewestSightings * deviations.size;
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
  const groups = byPlan(strata);
  const rare = [...groups.values()].filter((group) => group.length < fewestRows).flat();
  return new Map(
    [...groups].map(([key, own]) => {
      const group = own.length < fewestRows ? rare : own;
      const usual = (side: Side) =>
        Math.max(
          leastVariance,
          medianOf(group.map(({ runs }) => runs[side].variance - runs[side].samplingVariance)),
        );
      return [key, [usual(0), usual(1)]] as const;
    }),
  );
}

function byPlan(strata: readonly Stratum[]): ReadonlyMap<string, readonly Stratum[]> {
  const groups = new Map<string, Stratum[]>();
  for (const stratum of strata) {
    const group = groups.get(stratum.key);
    if (group === undefined) groups.set(stratum.key, [stratum]);
    else group.push(stratum);
  }
  return groups;
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
  const isSeenBy = (side: Side) => strata.some(({ runs }) => runs[side].counts.sightings > 0);
  if (first === undefined || !sides.every(isSeenBy)) return undefined;
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
  const looks = strata.length === 1 ? 1 : 1 / (1 - shareOfSinglePlans);
  const estimate = { logarithm, variance, freedom, looks };
  return toldBy(estimate, strata, [runs[0].launches, runs[1].launches]);
}

function hasLaunchesForRatio({ runs }: Stratum): boolean {
  return runs.every(({ deviations }) => deviations.size >= fewestLaunchesForRatio);
}

/** Of one of a row's plans, both of whose runs differ from launch to launch by as much more than they usually do. */
function aloneRatio(
  stratum: Stratum,
  plans: number,
  spreads: Spreads,
  excess: ReadonlyMap<Stratum, Variance>,
  shifts: Shifts,
): LaunchRatio {
  const { degreesOfFreedom } = excess.get(stratum) ?? asUsual;
  const [one, other] = stratum.runs;
  const own = aloneVariance(stratum, spreads, excess);
  const shift = shifts.get(stratum.key) ?? { deviation: 0, ratios: fewestRows };
  const variance = own + shift.deviation ** 2;
  const freedom = variance ** 2 / (own ** 2 / degreesOfFreedom + shift.deviation ** 4 / (shift.ratios - 1));
  const looks = plans / shareOfSinglePlans;
  const estimate = { logarithm: one.mean - other.mean, variance, freedom, looks };
  return toldBy(estimate, [stratum], [one.deviations.size, other.deviations.size]);
}

function aloneVariance(stratum: Stratum, spreads: Spreads, excess: ReadonlyMap<Stratum, Variance>): number {
  const { factor } = excess.get(stratum) ?? asUsual;
  const of = (side: Side) => {
    const { deviations, samplingVariance } = stratum.runs[side];
    return Math.max(samplingVariance, factor * launchVarianceOf(stratum, side, spreads)) / deviations.size;
  };
  return Math.max(leastVariance, of(0) + of(1));
}

/** By plan, what most rows differ by under it beyond what their launches show. */
type Shifts = ReadonlyMap<string, LaunchSpread>;

function shiftsOf(
  strata: readonly Stratum[],
  spreads: Spreads,
  excess: ReadonlyMap<Stratum, Variance>,
): Shifts {
  return new Map(
    [...byPlan(strata)].flatMap(([key, group]) => {
      if (group.length < fewestRows) return [];
      const deviates = group.map((stratum) => {
        const [one, other] = stratum.runs;
        return { square: (one.mean - other.mean) ** 2, variance: aloneVariance(stratum, spreads, excess) };
      });
      return [[key, { deviation: deviationBeyond(deviates, 1 / 2), ratios: group.length }] as const];
    }),
  );
}

/** A ratio's logarithm and how sure it is. */
interface Estimate {
  readonly logarithm: number;
  readonly variance: number;
  readonly freedom: number;
  /** Its probability is multiplied with this, for the others of its row that were looked at too. */
  readonly looks: number;
}

function toldBy(
  { logarithm, variance, freedom, looks }: Estimate,
  strata: readonly [Stratum, ...Stratum[]],
  clusters: readonly [number, number],
): LaunchRatio {
  const deviation = Math.sqrt(Math.max(leastVariance, variance));
  const reach = twoSidedT((1 - confidence) / looks, freedom) * deviation;
  const counts = sides.map((side) => addCounts(strata.map(({ runs }) => runs[side].counts)));
  const [one = addCounts([]), other = addCounts([])] = counts;
  const others = strata.slice(1).map(({ name }) => name);
  // Of a rate of which nothing was seen, it is known only how high it may be.
  const [isFirstSeen, isSecondSeen] = [one.sightings > 0, other.sightings > 0];
  return {
    ratio: {
      unit: 'rate over rate',
      ratio: isSecondSeen ? (isFirstSeen ? Math.exp(logarithm) : 0) : undefined,
      low: isFirstSeen ? Math.exp(logarithm - reach) : 0,
      high: isSecondSeen ? Math.exp(logarithm + reach) : undefined,
      confidence,
      probability: Math.min(1, looks * twoSidedTProbability(Math.abs(logarithm) / deviation, freedom)),
      degreesOfFreedom: freedom,
      independent: 'launch',
      sightings: [one.sightings, other.sightings],
      iterations: [one.iterations, other.iterations],
      clusters,
    },
    plans: [strata[0].name, ...others],
  };
}
