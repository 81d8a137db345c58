import type { RunnableCode } from '../lower/perpetual.ts';
import type { PlannedBlock, PlannedRun } from '../plan/schedule.ts';
import type { RunRequest } from './addon.ts';

/** What of a planned block the addon is asked for, whatever its engine. */
export type AskedBlock = Pick<PlannedBlock, 'cells' | 'batches' | 'endAfterMs'> & {
  readonly run: Pick<PlannedRun, 'placed'>;
};

export const blockTimeoutMs = 20_000;

/** What requests for all engines have in common. */
export function commonRequest(
  { threads }: RunnableCode,
  { run: { placed }, batches, endAfterMs = 0 }: AskedBlock,
): Pick<RunRequest, 'threads' | 'batches' | 'timeoutMs' | 'endAfterMs' | 'stress'> {
  const { plan, affinity } = placed;
  return {
    threads: threads.map(({ bytes, outBytes }, index) => ({
      code: bytes,
      cpu: affinity.cpus[index] ?? -1,
      outBytes,
    })),
    batches,
    timeoutMs: blockTimeoutMs,
    endAfterMs: Math.ceil(endAfterMs),
    stress:
      plan.stressBytes === undefined
        ? { cpus: [], bytes: 0 }
        : { cpus: affinity.spare, bytes: plan.stressBytes },
  };
}
