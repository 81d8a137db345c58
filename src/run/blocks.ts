import type { PlacedPlan, PlannedTest } from '../plan/experiment.ts';
import { strideFor } from '../plan/run-plan.ts';
import {
  blockSeed,
  iterationRounds,
  longestBlockMs,
  roundOrder,
  scheduleIterations,
} from '../plan/schedule.ts';
import type { MachineCode } from '../lower/machine-code.ts';
import { isPerpetual } from '../lower/perpetual.ts';
import type { RunRequest } from './addon.ts';
import { disturbanceOf } from './disturbance.ts';
import { outcomesOf, type ObservedOutcome } from './outcomes.ts';
import { runPerpetual } from './perpetual.ts';
import type { Runner } from './runner.ts';

/** One block: what was run, and what came of it. */
export interface BlockRecord {
  readonly test: string;
  readonly strategy: string;
  /** The placed plan's name. */
  readonly plan: string;
  readonly seed: bigint;
  readonly iterations: number;
  readonly outcomes: readonly ObservedOutcome[];
  /** Iterations of a perpetual run whose outcome is not told: it counts that of the condition alone. */
  readonly other?: number;
  readonly runNs: number;
  readonly wallNs: number;
  /** Batches after which some thread was not on its CPU. */
  readonly strayed: number;
  /** Involuntary context switches of all threads. */
  readonly switches: number;
  /** Why its rates are lower than the machine's, though its counts are data, or undefined. */
  readonly disturbed: string | undefined;
  /** Why its counts are not data, or undefined. */
  readonly problem: string | undefined;
}

/** How much each variant runs: so many iterations over all its plans, or rounds of so many milliseconds under each. */
export type Amount =
  | { readonly kind: 'iterations'; readonly perStrategy: number }
  | { readonly kind: 'time'; readonly rounds: number; readonly blockMs: number };

const blockTimeoutMs = 20_000;

/**
 * Runs one test: under each plan, all its variants in turn, forwards and backwards. A variant whose
 * block fails gets no further block under that plan. Stops between blocks when `stopped` is.
 */
export async function* runTest(
  test: PlannedTest,
  amount: Amount,
  runner: Runner,
  seed: bigint,
  stopped: AbortSignal,
): AsyncGenerator<BlockRecord> {
  let block = 0;
  for (const placed of test.plans) {
    const pace = new Map<string, number>();
    const failed = new Set<string>();
    const variants = test.variants.filter(
      ({ sameCodeAs, problem }) => sameCodeAs === undefined && problem === undefined,
    );
    const rounds = amount.kind === 'time' ? amount.rounds : iterationRounds;
    for (let round = 0; round < rounds; round++) {
      for (const { strategy, codes } of roundOrder(variants, round)) {
        const code = codes.get(placed.name);
        if (code === undefined || failed.has(strategy)) continue;
        const plans = test.plans.filter(({ name }) => codes.has(name));
        for (const size of blockSizes(amount, { plans, round, placed }, () => pace.get(strategy))) {
          if (stopped.aborted) return;
          const asSeeded = blockSeed(seed, block++);
          const record = isPerpetual(code)
            ? { seed: asSeeded, ...(await runPerpetual(code, placed.affinity.cpus, size, runner)) }
            : await runBlock(code, placed, size, runner, asSeeded);
          yield { test: test.test.name, strategy, plan: placed.name, ...record };
          pace.set(strategy, record.wallNs / Math.max(1, record.iterations));
          if (record.problem !== undefined) {
            failed.add(strategy);
            break;
          }
        }
      }
    }
  }
}

interface BlockSize {
  readonly cells: number;
  readonly batches: number;
  /** How many copies run, the first among them. */
  readonly copies: number;
}

const batchesToFindPace = 2;

/**
 * A round's blocks in whole batches of all copies, none longer than it should be: a variant's first block
 * is a short one that tells its pace. A number of iterations that does not come out even ends with batches
 * of the first copy alone, and a smaller one.
 */
function* blockSizes(
  amount: Amount,
  {
    plans,
    round,
    placed,
  }: { readonly plans: readonly PlacedPlan[]; readonly round: number; readonly placed: PlacedPlan },
  nsPerIteration: () => number | undefined,
): Generator<BlockSize> {
  const { cells } = placed.plan;
  const most = placed.affinity.copies.length + 1;
  const batchesIn = (ms: number, copies: number) => {
    const pace = nsPerIteration();
    if (pace === undefined) return batchesToFindPace;
    return Math.max(1, Math.round((ms * 1e6) / (pace * cells * copies)));
  };
  if (amount.kind === 'time') {
    if (nsPerIteration() === undefined) yield { cells, batches: batchesToFindPace, copies: most };
    yield { cells, batches: batchesIn(amount.blockMs, most), copies: most };
    return;
  }
  let left = scheduleIterations(amount.perStrategy, plans.length)[plans.indexOf(placed)]?.[round] ?? 0;
  for (const copies of most === 1 ? [1] : [most, 1]) {
    while (left >= cells * copies) {
      const batches = Math.min(Math.floor(left / (cells * copies)), batchesIn(longestBlockMs, copies));
      yield { cells, batches, copies };
      left -= batches * cells * copies;
    }
  }
  if (left > 0) yield { cells: left, batches: 1, copies: 1 };
}

async function runBlock(
  code: MachineCode,
  { plan, affinity }: PlacedPlan,
  { cells, batches, copies }: BlockSize,
  runner: Runner,
  seed: bigint,
): Promise<Omit<BlockRecord, 'test' | 'strategy' | 'plan'>> {
  const { rendezvous } = plan;
  if (rendezvous === 'perpetual') throw new Error(`${plan.name} runs perpetual code`);
  const request: RunRequest = {
    threads: code.threads.map(({ bytes, outBytes }, index) => ({
      code: bytes,
      cpu: affinity.cpus[index] ?? -1,
      outBytes,
    })),
    initial: code.initial,
    observed: code.observed.map(({ thread, offsetBytes, widthBytes, signed, pointer }) => ({
      thread: thread ?? -1,
      offsetBytes,
      widthBytes,
      signed,
      pointer,
    })),
    memoryBytes: code.layout.sizeBytes,
    spacingBytes: plan.spacingBytes,
    cells,
    batches,
    group: plan.group,
    groupStride: strideFor(plan, cells),
    preload: plan.preload ?? 'none',
    rendezvous,
    startDelayTicks: plan.startDelayTicks,
    seed,
    timeoutMs: blockTimeoutMs,
    copies: affinity.copies.slice(0, copies - 1),
    stress:
      plan.stressBytes === undefined
        ? { cpus: [], bytes: 0 }
        : { cpus: affinity.spare, bytes: plan.stressBytes },
  };
  const nothing = { seed, iterations: 0, outcomes: [], runNs: 0, wallNs: 0, strayed: 0, switches: 0 };
  const cpus = affinity.oversubscribed ? new Set(affinity.cpus).size : code.threads.length * copies;
  const answer = await runner.run(request);
  if (answer.kind !== 'reply') return { ...nothing, disturbed: undefined, problem: answer.message };
  const { reply } = answer;
  const outcomes = outcomesOf(reply, code);
  return {
    seed,
    iterations: reply.iterations,
    outcomes,
    runNs: reply.runNs,
    wallNs: reply.wallNs,
    strayed: reply.threads.reduce((sum, { strayedBatches }) => sum + strayedBatches, 0),
    switches: reply.threads.reduce((sum, { involuntarySwitches }) => sum + involuntarySwitches, 0),
    disturbed: disturbanceOf({ ...reply, cpus }),
    problem: problemOf(reply, code, outcomes, cells * batches * copies),
  };
}

/** What makes a reply no data: a deadlock, a broken promise of pinning, or a total that is wrong. */
function problemOf(
  reply: Extract<Awaited<ReturnType<Runner['run']>>, { kind: 'reply' }>['reply'],
  code: MachineCode,
  outcomes: readonly ObservedOutcome[],
  asked: number,
): string | undefined {
  if (reply.stuck !== undefined) {
    const { thread, status } = reply.stuck;
    const line = code.threads[thread]?.stuckLines[status - 1];
    return `deadlock: P${thread} waits for the lock of line ${line} in vain`;
  }
  if (reply.timedOut) return `no end within ${blockTimeoutMs / 1000} s`;
  const strayed = reply.threads.findIndex(({ strayedBatches }) => strayedBatches > 0);
  if (strayed !== -1) return `P${strayed % code.threads.length} was moved off the CPU it was pinned to`;
  const total = outcomes.reduce((sum, { count }) => sum + count, 0);
  if (total !== asked) return `${total} outcomes were counted in ${asked} iterations`;
  return undefined;
}
