import { describe, expect, it } from 'vitest';
import { repeatabilityOf } from '../../src/evidence/seen.ts';

describe('what sightings are worth', () => {
  it('three make a claim: a run of the same length sees it again with 95 %', () => {
    expect(repeatabilityOf(3).claimed).toBe(true);
    expect(repeatabilityOf(3).probability).toBeCloseTo(0.9502, 4);
  });

  it('fewer do not', () => {
    expect(repeatabilityOf(2)).toMatchObject({ unit: 'sightings', sightings: 2, claimed: false });
    expect(repeatabilityOf(2).probability).toBeCloseTo(0.8647, 4);
    expect(repeatabilityOf(0).probability).toBe(0);
  });
});
