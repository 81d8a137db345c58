import type { Repeatability } from '../results/evidence-schema.ts';

/** Sightings from which on "seen" is a claim; below, "seen n times" is all there is to say. */
export const sightingsToClaim = 3;

/** Whether an event that was seen n times is likely to be seen by who repeats the run. */
export function repeatabilityOf(sightings: number): Repeatability {
  return {
    unit: 'sightings',
    sightings,
    claimed: sightings >= sightingsToClaim,
    probability: -Math.expm1(-sightings),
  };
}
