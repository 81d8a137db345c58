import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { launchesFor, scheduleIterations } from '../../src/plan/iteration-schedule.ts';
import type { PlannedBlock } from '../../src/plan/schedule.ts';
import { blockText, plannedTests, play } from './planned-tests.ts';

const tests = plannedTests(['A', 'B']);
const iterationsIn = (blocks: readonly PlannedBlock[]) =>
  blocks.reduce((sum, { cells, batches, copies }) => sum + cells * batches * copies, 0);

describe('a schedule by iterations', () => {
  it('gives each variant every iteration that was asked for, and no more, however they are shared out', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 2e7 }),
        fc.integer({ min: 1, max: 7 }),
        fc.integer({ min: 0, max: 3 }),
        (perStrategy, launches, copies) => {
          const planned = plannedTests(['A'], { copies: Array.from({ length: copies }, () => [2, 3]) });
          const blocks = play(scheduleIterations(planned, { perStrategy, launches, seed: 1n }));
          for (const strategy of ['kernel', 'none']) {
            const own = blocks.filter(({ run }) => run.variant.strategy === strategy);
            expect(iterationsIn(own)).toBe(perStrategy);
          }
        },
      ),
      { numRuns: 50 },
    );
  });

  it('gives a control that nobody asked for a block under each plan, however few the tests get', () => {
    const planned = plannedTests(['A', 'B']).map((test, index) =>
      index === 0 ? { ...test, role: 'control' as const } : test,
    );
    const blocks = play(scheduleIterations(planned, { perStrategy: 100, launches: 1, seed: 1n }));
    const ofTest = (name: string) => blocks.filter(({ run }) => run.planned.test.name === name);
    const plans = planned[0]?.plans.length ?? 0;
    expect(iterationsIn(ofTest('A'))).toBe(2 * plans * 2 ** 17);
    expect(iterationsIn(ofTest('B'))).toBe(2 * 100);
  });

  it('is the same again with the same seed, however long blocks take', () => {
    const amount = { perStrategy: 3_000_001, launches: 3, seed: 42n };
    const once = play(scheduleIterations(tests, amount), undefined, { nsPerIteration: 1 });
    const again = play(scheduleIterations(tests, amount), undefined, { nsPerIteration: 90_000 });
    expect(again).toEqual(once);
    const other = play(scheduleIterations(tests, { ...amount, seed: 43n }));
    expect(other.map(blockText)).toEqual(once.map(blockText));
    expect(other.map(({ seed }) => seed)).not.toEqual(once.map(({ seed }) => seed));
  });

  it('passes over all tests in each launch, the same share of each', () => {
    const blocks = play(scheduleIterations(tests, { perStrategy: 5_000_000, launches: 5, seed: 1n }));
    expect(blocks.map(({ launch }) => launch)).toEqual(blocks.map(({ launch }) => launch).toSorted());
    for (let launch = 0; launch < 5; launch++) {
      const own = blocks.filter((block) => block.launch === launch);
      expect(new Set(own.map(({ run }) => run.key)).size).toBe(8);
      expect(iterationsIn(own)).toBe(4 * 1_000_000);
    }
  });

  it('alternates the strategies', () => {
    const blocks = play(
      scheduleIterations(tests.slice(0, 1), { perStrategy: 40_000, launches: 1, seed: 1n }),
    );
    expect(blocks.map(({ run, cells, batches }) => `${run.variant.strategy} ${cells}x${batches}`)).toEqual([
      'kernel 8192x1',
      'kernel 1808x1',
      'none 8192x1',
      'none 1808x1',
      'none 8192x1',
      'none 1808x1',
      'kernel 8192x1',
      'kernel 1808x1',
      'kernel 8192x1',
      'kernel 1808x1',
      'none 8192x1',
      'none 1808x1',
      'none 8192x1',
      'none 1808x1',
      'kernel 8192x1',
      'kernel 1808x1',
    ]);
  });

  it('gives a variant that failed under a plan no further block there', () => {
    const blocks = play(
      scheduleIterations(tests, { perStrategy: 5_000_000, launches: 5, seed: 1n }),
      ({ run }) => ({
        failed: run.key.startsWith('A\0none'),
      }),
    );
    expect(blocks.filter(({ run }) => run.key.startsWith('A\0none')).length).toBe(2);
  });

  it('reads the tests as it comes to them', () => {
    const read: string[] = [];
    const reading = (function* () {
      for (const planned of tests) {
        read.push(planned.test.name);
        yield planned;
      }
    })();
    const schedule = scheduleIterations(reading, { perStrategy: 10, launches: 1, seed: 1n });
    schedule.next();
    expect(read).toEqual(['A']);
  });

  it('takes one launch where a second would take longer than the iterations', () => {
    expect([1e4, 1e6, 1e9].map(launchesFor)).toEqual([1, 3, 5]);
  });
});
