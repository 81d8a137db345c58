import type { Drift } from '../results/evidence-schema.ts';
import { addCounts, type ClusterCounts, type Counts } from './counts.ts';
import { holm } from './multiple-tests.ts';
import { twoSidedTProbability } from './quantiles.ts';

/** A steady rate is called drifting so often. */
const falseAlarms = 0.05;
/** Fewer blocks have no trend to speak of. */
const fewestBlocks = 4;

/**
 * A straight line through the rates of the blocks, in the order in which they ran: Student's t of its
 * slope. It is held against the blocks' own scatter, or that of independent iterations where it is less, so
 * clustered counts do not pass for a trend.
 * @returns undefined for fewer than four blocks of about equal size.
 */
export function driftOf(counts: readonly Counts[]): Drift | undefined {
  const blocks = joinSmall(counts);
  if (blocks.length < fewestBlocks) return undefined;
  const total = addCounts(blocks);
  const rate = total.sightings / total.iterations;
  const places = placesOf(blocks);
  const middle =
    sum(blocks.map(({ iterations }, index) => iterations * (places[index] ?? 0))) / total.iterations;
  const points = blocks.map(({ sightings, iterations }, index) => ({
    weight: iterations,
    place: (places[index] ?? 0) - middle,
    excess: sightings / iterations - rate,
  }));
  const spread = sum(points.map(({ weight, place }) => weight * place ** 2));
  const slope = sum(points.map(({ weight, place, excess }) => weight * place * excess)) / spread;
  const scatter = sum(points.map(({ weight, place, excess }) => weight * (excess - slope * place) ** 2));
  const freedom = blocks.length - 2;
  const leastVariance = rate * (1 - rate);
  const variance = Math.max(leastVariance, scatter / freedom) / spread;
  const t = slope === 0 ? 0 : Math.abs(slope) / Math.sqrt(variance);
  const probability = twoSidedTProbability(t, freedom);
  const half = Math.floor(blocks.length / 2);
  return {
    unit: 'per iteration',
    blocks: blocks.length,
    firstHalf: rateOver(blocks.slice(0, half)),
    secondHalf: rateOver(blocks.slice(-half)),
    probability,
    drifting: probability < falseAlarms,
  };
}

/**
 * Whether the rate of a run drifted, of which launches may differ: then both its blocks and its launches
 * must show the trend, for the blocks of a launch share what is particular to it.
 * @returns undefined with too few blocks or, of more than one launch, too few launches.
 */
export function driftOver({ block, launch }: ClusterCounts): Drift | undefined {
  const ofBlocks = driftOf(block);
  if (launch.length < 2 || ofBlocks === undefined) return ofBlocks;
  const ofLaunches = driftOf(launch);
  return ofLaunches && withProbability(ofBlocks, Math.max(ofBlocks.probability, ofLaunches.probability));
}

function withProbability(drift: Drift, probability: number): Drift {
  return { ...drift, probability, drifting: probability < falseAlarms };
}

/** Where each block's middle lies, in iterations from the start. */
function placesOf(blocks: readonly Counts[]): readonly number[] {
  let start = 0;
  return blocks.map(({ iterations }) => {
    start += iterations;
    return start - iterations / 2;
  });
}

/**
 * Blocks below half the usual size (the short one that finds the pace, the last of a number of iterations)
 * count with their neighbour: their rates scatter more, always at the same end of the line.
 */
function joinSmall(counts: readonly Counts[]): readonly Counts[] {
  const ran = counts.filter(({ iterations }) => iterations > 0);
  const sizes = ran.map(({ iterations }) => iterations).toSorted((left, right) => left - right);
  const least = (sizes[Math.floor(sizes.length / 2)] ?? 0) / 2;
  const joined: Counts[] = [];
  for (const block of ran) {
    const last = joined.at(-1);
    if (last !== undefined && (block.iterations < least || last.iterations < least)) {
      joined[joined.length - 1] = addCounts([last, block]);
    } else {
      joined.push(block);
    }
  }
  return joined;
}

function rateOver(blocks: readonly Counts[]): number {
  const { sightings, iterations } = addCounts(blocks);
  return sightings / iterations;
}

function sum(terms: readonly number[]): number {
  return terms.reduce((total, term) => total + term, 0);
}

/** Drifts that are read together: which of them still are, given how many there are (Holm). */
export function driftsAmong(drifts: readonly Drift[]): readonly Drift[] {
  const adjusted = holm(drifts.map(({ probability }) => probability));
  return drifts.map((drift, index) => withProbability(drift, adjusted[index] ?? 1));
}
