import { describe, expect, test } from 'vitest';
import { placer, placerByClass, placesOf } from '../src/host.ts';
import { placementChoices } from '../src/plan/affinity.ts';
import { placeByClass } from '../src/plan/placement.ts';
import { topologyFrom } from '../src/plan/topology.ts';
import type { MachineFacts } from '../src/run/addon.ts';
import { savedMachine } from './plan/fixtures/saved-machine.ts';

const topology = topologyFrom(savedMachine('two-socket-server'));
const facts: MachineFacts = {
  allowedCpus: topology.allowed,
  pageSizeBytes: 4096,
  cacheLineBytes: 64,
  canPin: true,
  pinningProblem: undefined,
  timeBase: { name: 'TSC', ticksPerSecond: 1e9, problem: undefined },
  hypervisorSignature: '',
  codeVariants: [],
};
const threadCounts = [1, 2, 3, 4, 20];

describe('places for tests', () => {
  test('of a class are those that the topology has, none where threads cannot be pinned', () => {
    const placeAs = placerByClass(topology, facts);
    const nowhere = placerByClass(topology, { ...facts, canPin: false, pinningProblem: 'no' });
    for (const choice of placementChoices) {
      for (const threads of threadCounts) {
        expect(placeAs(threads, choice)).toEqual(placeByClass(topology, threads, choice));
        expect(nowhere(threads, choice)).toBeUndefined();
      }
    }
  });

  test('are looked for once for each number of threads', () => {
    const [place, placeAs] = [placer(topology, facts, [4, 5]), placerByClass(topology, facts)];
    const counts = [...threadCounts];
    const places = placesOf('all', { topology, facts, place, counts, notice: () => {} });
    expect(place(2).cpus).toEqual([4, 5]);
    for (const threads of threadCounts) {
      expect(place(threads)).toBe(place(threads));
      expect(placeAs(threads, 'same-socket')).toBe(placeAs(threads, 'same-socket'));
      expect(places?.(threads)).toBe(places?.(threads));
    }
  });
});
