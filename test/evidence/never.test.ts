import { describe, expect, it } from 'vitest';
import { clusteringOf } from '../../src/evidence/clustering.ts';
import { boundOfNever } from '../../src/evidence/never.ts';
import { randomFrom, share, simulate } from './simulated.ts';

const silence = (blocks: number) =>
  Array.from({ length: blocks }, () => ({ sightings: 0, iterations: 1000 }));

describe('the bound of what was never seen', () => {
  it('is 3/N where nothing varies', () => {
    expect(boundOfNever(silence(10), 'block', 0)).toEqual({
      unit: 'per iteration',
      iterations: 10_000,
      independent: 'block',
      clusters: 10,
      designEffect: 1,
      effectiveIterations: 10_000,
      bound: 3e-4,
      confidence: 0.95,
    });
  });

  it('divides N by the design effect where blocks vary: they tell less, and few of them less still', () => {
    const [many, few] = [boundOfNever(silence(100), 'block', 2), boundOfNever(silence(4), 'block', 2)];
    expect(many?.designEffect).toBeCloseTo(1.03, 2);
    expect(few?.designEffect).toBeCloseTo(2.32, 2);
    expect(few?.bound).toBeCloseTo((3 / 4000) * (few?.designEffect ?? 0), 12);
  });

  it('is none where the event was seen or nothing ran', () => {
    expect(boundOfNever([...silence(3), { sightings: 1, iterations: 10 }], 'block', 0)).toBeUndefined();
    expect(boundOfNever([], 'block', 0)).toBeUndefined();
  });

  it('is never above certainty', () => {
    expect(boundOfNever([{ sightings: 0, iterations: 2 }], 'block', 0)?.bound).toBe(1);
  });

  it.each([0, 0.5, 2])(
    'a rate at the bound is seen in 95 %% of runs, block rates varying by %s',
    (variance) => {
      const random = randomFrom(3);
      const blockFactor = () => random.gamma(variance);
      const control = { blocks: 400, iterationsPerBlock: 10_000, expectedSightings: 40_000, blockFactor };
      const { relativeVariance } = clusteringOf(simulate(random, control)) ?? { relativeVariance: 0 };
      const quiet = Array.from({ length: 12 }, () => ({ sightings: 0, iterations: 1_000_000 }));
      const bound = boundOfNever(quiet, 'block', relativeVariance)?.bound ?? 0;
      const weak = {
        blocks: 12,
        iterationsPerBlock: 1_000_000,
        expectedSightings: bound * 12_000_000,
        blockFactor,
      };
      const caught = share(3000, () => simulate(random, weak).some(({ sightings }) => sightings > 0));
      expect(caught).toBeGreaterThan(0.94);
      expect(caught).toBeLessThan(0.96);
    },
  );
});
