import { clusteringOf } from './clustering.ts';
import { addCounts, confidence, type ClusterUnit, type Counts } from './counts.ts';
import { benjaminiHochberg } from './multiple-tests.ts';
import { betaProbability, betaQuantile, twoSidedNormal, twoSidedT } from './quantiles.ts';

/** How the rate of an event in one run compares with that in another. */
export interface RateRatio {
  readonly unit: 'rate over rate';
  /** The first rate over the second; undefined where the second run, or neither, saw the event. */
  readonly ratio: number | undefined;
  readonly low: number;
  /** Undefined: there is no upper limit. */
  readonly high: number | undefined;
  readonly confidence: number;
  /** How often runs of equal rates differ as much or more: the greatest confidence that leaves 1 out. */
  readonly probability: number;
  /** Of Student's t, as far as the interval is by one. */
  readonly degreesOfFreedom?: number;
  /** What is taken for independent. `iteration`, where a run is nearly all one cluster, finds differences that are none. */
  readonly independent: ClusterUnit | 'iteration';
  readonly sightings: readonly [number, number];
  /** N of each. */
  readonly iterations: readonly [number, number];
  /** Launches or blocks of each. */
  readonly clusters: readonly [number, number];
}

/** One run, as a comparison sees it. */
interface Measured extends Counts {
  readonly clusters: number;
  readonly rate: number;
  /** Variance over squared rate, were iterations independent. */
  readonly independentVariance: number;
  /** What the clusters show beyond it. */
  readonly clusterVariance: number;
  readonly degreesOfFreedom: number;
  /** Not where nearly all of it is one cluster, which may have been a burst. */
  readonly showsClustering: boolean;
}

/**
 * The ratio of two rates, by the launches (fresh processes) or blocks of each run.
 *
 * Each run is worth as many independent sightings as have its relative variance, clusters and Student's t
 * with Welch and Satterthwaite's degrees of freedom included. Which share of all of them the first has is
 * then a binomial question (Przyborowski and Wilenski, Biometrika 31, 1940), which stays true for few
 * sightings and for none.
 * @returns undefined where a run has no iteration.
 */
export function ratioOf(
  first: readonly Counts[],
  second: readonly Counts[],
  unit: ClusterUnit,
): RateRatio | undefined {
  const runs = [measured(first), measured(second)] as const;
  const [one, other] = runs;
  if (one.iterations === 0 || other.iterations === 0) return undefined;
  const seen = one.sightings + other.sightings > 0;
  const degreesOfFreedom = freedomOf(runs);
  return {
    unit: 'rate over rate',
    ratio: other.sightings === 0 ? undefined : one.rate / other.rate,
    ...(seen ? intervalOf(runs) : { low: 0, high: undefined }),
    confidence,
    probability: seen ? probabilityOf(runs) : 1,
    ...(degreesOfFreedom === undefined ? {} : { degreesOfFreedom }),
    independent: runs.every(showsHowItClusters) ? unit : 'iteration',
    sightings: [one.sightings, other.sightings],
    iterations: [one.iterations, other.iterations],
    clusters: [one.clusters, other.clusters],
  };
}

const showsHowItClusters = ({ clusters, showsClustering }: Measured) => clusters >= 2 && showsClustering;

/** The reference of a comparison is measured once for all that are compared with it. */
const known = new WeakMap<readonly Counts[], Measured>();

function measured(counts: readonly Counts[]): Measured {
  const found = known.get(counts) ?? measure(counts);
  known.set(counts, found);
  return found;
}

function measure(counts: readonly Counts[]): Measured {
  const total = addCounts(counts);
  const clustering = clusteringOf(counts);
  const rate = total.iterations === 0 ? 0 : total.sightings / total.iterations;
  const independentVariance = total.sightings === 0 ? 0 : (1 - rate) / total.sightings;
  return {
    ...total,
    clusters: counts.filter(({ iterations }) => iterations > 0).length,
    rate,
    independentVariance,
    clusterVariance: independentVariance * Math.max(0, (clustering?.designEffect ?? 1) - 1),
    degreesOfFreedom: clustering?.degreesOfFreedom ?? 1,
    showsClustering: clustering !== undefined || total.sightings === 0,
  };
}

type Pair = readonly [Measured, Measured];

/** A run's worth in independent sightings, and in iterations that would show as many. */
interface Worth {
  readonly sightings: number;
  readonly iterations: number;
}

/** No rate is known to better than a thousandth: beyond it, what was not measured matters more. */
const leastVariance = 1e-6;

function worthOf(runs: Pair, errorRate: number): readonly [Worth, Worth] {
  const inflation = inflationOf(runs, errorRate);
  const worth = (run: Measured): Worth => {
    if (run.sightings === 0) return { sightings: 0, iterations: run.iterations };
    const variance = run.independentVariance + run.clusterVariance * inflation;
    const sightings = 1 / Math.max(leastVariance, variance);
    return { sightings, iterations: sightings / run.rate };
  };
  const [first, second] = runs;
  const [one, other] = [worth(first), worth(second)];
  return [likeTheOther(first, one, second, other), likeTheOther(second, other, first, one)];
}

/** Zeros do not show how they cluster: their iterations are worth what those of the other run are. */
function likeTheOther(run: Measured, worth: Worth, other: Measured, otherWorth: Worth): Worth {
  if (run.sightings > 0) return worth;
  return { sightings: 0, iterations: (run.iterations * otherWorth.iterations) / other.iterations };
}

/** What Student's t adds to the variance between clusters. */
function inflationOf(runs: Pair, errorRate: number): number {
  const freedom = freedomOf(runs);
  return freedom === undefined ? 1 : (twoSidedT(errorRate, freedom) / twoSidedNormal(errorRate)) ** 2;
}

/**
 * Of both runs' clusters together (Welch, Biometrika 34, 1947; Satterthwaite, Biometrics 2, 1946); undefined
 * where they show no more than independent iterations would.
 */
function freedomOf(runs: Pair): number | undefined {
  const total = runs.reduce((sum, { clusterVariance }) => sum + clusterVariance, 0);
  const squares = runs.reduce((sum, run) => sum + run.clusterVariance ** 2 / run.degreesOfFreedom, 0);
  return total === 0 ? undefined : total ** 2 / squares;
}

function intervalOf(runs: Pair): { readonly low: number; readonly high: number | undefined } {
  const [one, other] = worthOf(runs, 1 - confidence);
  const tail = (1 - confidence) / 2;
  const toRatio = (share: number) => ((share / (1 - share)) * other.iterations) / one.iterations;
  return {
    low: one.sightings === 0 ? 0 : toRatio(betaQuantile(tail, one.sightings, other.sightings + 1)),
    high:
      other.sightings === 0 ? undefined : toRatio(betaQuantile(1 - tail, one.sightings + 1, other.sightings)),
  };
}

/** Less, and what is as good as 1, is not told apart. */
const [leastProbability, mostProbability] = [1e-12, 0.99];

/** The error rate whose interval ends at 1, to four digits: where the tails are as much as it. */
function probabilityOf(runs: Pair): number {
  const above = (errorRate: number) =>
    Math.log(Math.max(tailsAt(runs, errorRate), leastProbability / 2) / errorRate);
  if (above(mostProbability) >= 0) return 1;
  const [low, high] = [Math.log(leastProbability), Math.log(mostProbability)];
  return Math.exp(rootBetween(low, high, (logarithm) => above(Math.exp(logarithm))));
}

const rootPrecision = 1e-5;

/** Where a falling function is 0, by the rule of Illinois (Dowell and Jarratt, BIT 11, 1971); the low end, if it is not above 0 there. */
function rootBetween(low: number, high: number, of: (at: number) => number): number {
  const [left, right] = [
    { at: low, value: of(low) },
    { at: high, value: of(high) },
  ];
  if (left.value <= 0) return low;
  let moved: typeof left | undefined;
  while (right.at - left.at > rootPrecision) {
    const at = (left.at * right.value - right.at * left.value) / (right.value - left.value);
    const value = of(at);
    if (Math.abs(value) < rootPrecision) return at;
    const [moving, staying] = value > 0 ? [left, right] : [right, left];
    // An end that stays where it is twice counts half, so that the other does not creep.
    if (moving === moved) staying.value /= 2;
    Object.assign(moving, { at, value });
    moved = moving;
  }
  return left.at;
}

/** Twice the smaller tail of a share as far off as that of the first run, were the rates equal. */
function tailsAt(runs: Pair, errorRate: number): number {
  const [one, other] = worthOf(runs, errorRate);
  // Each by its own share: one that is next to nothing, as of two blocks that differ, is lost beside 1.
  const tailOf = (run: Worth, beside: Worth) =>
    run.sightings === 0
      ? 1
      : betaProbability(
          run.iterations / (run.iterations + beside.iterations),
          run.sightings,
          beside.sightings + 1,
        );
  return Math.min(1, 2 * Math.min(tailOf(one, other), tailOf(other, one)));
}

/** A ratio among others that were looked at together. */
export interface Difference extends RateRatio {
  /** The probability, corrected for how many there are. */
  readonly adjustedProbability: number;
  /** Whether the rates differ: of those that are called real, at most 5 % are not. */
  readonly real: boolean;
  /**
   * About by what factor up or down from 1 the ratio would have to be to be called real, everything else as
   * it is: a change of this size is found once in two times. Undefined where none would be.
   */
  readonly leastReal: number | undefined;
}

/** Which of the differences that are shown together are real (Benjamini and Hochberg). */
export function differencesAmong(ratios: readonly RateRatio[]): readonly Difference[] {
  const errorRate = 1 - confidence;
  const adjusted = benjaminiHochberg(ratios.map(({ probability }) => probability));
  const realOnes = adjusted.filter((probability) => probability < errorRate).length;
  return ratios.map((ratio, index) => {
    const adjustedProbability = adjusted[index] ?? 1;
    const real = adjustedProbability < errorRate;
    const rank = realOnes + (real ? 0 : 1);
    const leastReal = reachAt(ratio, (errorRate * rank) / ratios.length);
    return { ...ratio, adjustedProbability, real, leastReal };
  });
}

/** How far the interval of a ratio would reach, either way, at another error rate than that of `confidence`. */
function reachAt(
  { low, high, degreesOfFreedom = Infinity }: RateRatio,
  errorRate: number,
): number | undefined {
  if (low === 0 || high === undefined) return undefined;
  const deviate = (rate: number) =>
    Number.isFinite(degreesOfFreedom) ? twoSidedT(rate, degreesOfFreedom) : twoSidedNormal(rate);
  const reach = Math.exp(((Math.log(high / low) / 2) * deviate(errorRate)) / deviate(1 - confidence));
  return Number.isFinite(reach) ? reach : undefined;
}

/** By what factor up or down a rate has to change to show in half of the rows; infinite where in fewer. Undefined without a row. */
export function usualLeastReal(differences: readonly Pick<Difference, 'leastReal'>[]): number | undefined {
  return differences.map(({ leastReal = Infinity }) => leastReal).toSorted((one, other) => one - other)[
    Math.floor(differences.length / 2)
  ];
}
