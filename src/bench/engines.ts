/** The ways of running a test, so that each can be measured by turns with the others. */
import { tally } from '../judge/histogram.ts';
import type { PlannedTest, PlacedPlan } from '../plan/experiment.ts';
import { perpetual, spinEveryIteration, type RunPlan } from '../plan/run-plan.ts';
import { runTest } from '../run/blocks.ts';
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
  startDelayTicks: 0,
};
export const deadlineGrouped: RunPlan = {
  ...split,
  name: 'deadline grouped',
  rendezvous: 'deadline',
  group: 64,
  spacingBytes: 8,
  startDelayTicks: 50,
};
export const free: RunPlan = {
  ...split,
  name: 'free',
  rendezvous: 'free',
  group: 16,
  spacingBytes: 8,
  startDelayTicks: 0,
};
export const enginePlans = [
  { ...spinEveryIteration, name: 'spin, one iteration' },
  spinGrouped,
  deadlineGrouped,
  free,
  perpetual,
] as const;

/** A test of one variant under one of its plans. */
export function plannedEngine(planned: PlannedTest, placed: PlacedPlan): Engine {
  const never = new AbortController().signal;
  return {
    test: planned.test.name,
    name: placed.plan.name,
    measure: async (ms, seed, runner) => {
      const blocks = [];
      const amount = { kind: 'time', rounds: 1, blockMs: ms } as const;
      for await (const block of runTest({ ...planned, plans: [placed] }, amount, runner, seed, never)) {
        if (block.problem !== undefined) throw new Error(`${placed.plan.name}: ${block.problem}`);
        const { iterations, runNs, wallNs, outcomes, other } = block;
        blocks.push({ iterations, runNs, wallNs, relaxed: tally(planned.test, outcomes, other).witnesses });
      }
      return sum(blocks.slice(1));
    },
  };
}

function sum(blocks: readonly Measured[]): Measured {
  const total = (of: (block: Measured) => number) => blocks.reduce((so, block) => so + of(block), 0);
  return {
    iterations: total((block) => block.iterations),
    relaxed: total((block) => block.relaxed),
    runNs: total((block) => block.runNs),
    wallNs: total((block) => block.wallNs),
  };
}
