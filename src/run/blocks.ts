import { strideFor, type RunPlan } from '../plan/run-plan.ts';
import type { PlannedBlock } from '../plan/schedule.ts';
import type { MachineCode, Unlisted } from '../lower/machine-code.ts';
import { isPerpetual } from '../lower/perpetual.ts';
import type { RunRequest } from './addon.ts';
import { blockTimeoutMs, commonRequest, type AskedBlock } from './block-request.ts';
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
  /** From 0; each is a process of its own. */
  readonly launch: number;
  readonly seed: bigint;
  /** Iterations in a batch of one copy. */
  readonly cells: number;
  /** As many as ran: fewer than planned where its time was over. */
  readonly batches: number;
  /** How many copies ran, the first among them. */
  readonly copies: number;
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
  /** When it ended, in milliseconds since the run began: the order in which blocks ran. */
  readonly endedMs: number;
  /** Why its rates are lower than the machine's, though its counts are data, or undefined. */
  readonly disturbed: string | undefined;
  /** Why its counts are not data, or undefined. */
  readonly problem: string | undefined;
}

/**
 * Runs one block. What goes wrong in it is its `problem`.
 * @param clock milliseconds since the run began.
 */
export async function runBlock(
  block: PlannedBlock,
  runner: Runner,
  clock: () => number,
): Promise<BlockRecord> {
  const { run, launch, seed, cells, batches, copies } = block;
  const { code, placed } = run;
  const record = isPerpetual(code)
    ? await runPerpetual(code, block, runner)
    : await runCells(code, block, runner);
  return {
    test: run.planned.test.name,
    strategy: run.variant.strategy,
    plan: placed.name,
    launch,
    seed,
    cells,
    // Copies may end a batch apart.
    batches: record.problem === undefined ? Math.round(record.iterations / (cells * copies)) : batches,
    copies,
    ...record,
    endedMs: clock(),
  };
}

/** What came of a block, whatever it was. */
type Ran = Omit<BlockRecord, keyof Omit<PlannedBlock, 'run'> | 'test' | 'strategy' | 'plan' | 'endedMs'>;

/** What of a block with fresh cells the addon is asked for. */
export type CellsBlock = AskedBlock & Pick<PlannedBlock, 'seed' | 'copies'>;

/** Runs a block with fresh cells. What goes wrong in it is its `problem`. */
export async function runCells(code: Unlisted<MachineCode>, block: CellsBlock, runner: Runner): Promise<Ran> {
  const { run, seed, cells, batches, copies, endAfterMs } = block;
  const { plan, affinity } = run.placed;
  const { rendezvous } = plan;
  if (rendezvous === 'perpetual') throw new Error(`${plan.name} runs perpetual code`);
  const request: RunRequest = {
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
    group: plan.group,
    groupStride: strideFor(plan, cells),
    preload: plan.preload ?? 'none',
    rendezvous,
    startDelayNs: plan.startDelayNs,
    seed,
    copies: affinity.copies.slice(0, copies - 1),
    ...commonRequest(code, block),
  };
  const nothing = { iterations: 0, outcomes: [], runNs: 0, wallNs: 0, strayed: 0, switches: 0 };
  const cpus = affinity.oversubscribed ? new Set(affinity.cpus).size : code.threads.length * copies;
  const answer = await runner.run(request);
  if (answer.kind !== 'reply') return { ...nothing, disturbed: undefined, problem: answer.message };
  const { reply } = answer;
  const outcomes = outcomesOf(reply, code);
  return {
    iterations: reply.iterations,
    outcomes,
    runNs: reply.runNs,
    wallNs: reply.wallNs,
    strayed: reply.threads.reduce((sum, { strayedBatches }) => sum + strayedBatches, 0),
    switches: reply.threads.reduce((sum, { involuntarySwitches }) => sum + involuntarySwitches, 0),
    disturbed: disturbanceOf({ cpus, ...reply }),
    problem: problemOf(
      reply,
      code,
      plan,
      outcomes,
      endAfterMs === undefined ? cells * batches * copies : reply.iterations,
    ),
  };
}

/** What makes a reply no data: a deadlock, a broken promise of pinning, or a total that is wrong. */
function problemOf(
  reply: Extract<Awaited<ReturnType<Runner['run']>>, { kind: 'reply' }>['reply'],
  code: Unlisted<MachineCode>,
  { lanes }: RunPlan,
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
  if (strayed !== -1) {
    const place = strayed % code.threads.length;
    return `${lanes === undefined ? `P${place}` : `lane ${place}`} was moved off the CPU it was pinned to`;
  }
  const total = outcomes.reduce((sum, { count }) => sum + count, 0);
  if (total !== asked) return `${total} outcomes were counted in ${asked} iterations`;
  return undefined;
}
