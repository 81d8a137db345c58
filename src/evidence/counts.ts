import { sightings, type TestEvent } from '../judge/expectation.ts';
import type { Run } from '../results/schema.ts';

/** How often an event was seen in so many iterations: of a block, a launch or a whole run. */
export interface Counts {
  readonly sightings: number;
  /** That passed the filter. */
  readonly iterations: number;
}

/** What was counted on its own: iterations within one are not independent of each other. */
export type ClusterUnit = 'block' | 'launch';

/** The same counts by block and by launch, in the order in which they were run. */
export type ClusterCounts = Readonly<Record<ClusterUnit, readonly Counts[]>>;

/** Share of intervals that hold the rate they are about. */
export const confidence = 0.95;

/** Launches (fresh processes) from which on they are what is taken for independent. */
export const fewestLaunches = 5;

/** By what the counts are taken for independent: by launches where there are enough of them. */
export function unitOf({ launch }: ClusterCounts): ClusterUnit {
  return launch.length >= fewestLaunches ? 'launch' : 'block';
}

/** A run's counts of an event, block by block, in the order in which they were run. */
export function blockCounts(run: Pick<Run, 'blocks'>, event: TestEvent): readonly Counts[] {
  return run.blocks.map((block) => ({
    sightings: sightings(event, block),
    iterations: block.iterations,
  }));
}

/**
 * The counts of one session's runs together. Of each launch, the first blocks under each plan count as
 * one, then the second ones: so all clusters have the same mix of plans. Those without an iteration are
 * left out.
 */
export function clusterCounts(runs: readonly Pick<Run, 'blocks'>[], event: TestEvent): ClusterCounts {
  return clustersOf(launchCounts(runs, event));
}

export function clustersOf(launches: readonly (readonly Counts[])[]): ClusterCounts {
  return { launch: launches.map(addCounts), block: launches.flat() };
}

/** The blocks of `clusterCounts`, launch by launch. */
export function launchCounts(
  runs: readonly Pick<Run, 'blocks'>[],
  event: TestEvent,
): readonly (readonly Counts[])[] {
  const launches = new Map<number, Sum[]>();
  for (const { blocks } of runs) {
    const places = new Map<number, number>();
    for (const block of blocks) {
      const launch = block.launch ?? 0;
      const place = places.get(launch) ?? 0;
      places.set(launch, place + 1);
      const sums = launches.get(launch) ?? [];
      if (place === 0) launches.set(launch, sums);
      const sum = (sums[place] ??= { sightings: 0, iterations: 0 });
      sum.sightings += sightings(event, block);
      sum.iterations += block.iterations;
    }
  }
  return [...launches]
    .toSorted(([one], [other]) => one - other)
    .map(([, blocks]) => blocks.filter(({ iterations }) => iterations > 0))
    .filter((blocks) => blocks.length > 0);
}

/** Counts that are being added up. */
interface Sum {
  sightings: number;
  iterations: number;
}

export function addCounts(counts: readonly Counts[]): Counts {
  const sum = { sightings: 0, iterations: 0 };
  for (const { sightings: seen, iterations } of counts) {
    sum.sightings += seen;
    sum.iterations += iterations;
  }
  return sum;
}
