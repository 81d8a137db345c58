/**
 * Variances that few clusters show, made surer by what all of them together show. A variance from five
 * launches may be a tenth or twice of what it should be; how variances differ from each other beyond that
 * tells how much each is worth beside what is usual (Smyth, Statistical Applications in Genetics and
 * Molecular Biology 3, 2004, section 6.2).
 */

import { meanOf } from './quantiles.ts';

/** A variance, over the one that was expected, and what it is worth. */
export interface Variance {
  readonly factor: number;
  readonly degreesOfFreedom: number;
}

/** What is usual among variances: a variance as any other, but learnt from all of them. */
export type UsualVariance = Variance;

/** Fewer do not show how variances differ: each then stands for itself. */
const fewestVariances = 5;
/** As good as none: a variance of 0 has no logarithm. */
const leastFactor = 1e-6;

/** Learns what is usual among variances by the mean and the spread of their logarithms. */
export function usualVariance(variances: readonly Variance[]): UsualVariance | undefined {
  const shown = variances.filter(({ degreesOfFreedom }) => degreesOfFreedom > 0);
  if (shown.length < fewestVariances) return undefined;
  const logarithms = shown.map(
    ({ factor, degreesOfFreedom }) =>
      Math.log(Math.max(leastFactor, factor)) - meanLogarithm(degreesOfFreedom),
  );
  const centre = meanOf(logarithms);
  const spread = logarithms.reduce((sum, one) => sum + (one - centre) ** 2, 0) / (shown.length - 1);
  const ofSampling = meanOf(shown.map(({ degreesOfFreedom }) => trigamma(degreesOfFreedom / 2)));
  const learntFrom = shown.reduce((sum, { degreesOfFreedom }) => sum + degreesOfFreedom, 0);
  // No surer than all that it was learnt from.
  const degreesOfFreedom = Math.min(learntFrom, 2 * inverseTrigamma(spread - ofSampling));
  return { factor: Math.exp(centre + meanLogarithm(degreesOfFreedom)), degreesOfFreedom };
}

/** A variance in view of what is usual, with the degrees of freedom of both. */
export function moderated(variance: Variance, usual: UsualVariance | undefined): Variance {
  if (usual === undefined) return variance;
  const degreesOfFreedom = variance.degreesOfFreedom + usual.degreesOfFreedom;
  const sum = variance.factor * variance.degreesOfFreedom + usual.factor * usual.degreesOfFreedom;
  return { factor: sum / degreesOfFreedom, degreesOfFreedom };
}

/** Of a variance that should be 1, the mean of its logarithm. */
function meanLogarithm(degreesOfFreedom: number): number {
  return digamma(degreesOfFreedom / 2) - Math.log(degreesOfFreedom / 2);
}

/** Where the asymptotic series below are accurate to 1e-9. */
const farEnough = 8;

/** The derivative of ln Γ(x), x > 0: the recurrence, then the series (DLMF 5.11.2). */
export function digamma(x: number): number {
  let [sum, raised] = [0, x];
  for (; raised < farEnough; raised++) sum -= 1 / raised;
  const square = 1 / raised ** 2;
  const series = square * (1 / 12 - square * (1 / 120 - square * (1 / 252 - square / 240)));
  return sum + Math.log(raised) - 1 / (2 * raised) - series;
}

/** The derivative of `digamma` (DLMF 5.15.8). */
export function trigamma(x: number): number {
  let [sum, raised] = [0, x];
  for (; raised < farEnough; raised++) sum += 1 / raised ** 2;
  const square = 1 / raised ** 2;
  const series = 1 / 6 - square * (1 / 30 - square * (1 / 42 - square / 30));
  return sum + 1 / raised + square / 2 + (square * series) / raised;
}

/** Where `trigamma` has the value, by halving; infinite where it has it nowhere. */
function inverseTrigamma(value: number): number {
  if (value <= 0) return Infinity;
  let [low, high] = [-20, 20];
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (trigamma(Math.exp(middle)) > value) low = middle;
    else high = middle;
  }
  return Math.exp(high);
}
