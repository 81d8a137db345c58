import { describe, expect, it } from 'vitest';
import { blockSeed, controlsFirst, roundOrder, runsOf } from '../../src/plan/schedule.ts';
import { plannedTests } from './planned-tests.ts';

describe('a schedule', () => {
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

  it('has a run for each variant with code of its own under each plan', () => {
    const [planned] = plannedTests(['SB']);
    if (planned === undefined) throw new Error('not planned');
    expect(runsOf(planned).map((runs) => runs.map(({ key }) => key.replaceAll('\0', ' ')))).toEqual([
      ['SB kernel split-deadline@0,1', 'SB none split-deadline@0,1'],
      ['SB kernel packed-spin@0,1', 'SB none packed-spin@0,1'],
    ]);
  });

  it('begins with the controls', () => {
    const tests = [...plannedTests(['A', 'B']), ...plannedTests(['C'], { header: 'Vouches-for: A' })];
    expect(controlsFirst(tests).map(({ test }) => test.name)).toEqual(['C', 'A', 'B']);
  });
});
