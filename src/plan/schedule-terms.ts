import type { PlannedTest } from './experiment.ts';
import { scheduleIterations } from './iteration-schedule.ts';
import { controlsFirst, runsOf, type Schedule } from './schedule.ts';
import { leastTimeMs, scheduleTime, type Need } from './time-schedule.ts';

/** When a question is settled, so that a run may end before its time. */
export interface Settlement {
  /** Between 0 and 1. Of an event that was seen n times: 1 - e^-n, that a run of the same length sees it again. */
  readonly confidence: number;
  /**
   * A "never" is settled where an event of this rate, per iteration, would have been seen with that
   * confidence, its clustering taken for that of the controls, under plans whose controls fired.
   */
  readonly rate: number;
}

/** How long the whole run takes, or how many iterations each strategy gets. */
export type Amount =
  | {
      readonly kind: 'time';
      readonly budgetMs: number;
      readonly launches: number;
      /** Absent: it takes all its time. */
      readonly settlement?: Settlement;
    }
  | { readonly kind: 'iterations'; readonly perStrategy: number; readonly launches: number };

/** What fixes a schedule, beside the tests and the seed: kept with the results. */
export type ScheduleTerms =
  | (Extract<Amount, { kind: 'time' }> & {
      /** In milliseconds since the run began: when the first block could begin, and when the last should have ended. */
      readonly beganMs: number;
      readonly endMs: number;
    })
  | Extract<Amount, { kind: 'iterations' }>
  /** The blocks of an earlier session, so many, repeated. */
  | { readonly kind: 'recorded'; readonly blocks: number; readonly launches: number };

/** Those that a schedule can be made from. */
export type PlannedTerms = Exclude<ScheduleTerms, { kind: 'recorded' }>;

/** The schedule that the terms give: every launch passes over all tests, controls first. */
export function scheduleBy(
  terms: PlannedTerms,
  experiment: readonly PlannedTest[],
  seed: bigint,
  need: Need,
): Schedule {
  const tests = controlsFirst(experiment);
  return terms.kind === 'time'
    ? scheduleTime(tests, { ...terms, seed }, need)
    : scheduleIterations(tests, { ...terms, seed });
}

/** Of the budget: what is run at least, however long everything before it took. */
const leastRunningShare = 0.05;

/** Judging a run and writing its results takes about so long, for each variant under a plan. */
const foldingMsPerRun = 2;
/** However short the time: about what it takes for the suite of which little ran. */
const leastFoldingMs = 200;

function foldingMs(budgetMs: number, experiment: readonly PlannedTest[]): number {
  return Math.min(Math.max(budgetMs / 10, leastFoldingMs), runCount(experiment) * foldingMsPerRun);
}

/** The terms of a run of which `beganMs` have passed. */
export function termsOf(amount: Amount, beganMs: number, experiment: readonly PlannedTest[]): PlannedTerms {
  if (amount.kind === 'iterations') return amount;
  const { budgetMs } = amount;
  return {
    ...amount,
    beganMs,
    endMs: Math.max(beganMs + budgetMs * leastRunningShare, budgetMs - foldingMs(budgetMs, experiment)),
  };
}

/** Where a run may not take so long as it does at least, by the `spentMs` that it took to get ready: how long that is. */
export function leastMs(
  amount: Amount,
  spentMs: number,
  experiment: readonly PlannedTest[],
): number | undefined {
  if (amount.kind === 'iterations') return undefined;
  const { budgetMs } = amount;
  const least = spentMs + budgetMs * leastRunningShare + foldingMs(budgetMs, experiment);
  return least > budgetMs ? least : undefined;
}

/**
 * How long the run should take for each test to get something of every launch, where it may not take so
 * long: it then makes fewer launches, and may not reach every test in the first.
 */
export function neededMs(
  amount: Amount,
  beganMs: number,
  experiment: readonly PlannedTest[],
): number | undefined {
  if (amount.kind === 'iterations') return undefined;
  const runs = runCount(experiment);
  const needed = Math.max(
    beganMs + leastTimeMs(runs, amount.launches) + runs * foldingMsPerRun,
    leastMs(amount, beganMs, experiment) ?? 0,
  );
  return needed > amount.budgetMs ? needed : undefined;
}

/** Variants under a plan. */
function runCount(experiment: readonly PlannedTest[]): number {
  return experiment.flatMap((planned) => runsOf(planned).flat()).length;
}
