import type { PlacedPlan, PlannedTest } from './experiment.ts';
import {
  batchOf,
  blockSeed,
  roundOrder,
  roundsInLaunch,
  runsOf,
  type BlockCounts,
  type PlannedBlock,
  type PlannedRun,
  type Schedule,
} from './schedule.ts';

/** Counts so far, block by block, by `runKey`. */
export type CountsByRun = ReadonlyMap<string, readonly BlockCounts[]>;

/**
 * How much of the time a run should get beside others, from the counts so far; 0 where its question is
 * settled and it needs no more.
 */
export type Need = (run: PlannedRun, counts: CountsByRun) => number;

export interface TimeAmount {
  /** In milliseconds since the run began: now, and when the last block should have ended. */
  readonly beganMs: number;
  readonly endMs: number;
  readonly launches: number;
  readonly seed: bigint;
}

export const longestBlockMs = 50;
/** So many times what a block ran is the most that it is charged: beyond it, time went to something that will pass. */
const greatestOverhead = 4;

/** How much longer than planned a block may take, as when another program came in, before it is cut short. */
const longestOverrun = 1.5;

/** About the least that a run takes of each launch: a batch of it, and what a block costs beside. */
const leastRunMs = 5;

/** How long so many runs take at least, for each to have something of every launch. */
export function leastTimeMs(runs: number, launches: number): number {
  return runs * launches * leastRunMs;
}

/**
 * Shares the time out: equally over launches, each of which passes over all tests in the order given; in
 * the first launch equally over the runs, in the others by their need. A variant's first block is a single
 * batch, which tells its pace; the others are no longer than `longestBlockMs`, or one batch. When the time
 * is up, or nothing needs any, no further block comes.
 *
 * A run whose share is less than a block costs keeps it for later rounds and launches, and one that took more
 * waits until that is made up for (deficit round robin: Shreedhar and Varghese, SIGCOMM 1995). So time goes
 * by need on a busy machine too, where getting a block started costs more than running it.
 */
export function* scheduleTime(
  tests: readonly PlannedTest[],
  { beganMs, endMs, launches, seed }: TimeAmount,
  need: Need,
): Schedule {
  const groups = tests.flatMap(runsOf);
  const counts = new Map<string, BlockCounts[]>(groups.flat().map(({ key }) => [key, []]));
  const owedMs = new Map<PlannedRun, number>(groups.flat().map((run) => [run, 0]));
  const failed = new Set<string>();
  let [nowMs, besideMs, block] = [beganMs, 0, 0];

  const owe = (run: PlannedRun, ms: number) => owedMs.set(run, (owedMs.get(run) ?? 0) + ms);
  function* runBlock(run: PlannedRun, launch: number, ms: number): Schedule {
    const size = blockSize(run.placed, ms, counts.get(run.key)?.at(-1));
    const endAfterMs = longestOverrun * Math.max(ms, leastRunMs);
    const told = yield { run, launch, seed: blockSeed(seed, block++), ...size, endAfterMs };
    counts.get(run.key)?.push(told);
    if (told.failed) failed.add(run.key);
    const ranMs = told.wallNs / 1e6;
    const costMs = Math.min(told.endedMs - nowMs, greatestOverhead * Math.max(ranMs, leastRunMs));
    owe(run, -costMs);
    besideMs += Math.max(0, costMs - ranMs);
    nowMs = told.endedMs;
  }
  const weightOf = (run: PlannedRun, launch: number) => {
    if (failed.has(run.key)) return 0;
    const needed = need(run, counts);
    return launch === 0 ? Math.sign(needed) : needed;
  };
  const leastBlockMs = ({ key, placed }: PlannedRun) => {
    const last = counts.get(key)?.at(-1);
    return last === undefined ? 0 : besideMs / block + batchMs(placed, last);
  };

  for (let launch = 0; launch < launches; launch++) {
    const launchEndMs = nowMs + (endMs - nowMs) / (launches - launch);
    const weights = new Map(groups.flat().map((run) => [run, weightOf(run, launch)]));
    let weightLeft = sum(weights.values());
    if (weightLeft === 0) return;
    for (const group of groups) {
      const leftMs = Math.max(0, launchEndMs - nowMs);
      const shareOf = (run: PlannedRun) => (leftMs * (weights.get(run) ?? 0)) / weightLeft;
      const longestShareMs = Math.max(0, ...group.map(shareOf));
      // The first block only tells the pace.
      const rounds =
        Math.max(roundsInLaunch, Math.ceil(longestShareMs / longestBlockMs)) + Number(launch === 0);
      for (let round = 0; round < rounds; round++) {
        for (const run of roundOrder(group, launch + round)) {
          if (nowMs >= endMs) return;
          owe(run, shareOf(run) / rounds);
          const owed = owedMs.get(run) ?? 0;
          if (weightOf(run, launch) === 0 || owed < leastBlockMs(run) / 2) continue;
          yield* runBlock(run, launch, Math.min(longestBlockMs, owed - besideMs / Math.max(1, block)));
        }
      }
      weightLeft -= sum(group.map((run) => weights.get(run) ?? 0));
    }
  }
}

/** A block of about so many milliseconds, at the pace of the last one. */
export function blockSize(
  placed: PlacedPlan,
  ms: number,
  last: Pick<BlockCounts, 'ran' | 'wallNs'> | undefined,
): Pick<PlannedBlock, 'cells' | 'batches' | 'copies'> {
  const { copies } = batchOf(placed);
  const { cells } = placed.plan;
  if (last === undefined) return { cells, batches: 1, copies };
  return { cells, batches: Math.max(1, Math.floor(ms / batchMs(placed, last))), copies };
}

/** How long a batch takes at the pace of a block: as long as it did, where nothing ran in it. */
function batchMs(placed: PlacedPlan, { ran, wallNs }: Pick<BlockCounts, 'ran' | 'wallNs'>): number {
  return (wallNs * Math.min(1, batchOf(placed).iterations / ran)) / 1e6;
}

function sum(numbers: Iterable<number>): number {
  let total = 0;
  for (const number of numbers) total += number;
  return total;
}
