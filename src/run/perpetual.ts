import type { Unlisted } from '../lower/machine-code.ts';
import type { PerpetualCode } from '../lower/perpetual.ts';
import type { PerpetualRequest } from './addon.ts';
import { blockTimeoutMs, commonRequest, type AskedBlock } from './block-request.ts';
import { disturbanceOf } from './disturbance.ts';
import type { ObservedOutcome } from './outcomes.ts';
import type { Runner } from './runner.ts';

/** One block of a perpetual test. */
export interface PerpetualRecord {
  readonly iterations: number;
  /** The outcome that the test's condition wants, as often as values prove it: each iteration once at most. */
  readonly outcomes: readonly ObservedOutcome[];
  /** Iterations whose outcome is not told. */
  readonly other: number;
  readonly runNs: number;
  readonly wallNs: number;
  /** Batches after which some thread was not on its CPU. */
  readonly strayed: number;
  /** Involuntary context switches of all threads. */
  readonly switches: number;
  /** Why its rates are lower than the machine's, or undefined. */
  readonly disturbed: string | undefined;
  /** Why its counts are not data, or undefined. */
  readonly problem: string | undefined;
}

/** Runs a block of a perpetual test. What goes wrong in it is its `problem`. */
export async function runPerpetual(
  code: Unlisted<PerpetualCode>,
  block: AskedBlock,
  runner: Runner,
): Promise<PerpetualRecord> {
  const request: PerpetualRequest = {
    readings: code.readings,
    memoryBytes: code.layout.sizeBytes,
    iterations: block.cells,
    ...commonRequest(code, block),
  };
  const answer = await runner.runPerpetual(request);
  if (answer.kind !== 'reply') {
    const nothing = {
      iterations: 0,
      outcomes: [],
      other: 0,
      runNs: 0,
      wallNs: 0,
      strayed: 0,
      switches: 0,
      disturbed: undefined,
    };
    return { ...nothing, problem: answer.message };
  }
  const { cpus } = block.run.placed.affinity;
  const { threads, iterations, witnesses, runNs, wallNs, stealNs, timedOut } = answer.reply;
  const strayed = threads.findIndex(({ strayedBatches }) => strayedBatches > 0);
  return {
    iterations,
    outcomes: witnesses === 0 ? [] : [{ values: code.outcome, count: witnesses }],
    other: iterations - witnesses,
    runNs,
    wallNs,
    strayed: threads.reduce((sum, { strayedBatches }) => sum + strayedBatches, 0),
    switches: threads.reduce((sum, { involuntarySwitches }) => sum + involuntarySwitches, 0),
    disturbed: disturbanceOf({
      wallNs,
      stealNs,
      threads,
      cpus: cpus.includes(-1) ? threads.length : new Set(cpus).size,
    }),
    problem: timedOut
      ? `no end within ${blockTimeoutMs / 1000} s`
      : strayed === -1
        ? undefined
        : `P${strayed} was moved off the CPU it was pinned to`,
  };
}
