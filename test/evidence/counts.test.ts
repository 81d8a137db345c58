import { describe, expect, it } from 'vitest';
import { addCounts, blockCounts } from '../../src/evidence/counts.ts';

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
