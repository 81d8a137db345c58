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

/** Share of intervals that hold the rate they are about. */
export const confidence = 0.95;

/** A run's counts of an event, block by block, in the order in which they were run. */
export function blockCounts(run: Pick<Run, 'blocks'>, event: TestEvent): readonly Counts[] {
  return run.blocks.map((block) => ({
    sightings: sightings(event, block),
    iterations: block.iterations,
  }));
}

export function addCounts(counts: readonly Counts[]): Counts {
  return {
    sightings: counts.reduce((sum, one) => sum + one.sightings, 0),
    iterations: counts.reduce((sum, one) => sum + one.iterations, 0),
  };
}
