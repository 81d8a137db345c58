import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { blockSeed, roundOrder, scheduleIterations, scheduleTime } from '../../src/plan/schedule.ts';

describe('a schedule', () => {
  it('shares the whole budget out, in an even number of at least four rounds of at most 50 ms', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 10_000_000 }),
        fc.integer({ min: 1, max: 2000 }),
        (budgetMs, cells) => {
          const { rounds, blockMs } = scheduleTime({
            budgetMs,
            elapsedMs: 0,
            plannedMs: 0,
            cellsLeft: cells,
          });
          expect(rounds % 2).toBe(0);
          expect(rounds).toBeGreaterThanOrEqual(4);
          expect(blockMs).toBeLessThanOrEqual(50);
          expect(rounds * blockMs * cells).toBeCloseTo(budgetMs, 3);
        },
      ),
    );
  });

  it('gives the tests still to come shorter blocks where blocks took longer than planned', () => {
    const asPlanned = scheduleTime({
      budgetMs: 60_000,
      elapsedMs: 30_000,
      plannedMs: 30_000,
      cellsLeft: 100,
    });
    const late = scheduleTime({ budgetMs: 60_000, elapsedMs: 30_000, plannedMs: 15_000, cellsLeft: 100 });
    expect(asPlanned.rounds * asPlanned.blockMs).toBeCloseTo(300);
    expect(late.rounds * late.blockMs).toBeCloseTo(150);
  });

  it('plans nothing negative when the budget is spent', () => {
    expect(scheduleTime({ budgetMs: 10, elapsedMs: 50, plannedMs: 10, cellsLeft: 3 }).blockMs).toBe(0);
  });

  it('hands out every iteration that was asked for, and no more', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e12 }), fc.integer({ min: 1, max: 4 }), (iterations, plans) => {
        const perPlan = scheduleIterations(iterations, plans);
        expect(perPlan.length).toBe(plans);
        expect(perPlan.flat().reduce((sum, n) => sum + n, 0)).toBe(iterations);
      }),
    );
  });

  it('runs the variants forwards, then backwards', () => {
    expect([0, 1, 2].map((round) => roundOrder(['A', 'B', 'C'], round).join(' '))).toEqual([
      'A B C',
      'C B A',
      'A B C',
    ]);
  });

  it('gives every block a seed of its own, the same each time', () => {
    const seeds = Array.from({ length: 10_000 }, (_, block) => blockSeed(42n, block));
    expect(new Set(seeds).size).toBe(10_000);
    expect(seeds[7]).toBe(blockSeed(42n, 7));
    expect(seeds[7]).not.toBe(blockSeed(43n, 7));
  });
});
