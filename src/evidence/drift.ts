import type { Drift } from '../results/evidence-schema.ts';
import { addCounts, type Counts } from './counts.ts';
import { holm } from './multiple-tests.ts';
import { twoSidedNormal, twoSidedNormalProbability, twoSidedTProbability } from './quantiles.ts';

/** A steady rate is called drifting so often. */
const falseAlarms = 0.05;
/** Of points about a line: with fewer there is no trend to speak of. */
const leastFreedom = 2;
/** Few launches may scatter less than their blocks do by chance, but hardly less than this. */
const leastLaunchScatter = 1 / 4;

/** By simulation: at most 6 % false alarms, and hardly fewer drifts found. */
const shareAboutNone = 0.3;

/** A straight line through rates, each iteration of the same weight. */
interface Trend {
  readonly slope: number;
  /** Weighted sum of squares of the places. */
  readonly spread: number;
  /** Weighted sum of squares about the line. */
  readonly scatter: number;
  readonly freedom: number;
}

/** Counts at their place in the run, in iterations from its start. */
interface Point extends Counts {
  readonly place: number;
}

/** How far a slope is from none, as a standard normal deviate, and what it is worth: one over its variance. */
interface Finding {
  readonly deviate: number;
  readonly worth: number;
}

/**
 * Whether the rate of a run drifted, by the blocks of each launch in the order in which they ran.
 *
 * Launches differ by themselves, and their blocks share what is particular to one. So there are two
 * trends: that of the blocks within their launches, each held against its own launch's rate, and that of
 * the launches' rates, held against the launches' own scatter. Student's t of each slope becomes a normal
 * deviate, and the two count by what their slopes are worth (Stouffer's method with Lipták's weights, 1958;
 * the recovery of inter-block information is Yates's, Annals of Eugenics 10, 1940): where launches are
 * alike nearly all comes from them, where they differ much all comes from within.
 * @returns undefined for too few blocks, or launches of a block, of about equal size.
 */
export function driftOver(launches: readonly (readonly Counts[])[]): Drift | undefined {
  const ran = placedIn(launches);
  const usual = usualSize(ran.flat());
  const placed = ran.map((blocks) => joinSmall(blocks, usual));
  const points = placed.flat();
  const total = addCounts(points);
  const rate = total.sightings / total.iterations;
  // Clustered counts do not pass for a trend, nor do those of independent iterations that scatter little.
  const independent = rate * (1 - rate);
  const within = trendOf(placed);
  const whole = placed.map(middleOf);
  const among = placed.length < 2 ? undefined : trendOf([joinSmall(whole, usualSize(whole))]);
  const blockScatter = Math.max(independent, within === undefined ? 0 : within.scatter / within.freedom);
  const findings = [
    within && findingOf(within, blockScatter, blockScatter),
    among && launchFinding(among, blockScatter),
  ].filter((finding) => finding !== undefined);
  if (findings.length === 0) return undefined;
  const worth = sum(findings.map((finding) => finding.worth));
  const deviate = sum(findings.map((finding) => finding.deviate * Math.sqrt(finding.worth / worth)));
  const half = Math.floor(points.length / 2);
  return withProbability(
    {
      unit: 'per iteration',
      blocks: points.length,
      firstHalf: rateOver(points.slice(0, half)),
      secondHalf: rateOver(points.slice(-half)),
    },
    worth === 0 ? 1 : twoSidedNormalProbability(Math.abs(deviate)),
  );
}

/**
 * What the launches' slope is worth goes in part by their scatter about no slope, of which its t is
 * independent (Basu): by that about the slope alone, a small one would count twice, and 6.4 % of steady
 * rates be found to drift.
 */
function launchFinding(among: Trend, blockScatter: number): Finding {
  const { slope, spread, scatter, freedom } = among;
  const aboutSlope = scatter / freedom;
  const aboutNone = (scatter + slope ** 2 * spread) / (freedom + 1);
  const likely = (1 - shareAboutNone) * aboutSlope + shareAboutNone * aboutNone;
  return findingOf(
    among,
    Math.max(aboutSlope, leastLaunchScatter * blockScatter),
    Math.max(likely, blockScatter),
  );
}

/** @param scatter what the slope is held against. @param likely what the scatter is in truth. */
function findingOf({ slope, spread, freedom }: Trend, scatter: number, likely: number): Finding {
  if (slope === 0) return { deviate: 0, worth: likely === 0 ? spread : spread / likely };
  const t = Math.abs(slope) / Math.sqrt(scatter / spread);
  const probability = Math.max(leastProbability, twoSidedTProbability(t, freedom));
  return { deviate: Math.sign(slope) * twoSidedNormal(probability), worth: spread / likely };
}

/** Less is not told apart. */
const leastProbability = 1e-300;

/** The common slope of groups of points, of which each has its own rate and its own middle. */
function trendOf(groups: readonly (readonly Point[])[]): Trend | undefined {
  const lines = groups.filter((points) => points.length > 1);
  const freedom = sum(lines.map(({ length }) => length - 1)) - 1;
  if (freedom < leastFreedom) return undefined;
  let [spread, product, squares] = [0, 0, 0];
  for (const points of lines) {
    const { iterations, sightings, place: middle } = middleOf(points);
    const usual = sightings / iterations;
    for (const point of points) {
      const place = point.place - middle;
      const excess = point.sightings / point.iterations - usual;
      spread += point.iterations * place ** 2;
      product += point.iterations * place * excess;
      squares += point.iterations * excess ** 2;
    }
  }
  const slope = product / spread;
  return { slope, spread, scatter: Math.max(0, squares - slope * product), freedom };
}

/** All of them as one. */
function middleOf(points: readonly Point[]): Point {
  let [sightings, iterations, place] = [0, 0, 0];
  for (const point of points) {
    sightings += point.sightings;
    iterations += point.iterations;
    place += point.iterations * point.place;
  }
  return { sightings, iterations, place: place / iterations };
}

function placedIn(launches: readonly (readonly Counts[])[]): readonly (readonly Point[])[] {
  let start = 0;
  return launches
    .map((blocks) =>
      blocks
        .filter(({ iterations }) => iterations > 0)
        .map((block) => {
          start += block.iterations;
          return { ...block, place: start - block.iterations / 2 };
        }),
    )
    .filter((blocks) => blocks.length > 0);
}

/** The median. */
function usualSize(points: readonly Point[]): number {
  const sizes = points.map(({ iterations }) => iterations).toSorted((left, right) => left - right);
  return sizes[Math.floor(sizes.length / 2)] ?? 0;
}

/**
 * Those below half the usual size (the short block that finds the pace, the last of a number of
 * iterations) count with their neighbour: their rates scatter more, always at the same end of the line.
 */
function joinSmall(points: readonly Point[], usual: number): readonly Point[] {
  const joined: Point[] = [];
  for (const point of points) {
    const last = joined.at(-1);
    if (last !== undefined && Math.min(point.iterations, last.iterations) < usual / 2) {
      joined[joined.length - 1] = middleOf([last, point]);
    } else {
      joined.push(point);
    }
  }
  return joined;
}

function rateOver(blocks: readonly Counts[]): number {
  const { sightings, iterations } = addCounts(blocks);
  return sightings / iterations;
}

function withProbability(drift: Omit<Drift, 'probability' | 'drifting'>, probability: number): Drift {
  return { ...drift, probability, drifting: probability < falseAlarms };
}

function sum(terms: readonly number[]): number {
  return terms.reduce((total, term) => total + term, 0);
}

/** Drifts that are read together: which of them still are, given how many there are (Holm). */
export function driftsAmong(drifts: readonly Drift[]): readonly Drift[] {
  const adjusted = holm(drifts.map(({ probability }) => probability));
  return drifts.map((drift, index) => withProbability(drift, adjusted[index] ?? 1));
}
