import { describe, expect, it } from 'vitest';
import { exitCodeOf } from '../../src/cli/exit-codes.ts';
import type { ResultsDocument, Row } from '../../src/results/schema.ts';
import { sampleDocument } from '../results/sample-document.ts';

const valid: ResultsDocument = {
  ...sampleDocument,
  rows: sampleDocument.rows.map((row) => ({
    ...row,
    runs: row.runs.filter(({ invalid }) => invalid === undefined),
  })),
};

const withRow = (change: Partial<Row>): ResultsDocument => {
  const [first, ...others] = valid.rows;
  if (first === undefined) throw new Error('the sample has no row');
  return { ...valid, rows: [{ ...first, ...change }, ...others] };
};

const emulated = (document: ResultsDocument): ResultsDocument => ({
  ...document,
  machine: { ...document.machine, emulation: { kind: 'qemu-user', evidence: 'saved' } },
});

describe('a run ends', () => {
  it('with 0 where nothing contradicts the model, inconclusive included', () => {
    expect(exitCodeOf(valid)).toBe(0);
    expect(exitCodeOf(withRow({ verdict: 'inconclusive' }))).toBe(0);
  });

  it('with 1 on a violation, but not under emulation', () => {
    expect(exitCodeOf(withRow({ verdict: 'violation' }))).toBe(1);
    expect(exitCodeOf(emulated(withRow({ verdict: 'violation' })))).toBe(0);
  });

  it('with 3 where a run is invalid', () => {
    expect(exitCodeOf(sampleDocument)).toBe(3);
  });

  it('with 3 where a test that was asked for did not run, whatever its controls did', () => {
    const test = { ...sampleDocument.rows[0]!.test, name: 'rcu' };
    const refused: Row = { ...valid.rows[0]!, test, verdict: 'not-run', iterations: 0, runs: [] };
    expect(exitCodeOf({ ...valid, rows: [...valid.rows, refused] })).toBe(3);
    expect(exitCodeOf({ ...valid, rows: [...valid.rows, { ...refused, role: 'control' }] })).toBe(0);
  });

  it('with 130 where it was interrupted', () => {
    expect(exitCodeOf({ ...valid, session: { ...valid.session, interrupted: true } })).toBe(130);
  });
});
