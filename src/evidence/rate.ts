import type { Rate } from '../results/evidence-schema.ts';
import { clusteringOf, type Clustering } from './clustering.ts';
import { addCounts, confidence, type ClusterUnit, type Counts } from './counts.ts';
import { assumedRelativeVariance, designEffectOfZeros } from './never.ts';
import { betaQuantile, twoSidedNormal, twoSidedT } from './quantiles.ts';

/** Fewer sightings than this get the exact interval, which is never too narrow. */
const fewSightings = 15;
/** Fewer clusters than this do not show how skewed they are: the interval allows for more. */
const fewClusters = 30;
/** In place of 1 - confidence, with few clusters. */
const errorWithFewClusters = 0.025;

const normalDeviate = twoSidedNormal(1 - confidence);

/**
 * The rate of an event by what was seen in each block or launch. Undefined without an iteration.
 *
 * The interval is that of a binomial count, with N divided by the design effect and by what Student's t
 * adds for the number of clusters (after Korn and Graubard, Survey Methodology 24, 1998). The degrees of
 * freedom fall with the skew of the clusters, and few clusters or sightings get a wider interval.
 */
export function rateOf(counts: readonly Counts[], unit: ClusterUnit): Rate | undefined {
  const total = addCounts(counts);
  if (total.iterations === 0) return undefined;
  const clustering = clusteringOf(counts);
  const few = clustering === undefined || clustering.clusters < fewClusters;
  const rate = total.sightings / total.iterations;
  const rarer = Math.min(total.sightings, total.iterations - total.sightings);
  const { designEffect, inflation } = varianceOf(clustering, rarer, few);
  const effectiveIterations = total.iterations / (designEffect * inflation);
  const interval = few || rarer < fewSightings ? exactInterval : jeffreysInterval;
  return {
    unit: 'per iteration',
    ...total,
    rate,
    ...interval(rate * effectiveIterations, effectiveIterations),
    confidence,
    independent: clustering === undefined ? 'iteration' : unit,
    clusters: counts.filter(({ iterations }) => iterations > 0).length,
    designEffect,
    effectiveIterations,
  };
}

/** The variance over that of independent iterations, and by how much more few clusters have an interval allow for. */
function varianceOf(
  clustering: Clustering | undefined,
  rarer: number,
  few: boolean,
): { readonly designEffect: number; readonly inflation: number } {
  if (clustering === undefined) return { designEffect: 1, inflation: 1 };
  if (rarer === 0) {
    const { effectiveClusters } = clustering;
    return { designEffect: designEffectOfZeros(assumedRelativeVariance, effectiveClusters), inflation: 1 };
  }
  const t = twoSidedT(few ? errorWithFewClusters : 1 - confidence, clustering.degreesOfFreedom);
  const inflation = (t / normalDeviate) ** 2;
  const designEffect = Math.max(1, clustering.designEffect);
  // Few clusters leave in doubt whether there is an excess at all; of many, t is for the excess alone.
  const widened = few ? Math.max(1, clustering.designEffect * inflation) : 1 + (designEffect - 1) * inflation;
  return { designEffect, inflation: widened / designEffect };
}

export interface Interval {
  readonly low: number;
  readonly high: number;
}

const tail = (1 - confidence) / 2;

/**
 * The interval of Clopper and Pearson (Biometrika 26, 1934) for a rate: it holds it in 95 % of runs or
 * more. Sightings and iterations need not be whole.
 */
export function exactInterval(sightings: number, iterations: number): Interval {
  const others = iterations - sightings;
  return {
    low: sightings === 0 ? 0 : betaQuantile(tail, sightings, others + 1),
    high: others === 0 ? 1 : betaQuantile(1 - tail, sightings + 1, others),
  };
}

/**
 * The interval of Jeffreys' prior (Brown, Cai and DasGupta, Statistical Science 16, 2001): it holds the
 * rate in 95 % of runs on the average. Sightings and iterations need not be whole.
 */
export function jeffreysInterval(sightings: number, iterations: number): Interval {
  const others = iterations - sightings;
  return {
    low: sightings === 0 ? 0 : betaQuantile(tail, sightings + 0.5, others + 0.5),
    high: others === 0 ? 1 : betaQuantile(1 - tail, sightings + 0.5, others + 0.5),
  };
}
