import { describe, expect, it } from 'vitest';
import { columnsOf } from '../../src/evidence/comparison-columns.ts';
import { overviewOf } from '../../src/evidence/overview.ts';
import type { RecordedFile } from '../../src/results/recorded-files.ts';
import { pricedDocument } from '../report/cost-sample.ts';
import { block, onBareXeon, session } from './recorded-session.ts';

const overview = (...files: readonly RecordedFile[]) => overviewOf(columnsOf(files, 'machine').columns);
const timed: RecordedFile = { kind: 'results', file: 'cost.json', document: pricedDocument, leftOut: [] };

describe('a test that was timed and never run', () => {
  it('is there, its strategies of one code together, and says that it did not run', () => {
    const { tests } = overview(timed);
    expect(tests.map(({ name, digest }) => [name, digest])).toEqual([['C-page-fault', 'c'.repeat(64)]]);
    expect(tests[0]?.rows.map(({ strategies }) => strategies)).toEqual([
      ['kernel', 'none', 'no-smp_rmb@60'],
      ['atomics', 'atomics-mb'],
    ]);
    expect(tests[0]?.rows[0]?.cells).toMatchObject([
      { verdict: 'not-run', iterations: 0, reason: expect.stringContaining('nothing was run') },
    ]);
  });

  it('is nothing on machines that did not time it, and comes after those that ran', () => {
    const { tests } = overview(timed, session('a.json', [{ test: 'SB', blocks: [block(1, 9)] }], onBareXeon));
    expect(tests.map(({ name }) => name)).toEqual(['SB', 'C-page-fault']);
    expect(tests[1]?.rows[0]?.cells.map((cell) => cell?.verdict)).toEqual(['not-run', undefined]);
  });

  it('is one with the test that ran, where it is the same', () => {
    const ran = session('a.json', [{ test: 'C-page-fault', blocks: [block(1, 9)] }], (document) => ({
      ...document,
      rows: document.rows.map((row) => ({ ...row, test: { ...row.test, digest: 'c'.repeat(64) } })),
    }));
    expect(overview(ran, timed).tests.map(({ rows }) => rows.length)).toEqual([1]);
  });
});
