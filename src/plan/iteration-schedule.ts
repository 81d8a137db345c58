import type { PlacedPlan, PlannedTest } from './experiment.ts';
import {
  batchOf,
  blockSeed,
  roundOrder,
  roundsInLaunch,
  runsOf,
  usualLaunches,
  type PlannedBlock,
  type PlannedRun,
  type Schedule,
} from './schedule.ts';

export interface IterationAmount {
  /** Of each variant, over all its plans; of controls that nobody asked for, a block under each at least. */
  readonly perStrategy: number;
  readonly launches: number;
  readonly seed: bigint;
}

/** Some milliseconds of most tests. Not a time: the same seed is to give the same blocks. */
const iterationsInBlock = 2 ** 17;
/** Of threads that take turns, which are slower by far. */
const iterationsInSharedBlock = 2 ** 14;

/** How many launches so many iterations are worth: starting one takes as long as some 2^18 of them. */
export function launchesFor(perStrategy: number): number {
  return Math.min(usualLaunches, Math.max(1, Math.floor(perStrategy / (2 * iterationsInBlock))));
}

/**
 * Shares each variant's iterations out over launches, plans and rounds. Every launch passes over all tests,
 * in the order given; `tests` is read once, in the first launch. Nothing depends on how long anything takes.
 */
export function* scheduleIterations(
  tests: Iterable<PlannedTest>,
  { perStrategy, launches, seed }: IterationAmount,
): Schedule {
  const failed = new Set<string>();
  const known: PlannedTest[] = [];
  let block = 0;

  function* pass(planned: PlannedTest, launch: number): Schedule {
    for (const runs of runsOf(planned)) {
      const amounts = new Map(runs.map((run) => [run, inRounds(run, launch)]));
      const rounds = Math.max(0, ...[...amounts.values()].map((ofRounds) => ofRounds.length));
      for (let round = 0; round < rounds; round++) {
        for (const run of roundOrder(runs, launch + round)) {
          for (const size of blockSizes(amounts.get(run)?.[round] ?? 0, run.placed)) {
            if (failed.has(run.key)) break;
            const { failed: ended } = yield { run, launch, seed: blockSeed(seed, block++), ...size };
            if (ended) failed.add(run.key);
          }
        }
      }
    }
  }

  /** A run's iterations in a launch, by round; of less than a batch a round, a second would only be shorter. */
  function inRounds({ planned, variant, placed }: PlannedRun, launch: number): readonly number[] {
    const plans = planned.plans.filter(({ name }) => variant.codes.has(name));
    const asked = shares(perStrategy, plans.length)[plans.indexOf(placed)] ?? 0;
    // A control that is there for others' sake is to fire, however few iterations they get.
    const ofPlan = planned.role === 'control' ? Math.max(asked, blockOf(placed)) : asked;
    const ofLaunch = shares(ofPlan, launches)[launch] ?? 0;
    const rounds = ofLaunch >= roundsInLaunch * batchOf(placed).iterations ? roundsInLaunch : 1;
    return shares(ofLaunch, rounds);
  }

  for (const planned of tests) {
    known.push(planned);
    yield* pass(planned, 0);
  }
  for (let launch = 1; launch < launches; launch++) {
    for (const planned of known) yield* pass(planned, launch);
  }
}

/**
 * Blocks of whole batches of all copies; what does not come out even is batches of the first copy alone,
 * and a smaller one.
 */
function* blockSizes(
  iterations: number,
  placed: PlacedPlan,
): Generator<Pick<PlannedBlock, 'cells' | 'batches' | 'copies'>> {
  const { cells } = placed.plan;
  const most = blockOf(placed);
  let left = iterations;
  for (const copies of new Set([batchOf(placed).copies, 1])) {
    const batch = cells * copies;
    while (left >= batch) {
      const batches = Math.min(Math.floor(left / batch), Math.max(1, Math.floor(most / batch)));
      yield { cells, batches, copies };
      left -= batches * batch;
    }
  }
  if (left > 0) yield { cells: left, batches: 1, copies: 1 };
}

function blockOf({ affinity }: PlacedPlan): number {
  return affinity.oversubscribed ? iterationsInSharedBlock : iterationsInBlock;
}

/** Whole numbers as equal as can be, with the given sum. */
function shares(sum: number, parts: number): readonly number[] {
  return Array.from(
    { length: parts },
    (_, part) => Math.floor((sum * (part + 1)) / parts) - Math.floor((sum * part) / parts),
  );
}
