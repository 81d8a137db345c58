import { describe, expect, it } from 'vitest';
import { allowingForLaunches, launchSpread, sessionSpread } from '../../src/evidence/launch-spread.ts';
import { ratioOf, type RateRatio } from '../../src/evidence/ratio.ts';
import { randomFrom, simulate } from './simulated.ts';

/** Ratios of single launches of equal rates, each launch at a pace of its own. */
function ratios(launchVariance: number, seed: number, cells = 60): readonly RateRatio[] {
  const random = randomFrom(seed);
  const launch = () =>
    simulate(random, {
      blocks: 10,
      iterationsPerBlock: 1_000_000,
      expectedSightings: 20_000 * random.logNormal(launchVariance),
    });
  return Array.from({ length: cells }, () => {
    const ratio = ratioOf(launch(), launch(), 'block');
    if (ratio === undefined) throw new Error('both have iterations');
    return ratio;
  });
}

describe('what launches add to a ratio', () => {
  it.each([0.04, 0.25, 1])('is learnt from many of them: variance %s', (launchVariance) => {
    const found = launchSpread(ratios(launchVariance, 31));
    const actual = Math.sqrt(2 * Math.log1p(launchVariance));
    expect(found?.ratios).toBe(60);
    expect((found?.deviation ?? 0) / actual).toBeGreaterThan(0.7);
    expect((found?.deviation ?? 0) / actual).toBeLessThan(1.4);
  });

  it('is hardly anything where launches are alike', () => {
    expect(launchSpread(ratios(0, 32))?.deviation).toBeLessThan(0.01);
  });

  it('cannot be learnt from one, and then no difference is told', () => {
    const [ratio] = ratios(1, 33, 1);
    if (ratio === undefined) throw new Error('there is one');
    expect(launchSpread([ratio])).toBeUndefined();
    expect(allowingForLaunches(ratio, undefined)).toMatchObject({ low: 0, high: undefined, probability: 1 });
  });

  it('widens the interval so that it leaves 1 out in about one of twenty comparisons of equal rates', () => {
    const all = [34, 35, 36, 37].flatMap((seed) => {
      const some = ratios(0.25, seed);
      return some.map((ratio) => allowingForLaunches(ratio, launchSpread(some)));
    });
    const apart = all.filter(({ low, high = Infinity }) => low > 1 || high < 1).length / all.length;
    const unlikely = all.filter(({ probability }) => probability < 0.05).length / all.length;
    expect(apart).toBeLessThan(0.1);
    expect(unlikely).toBeLessThan(0.1);
    expect(unlikely).toBeGreaterThan(0.01);
  });

  it('never makes a ratio surer than its blocks do', () => {
    for (const ratio of ratios(0.04, 38)) {
      const allowed = allowingForLaunches(ratio, { deviation: 0.1, ratios: 60 });
      expect(allowed.probability).toBeGreaterThanOrEqual(ratio.probability);
      expect(allowed.low).toBeLessThanOrEqual(ratio.low);
      expect(allowed.high).toBeGreaterThanOrEqual(ratio.high ?? Infinity);
    }
  });
});

describe('what sessions add to a ratio', () => {
  it('is nothing where chance may have done it, and nearly all of it where it is much', () => {
    const ofChance = [41, 42, 43, 44, 45, 46, 47, 48, 49, 50].map((seed) => sessionSpread(ratios(0, seed)));
    expect(ofChance.filter((spread) => spread?.deviation === 0).length).toBeGreaterThanOrEqual(8);
    const much = ratios(0.25, 51);
    const [least, likeliest] = [sessionSpread(much)?.deviation ?? 0, launchSpread(much)?.deviation ?? 0];
    expect(least).toBeGreaterThan(likeliest / 2);
    expect(least).toBeLessThan(likeliest);
  });

  it('cannot be learnt from few rows, nor does none change a ratio', () => {
    const few = ratios(0.25, 52, 9);
    expect(sessionSpread(few)).toBeUndefined();
    for (const ratio of few) expect(allowingForLaunches(ratio, { deviation: 0, ratios: 60 })).toEqual(ratio);
  });

  it('counts the less the less a ratio is sure of by itself', () => {
    const [sure] = ratios(1, 53, 1);
    if (sure === undefined) throw new Error('there is one');
    const of = (deviation: number) => allowingForLaunches(sure, { deviation, ratios: 60 }).probability;
    expect(of(1e-6)).toBeCloseTo(sure.probability, 6);
    expect([of(0.1), of(0.3), of(0.9)]).toEqual(
      [of(0.1), of(0.3), of(0.9)].toSorted((one, other) => one - other),
    );
  });
});
