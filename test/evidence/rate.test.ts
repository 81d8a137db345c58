import { describe, expect, it } from 'vitest';
import { exactInterval, jeffreysInterval, rateOf } from '../../src/evidence/rate.ts';
import { randomFrom, share, simulate, type Random, type Simulation } from './simulated.ts';

const trials = 2000;

/** How often the interval holds the true rate. */
function coverage(simulation: Simulation, random: Random): number {
  const truth = simulation.expectedSightings / simulation.iterationsPerBlock / simulation.blocks;
  return share(trials, () => {
    const rate = rateOf(simulate(random, simulation), 'block');
    return rate !== undefined && rate.low <= truth && truth <= rate.high;
  });
}

const clusterings: readonly [name: string, (random: Random) => () => number][] = [
  ['binomial', () => () => 1],
  ['gamma 1', (random) => () => random.gamma(1)],
  ['log-normal 0.5', (random) => () => random.logNormal(0.5)],
];

describe('the 95 % interval, over 2,000 simulated runs', () => {
  describe.each(clusterings)('%s counts', (_, clustering) => {
    it.each([
      { blocks: 30, iterationsPerBlock: 5000, expectedSightings: 20 },
      { blocks: 30, iterationsPerBlock: 1_000_000, expectedSightings: 100_000 },
      { blocks: 100, iterationsPerBlock: 2000, expectedSightings: 50 },
    ])('hold the rate in 93 to 97 %: %o', (run) => {
      const random = randomFrom(5);
      const held = coverage({ ...run, blockFactor: clustering(random) }, random);
      expect(held).toBeGreaterThanOrEqual(0.93);
      expect(held).toBeLessThanOrEqual(0.97);
    });

    it.each([
      { blocks: 30, iterationsPerBlock: 5000, expectedSightings: 4 },
      { blocks: 100, iterationsPerBlock: 5000, expectedSightings: 12 },
      { blocks: 5, iterationsPerBlock: 5000, expectedSightings: 8 },
      { blocks: 5, iterationsPerBlock: 1_000_000, expectedSightings: 100_000 },
      { blocks: 12, iterationsPerBlock: 100_000, expectedSightings: 60 },
    ])('hold it in 95 % or more with fewer sightings or blocks: %o', (run) => {
      const random = randomFrom(6);
      expect(coverage({ ...run, blockFactor: clustering(random) }, random)).toBeGreaterThanOrEqual(0.95);
    });
  });
});

describe('a rate', () => {
  it('says its unit, its N and what it takes for independent', () => {
    const blocks = [1, 2, 3, 4].map((sightings) => ({ sightings, iterations: 100 }));
    expect(rateOf(blocks, 'launch')).toMatchObject({
      unit: 'per iteration',
      sightings: 10,
      iterations: 400,
      rate: 0.025,
      confidence: 0.95,
      independent: 'launch',
      clusters: 4,
    });
  });

  it('admits that a single block shows no clustering', () => {
    const rate = rateOf([{ sightings: 10, iterations: 100 }], 'block');
    expect(rate).toMatchObject({ independent: 'iteration', clusters: 1, effectiveIterations: 100 });
  });

  it('has an interval that widens with clustering, although rate and N are the same', () => {
    const even = Array.from({ length: 40 }, () => ({ sightings: 50, iterations: 1000 }));
    const uneven = even.map((block, index) => ({ ...block, sightings: index % 2 === 0 ? 90 : 10 }));
    const [narrow, wide] = [rateOf(even, 'block'), rateOf(uneven, 'block')];
    expect(wide?.rate).toBe(narrow?.rate);
    expect(wide?.high).toBeGreaterThan(narrow?.high ?? 1);
    expect(wide?.low).toBeLessThan(narrow?.low ?? 0);
    expect(wide?.effectiveIterations).toBeLessThan(2000);
  });

  it('of what never or always happens has an interval that is open to the other side', () => {
    const never = Array.from({ length: 30 }, () => ({ sightings: 0, iterations: 1000 }));
    const always = never.map(({ iterations }) => ({ sightings: iterations, iterations }));
    const [low, high] = [rateOf(never, 'block'), rateOf(always, 'block')];
    expect(low).toMatchObject({ rate: 0, low: 0 });
    expect(high).toMatchObject({ rate: 1, high: 1 });
    expect(1 - (high?.low ?? 0)).toBeCloseTo(low?.high ?? 0, 12);
    // The exact bound is 3.69/N at 97.5 %; zeros are taken to cluster a little.
    expect((low?.high ?? 0) * 30_000).toBeGreaterThan(3.69);
    expect((low?.high ?? 0) * 30_000).toBeLessThan(4);
  });

  it('does not exist without an iteration', () => {
    expect(rateOf([], 'block')).toBeUndefined();
    expect(rateOf([{ sightings: 0, iterations: 0 }], 'block')).toBeUndefined();
  });
});

describe('intervals of a binomial count', () => {
  // From SciPy 1.17, scipy.stats.beta.ppf.
  it('are those of other programs', () => {
    expect(exactInterval(10, 100).low).toBeCloseTo(0.04900468922148595, 9);
    expect(exactInterval(10, 100).high).toBeCloseTo(0.17622259774002266, 9);
    expect(jeffreysInterval(10, 100).low).toBeCloseTo(0.05258467529066884, 9);
    expect(jeffreysInterval(10, 100).high).toBeCloseTo(0.170123929652187, 9);
  });
});
