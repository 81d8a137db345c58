/** What of a run's time goes to what comes before its blocks. */
import type { OpinionLimits } from './judge/opinions.ts';
import type { Amount } from './plan/schedule-terms.ts';
import type { RunRequest } from './run-request.ts';
import { tuningShare } from './tuning/tuning-for.ts';

/** What a run may take for tuning: nothing where the iterations are counted, or engines were chosen. */
export function tuningBudgetMs({ amount, engines }: RunRequest): number | undefined {
  return amount.kind === 'time' && engines.length === 0 ? amount.budgetMs * tuningShare : undefined;
}

/** What the models may take of a run: a share of its time, less where it is half over, or a minute where it has none. */
export function opinionLimits({ amount, modelTimeMs }: RunRequest, spentMs: number): OpinionLimits {
  const ofTime = (budgetMs: number) => Math.min(budgetMs / 5, (budgetMs - spentMs) / 2);
  const totalMs = modelTimeMs ?? (amount.kind === 'time' ? ofTime(amount.budgetMs) : 60_000);
  return { timeoutMs: totalMs / 4, totalMs };
}

/**
 * Whether the models are asked while the tests run. Threads that answer take CPUs from the tests', so only
 * where tests run for so short that no rate comes of it, and nothing in the run depends on the answers.
 */
export function isAskedMeanwhile(amount: Amount): boolean {
  return amount.kind === 'iterations' && amount.launches === 1;
}

/** With one fewer, intervals would reach from the least block to the greatest. */
export const pricedBlocks = 9;

/** What timing may take of a run: a twentieth of its time unless that is over, or a second where it has none. */
export function pricingMs(amount: RunRequest['amount'], spentMs: number): number {
  return amount.kind === 'time' ? Math.min(amount.budgetMs / 20, amount.budgetMs - spentMs) : 1000;
}
