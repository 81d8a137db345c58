import { confidence } from './counts.ts';
import { twoSidedNormal, twoSidedT, twoSidedTProbability } from './quantiles.ts';
import type { RateRatio } from './ratio.ts';

/** By how much rates differ between two runs beyond what their blocks show. */
export interface LaunchSpread {
  /** Standard deviation of the logarithm of the ratio. */
  readonly deviation: number;
  /** N: ratios that it was learnt from. */
  readonly ratios: number;
}

/** Of a squared standard normal deviate: half of them are below. */
const medianSquare = 0.4549364;
const fewestRatios = 2;

/**
 * What launching anew does to rates, learnt from the two runs' ratios as a whole. The blocks of one launch
 * share its memory, its place among the caches and its neighbours, and show nothing of what another launch
 * would have; rates can differ severalfold. Taking most ratios for that of equal rates (Efron's empirical
 * null, Journal of the American Statistical Association 99, 2004), the deviation is the one under which
 * half of them are as near to 1 as half of all normal deviates are to 0.
 * @returns undefined with fewer than two ratios of an event that both runs saw.
 */
export function launchSpread(ratios: readonly RateRatio[]): LaunchSpread | undefined {
  return spreadOf(ratios, () => 1 / 2);
}

/**
 * What sessions add to ratios whose launches are known: the least under which it is no surprise, of one in
 * twenty, that so few are as near to 1. Launches of a session may be all that it differs by, and a spread
 * that is taken for more than there is hides what differs in single rows.
 * @returns undefined with fewer than ten: sessions that differ then look like rows that do.
 */
export function sessionSpread(ratios: readonly RateRatio[]): LaunchSpread | undefined {
  if (ratios.length < fewestOfSessions) return undefined;
  return spreadOf(ratios, (count) => 1 / 2 - surprise / (2 * Math.sqrt(count)));
}

const fewestOfSessions = 10;
/** A normal deviate is greater once in twenty times. */
const surprise = twoSidedNormal(0.1);

/** @param nearShare by how many there are, which share of them is to be as near to 1 as half of all normal deviates to 0. */
function spreadOf(
  ratios: readonly RateRatio[],
  nearShare: (count: number) => number,
): LaunchSpread | undefined {
  const usable = ratios.flatMap((ratio) => {
    const { low, high, sightings } = ratio;
    if (Math.min(...sightings) === 0 || high === undefined || low <= 0) return [];
    return [{ square: logRatio(ratio) ** 2, variance: (Math.log(high / low) / (2 * normalDeviate)) ** 2 }];
  });
  if (usable.length < fewestRatios) return undefined;
  return { deviation: deviationBeyond(usable, nearShare(usable.length)), ratios: usable.length };
}

/** A logarithm that should be 0, squared, and the variance that is known of it. */
export interface Deviate {
  readonly square: number;
  readonly variance: number;
}

/** The standard deviation, beyond the known one, under which this share is as near to 0 as half of all normal deviates. */
export function deviationBeyond(usable: readonly Deviate[], share: number): number {
  const excess = (extra: number) =>
    quantile(
      usable.map(({ square, variance }) => square / (variance + extra)),
      share,
    ) > medianSquare;
  let [low, high] = [0, Math.max(...usable.map(({ square }) => square)) / medianSquare];
  if (!excess(0)) return 0;
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (excess(middle)) low = middle;
    else high = middle;
  }
  return Math.sqrt(high);
}

/**
 * The ratio of two single launches, with the interval and the probability that remain when launches differ
 * by so much. Without a spread nothing is known of them, and no difference is told.
 */
export function allowingForLaunches(ratio: RateRatio, spread: LaunchSpread | undefined): RateRatio {
  if (ratio.probability === 1 || spread?.deviation === 0) return ratio;
  if (spread === undefined) return { ...ratio, low: 0, high: undefined, probability: 1 };
  const freedom = spread.ratios - 1;
  const size = Math.abs(logRatio(ratio));
  const ownDeviation = size / twoSidedNormal(Math.min(nearlyCertain, ratio.probability));
  const deviation = Math.hypot(ownDeviation, spread.deviation);
  // The ratio's own is known, by a normal deviate of the same probability (Satterthwaite).
  const freedomOfBoth = freedom * (deviation / spread.deviation) ** 4;
  const probability = twoSidedTProbability(size / deviation, freedomOfBoth);
  const margin = twoSidedT(1 - confidence, freedom) * spread.deviation;
  return {
    ...ratio,
    ...widened(ratio, margin),
    probability: Math.max(ratio.probability, probability),
    degreesOfFreedom: Math.min(freedomOfBoth, ratio.degreesOfFreedom ?? Infinity),
  };
}

const nearlyCertain = 1 - 1e-9;
const normalDeviate = twoSidedNormal(1 - confidence);

/** An interval whose ends are moved outwards, on the logarithm, as independent errors add up. */
function widened(
  { ratio, low, high }: RateRatio,
  margin: number,
): { readonly low: number; readonly high: number | undefined } {
  if (ratio === undefined || ratio === 0) {
    return { low: low * Math.exp(-margin), high: high && high * Math.exp(margin) };
  }
  const reach = (end: number) => Math.exp(Math.hypot(Math.log(end / ratio), margin));
  return { low: low === 0 ? 0 : ratio / reach(low), high: high && ratio * reach(high) };
}

/** Of zeros, with half a sighting added to each. */
function logRatio({ ratio, sightings: [one, other], iterations }: RateRatio): number {
  if (ratio !== undefined && ratio > 0) return Math.log(ratio);
  return Math.log((((one + 0.5) / (other + 0.5)) * iterations[1]) / iterations[0]);
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((left, right) => left - right);
  const at = share * sorted.length;
  return ((sorted[Math.ceil(at) - 1] ?? 0) + (sorted[Math.floor(at)] ?? 0)) / 2;
}
