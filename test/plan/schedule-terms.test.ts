import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { leastMs, neededMs, termsOf } from '../../src/plan/schedule-terms.ts';
import { plannedTests } from './planned-tests.ts';

const experiment = plannedTests(['SB', 'SB-again']);
const times = fc.double({ min: 1, max: 1e7, noNaN: true });
const amountOf = (budgetMs: number) => ({ kind: 'time', budgetMs, launches: 5 }) as const;

test('a run that cannot keep its time is told to take longer than it may, and than it took to get ready', () => {
  fc.assert(
    fc.property(times, times, (budgetMs, spentMs) => {
      const amount = amountOf(budgetMs);
      const least = leastMs(amount, spentMs, experiment);
      if (least === undefined) {
        const terms = termsOf(amount, spentMs, experiment);
        expect(terms.kind === 'time' && terms.endMs).toBeLessThanOrEqual(budgetMs);
      } else {
        expect(least).toBeGreaterThan(Math.max(budgetMs, spentMs));
        // Whoever is told so is told what would do, too.
        expect(neededMs(amount, spentMs, experiment)).toBeGreaterThan(budgetMs);
      }
    }),
  );
});

test('with time enough nothing is told, and with a number of iterations there is none', () => {
  expect(leastMs(amountOf(60_000), 1000, experiment)).toBeUndefined();
  const iterations = { kind: 'iterations', perStrategy: 1, launches: 1 } as const;
  expect(leastMs(iterations, 1e9, experiment)).toBeUndefined();
});
