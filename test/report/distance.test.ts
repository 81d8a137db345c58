import { expect, test } from 'vitest';
import { distanceSentence } from '../../src/report/distance.ts';

const looks = (...roundTripsNs: readonly number[]) => ({
  distance: {
    cpus: [0, 1],
    looks: roundTripsNs.map((roundTripNs, index) => ({ atMs: 500 * index, roundTripNs })),
  },
});

test('CPUs that come nearer or go further apart are told of, with the extremes and the median', () => {
  expect(distanceSentence(looks(63.6, 29.2, 311.9, 64.4, 70))).toBe(
    'CPUs 0 and 1 were 29 to 312 ns apart (a cache line there and back, 64 at the median of 5 looks), ' +
      'as when a hypervisor moves them from core to core: rates and prices change with it.',
  );
});

test('those that stay where they are are not', () => {
  expect(distanceSentence(looks(62, 70, 64))).toBeUndefined();
  expect(distanceSentence(looks())).toBeUndefined();
  expect(distanceSentence({})).toBeUndefined();
});
