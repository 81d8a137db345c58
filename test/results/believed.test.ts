import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { withEvidence } from '../../src/evidence/session-evidence.ts';
import { believed, leftOutSentence } from '../../src/results/believed.ts';
import { planDigest } from '../../src/results/digests.ts';
import { problemOf } from '../../src/results/document-check.ts';
import type { Erratum } from '../../src/results/errata.ts';
import type { ResultsDocument } from '../../src/results/schema.ts';
import { arbitraryDocument } from './arbitrary-document.ts';
import { sampleDocument } from './sample-document.ts';

const digest = (digit: string) => digit.repeat(64);
const file = digest('9');
const because = { date: '2026-11-23', reason: 'the threads were swapped' };
const without = (erratum: Partial<Erratum>, document: ResultsDocument = sampleDocument) =>
  believed(document, file, [{ ...because, ...erratum }]);
const verdicts = ({ document }: ReturnType<typeof without>) => document.rows.map(({ verdict }) => verdict);

describe('results less errata', () => {
  it('are as they were where no erratum speaks of them', () => {
    const elsewhere = { test: digest('0') };
    expect(without(elsewhere)).toEqual({ document: sampleDocument, leftOut: [] });
    expect(without({ results: digest('0') }).leftOut).toEqual([]);
    expect(without({ test: digest('a'), before: '2025-01-02T03:04:05.000Z' }).leftOut).toEqual([]);
  });

  it.each<[string, Partial<Erratum>]>([
    ['the file', { results: file }],
    ['the test', { test: digest('a') }],
    ['the plan', { plan: planDigest(sampleDocument.plans[0] as never) }],
    ['the test, of sessions before a date', { test: digest('a'), before: '2025-01-03T00:00:00Z' }],
  ])('lose every run where %s is named, and say why', (_, erratum) => {
    const { document, leftOut } = without(erratum);
    expect(document.rows.map(({ verdict, iterations }) => ({ verdict, iterations }))).toEqual(
      sampleDocument.rows.map(() => ({ verdict: 'invalid', iterations: 0 })),
    );
    expect(document.rows[0]?.reason).toBe('erratum of 2026-11-23: the threads were swapped');
    expect(leftOut.map(leftOutSentence)).toEqual([
      '3 cells left out by errata (2026-11-23): the threads were swapped',
    ]);
    expect(problemOf(document)).toBeUndefined();
  });

  it('lose the code that is named under each strategy that has it, and no longer vouch by it', () => {
    const left = without({ code: digest('c') });
    // The fence was upheld by store buffering as written, whose run is the one in doubt.
    expect(verdicts(left)).toEqual(['invalid', 'invalid', 'inconclusive']);
    expect(left.document.rows[2]).toMatchObject({ reason: 'control SB did not run', iterations: 4096 });
    expect(left.leftOut[0]?.cells).toBe(2);
  });

  it('lose only the variant that is named where another ran in its stead', () => {
    const left = without({ variant: digest('d') });
    expect(verdicts(left)).toEqual(['seen', 'invalid', 'upheld']);
    const told = withEvidence(left.document);
    expect(told.rows.map(({ evidence }) => evidence?.rate.sightings)).toEqual([1000, undefined, 0]);
  });

  it('need all of the digests that an erratum names', () => {
    expect(without({ test: digest('a'), code: digest('f') }).leftOut[0]?.cells).toBe(1);
    expect(without({ test: digest('a'), code: digest('0') }).leftOut).toEqual([]);
  });

  it('keep what ran under other plans, judged anew', () => {
    const [plan] = sampleDocument.plans;
    const [row, ...rest] = sampleDocument.rows;
    const [run] = row?.runs ?? [];
    if (plan === undefined || row === undefined || run === undefined) throw new Error('the sample is small');
    const other = { ...plan, name: 'other', group: 99 };
    const document = {
      ...sampleDocument,
      plans: [plan, other],
      rows: [
        { ...row, iterations: 16_384, witnesses: 2000, runs: [run, { ...run, plan: 'other' }] },
        ...rest,
      ],
    };
    const left = without({ plan: planDigest(plan) }, document);
    expect(left.document.rows[0]).toMatchObject({ verdict: 'seen', iterations: 8192, witnesses: 1000 });
    expect(left.document.rows[0]?.runs.map(({ invalid }) => invalid !== undefined)).toEqual([true, false]);
  });

  it('do not keep a violation, nor deny it, that may have been in what is left out', () => {
    const [row, ...rest] = sampleDocument.rows;
    const [run] = row?.runs ?? [];
    const [plan] = sampleDocument.plans;
    if (plan === undefined || row === undefined || run === undefined) throw new Error('the sample is small');
    const other = { ...plan, name: 'other', group: 99 };
    const violated = {
      ...row,
      verdict: 'violation' as const,
      reason: 'y=7 seen twice',
      runs: [run, { ...run, plan: 'other' }],
    };
    const left = without(
      { plan: planDigest(plan) },
      { ...sampleDocument, plans: [plan, other], rows: [violated, ...rest] },
    );
    expect(left.document.rows[0]).toMatchObject({
      verdict: 'inconclusive',
      reason: 'y=7 seen twice; erratum of 2026-11-23: the threads were swapped',
    });
  });

  it('are valid, whatever they were', () => {
    fc.assert(
      fc.property(arbitraryDocument, fc.nat(), (document, which) => {
        const row = document.rows[which % Math.max(1, document.rows.length)];
        const left = without(
          row === undefined ? { results: file } : { variant: row.variantDigest },
          document,
        );
        expect(problemOf(left.document)).toBeUndefined();
      }),
    );
  });
});

describe('the digest of a plan', () => {
  const [plan] = sampleDocument.plans;
  if (plan === undefined) throw new Error('the sample has no plan');

  it('is that of how it runs, wherever and under whatever name', () => {
    const elsewhere = { ...plan, name: 'x', cpus: [4, 6], pinned: false, digest: digest('1') };
    expect(planDigest(elsewhere)).toBe(planDigest(plan));
    expect(planDigest({ ...plan, group: 17 })).not.toBe(planDigest(plan));
  });

  it('does not depend on the order of its fields', () => {
    const reversed = Object.fromEntries(Object.entries(plan).toReversed()) as typeof plan;
    expect(planDigest(reversed)).toBe(planDigest(plan));
  });
});
