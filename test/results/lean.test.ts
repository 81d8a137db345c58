import { describe, expect, it } from 'vitest';
import { compare } from '../../src/evidence/comparison.ts';
import { columnsOf } from '../../src/evidence/comparison-columns.ts';
import { withEvidence } from '../../src/evidence/session-evidence.ts';
import { problemOf } from '../../src/results/document-check.ts';
import { sharing } from '../../src/language/sharing.ts';
import { lean } from '../../src/results/lean.ts';
import type { RecordedFile } from '../../src/results/recorded-files.ts';
import { sampleDocument } from './sample-document.ts';

describe('a document of which only what is read is kept', () => {
  const whole = withEvidence(sampleDocument);

  it('is a valid one, without evidence', () => {
    const kept = lean(whole, sharing());
    expect(problemOf(kept)).toBeUndefined();
    expect(kept.evidence).toBeUndefined();
    expect(kept.rows.every(({ evidence }) => evidence === undefined)).toBe(true);
  });

  it('has the evidence of the whole one once it is counted anew', () => {
    expect(withEvidence(lean(whole, sharing())).evidence).toEqual(whole.evidence);
    expect(withEvidence(lean(whole, sharing())).rows.map(({ evidence }) => evidence)).toEqual(
      whole.rows.map(({ evidence }) => evidence),
    );
  });

  it('compares like the whole one', () => {
    const compared = (document: typeof whole) => {
      const file = (name: string): RecordedFile => ({ kind: 'results', file: name, document, leftOut: [] });
      return compare(columnsOf([file('a.json'), file('b.json')]), {
        despiteCode: false,
        strategies: undefined,
      }).rows;
    };
    expect(compared(lean(whole, sharing()))).toEqual(compared(whole));
  });
});
