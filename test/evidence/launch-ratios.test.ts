import { describe, expect, it } from 'vitest';
import {
  launchRatios,
  type Launches,
  surer,
  type LaunchRatio,
  type SharedPlan,
} from '../../src/evidence/launch-ratios.ts';
import { twoSidedT, twoSidedTProbability } from '../../src/evidence/quantiles.ts';
import { differencesAmong, type RateRatio } from '../../src/evidence/ratio.ts';
import { randomFrom, share, type Random } from './simulated.ts';

/** As on a real machine: under some plans launches differ by a few percent, under others severalfold. */
const plans = [
  { name: 'perpetual', deviation: 0.15, rate: 0.03 },
  { name: 'spin', deviation: 0.3, rate: 0.01 },
  { name: 'deadline', deviation: 1.5, rate: 0.002 },
];

interface Simulated {
  readonly launches?: number;
  /** What a row's launches differ by under a plan, over what is usual: the standard deviation of its logarithm. */
  readonly unequal?: number;
  readonly iterations?: number;
  /** What the first run's rates are multiplied with, by row. */
  readonly planted?: (row: number) => number;
  /** That a launch is without a plan. */
  readonly missing?: number;
  /** How many times as long the second run ran. */
  readonly longer?: number;
}

const rowCount = 50;

function rows(
  random: Random,
  { launches = 5, unequal = 0.3, iterations = 16_384, planted = () => 1, missing = 0, longer = 1 }: Simulated,
): readonly (readonly SharedPlan[])[] {
  return Array.from({ length: rowCount }, (_, row) => {
    return plans.map(({ name, deviation, rate }) => {
      const own = Math.exp(unequal * random.normal());
      const usual = rate * Math.exp(0.7 * random.normal());
      const run = (factor: number, iterations: number): Launches =>
        new Map(
          Array.from({ length: launches }, (_, launch) => {
            const paced = usual * factor * Math.exp(deviation * own * random.normal());
            const sightings = random.binomial(iterations, Math.min(0.99, paced));
            return [`${launch}`, { sightings, iterations }] as const;
          }).filter(() => random.uniform() >= missing),
        );
      return { key: name, name, runs: [run(planted(row), iterations), run(1, longer * iterations)] as const };
    });
  });
}

const told = (simulated: readonly (readonly SharedPlan[])[]): readonly LaunchRatio[] =>
  launchRatios(simulated).map((one) => {
    if (one === undefined) throw new Error('every row has enough');
    return one.together;
  });

/** Together or of one plan alone, whichever is the surer. */
const surest = (simulated: readonly (readonly SharedPlan[])[]): readonly LaunchRatio[] =>
  launchRatios(simulated).flatMap((one) =>
    one === undefined ? [] : surer(one.together, one.alone ?? one.together),
  );

const families = 40;

/** The same launches, all of the first run so many times as often. */
function shifted(one: RateRatio, factor: number): RateRatio {
  const { ratio = 1, low, high = Infinity, degreesOfFreedom = Infinity } = one;
  const deviation = Math.log(high / low) / 2 / twoSidedT(0.05, degreesOfFreedom);
  const t = Math.abs(Math.log(ratio * factor)) / deviation;
  return {
    ...one,
    ratio: ratio * factor,
    low: low * factor,
    high: high * factor,
    probability: twoSidedTProbability(t, degreesOfFreedom),
  };
}

describe('two runs of equal rates', () => {
  it.each([
    { unequal: 0, launches: 5 },
    { unequal: 0.5, launches: 5 },
    { unequal: 0.5, launches: 3 },
    { unequal: 0.3, launches: 10 },
    { unequal: 0.3, launches: 5, missing: 0.1 },
    { unequal: 0.3, launches: 5, iterations: 1000 },
    { unequal: 0.3, launches: 5, iterations: 300, longer: 10 },
  ])('differ in some 5 % of single comparisons, and in hardly any beside others: %o', (simulated) => {
    const random = randomFrom(71);
    const ratios = Array.from({ length: families }, () =>
      surest(rows(random, simulated)).map(({ ratio }) => ratio),
    );
    const apart = ratios.flat().filter(({ probability }) => probability < 0.05).length;
    const real = ratios.flatMap(differencesAmong).filter((one) => one.real).length;
    expect(apart / ratios.flat().length).toBeGreaterThan(0.01);
    expect(apart / ratios.flat().length).toBeLessThan(0.075);
    expect(real / ratios.flat().length).toBeLessThan(0.015);
  });
});

describe('a planted doubling', () => {
  it.each([
    { launches: 5, unequal: 0.3 },
    { launches: 10, unequal: 0.5 },
  ])('of any one row of fifty is found in nine of ten: %o', (simulated) => {
    const random = randomFrom(72);
    let row = 0;
    const found = share(rowCount, () => {
      const planted = row++;
      const factor = (at: number) => (at === planted ? 2 : 1);
      const ratios = told(rows(random, { ...simulated, planted: factor })).map(({ ratio }) => ratio);
      return differencesAmong(ratios)[planted]?.real === true;
    });
    expect(found).toBeGreaterThanOrEqual(0.9);
  });

  it('is called real from the least change on that a row is said to show', () => {
    const simulated = rows(randomFrom(76), {});
    const ratios = told(simulated).map(({ ratio }) => ratio);
    for (const [row, { leastReal = Infinity, ratio = 1, low, high = Infinity }] of differencesAmong(
      ratios,
    ).entries()) {
      expect(leastReal).toBeGreaterThan(Math.sqrt(high / low));
      const isReal = (change: number) => {
        // Whatever it was: the first run's launches as if the ratio were that change.
        const moved = ratios.map((one, at) => (at === row ? shifted(one, change / ratio) : one));
        return differencesAmong(moved)[row]?.real;
      };
      expect(isReal(leastReal * 1.01)).toBe(true);
      expect(isReal(leastReal / 1.01)).toBe(false);
    }
  });

  it('is held by the interval in 95 % of rows, give or take two', () => {
    const random = randomFrom(73);
    const ratios = Array.from({ length: families }, () => told(rows(random, { planted: () => 2 }))).flat();
    const held = ratios.filter(({ ratio: { low, high = Infinity } }) => low <= 2 && 2 <= high).length;
    expect(held / ratios.length).toBeGreaterThanOrEqual(0.925);
  });
});

describe('a change under one plan', () => {
  const run = (random: Random, rate: number, deviation: number): Launches =>
    new Map(
      Array.from({ length: 5 }, (_, launch) => {
        const paced = rate * Math.exp(deviation * random.normal());
        return [
          `${launch}`,
          { sightings: random.binomial(20_000, Math.min(0.9, paced)), iterations: 20_000 },
        ];
      }),
    );
  const rowsWith = (random: Random, vanishing: number) =>
    Array.from({ length: rowCount }, (_, row) => [
      {
        key: 'A',
        name: 'A',
        runs: [run(random, 0.1, 0.3), run(random, row === 7 ? vanishing : 0.1, 0.3)] as const,
      },
      { key: 'B', name: 'B', runs: [run(random, 0.1, 0.1), run(random, 0.1, 0.1)] as const },
    ]);

  it.each([
    { what: 'is no longer seen', vanishing: 1e-9 },
    { what: 'is hardly seen any more', vanishing: 1e-4 },
    { what: 'is seen a tenth as often', vanishing: 0.01 },
  ])(
    'is told though there is none under another that is known better: an event that $what',
    ({ vanishing }) => {
      const random = randomFrom(77);
      for (const ratios of Array.from({ length: 5 }, () => surest(rowsWith(random, vanishing)))) {
        const differences = differencesAmong(ratios.map(({ ratio }) => ratio));
        expect(ratios[7]?.plans).toEqual(['A']);
        expect(differences[7]).toMatchObject({ real: true });
        expect(differences[7]?.low).toBeGreaterThan(3);
        expect(differences.filter(({ real }) => real).length).toBeLessThanOrEqual(2);
      }
    },
  );
});

describe('a ratio by launches', () => {
  const launches = (...counts: readonly (readonly [number, number])[]): Launches =>
    new Map(counts.map(([sightings, iterations], launch) => [`${launch}`, { sightings, iterations }]));
  const steady = launches([100, 1000], [110, 1000], [90, 1000]);
  const plan = (one: Launches, other: Launches): SharedPlan => ({ key: 'p', name: 'p', runs: [one, other] });

  it('says its Ns, its launches and its plans', () => {
    const [first] = launchRatios([[plan(steady, steady)]]);
    expect(first?.together).toMatchObject({
      plans: ['p'],
      ratio: {
        unit: 'rate over rate',
        ratio: 1,
        independent: 'launch',
        sightings: [300, 300],
        iterations: [3000, 3000],
        clusters: [3, 3],
      },
    });
  });

  it('counts a launch once, however much it ran', () => {
    const long = launches([100, 1000], [11_000, 100_000], [90, 1000]);
    const [first] = launchRatios([[plan(long, steady)]]);
    expect(first?.together.ratio.ratio).toBeCloseTo(1, 2);
  });

  it('leaves 1 out exactly where the probability is below 5 %', () => {
    const simulated = rows(randomFrom(74), { planted: (row) => 1 + row / rowCount });
    for (const { ratio } of [...told(simulated), ...surest(simulated)]) {
      expect(ratio.low > 1 || (ratio.high ?? Infinity) < 1).toBe(ratio.probability < 0.05);
    }
  });

  it('turned round is the inverse', () => {
    const there = rows(randomFrom(75), {});
    const back = there.map((strata) =>
      strata.map((one): SharedPlan => ({ ...one, runs: [one.runs[1], one.runs[0]] })),
    );
    for (const [index, { ratio }] of told(there).entries()) {
      const inverse = told(back)[index]?.ratio;
      expect((ratio.ratio ?? 0) * (inverse?.ratio ?? 0)).toBeCloseTo(1, 9);
      expect(ratio.low * (inverse?.high ?? 0)).toBeCloseTo(1, 9);
      expect(ratio.probability).toBeCloseTo(inverse?.probability ?? 0, 9);
    }
  });

  it('is not told of few launches, of few sightings, or of none', () => {
    const few = launches([100, 1000], [110, 1000]);
    const seldom = launches([2, 1000], [1, 1000], [4, 1000]);
    const never = launches([0, 1000], [0, 1000], [0, 1000]);
    expect(launchRatios([[plan(seldom, seldom)]])).toEqual([undefined]);
    for (const other of [few, never, launches()]) {
      expect(launchRatios([[plan(steady, other)], [plan(other, steady)]])).toEqual([undefined, undefined]);
    }
  });
});
