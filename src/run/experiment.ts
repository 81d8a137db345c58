import type { BlockCounts, Schedule } from '../plan/schedule.ts';
import { runBlock, type BlockRecord } from './blocks.ts';
import type { Launches } from './launches.ts';
import type { Runner } from './runner.ts';

export interface ExperimentSurroundings {
  readonly launches: Launches;
  /** From it on, no further launch is got ready. */
  readonly lastLaunch: number;
  /** Milliseconds since the run began. */
  readonly clock: () => number;
  /** What a record says of the event that its test asks about. */
  readonly count: (record: BlockRecord) => Pick<BlockCounts, 'iterations' | 'sightings'>;
  /** What is done before each block. */
  readonly before: (runner: Runner) => Promise<void>;
  readonly stopped: AbortSignal;
}

/**
 * Runs what the schedule says, block by block, until it has nothing more or `stopped` is.
 * @throws Error where a launch cannot be started.
 */
export async function* runExperiment(
  schedule: Schedule,
  { launches, lastLaunch, clock, count, before, stopped }: ExperimentSurroundings,
): AsyncGenerator<BlockRecord> {
  let next = schedule.next();
  while (next.done !== true && !stopped.aborted) {
    const { launch } = next.value;
    const runner = await launches.runnerOf(launch, launch >= lastLaunch);
    await before(runner);
    const record = await runBlock(next.value, runner, clock);
    yield record;
    next = schedule.next(blockCounts(record, count));
  }
}

/** What a schedule is told of a block. */
export function blockCounts(record: BlockRecord, count: ExperimentSurroundings['count']): BlockCounts {
  const { iterations: ran, wallNs, endedMs, problem } = record;
  const failed = problem !== undefined;
  return { ran, ...(failed ? { iterations: 0, sightings: 0 } : count(record)), wallNs, endedMs, failed };
}
