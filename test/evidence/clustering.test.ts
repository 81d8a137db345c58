import { describe, expect, it } from 'vitest';
import { clusteringOf } from '../../src/evidence/clustering.ts';
import { randomFrom, simulate } from './simulated.ts';

const run = { blocks: 2000, iterationsPerBlock: 100_000, expectedSightings: 400_000 };

describe('how counts cluster', () => {
  it('has a design effect of 1 where iterations are independent', () => {
    const clustering = clusteringOf(simulate(randomFrom(1), run));
    expect(clustering?.designEffect).toBeCloseTo(1, 0.9);
    expect(clustering?.relativeVariance).toBeLessThan(0.01);
    expect(clustering?.degreesOfFreedom).toBeGreaterThan(1900);
  });

  it('finds by how much the rates of blocks vary, however rare the event', () => {
    for (const expectedSightings of [20_000, 400_000]) {
      const random = randomFrom(2);
      const blockFactor = () => random.gamma(0.5);
      const clustering = clusteringOf(simulate(random, { ...run, expectedSightings, blockFactor }));
      const perBlock = expectedSightings / run.blocks;
      expect((clustering?.relativeVariance ?? 0) / 0.5).toBeCloseTo(1, 0.7);
      expect((clustering?.designEffect ?? 0) / (1 + 0.5 * perBlock)).toBeCloseTo(1, 0.7);
    }
  });

  it('is the sum by hand for a few blocks', () => {
    // Rate 0.1; off by 5, -5 and 0; 50 · 3 / 2 over 300 · 0.1 · 0.9.
    const clustering = clusteringOf([
      { sightings: 15, iterations: 100 },
      { sightings: 5, iterations: 100 },
      { sightings: 10, iterations: 100 },
    ]);
    expect(clustering?.designEffect).toBeCloseTo(75 / 27, 12);
    expect(clustering?.effectiveClusters).toBeCloseTo(3, 12);
  });

  it('counts a short block for little, and one without iterations for nothing', () => {
    const clustering = clusteringOf([
      { sightings: 0, iterations: 0 },
      { sightings: 1, iterations: 10 },
      { sightings: 100, iterations: 1000 },
      { sightings: 100, iterations: 1000 },
    ]);
    expect(clustering?.clusters).toBe(3);
    expect(clustering?.effectiveClusters).toBeCloseTo(2010 ** 2 / 2_000_100, 9);
  });

  it('says nothing where one block has nearly everything', () => {
    expect(clusteringOf([])).toBeUndefined();
    expect(clusteringOf([{ sightings: 3, iterations: 10 }])).toBeUndefined();
    const lopsided = [
      { sightings: 3, iterations: 1 },
      { sightings: 3, iterations: 1000 },
    ];
    expect(clusteringOf(lopsided)).toBeUndefined();
  });

  it('is defined where the event always or never happens', () => {
    for (const sightings of [0, 100]) {
      const blocks = Array.from({ length: 5 }, () => ({ sightings, iterations: 100 }));
      expect(clusteringOf(blocks)).toMatchObject({ designEffect: 1, relativeVariance: 0 });
    }
  });
});
