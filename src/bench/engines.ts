/** The ways of running a test, so that each can be measured by turns with the others. */
import { tally } from '../judge/histogram.ts';
import type { PlannedTest, PlacedPlan } from '../plan/experiment.ts';
import { perpetual, spinEveryIteration, type RunPlan } from '../plan/run-plan.ts';
import { blockSeed, runsOf } from '../plan/schedule.ts';
import { blockSize } from '../plan/time-schedule.ts';
import { runBlock } from '../run/blocks.ts';
import type { Runner } from '../run/runner.ts';

/** What came of running a test for a while. */
export interface Measured {
  readonly iterations: number;
  /** Outcomes that satisfy the test's condition. */
  readonly relaxed: number;
  readonly runNs: number;
  readonly wallNs: number;
}

export interface Engine {
  readonly test: string;
  readonly name: string;
  /** Runs for about so long, a short block to find the pace left out. */
  readonly measure: (ms: number, seed: bigint, runner: Runner) => Promise<Measured>;
}

/** Each with its locations apart; group and spacing from a small grid on an x86 guest, and no more than that. */
const split = { layout: 'split', cells: 8192 } as const;
export const spinGrouped: RunPlan = {
  ...split,
  name: 'spin grouped',
  rendezvous: 'spin',
  group: 64,
  spacingBytes: 16,
  startDelayNs: 0,
};
export const deadlineGrouped: RunPlan = {
  ...split,
  name: 'deadline grouped',
  rendezvous: 'deadline',
  group: 64,
  spacingBytes: 8,
  startDelayNs: 60,
};
export const free: RunPlan = {
  ...split,
  name: 'free',
  rendezvous: 'free',
  group: 16,
  spacingBytes: 8,
  startDelayNs: 0,
};
export const spinOneIteration: RunPlan = { ...spinEveryIteration, name: 'spin, one iteration' };

/** A plan for each engine, the one to compare with first. */
export function enginePlans(hasTimeBase: boolean): readonly RunPlan[] {
  const all = [spinOneIteration, spinGrouped, deadlineGrouped, free, perpetual];
  return all.filter(({ rendezvous }) => hasTimeBase || rendezvous !== 'deadline');
}

/** A test of one variant under one of its plans. */
export function plannedEngine(planned: PlannedTest, placed: PlacedPlan): Engine {
  const [run] = runsOf({ ...planned, plans: [placed] }).flat();
  if (run === undefined) throw new Error(`${planned.test.name} does not run under ${placed.name}`);
  const block = async (size: ReturnType<typeof blockSize>, seed: bigint, runner: Runner) => {
    const record = await runBlock({ run, launch: 0, seed, ...size }, runner, () => performance.now());
    if (record.problem !== undefined) throw new Error(`${placed.plan.name}: ${record.problem}`);
    return record;
  };
  return {
    test: planned.test.name,
    name: placed.plan.name,
    measure: async (ms, seed, runner) => {
      const size = { ...blockSize(placed, 0, undefined), batches: batchesToFindPace };
      const first = await block(size, blockSeed(seed, 0), runner);
      const measured = blockSize(placed, ms, { ran: first.iterations, wallNs: first.wallNs });
      const { iterations, runNs, wallNs, outcomes, other } = await block(
        measured,
        blockSeed(seed, 1),
        runner,
      );
      return { iterations, runNs, wallNs, relaxed: tally(planned.test, outcomes, other).witnesses };
    },
  };
}

const batchesToFindPace = 2;
