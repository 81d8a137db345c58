import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { blockSeed, roundOrder, scheduleTime } from '../../src/plan/schedule.ts';

describe('a schedule', () => {
  it('shares the whole budget out, in an even number of at least four rounds of at most 50 ms', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 10_000_000 }),
        fc.integer({ min: 1, max: 2000 }),
        (budgetMs, cells) => {
          const { rounds, blockMs } = scheduleTime(budgetMs, cells);
          expect(rounds % 2).toBe(0);
          expect(rounds).toBeGreaterThanOrEqual(4);
          expect(blockMs).toBeLessThanOrEqual(50);
          expect(rounds * blockMs * cells).toBeCloseTo(budgetMs, 3);
        },
      ),
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
