import { addCounts, type Counts } from './counts.ts';

/** How a rate varies from block to block, or from launch to launch: more than independent iterations would. */
export interface Clustering {
  /** With an iteration or more in them. */
  readonly clusters: number;
  /** As many clusters of equal size would tell as much (Kish's effective number). */
  readonly effectiveClusters: number;
  /**
   * Variance of the total over that of as many independent iterations (Kish 1965), at the rate that was
   * seen; 1 where nothing shows otherwise.
   */
  readonly designEffect: number;
  /**
   * Variance of the clusters' own rates over the square of their mean, sampling taken out; unlike the
   * design effect it does not depend on how often the event happens. Of the rarer of event and non-event.
   */
  readonly relativeVariance: number;
  /**
   * That the variance is worth: fewer than clusters - 1 where few of them have most of the sightings.
   * Satterthwaite's approximation with the excess kurtosis of a gamma distribution, six times its
   * relative variance.
   */
  readonly degreesOfFreedom: number;
}

/** Fewer clusters' worth than this show no variance: nearly all is in one of them. */
const fewestEffective = 1.5;

/** The clustering that counts show. Undefined where nearly all of them are in one cluster. */
export function clusteringOf(counts: readonly Counts[]): Clustering | undefined {
  const clusters = counts.filter(({ iterations }) => iterations > 0);
  const total = addCounts(clusters);
  const rate = total.sightings / total.iterations;
  const squaredSizes = clusters.reduce((sum, { iterations }) => sum + iterations ** 2, 0);
  const effectiveClusters = total.iterations ** 2 / squaredSizes;
  if (!(effectiveClusters >= fewestEffective)) return undefined;
  const independentVariance = total.iterations * rate * (1 - rate);
  // The total's variance by linearisation of the ratio (Cochran, Sampling Techniques, 1977, section 6.3).
  const squares = clusters.reduce((sum, one) => sum + (one.sightings - rate * one.iterations) ** 2, 0);
  const variance = (squares * clusters.length) / (clusters.length - 1);
  const designEffect = independentVariance === 0 ? 1 : variance / independentVariance;
  const rarer = Math.min(rate, 1 - rate);
  const relativeVariance =
    rarer === 0
      ? 0
      : (Math.max(0, designEffect - 1) * effectiveClusters * rate * (1 - rate)) /
        (total.iterations * rarer ** 2);
  return {
    clusters: clusters.length,
    effectiveClusters,
    designEffect,
    relativeVariance,
    degreesOfFreedom: Math.max(
      Math.min(2, Math.max(1, effectiveClusters - 1)),
      (effectiveClusters - 1) / (1 + 3 * relativeVariance),
    ),
  };
}
