import { clusteringOf } from './clustering.ts';
import { addCounts, confidence, type ClusterUnit, type Counts } from './counts.ts';

/** What never having seen an event says of its rate. */
export interface NeverBound {
  readonly unit: 'per iteration';
  /** N. */
  readonly iterations: number;
  /** What is taken for independent. */
  readonly independent: ClusterUnit;
  /** Of them, those that were counted. */
  readonly clusters: number;
  /** At the bound's rate: how many iterations are worth an independent one. */
  readonly designEffect: number;
  /** N divided by the design effect. */
  readonly effectiveIterations: number;
  /** Any higher rate would have been seen, with 95 % confidence. */
  readonly bound: number;
  readonly confidence: number;
}

/** Of the rates of clusters, where nothing is known of it: by as much as their mean, which is a lot. */
export const assumedRelativeVariance = 1;

/** An event that is expected so often is seen with 95 % probability: e^-3 (Hanley and Lippman-Hand, JAMA 249, 1983). */
export const expectedToBeSeen = 3;

/**
 * The design effect where nothing was seen. Zeros do not show how an event clusters; what does is how much
 * the rates of events that did happen vary from cluster to cluster. With gamma-distributed rates of
 * relative variance c², m clusters see nothing with the probability (1 + c² · expected / m)^(-m / c²),
 * which is e^-3 at 3 sightings times the design effect (e^x - 1) / x, x = 3 c² / m.
 */
export function designEffectOfZeros(relativeVariance: number, effectiveClusters: number): number {
  const spread = (expectedToBeSeen * relativeVariance) / effectiveClusters;
  return spread === 0 ? 1 : Math.expm1(spread) / spread;
}

/**
 * The bound on the rate of an event that was never seen: 3/N, N divided by the design effect.
 * @param relativeVariance c², of the controls that vouch for the event (`Clustering.relativeVariance`).
 * @returns undefined where an event was seen, or without an iteration.
 */
export function boundOfNever(
  counts: readonly Counts[],
  independent: ClusterUnit,
  relativeVariance: number,
): NeverBound | undefined {
  const { sightings, iterations } = addCounts(counts);
  if (sightings > 0 || iterations === 0) return undefined;
  const designEffect = designEffectOfZeros(relativeVariance, clusteringOf(counts)?.effectiveClusters ?? 1);
  const effectiveIterations = iterations / designEffect;
  return {
    unit: 'per iteration',
    iterations,
    independent,
    clusters: counts.filter((cluster) => cluster.iterations > 0).length,
    designEffect,
    effectiveIterations,
    bound: Math.min(1, expectedToBeSeen / effectiveIterations),
    confidence,
  };
}
