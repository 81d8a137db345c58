import { randomFrom } from '../../src/language/cycles/random.ts';
import { planAffinity, type PlacementClass } from '../../src/plan/affinity.ts';
import { placeByClass, type PlaceAs } from '../../src/plan/placement.ts';
import type { RunPlan } from '../../src/plan/run-plan.ts';
import type { Topology } from '../../src/plan/topology.ts';
import type { Fire } from '../../src/tuning/firing.ts';

/** How often controls are seen in a block under a plan, where their threads are placed so. */
export type FiringRate = (placed: PlacementClass, plan: RunPlan) => number;

/**
 * What tuning needs of a machine on which controls fire at such a rate, give or take a fifth, and a block
 * takes its time and no more.
 * @param cpus given by the user, who then leaves no choice of places.
 */
export function simulatedMachine(
  topology: Topology,
  rate: FiringRate,
  seed: bigint,
  cpus?: readonly number[],
) {
  const random = randomFrom(seed);
  let nowMs = 0;
  const place = (threads: number) => planAffinity(topology, threads, cpus);
  const placeAs: PlaceAs = (threads, choice) =>
    cpus === undefined ? placeByClass(topology, threads, choice) : undefined;
  const fire: Fire = (control, plan, ms) => {
    const threads = control.source.test.threads.length;
    const affinity = plan.placement === undefined ? place(threads) : placeAs(threads, plan.placement);
    if (affinity === undefined) return Promise.resolve(undefined);
    nowMs += ms;
    const noise = 0.8 + random(1000) / 2500;
    const sightings = Math.round(rate(affinity.class, plan) * noise);
    return Promise.resolve({ sightings, iterations: ms * 1e6 });
  };
  const stopped = new AbortController().signal;
  return { place, placeAs, fire, clock: () => nowMs, hasTimeBase: true, seed, stopped };
}
