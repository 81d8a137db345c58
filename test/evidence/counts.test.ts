import { describe, expect, it } from 'vitest';
import { addCounts, blockCounts, clusterCounts, unitOf } from '../../src/evidence/counts.ts';

const block = { runNs: 1e6, wallNs: 2e6, strayed: 0, switches: 0 };
const run = { blocks: [{ ...block, iterations: 100, witnesses: 30 }] };

describe('the counts of a run', () => {
  it('are of the event that the test asks about, block by block', () => {
    expect(blockCounts(run, 'witness')).toEqual([{ sightings: 30, iterations: 100 }]);
    expect(blockCounts(run, 'counterexample')).toEqual([{ sightings: 70, iterations: 100 }]);
  });

  it('add up', () => {
    const [one] = blockCounts(run, 'witness');
    expect(addCounts(one === undefined ? [] : [one, one])).toEqual({ sightings: 60, iterations: 200 });
    expect(addCounts([])).toEqual({ sightings: 0, iterations: 0 });
  });
});

describe('the counts of a session', () => {
  const of = (witnesses: number, launch?: number) => ({
    ...block,
    iterations: 100,
    witnesses,
    ...(launch === undefined ? {} : { launch }),
  });

  it('have blocks of the same place under each plan together', () => {
    const plans = [{ blocks: [of(1), of(2)] }, { blocks: [of(10)] }];
    expect(clusterCounts(plans, 'witness')).toEqual({
      block: [
        { sightings: 11, iterations: 200 },
        { sightings: 2, iterations: 100 },
      ],
      launch: [{ sightings: 13, iterations: 300 }],
    });
  });

  it('keep launches apart, in whatever order their blocks stand', () => {
    const plans = [{ blocks: [of(1, 1), of(2, 0), of(3, 1)] }, { blocks: [of(10, 1)] }];
    expect(clusterCounts(plans, 'witness')).toEqual({
      block: [
        { sightings: 2, iterations: 100 },
        { sightings: 11, iterations: 200 },
        { sightings: 3, iterations: 100 },
      ],
      launch: [
        { sightings: 2, iterations: 100 },
        { sightings: 14, iterations: 300 },
      ],
    });
  });

  it('take launches for independent from five on', () => {
    const launches = (n: number) =>
      clusterCounts([{ blocks: Array.from({ length: n }, (_, at) => of(1, at)) }], 'witness');
    expect([unitOf(launches(4)), unitOf(launches(5))]).toEqual(['block', 'launch']);
  });
});
