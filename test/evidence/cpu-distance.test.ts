import { describe, expect, it } from 'vitest';
import { commonDistance, ranOnWatched, ranWithin } from '../../src/evidence/cpu-distance.ts';

/** A look every 100 ms. */
const looking = (...roundTrips: readonly number[]) => ({
  distance: {
    cpus: [0, 1],
    looks: roundTrips.map((roundTripNs, index) => ({ atMs: index * 100, roundTripNs })),
  },
});

describe('the distance that sessions had in common', () => {
  it('is the one that the session which had it less had most', () => {
    const often = looking(65, 70, 68, 300, 310, 66);
    const seldom = looking(300, 290, 310, 64, 72, 70);
    const range = commonDistance([often], [seldom]);
    expect(range?.leastNs).toBeLessThanOrEqual(66);
    expect(range?.mostNs).toBeGreaterThanOrEqual(72);
    expect(range?.mostNs).toBeLessThan(290);
  });

  it('is none where they had hardly one in common, or nobody looked', () => {
    expect(commonDistance([looking(30, 31, 29)], [looking(65, 66, 64)])).toBeUndefined();
    expect(commonDistance([looking(30, 31, 29)], [{}])).toBeUndefined();
    expect(commonDistance([], [])).toBeUndefined();
  });
});

it('a plan ran on the CPUs that were looked at, in whatever order and however many threads', () => {
  const session = looking(65);
  expect(
    [
      [0, 1],
      [1, 0],
      [0, 1, 0],
      [0, 2],
      [0, 1, 2],
      [-1, -1],
      [0, 0],
    ].map((cpus) => ranOnWatched(session, { cpus })),
  ).toEqual([true, true, true, false, false, false, false]);
  expect(ranOnWatched({}, { cpus: [0, 1] })).toBe(false);
});

describe('a block', () => {
  const isWithin = ranWithin(looking(65, 68, 300, 66, 67), { leastNs: 60, mostNs: 120 });
  const at = (beganMs: number) => ({ endedMs: beganMs + 1, wallNs: 1e6 });

  it('ran at a distance that was seen before and after it', () => {
    expect([50, 150, 250, 350, 450].map((beganMs) => isWithin(at(beganMs)))).toEqual([
      true,
      false,
      false,
      true,
      true,
    ]);
  });

  it('of a session without looks, or at a time that nobody kept, ran at any', () => {
    expect(ranWithin({}, { leastNs: 60, mostNs: 120 })(at(0))).toBe(true);
    expect(isWithin({ wallNs: 1e6 })).toBe(true);
  });
});
