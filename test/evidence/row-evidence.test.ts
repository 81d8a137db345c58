import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evidenceOf } from '../../src/evidence/row-evidence.ts';
import { rowIndex } from '../../src/results/row-index.ts';
import type { Block, Row, Run } from '../../src/results/schema.ts';
import { arbitraryDocument } from '../results/arbitrary-document.ts';
import { sampleDocument } from '../results/sample-document.ts';

const [sample] = sampleDocument.rows as readonly [Row, ...Row[]];

const plan = 'split-deadline@0,1';

function runOf(witnesses: readonly number[], invalid?: string): Run {
  const blocks: readonly Block[] = witnesses.map((one) => ({
    iterations: 1000,
    witnesses: one,
    runNs: 1e6,
    wallNs: 2e6,
    strayed: 0,
    switches: 0,
  }));
  return {
    plan,
    iterations: 1000 * blocks.length,
    filtered: 0,
    witnesses: witnesses.reduce((sum, one) => sum + one, 0),
    outcomes: [],
    blocks,
    ...(invalid === undefined ? {} : { invalid }),
  };
}

function rowOf(name: string, run: Run | undefined, rest: Partial<Row> = {}): Row {
  return { ...sample, test: { ...sample.test, name }, runs: run === undefined ? [] : [run], ...rest };
}

const control = rowOf('SB-two', runOf([100, 90, 110, 95, 105]), { role: 'control' });
const vouched = (run: Run | undefined, rest: Partial<Row> = {}) =>
  rowOf('SB+mbs', run, {
    controls: [{ name: 'SB-two', plan, state: 'fired', sightings: 500, iterations: 5000 }],
    ...rest,
  });

describe('the evidence of a row', () => {
  it('has a rate, repeatability and drift for each plan', () => {
    const evidence = evidenceOf(control, rowIndex([control]));
    expect(evidence.runs).toHaveLength(1);
    expect(evidence.runs[0]).toMatchObject({
      plan,
      rate: { rate: 0.1, iterations: 5000, clusters: 5, independent: 'block' },
      drift: { blocks: 5, drifting: false },
    });
    expect(evidence.repeatability).toMatchObject({ sightings: 500, claimed: true });
    expect(evidence.sensitivity).toBeUndefined();
  });

  it('counts counterexamples where they are what is asked for', () => {
    const expectation = { ...sample.expectation, event: 'counterexample' } as const;
    const row = rowOf('SB', runOf([990, 1000, 995, 1000]), { expectation });
    expect(evidenceOf(row, rowIndex([row])).runs[0]?.rate).toMatchObject({ sightings: 15, iterations: 4000 });
  });

  it('of a never has the sensitivity that its controls give it', () => {
    const row = vouched(runOf([0, 0, 0, 0]));
    const { sensitivity } = evidenceOf(row, rowIndex([row, control]));
    expect(sensitivity).toMatchObject({ iterations: 4000, caught: 3 / 4000 });
    expect(sensitivity?.plans[0]?.controls[0]).toMatchObject({ name: 'SB-two', rate: { rate: 0.1 } });
  });

  it('finds a control that is a strategy of the test itself', () => {
    const own = rowOf('SB+mbs', runOf([3, 0, 2, 1]), { strategy: 'none' });
    const row = vouched(runOf([0, 0, 0, 0]), {
      controls: [{ name: 'SB+mbs none', plan, state: 'fired', sightings: 6, iterations: 4000 }],
    });
    const { sensitivity } = evidenceOf(row, rowIndex([own, row]));
    expect(sensitivity?.plans[0]?.controls[0]?.rate).toMatchObject({ sightings: 6, iterations: 4000 });
  });

  it('of a row with the same code as another is that of the other', () => {
    const ran = vouched(runOf([0, 4, 0, 0]), { strategy: 'full' });
    const row = vouched(undefined, { sameCodeAs: 'full' });
    expect(evidenceOf(row, rowIndex([ran, row]))).toEqual(evidenceOf(ran, rowIndex([ran, row])));
  });

  it('leaves out runs that are no data', () => {
    const row = vouched(runOf([5, 5, 5, 5], 'P0 was moved'));
    expect(evidenceOf(row, rowIndex([row, control])).runs).toEqual([]);
  });

  it('is made of numbers, whatever the document', () => {
    fc.assert(
      fc.property(arbitraryDocument, ({ rows }) => {
        for (const row of rows) {
          JSON.stringify(evidenceOf(row, rowIndex(rows)), (key, value: unknown) => {
            if (typeof value === 'number') expect(Number.isFinite(value) || key).toBe(true);
            return value;
          });
        }
      }),
    );
  });
});
