import type { RunnableCode } from '../lower/perpetual.ts';
import type { PlacedPlan, PlannedTest, PlannedVariant } from './experiment.ts';

/** A variant under one of its test's plans: what counts are kept for. */
export interface PlannedRun {
  readonly planned: PlannedTest;
  readonly variant: PlannedVariant;
  readonly placed: PlacedPlan;
  readonly code: RunnableCode;
  /** `runKey` of the names. */
  readonly key: string;
}

/** What is to run next, in full: the same block again is the same request to the addon. */
export interface PlannedBlock {
  readonly run: PlannedRun;
  /** From 0; each is a process of its own, with its memory and threads placed anew. */
  readonly launch: number;
  readonly seed: bigint;
  /** Iterations in a batch of one copy. */
  readonly cells: number;
  readonly batches: number;
  /** How many copies run, the first among them. */
  readonly copies: number;
  /** When it ends though batches are left: where it was planned to take less. Absent: never. */
  readonly endAfterMs?: number;
}

/** What became of a block, as far as it bears on what to run next. */
export interface BlockCounts {
  /** All iterations that were run. */
  readonly ran: number;
  /** Those that passed the test's filter. */
  readonly iterations: number;
  /** Of them, those that show the event the test asks about. */
  readonly sightings: number;
  readonly wallNs: number;
  /** Its counts are no data: the run gets no further block. */
  readonly failed: boolean;
  /** When it ended, in milliseconds since the run began. */
  readonly endedMs: number;
}

/**
 * Says what to run next and is told what came of it. It knows nothing else, no clock and no chance: fed
 * with the same counts it gives the same blocks, so that a run can be resumed from its record.
 */
export type Schedule = Generator<PlannedBlock, void, BlockCounts>;

/** Launches of a run of which nobody said how many. */
export const usualLaunches = 5;
/** The fewest times that a launch passes over a test's variants, so that none is always first. */
export const roundsInLaunch = 2;

/** Names a variant under a plan. */
export function runKey(test: string, strategy: string, plan: string): string {
  return [test, strategy, plan].join('\0');
}

/** What of a test runs: by plan, the variants with code of their own. */
export function runsOf(planned: PlannedTest): readonly (readonly PlannedRun[])[] {
  const variants = planned.variants.filter(
    ({ sameCodeAs, problem }) => sameCodeAs === undefined && problem === undefined,
  );
  return planned.plans.map((placed) =>
    variants.flatMap((variant) => {
      const code = variant.codes.get(placed.name);
      const key = runKey(planned.test.name, variant.strategy, placed.name);
      return code === undefined ? [] : [{ planned, variant, placed, code, key }];
    }),
  );
}

/** Controls first: what an interrupted run has seen then counts. */
export function controlsFirst<T extends Pick<PlannedTest, 'test'>>(tests: readonly T[]): readonly T[] {
  const isControl = ({ test }: T) => test.header.vouchesFor.length > 0;
  return tests.toSorted((left, right) => Number(isControl(right)) - Number(isControl(left)));
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

/** A batch of all copies. */
export function batchOf({ plan, affinity }: PlacedPlan): {
  readonly iterations: number;
  readonly copies: number;
} {
  const copies = affinity.copies.length + 1;
  return { iterations: plan.cells * copies, copies };
}
