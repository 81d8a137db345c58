import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { withEvidence } from '../../src/evidence/session-evidence.ts';
import { problemOf } from '../../src/results/document-check.ts';
import { parseResults } from '../../src/results/read.ts';
import type { ResultsDocument } from '../../src/results/schema.ts';
import { arbitraryDocument } from '../results/arbitrary-document.ts';
import { sampleDocument } from '../results/sample-document.ts';
import { rowOf, type SessionRow } from './recorded-session.ts';

const [plan] = sampleDocument.plans;
const blocks = (sightings: readonly number[]) =>
  sightings.map((one) => ({ sightings: one, iterations: 1000 }));
const document = (rows: readonly SessionRow[]): ResultsDocument => ({
  ...sampleDocument,
  rows: rows.map((row) => ({
    ...rowOf(row),
    controls: row.test === 'SB' ? [] : [{ ...control, plan: plan?.name ?? '' }],
  })),
});
const control = { name: 'SB', plan: '', state: 'fired', sightings: 500, iterations: 5000 } as const;

const session = document([
  { test: 'SB', blocks: blocks([100, 90, 110, 95, 105]) },
  { test: 'SB+mbs', blocks: blocks([0, 0, 0, 0]) },
  { test: 'SB+mbs', strategy: 'full', verdict: 'seen', sameCodeAs: 'kernel' },
  { test: 'MP', blocks: blocks([1, 0, 1, 0]) },
]);

describe('a document with its evidence', () => {
  const told = withEvidence(session);

  it('says of each row its rate, what its sightings are worth and what its never would have caught', () => {
    const [seen, never, same, twice] = told.rows;
    expect(seen?.evidence).toMatchObject({ rate: { rate: 0.1, iterations: 5000, clusters: 5 } });
    expect(seen).not.toHaveProperty('bound');
    expect(never).toMatchObject({
      bound: 3 / 4000,
      evidence: { never: { caught: 3 / 4000, iterations: 4000 } },
    });
    expect(same?.evidence).toEqual(never?.evidence);
    expect(twice?.evidence?.repeatability).toMatchObject({ sightings: 2, claimed: false });
  });

  it('says what the session is worth, and how many statements are read together', () => {
    expect(told.evidence).toMatchObject({
      score: { controls: 1, fired: 1, share: 1 },
      together: { intervals: 3, nevers: 1, neverFactor: 1, drifts: 3, drifting: 0 },
    });
  });

  it('has a larger bound for several nevers at once', () => {
    const nevers = Array.from({ length: 20 }, (_, index) => ({ test: `MP${index}`, blocks: blocks([0, 0]) }));
    const factor = withEvidence(document(nevers)).evidence?.together.neverFactor;
    // One of 20 exceeds 3/N times this in e^-3f of runs: 20 of them in 5 % or less.
    expect(20 * Math.exp(Math.log(0.05) * (factor ?? 0))).toBeCloseTo(0.05, 12);
  });

  it('is the same when it is told anew, and none of an emulator', () => {
    expect(withEvidence(told)).toEqual(told);
    const emulation = { kind: 'qemu-user', evidence: 'it says so' };
    const emulated = withEvidence({ ...told, machine: { ...told.machine, emulation } });
    expect(emulated.evidence).toBeUndefined();
    expect(emulated.rows.flatMap(({ evidence, bound }) => evidence ?? bound ?? [])).toEqual([]);
  });

  it('is valid and read back the same, whatever was counted', () => {
    fc.assert(
      fc.property(arbitraryDocument, (any) => {
        const evident = withEvidence(any);
        expect(problemOf(evident)).toBeUndefined();
        const text = JSON.stringify(evident);
        expect(parseResults(text, 'it')).toEqual(JSON.parse(text));
      }),
    );
  });
});
