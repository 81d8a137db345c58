import { expect, test } from 'vitest';
import { stabilityOf } from '../../src/evidence/stability.ts';
import { stabilityText } from '../../src/report/stability.ts';
import type { ResultsDocument, Row } from '../../src/results/schema.ts';
import { sampleDocument } from '../results/sample-document.ts';

const given = (verdict: Row['verdict'], reason: string): ResultsDocument => ({
  ...sampleDocument,
  rows: sampleDocument.rows.map((row, index) => (index === 0 ? { ...row, verdict, reason } : row)),
});

const [first] = sampleDocument.rows;
const seen = given('seen', 'seen 12 times');
const unseen = given('unseen', 'never in 5 iterations');

test('sessions that agree have no flips', () => {
  expect(stabilityOf([seen, seen, seen])).toEqual({ judged: sampleDocument.rows.length, flips: [] });
  expect(stabilityText(stabilityOf([seen, seen]), '2 runs of 20s', 80)).toBe(
    `No flips: all ${sampleDocument.rows.length} verdicts were the same in 2 runs of 20s.`,
  );
});

test('a verdict that one session gives otherwise is a flip, told with its reason', () => {
  const stability = stabilityOf([seen, unseen, seen]);
  expect(stability.flips).toEqual([
    {
      test: first?.test.name,
      strategy: first?.strategy,
      verdicts: [
        { verdict: 'seen', sessions: 2, reason: 'seen 12 times' },
        { verdict: 'unseen', sessions: 1, reason: 'never in 5 iterations' },
      ],
    },
  ]);
  const text = stabilityText(stability, '3 runs of 20s', 80).split('\n');
  expect(text.slice(1, 3).map((line) => line.trim().replaceAll(/\s+/g, ' '))).toEqual([
    `${first?.test.name} ${first?.strategy} 2 seen seen 12 times`,
    '1 unseen never in 5 iterations',
  ]);
  expect(text.at(-1)).toBe(`1 of ${sampleDocument.rows.length} verdicts were not the same in 3 runs of 20s.`);
});

test('a row that a session lacks is a flip', () => {
  const lacking = { ...seen, rows: seen.rows.slice(1) };
  expect(stabilityOf([seen, lacking]).flips[0]?.verdicts.map(({ verdict }) => verdict)).toEqual([
    'seen',
    'absent',
  ]);
});
