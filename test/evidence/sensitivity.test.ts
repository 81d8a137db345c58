import { describe, expect, it } from 'vitest';
import { addCounts, type ClusterCounts } from '../../src/evidence/counts.ts';
import { mutationScore, sensitivityOf, type RanControl } from '../../src/evidence/sensitivity.ts';

/** Blocks of one launch, or each of a launch of its own. */
const blocks = (sightings: readonly number[], launches: 'one' | 'each' = 'one'): ClusterCounts => {
  const block = sightings.map((one) => ({ sightings: one, iterations: 1000 }));
  return { block, launch: launches === 'one' ? [addCounts(block)] : block };
};

const silence = blocks([0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
const fired: RanControl = { name: 'SB', state: 'fired', counts: blocks([90, 110, 95, 105, 100]) };
const fitful: RanControl = { name: 'MP+nt', state: 'fired', counts: blocks([0, 0, 500, 0, 0]) };
const silent: RanControl = { name: 'SB-two', state: 'silent', counts: blocks([0, 0]) };

describe('what a never is worth', () => {
  it('is the rate it would have caught, and how far below its controls that is', () => {
    const sensitivity = sensitivityOf([{ plan: 'split', counts: silence, controls: [fired] }]);
    expect(sensitivity).toMatchObject({ unit: 'per iteration', iterations: 10_000, caught: 3e-4 });
    const [control] = sensitivity.plans[0]?.controls ?? [];
    expect(control).toMatchObject({ name: 'SB', state: 'fired', rate: { rate: 0.1, iterations: 5000 } });
    expect(control?.margin).toBeCloseTo((control?.rate?.low ?? 0) / 3e-4, 9);
    expect(control?.margin).toBeGreaterThan(200);
  });

  it('is less where the controls fire in bursts', () => {
    const steady = sensitivityOf([{ plan: 'split', counts: silence, controls: [fired] }]);
    const bursts = sensitivityOf([{ plan: 'split', counts: silence, controls: [fired, fitful] }]);
    expect(bursts.caught).toBeGreaterThan(1.5 * (steady.caught ?? 1));
    expect(bursts.effectiveIterations).toBeLessThan(steady.effectiveIterations);
  });

  it('grows over the plans under which every control fired, and only those', () => {
    const sensitivity = sensitivityOf([
      { plan: 'split', counts: silence, controls: [fired] },
      { plan: 'packed', counts: silence, controls: [fired] },
      { plan: 'kernel', counts: silence, controls: [fired, silent] },
      { plan: 'alone', counts: silence, controls: [] },
    ]);
    expect(sensitivity.plans.map(({ vouched }) => vouched)).toEqual([true, true, false, false]);
    expect(sensitivity.iterations).toBe(20_000);
    expect(sensitivity.caught).toBeCloseTo(1.5e-4, 12);
    expect(sensitivity.plans[2]?.controls[1]).toMatchObject({ state: 'silent', margin: undefined });
  });

  it('is nothing where nothing vouches for it', () => {
    const sensitivity = sensitivityOf([{ plan: 'split', counts: silence, controls: [silent] }]);
    expect(sensitivity).toMatchObject({ iterations: 0, caught: undefined });
    expect(sensitivity.plans[0]?.bound).toBe(3e-4);
  });

  it('takes launches for independent where there are enough of them, and says so', () => {
    const quiet = blocks([0, 0, 0, 0, 0], 'each');
    const control: RanControl = { name: 'SB', state: 'fired', counts: blocks([90, 10, 95, 20, 5], 'each') };
    const [plan] = sensitivityOf([{ plan: 'split', counts: quiet, controls: [control] }]).plans;
    expect(plan).toMatchObject({ independent: 'launch', clusters: 5 });
    expect(plan?.controls[0]?.rate).toMatchObject({ independent: 'launch', clusters: 5 });
    expect(plan?.designEffect).toBeGreaterThan(1.1);
  });

  it('with no control to learn it from takes rates to vary as much as their mean', () => {
    const [plan] = sensitivityOf([{ plan: 'split', counts: silence, controls: [] }]).plans;
    expect(plan?.designEffect).toBeCloseTo(Math.expm1(0.3) / 0.3, 12);
  });

  it('leaves out plans under which it was seen after all', () => {
    expect(sensitivityOf([{ plan: 'split', counts: blocks([0, 1]), controls: [fired] }]).plans).toEqual([]);
  });
});

describe('the mutation score', () => {
  it('is the share of the controls that fired under some plan', () => {
    const score = mutationScore([
      { name: 'SB', state: 'silent' },
      { name: 'SB', state: 'fired' },
      { name: 'MP+nt', state: 'fired' },
      { name: 'SB-two', state: 'silent' },
      { name: 'SB-two', state: 'not-run' },
      { name: 'R', state: 'not-run' },
    ]);
    expect(score).toEqual({
      unit: 'controls',
      controls: 3,
      fired: 2,
      share: 2 / 3,
      silent: ['SB-two'],
      notRun: ['R'],
    });
  });

  it('of no control is no number', () => {
    expect(mutationScore([])).toMatchObject({ controls: 0, fired: 0 });
    expect(mutationScore([])).not.toHaveProperty('share');
  });
});
