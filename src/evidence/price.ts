/** What timing says: of one block, and of several, each of which is one observation. Pure. */
import { confidence } from './counts.ts';
import { medianOf } from './quantiles.ts';

/** A median with the interval that holds the true one in 95 % of measurements or more. */
export interface Estimate {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

/** Fewer blocks have no interval of 95 %: the true median is beyond all of n in 2 × 2^-n of measurements. */
export const fewestBlocks = 6;

/**
 * The median of what blocks showed, with the interval between two of them in order of size (the sign
 * test's; Conover, Practical Nonparametric Statistics, 1999, section 3.2). It takes no distribution for
 * granted: timings are skewed, and where code falls in memory makes lumps of them.
 * @returns undefined with fewer than `fewestBlocks`.
 */
export function estimateOf(blocks: readonly number[]): Estimate | undefined {
  if (blocks.length < fewestBlocks) return undefined;
  const sorted = blocks.toSorted((left, right) => left - right);
  const cut = valuesCut(sorted.length);
  const low = sorted[cut];
  const high = sorted[sorted.length - 1 - cut];
  return low === undefined || high === undefined ? undefined : { median: medianOf(sorted), low, high };
}

/** How many values may be left out at either end: the most of which the true median is beyond in 2.5 % at most. */
function valuesCut(n: number): number {
  let term = 0.5 ** n;
  let beyond = term;
  let cut = -1;
  for (let k = 0; beyond <= (1 - confidence) / 2; k++) {
    cut = k;
    term *= (n - k) / (k + 1);
    beyond += term;
  }
  return cut;
}

/**
 * What one program took more than another in a block: the median over pairs of rounds, in which the two
 * took their turns as A B B A, so that a machine which speeds up or slows down does so for both.
 * @param one,other what each took, round by round.
 */
export function differenceIn(one: readonly number[], other: readonly number[]): number {
  const rounds = one.map((value, round) => value - (other[round] ?? Number.NaN));
  const pairs: number[] = [];
  for (let round = 0; round + 1 < rounds.length; round += 2) {
    pairs.push(((rounds[round] ?? Number.NaN) + (rounds[round + 1] ?? Number.NaN)) / 2);
  }
  return medianOf(pairs);
}

/** What can be said of a difference; `amount` is never negative. */
export type PriceFinding =
  | { readonly kind: 'costs' | 'saves'; readonly amount: Estimate; readonly resolution: number }
  /** Less than `resolution`, either way. */
  | { readonly kind: 'below-resolution'; readonly resolution: number };

/**
 * Reads a difference in view of how far two copies of the same code differ.
 * @param copies the difference of two copies, likewise.
 * @param quantum the least difference that the clock shows.
 */
export function findingOf(difference: Estimate, copies: Estimate, quantum: number): PriceFinding {
  const { median, low, high } = difference;
  const resolution = Math.max(quantum, Math.abs(copies.low), Math.abs(copies.high));
  if (low > 0 && median > resolution) return { kind: 'costs', amount: difference, resolution };
  if (high < 0 && -median > resolution) {
    return { kind: 'saves', amount: { median: -median, low: -high, high: -low }, resolution };
  }
  return { kind: 'below-resolution', resolution: Math.max(resolution, Math.abs(low), Math.abs(high)) };
}
