import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { longestBlockMs, scheduleTime, type Need } from '../../src/plan/time-schedule.ts';
import { runsOf, type PlannedBlock } from '../../src/plan/schedule.ts';
import { plannedTests, play } from './planned-tests.ts';

const tests = plannedTests(['A', 'B', 'C', 'D']);
const alike: Need = () => 1;
const amount = { beganMs: 0, endMs: 10_000, launches: 5, seed: 1n };
const nsPerIteration = 100;
const msOf = (blocks: readonly PlannedBlock[]) =>
  blocks.reduce((sum, { cells, batches, copies }) => sum + cells * batches * copies, 0) *
  nsPerIteration *
  1e-6;
const byTest = (blocks: readonly PlannedBlock[], name: string) =>
  blocks.filter(({ run }) => run.planned.test.name === name);

describe('a schedule by time', () => {
  it('ends when it should, give or take a block, and leaves little of the time, whatever a block costs beside', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2000, max: 60_000 }),
        fc.integer({ min: 0, max: 5 }),
        fc.integer({ min: 0, max: 500 }),
        (endMs, overheadMs, beganMs) => {
          const pace = { nsPerIteration, overheadMs, beganMs };
          const blocks = play(scheduleTime(tests, { ...amount, beganMs, endMs }, alike), undefined, pace);
          const took = beganMs + msOf(blocks) + overheadMs * blocks.length;
          expect(took).toBeLessThan(endMs + longestBlockMs + overheadMs);
          expect(took).toBeGreaterThan(endMs * 0.85);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('passes over all tests in each launch, and shares it out equally where all need the same', () => {
    const blocks = play(scheduleTime(tests, amount, alike));
    expect(blocks.map(({ launch }) => launch)).toEqual(blocks.map(({ launch }) => launch).toSorted());
    for (let launch = 0; launch < amount.launches; launch++) {
      const own = blocks.filter((block) => block.launch === launch);
      expect(new Set(own.map(({ run }) => run.key)).size).toBe(tests.flatMap(runsOf).flat().length);
      for (const { test } of tests) {
        expect(msOf(byTest(own, test.name))).toBeGreaterThan(msOf(own) * 0.22);
      }
    }
  });

  it('has no block longer than 50 ms but a single batch', () => {
    const blocks = play(scheduleTime(tests, { ...amount, endMs: 100_000 }, alike));
    const longer = blocks.filter(({ batches }) => batches > 1).map((block) => msOf([block]));
    expect(Math.max(...longer)).toBeLessThanOrEqual(longestBlockMs);
  });

  it('gives more to what needs more, from the second launch on, and starves none', () => {
    const blocks = play(scheduleTime(tests, amount, ({ planned }) => (planned.test.name === 'B' ? 4 : 1)));
    const share = (launch: number, name: string) =>
      msOf(byTest(blocks, name).filter((block) => block.launch === launch));
    expect(share(0, 'B')).toBeLessThan(share(0, 'A') * 1.2);
    expect(share(2, 'B')).toBeGreaterThan(share(2, 'A') * 3);
    for (const { test } of tests) expect(share(4, test.name)).toBeGreaterThan(0);
  });

  it('goes by need where blocks cost more beside than they run: what needs less waits for several launches', () => {
    const needB: Need = ({ planned }) => (planned.test.name === 'B' ? 8 : 1);
    const pace = { overheadMs: 20 };
    const blocks = play(scheduleTime(tests, { ...amount, endMs: 2000 }, needB), undefined, pace);
    const later = blocks.filter(({ launch }) => launch > 0);
    expect(byTest(later, 'B').length).toBeGreaterThan(3 * byTest(later, 'A').length);
    for (const { test } of tests) expect(byTest(later, test.name).length).toBeGreaterThan(0);
  });

  it('does not charge a run for a machine that slept', () => {
    const sleepMs = (blocks: readonly PlannedBlock[]) => (blocks.length === 1 ? 4000 : 0);
    const blocks = play(scheduleTime(tests, amount, alike), undefined, { sleepMs });
    const first = blocks.filter(({ run }) => run === blocks[0]?.run);
    expect(new Set(first.map(({ launch }) => launch))).toEqual(new Set([0, 1, 2, 3, 4]));
  });

  it('is told of all that was counted so far', () => {
    const seen = new Map<string, number>();
    const need: Need = (run, counts) => {
      const own = (counts.get(run.key) ?? []).reduce((sum, { sightings }) => sum + sightings, 0);
      expect(own).toBe(seen.get(run.key) ?? 0);
      return 1;
    };
    play(scheduleTime(tests, amount, need), ({ run }) => {
      seen.set(run.key, (seen.get(run.key) ?? 0) + 7);
      return { sightings: 7 };
    });
    expect(seen.size).toBe(16);
  });

  it('ends as soon as nothing needs any more, and runs what is settled no further', () => {
    const blocks = play(
      scheduleTime(tests, amount, (run, counts) => (counts.get(run.key)?.length === 3 ? 0 : 1)),
    );
    expect(blocks.length).toBe(3 * 16);
  });

  it('reaches every test in less time than it asks for, in fewer launches', () => {
    const blocks = play(scheduleTime(tests, { ...amount, endMs: 30 }, alike));
    expect(new Set(blocks.map(({ run }) => run.key)).size).toBe(16);
    expect(msOf(blocks)).toBeLessThan(40);
  });

  it('has no block when the time is up before it begins', () => {
    expect(play(scheduleTime(tests, { ...amount, beganMs: 10, endMs: 10 }, alike))).toEqual([]);
  });

  it('gives a variant that failed under a plan no further block there, and its time to others', () => {
    const blocks = play(scheduleTime(tests, amount, alike), ({ run }) => ({
      failed: run.key.startsWith('A\0none'),
    }));
    expect(blocks.filter(({ run }) => run.key.startsWith('A\0none')).length).toBe(2);
    expect(msOf(blocks)).toBeGreaterThan(amount.endMs * 0.9);
  });
});
