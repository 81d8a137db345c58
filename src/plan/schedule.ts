/** Blocks a variant gets at least under a plan, so that a drift shows and strategies alternate. */
const leastRounds = 4;
export const longestBlockMs = 50;

export interface Schedule {
  readonly rounds: number;
  readonly blockMs: number;
}

export interface TimeSpent {
  readonly budgetMs: number;
  /** Since the run began, and what was planned to take that long: blocks come with overhead. */
  readonly elapsedMs: number;
  readonly plannedMs: number;
  /** Variants under a plan that are still to run. */
  readonly cellsLeft: number;
}

/** Beyond this, time goes to something that will pass, such as other programs. */
const greatestOverhead = 4;

/**
 * A cell's share of what is left of a time budget, as blocks of equal length. What ran so far tells how
 * much longer than planned a block takes, so that the last tests get as much as the first.
 */
export function scheduleTime({ budgetMs, elapsedMs, plannedMs, cellsLeft }: TimeSpent): Schedule {
  const overhead = plannedMs === 0 ? 1 : Math.min(greatestOverhead, Math.max(1, elapsedMs / plannedMs));
  const share = Math.max(0, budgetMs - elapsedMs) / Math.max(1, cellsLeft) / overhead;
  const rounds = evenUp(Math.max(leastRounds, Math.ceil(share / longestBlockMs)));
  return { rounds, blockMs: share / rounds };
}

function evenUp(n: number): number {
  return n + (n % 2);
}

/**
 * The order of a round: forwards in even rounds, backwards in odd ones (A B, B A, …), so that a
 * machine that slows down or speeds up does so for every variant alike.
 */
export function roundOrder<T>(variants: readonly T[], round: number): readonly T[] {
  return round % 2 === 0 ? variants : variants.toReversed();
}

/** A block's own seed, so that the same seed gives the same start delays block for block (SplitMix64's finaliser). */
export function blockSeed(seed: bigint, block: number): bigint {
  const mask = (1n << 64n) - 1n;
  let z = (seed + BigInt(block + 1) * 0x9e3779b97f4a7c15n) & mask;
  z = ((z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n) & mask;
  z = ((z ^ (z >> 27n)) * 0x94d049bb133111ebn) & mask;
  return z ^ (z >> 31n);
}

export const iterationRounds = 4;

/**
 * Shares a variant's iterations out over its plans, and those over rounds: by plan, the counts of its
 * rounds. They add up to the number asked for.
 */
export function scheduleIterations(iterations: number, plans: number): readonly (readonly number[])[] {
  return shares(iterations, plans).map((ofPlan) => shares(ofPlan, iterationRounds));
}

/** Whole numbers as equal as can be, with the given sum. */
function shares(sum: number, parts: number): readonly number[] {
  return Array.from(
    { length: parts },
    (_, part) => Math.floor((sum * (part + 1)) / parts) - Math.floor((sum * part) / parts),
  );
}
