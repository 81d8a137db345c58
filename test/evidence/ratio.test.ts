import { describe, expect, it } from 'vitest';
import type { Counts } from '../../src/evidence/counts.ts';
import { differencesAmong, ratioOf, usualLeastReal } from '../../src/evidence/ratio.ts';
import { randomFrom, share, simulate, type Random } from './simulated.ts';

/** Five launches, each with a pace of its own and blocks that vary as well. */
function launches(random: Random, expectedSightings: number, launchVariance: number): readonly Counts[] {
  const blockFactor = () => random.gamma(launchVariance);
  return simulate(random, { blocks: 5, iterationsPerBlock: 1_000_000, expectedSightings, blockFactor });
}

const ratioBetween = (first: readonly Counts[], second: readonly Counts[]) => {
  const ratio = ratioOf(first, second, 'launch');
  if (ratio === undefined) throw new Error('both runs have iterations');
  return ratio;
};

describe('two runs of the same machine', () => {
  it.each([
    { expectedSightings: 3, launchVariance: 0 },
    { expectedSightings: 30, launchVariance: 0.05 },
    { expectedSightings: 1000, launchVariance: 0 },
    { expectedSightings: 100_000, launchVariance: 0.02 },
    { expectedSightings: 100_000, launchVariance: 0.5 },
  ])(
    'do not differ in 95 % of single comparisons, give or take one: %o',
    ({ expectedSightings, launchVariance }) => {
      const random = randomFrom(10);
      const same = share(400, () => {
        const run = () => launches(random, expectedSightings, launchVariance);
        return ratioBetween(run(), run()).probability >= 0.05;
      });
      expect(same).toBeGreaterThanOrEqual(0.94);
    },
  );

  it('show no real difference in at least 95 % of cells, and a planted doubling is found', () => {
    const random = randomFrom(11);
    const families = 10;
    const cells = Array.from({ length: 60 }, (_, cell) => 10 ** (1.5 + (cell % 7) / 2));
    let [unreal, found] = [0, 0];
    for (let family = 0; family < families; family++) {
      const differences = differencesAmong(
        cells.map((expected, cell) =>
          ratioBetween(
            launches(random, cell === 20 ? 2 * expected : expected, 0.01),
            launches(random, expected, 0.01),
          ),
        ),
      );
      unreal += differences.filter(({ real }, cell) => real && cell !== 20).length;
      if (differences[20]?.real === true) found++;
    }
    expect(unreal / (families * (cells.length - 1))).toBeLessThanOrEqual(0.05);
    expect(found).toBe(families);
  });
});

describe('the interval of a ratio', () => {
  it.each([
    { expectedSightings: 10, factor: 3, launchVariance: 0 },
    { expectedSightings: 1000, factor: 0.5, launchVariance: 0.1 },
    { expectedSightings: 2_000_000, factor: 1.3, launchVariance: 0.01 },
  ])(
    'holds the true one in 95 % of comparisons, give or take one: %o',
    ({ expectedSightings, factor, launchVariance }) => {
      const random = randomFrom(12);
      const held = share(400, () => {
        const { low, high = Infinity } = ratioBetween(
          launches(random, factor * expectedSightings, launchVariance),
          launches(random, expectedSightings, launchVariance),
        );
        return low <= factor && factor <= high;
      });
      expect(held).toBeGreaterThanOrEqual(0.94);
    },
  );

  it('leaves 1 out exactly where the probability is below 5 %', () => {
    const random = randomFrom(13);
    for (let trial = 0; trial < 100; trial++) {
      const {
        low,
        high = Infinity,
        probability,
      } = ratioBetween(launches(random, 60, 0.05), launches(random, 40, 0.05));
      expect(low > 1 || high < 1).toBe(probability < 0.05);
    }
  });

  it('does so of two clusters as well, of which one run knows next to nothing', () => {
    const two = (one: number, other: number) =>
      [one, other].map((sightings) => ({ sightings, iterations: 65_536 }));
    for (const other of [1, 10, 50, 300, 777]) {
      for (let one = 1; one < 800; one += 7) {
        const { low, high = Infinity, probability } = ratioBetween(two(one, other), two(400, 437));
        expect([one, other, low > 1 || high < 1]).toEqual([one, other, probability < 0.05]);
      }
    }
  });

  it('turned round is the inverse', () => {
    const random = randomFrom(14);
    const [one, other] = [launches(random, 500, 0.1), launches(random, 200, 0.1)];
    const [there, back] = [ratioBetween(one, other), ratioBetween(other, one)];
    expect((there.ratio ?? 0) * (back.ratio ?? 0)).toBeCloseTo(1, 12);
    expect(there.low * (back.high ?? 0)).toBeCloseTo(1, 6);
    expect(there.probability).toBeCloseTo(back.probability, 9);
  });
});

describe('a ratio', () => {
  const quiet = Array.from({ length: 5 }, () => ({ sightings: 0, iterations: 1000 }));
  const steady = quiet.map((launch, index) => ({ ...launch, sightings: 18 + index }));
  const burst = quiet.map((launch, index) => ({ ...launch, sightings: index === 0 ? 12 : 0 }));

  it('says its unit, its Ns and what it takes for independent', () => {
    expect(ratioOf(steady, steady, 'launch')).toMatchObject({
      unit: 'rate over rate',
      ratio: 1,
      independent: 'launch',
      sightings: [100, 100],
      iterations: [5000, 5000],
      clusters: [5, 5],
    });
  });

  it('to a rate of zero has no upper limit, and is real where there were many', () => {
    const ratio = ratioBetween(steady, quiet);
    expect(ratio.ratio).toBeUndefined();
    expect(ratio.high).toBeUndefined();
    expect(ratio.low).toBeGreaterThan(5);
    expect(ratio.probability).toBeLessThan(1e-6);
    expect(ratioBetween(quiet, steady)).toMatchObject({ ratio: 0, low: 0 });
  });

  it('of a burst in one launch to a rate of zero is not real', () => {
    expect(ratioBetween(burst, quiet).probability).toBeGreaterThan(0.05);
  });

  it('of a burst in a launch that is nearly all of its run does not show how launches differ', () => {
    const nearlyOne = burst.map((launch) =>
      launch.sightings > 0 ? { sightings: 120, iterations: 50_000 } : launch,
    );
    expect(ratioBetween(nearlyOne, quiet).independent).toBe('iteration');
    expect(ratioBetween(quiet, nearlyOne).independent).toBe('iteration');
    expect(ratioBetween(burst, quiet).independent).toBe('launch');
  });

  it('between zeros says nothing', () => {
    expect(ratioBetween(quiet, quiet)).toMatchObject({ low: 0, high: undefined, probability: 1 });
  });

  it('between events that always happen is 1', () => {
    const always = quiet.map(({ iterations }) => ({ sightings: iterations, iterations }));
    const ratio = ratioBetween(always, always);
    expect(ratio.ratio).toBe(1);
    expect(ratio.probability).toBeGreaterThan(0.9);
  });

  it('admits that single launches do not show what launches differ by', () => {
    expect(ratioOf(steady.slice(0, 1), steady, 'launch')?.independent).toBe('iteration');
    expect(ratioOf([], steady, 'launch')).toBeUndefined();
  });
});

describe('the least change that is called real', () => {
  it('is none where an interval has no end', () => {
    const quiet = Array.from({ length: 5 }, () => ({ sightings: 0, iterations: 1000 }));
    const burst = quiet.map((launch, index) => ({ ...launch, sightings: index === 0 ? 12 : 0 }));
    expect(differencesAmong([ratioBetween(burst, quiet)])[0]?.leastReal).toBeUndefined();
  });

  it('is told of half of the rows', () => {
    const rows = (...changes: readonly (number | undefined)[]) => changes.map((leastReal) => ({ leastReal }));
    expect(usualLeastReal(rows(2, 1.1, undefined))).toBe(2);
    expect(usualLeastReal(rows(2, undefined, undefined))).toBe(Infinity);
    expect(usualLeastReal([])).toBeUndefined();
  });
});
