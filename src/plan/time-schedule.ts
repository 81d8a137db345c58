import type { PlacedPlan, PlannedTest } from './experiment.ts';
import {
  batchOf,
  blockSeed,
  roundOrder,
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

export const usualLaunches = 5;
export const longestBlockMs = 50;
const roundsInLaunch = 2;
/** Beyond this, time goes to something that will pass, such as other programs. */
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
 */
export function* scheduleTime(
  tests: readonly PlannedTest[],
  { beganMs, endMs, launches, seed }: TimeAmount,
  need: Need,
): Schedule {
  const groups = tests.flatMap(runsOf);
  const counts = new Map<string, BlockCounts[]>(groups.flat().map(({ key }) => [key, []]));
  const failed = new Set<string>();
  let [nowMs, inBlocksMs, block] = [beganMs, 0, 0];

  function* runBlock(run: PlannedRun, launch: number, ms: number): Schedule {
    const size = blockSize(run.placed, ms, counts.get(run.key)?.at(-1));
    const endAfterMs = longestOverrun * Math.max(ms, leastRunMs);
    const told = yield { run, launch, seed: blockSeed(seed, block++), ...size, endAfterMs };
    counts.get(run.key)?.push(told);
    if (told.failed) failed.add(run.key);
    nowMs = told.endedMs;
    inBlocksMs += told.wallNs / 1e6;
  }
  const weightOf = (run: PlannedRun, launch: number) => {
    if (failed.has(run.key)) return 0;
    const needed = need(run, counts);
    return launch === 0 ? Math.sign(needed) : needed;
  };

  for (let launch = 0; launch < launches; launch++) {
    const launchEndMs = nowMs + (endMs - nowMs) / (launches - launch);
    const weights = new Map(groups.flat().map((run) => [run, weightOf(run, launch)]));
    let weightLeft = sum(weights.values());
    if (weightLeft === 0) return;
    for (const group of groups) {
      const overhead = inBlocksMs === 0 ? 1 : (nowMs - beganMs) / inBlocksMs;
      const leftMs = Math.max(0, launchEndMs - nowMs) / Math.min(greatestOverhead, Math.max(1, overhead));
      const shareOf = (run: PlannedRun) => (leftMs * (weights.get(run) ?? 0)) / weightLeft;
      const longestShareMs = Math.max(0, ...group.map(shareOf));
      // The first block only tells the pace.
      const rounds =
        Math.max(roundsInLaunch, Math.ceil(longestShareMs / longestBlockMs)) + Number(launch === 0);
      const spentMs = new Map<PlannedRun, number>();
      for (let round = 0; round < rounds; round++) {
        for (const run of roundOrder(group, launch + round)) {
          if (nowMs >= endMs) return;
          const [share, spent] = [shareOf(run), spentMs.get(run) ?? 0];
          // A batch may have taken all of a round and more; the first round is everyone's.
          if (weightOf(run, launch) === 0 || (round > 0 && spent >= (share * (round + 0.5)) / rounds))
            continue;
          yield* runBlock(run, launch, Math.min(longestBlockMs, (share * (round + 1)) / rounds - spent));
          spentMs.set(run, spent + (counts.get(run.key)?.at(-1)?.wallNs ?? 0) / 1e6);
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
  const { iterations, copies } = batchOf(placed);
  const { cells } = placed.plan;
  if (last === undefined || last.ran === 0) return { cells, batches: 1, copies };
  const batchNs = (last.wallNs / last.ran) * iterations;
  const batches = Math.floor((ms * 1e6) / batchNs);
  return { cells, batches: Math.max(1, batches), copies };
}

function sum(numbers: Iterable<number>): number {
  let total = 0;
  for (const number of numbers) total += number;
  return total;
}
