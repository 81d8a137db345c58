import { describe, expect, it } from 'vitest';
import { columnsOf } from '../../../src/evidence/comparison-columns.ts';
import { overviewOf } from '../../../src/evidence/overview.ts';
import { withEvidence } from '../../../src/evidence/session-evidence.ts';
import { rateCell } from '../../../src/report/evidence-words.ts';
import { lanesSentence, rateSentence } from '../../../src/report/html/cell-words.ts';
import { indexData } from '../../../src/report/html/index-data.ts';
import type { ResultsDocument } from '../../../src/results/schema.ts';
import { block, session } from '../../evidence/recorded-session.ts';
import { sampleDocument } from '../../results/sample-document.ts';

describe('what was never seen', () => {
  const vouched = (document: ResultsDocument) =>
    withEvidence({
      ...document,
      rows: document.rows.map((row) => (row.test.name === 'MP' ? { ...row, controls: [fired] } : row)),
    });
  const fired = {
    name: 'SB',
    plan: sampleDocument.plans[0]?.name ?? '',
    state: 'fired',
    iterations: 400_000,
    sightings: 3914,
  } as const;
  const file = session(
    'a.json',
    [
      { test: 'MP', verdict: 'upheld', blocks: Array.from({ length: 8 }, () => block(0, 50_000)) },
      { test: 'SB', blocks: [0, 900, 1, 2, 3000, 4, 0, 7].map((seen) => block(seen, 50_000)) },
    ],
    vouched,
  );
  const overview = overviewOf(columnsOf([file], 'machine').columns);
  const [row] = overview.tests[0]?.rows ?? [];
  const cell = row?.cells[0];
  const entry = row?.entries[0]?.[0];

  it('would have shown at the rate that run and compare tell, by the controls', () => {
    if (cell?.rate === undefined || entry?.kind !== 'results') throw new Error('it did not run');
    const { bound } = entry.row;
    expect(bound).not.toBe(cell.rate.high);
    const word = rateCell(entry.row, ' ').slice(1);
    expect(rateSentence(cell)).toContain(`a rate above ${word} per iteration would have shown`);
    expect(indexData(overview, []).cells.high[0]).toBe(Number(bound?.toPrecision(3)));
  });
});

it('names the threads that shared lanes, in their order', () => {
  expect(lanesSentence([[2, 0], [1]])).toBe('Under plans with lanes P2 then P0 ran as one thread.');
  expect(
    lanesSentence([
      [0, 2],
      [1, 3],
    ]),
  ).toBe('Under plans with lanes P0 then P2 and P1 then P3 ran as one thread each.');
});
