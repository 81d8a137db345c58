import type { Counts } from '../../src/evidence/counts.ts';

/** Random numbers for simulated runs, the same whenever the tests run. */
export interface Random {
  /** From 0 to 1. */
  readonly uniform: () => number;
  readonly normal: () => number;
  /** Mean 1 and the given variance. */
  readonly gamma: (variance: number) => number;
  /** Mean 1 and the given variance, with the longer tail. */
  readonly logNormal: (variance: number) => number;
  readonly binomial: (trials: number, probability: number) => number;
}

export function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  // Mulberry32.
  const uniform = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const normal = () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  // Marsaglia and Tsang, ACM Transactions on Mathematical Software 26, 2000.
  const gammaOfShape = (shape: number): number => {
    if (shape < 1) return gammaOfShape(shape + 1) * uniform() ** (1 / shape);
    const d = shape - 1 / 3;
    for (;;) {
      const x = normal();
      const v = (1 + x / Math.sqrt(9 * d)) ** 3;
      if (v > 0 && Math.log(1 - uniform()) < x ** 2 / 2 + d - d * v + d * Math.log(v)) return d * v;
    }
  };
  // By the gaps between successes, or the normal approximation where there are many.
  const binomial = (trials: number, probability: number) => {
    const mean = trials * probability;
    if (mean > 200) {
      return Math.min(trials, Math.round(mean + Math.sqrt(mean * (1 - probability)) * normal()));
    }
    let count = -1;
    for (let at = 0; at <= trials; count++) {
      at += 1 + Math.floor(Math.log(1 - uniform()) / Math.log1p(-probability));
    }
    return count;
  };
  return {
    uniform,
    normal,
    gamma: (variance) => (variance === 0 ? 1 : gammaOfShape(1 / variance) * variance),
    logNormal: (variance) => {
      const logVariance = Math.log1p(variance);
      return Math.exp(Math.sqrt(logVariance) * normal() - logVariance / 2);
    },
    binomial,
  };
}

/** A run whose true rate is known. */
export interface Simulation {
  readonly blocks: number;
  readonly iterationsPerBlock: number;
  /** Of the whole run. */
  readonly expectedSightings: number;
  /** What a block's own rate is multiplied with; 1 without clustering. */
  readonly blockFactor?: () => number;
  /** What the rate is at a place from 0 to 1 of the run, over the rate at its start; 1 without drift. */
  readonly trend?: (place: number) => number;
}

export function simulate(
  random: Random,
  { blocks, iterationsPerBlock, expectedSightings, blockFactor = () => 1, trend = () => 1 }: Simulation,
): readonly Counts[] {
  const trends = Array.from({ length: blocks }, (_, block) => trend((block + 0.5) / blocks));
  const usual = expectedSightings / iterationsPerBlock / trends.reduce((sum, one) => sum + one, 0);
  return trends.map((factor) => ({
    iterations: iterationsPerBlock,
    sightings: random.binomial(iterationsPerBlock, Math.min(1, usual * factor * blockFactor())),
  }));
}

/** Of so many trials, the share that has the property. */
export function share(trials: number, property: () => boolean): number {
  let count = 0;
  for (let trial = 0; trial < trials; trial++) if (property()) count++;
  return count / trials;
}
