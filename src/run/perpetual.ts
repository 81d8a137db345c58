import type { PerpetualCode } from '../lower/perpetual.ts';
import type { PerpetualRequest } from './addon.ts';
import type { Runner } from './runner.ts';

/** One block of a perpetual test. */
export interface PerpetualRecord {
  readonly iterations: number;
  /** Relaxed outcomes that the values read prove, each iteration of a thread in one at most. */
  readonly witnesses: number;
  readonly runNs: number;
  readonly wallNs: number;
  /** Batches after which some thread was not on its CPU. */
  readonly strayed: number;
  /** Involuntary context switches of all threads. */
  readonly switches: number;
  /** Why its counts are not data, or undefined. */
  readonly problem: string | undefined;
}

/**
 * So many iterations that coming together costs little, and so few that what threads loaded stays in
 * their second-level caches until it is counted.
 */
export const perpetualBatch = 65536;

const blockTimeoutMs = 20_000;

/** Runs a perpetual test on these CPUs, one per thread (-1: anywhere), for whole batches of `perpetualBatch`. */
export async function runPerpetual(
  code: PerpetualCode,
  cpus: readonly number[],
  batches: number,
  runner: Runner,
): Promise<PerpetualRecord> {
  const request: PerpetualRequest = {
    threads: code.threads.map(({ bytes, outBytes }, index) => ({
      code: bytes,
      cpu: cpus[index] ?? -1,
      outBytes,
    })),
    readings: code.readings,
    memoryBytes: code.layout.sizeBytes,
    iterations: Math.min(perpetualBatch, code.mostIterations),
    batches,
    timeoutMs: blockTimeoutMs,
  };
  const answer = await runner.runPerpetual(request);
  if (answer.kind !== 'reply') {
    const nothing = { iterations: 0, witnesses: 0, runNs: 0, wallNs: 0, strayed: 0, switches: 0 };
    return { ...nothing, problem: answer.message };
  }
  const { threads, iterations, witnesses, runNs, wallNs, timedOut } = answer.reply;
  const strayed = threads.findIndex(({ strayedBatches }) => strayedBatches > 0);
  return {
    iterations,
    witnesses,
    runNs,
    wallNs,
    strayed: threads.reduce((sum, { strayedBatches }) => sum + strayedBatches, 0),
    switches: threads.reduce((sum, { involuntarySwitches }) => sum + involuntarySwitches, 0),
    problem: timedOut
      ? `no end within ${blockTimeoutMs / 1000} s`
      : strayed === -1
        ? undefined
        : `P${strayed} was moved off the CPU it was pinned to`,
  };
}
