/** Sightings from which on "seen" is a claim; below, "seen n times" is all there is to say. */
export const sightingsToClaim = 3;

/** What so many sightings are worth. */
export interface Repeatability {
  readonly unit: 'sightings';
  /** N. */
  readonly sightings: number;
  /** Whether there are enough of them for the claim that it is seen. */
  readonly claimed: boolean;
  /**
   * The probability that a run of the same length sees it again, 1 - e^-n (Levine et al., MC Mutants,
   * ASPLOS 2023); from 3 sightings on 95 %.
   */
  readonly probability: number;
}

/** Whether an event that was seen n times is likely to be seen by who repeats the run. */
export function repeatabilityOf(sightings: number): Repeatability {
  return {
    unit: 'sightings',
    sightings,
    claimed: sightings >= sightingsToClaim,
    probability: -Math.expm1(-sightings),
  };
}
