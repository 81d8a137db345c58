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
const cells = sampleDocument.rows.length;
const seen = given('seen', 'seen 12 times');
const unseen = given('unseen', 'never in 5 iterations');

test('sessions that agree have no flips', () => {
  expect(stabilityOf([seen, seen, seen])).toEqual({ cells, flips: [], notReached: 0 });
  expect(stabilityText(stabilityOf([seen, seen]), '2 runs of 20s', 80)).toBe(
    `No flips among ${cells} verdicts in 2 runs of 20s.`,
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
  expect(text.at(-1)).toBe(`1 of ${cells} verdicts were not the same in 3 runs of 20s.`);
});

test('a test that was not reached each time is no flip, and is counted', () => {
  const late = given('not-run', 'not reached before the time was up');
  const stability = stabilityOf([seen, late, seen]);
  expect(stability).toMatchObject({ flips: [], notReached: 1 });
  expect(stabilityText(stability, '3 runs of 20s', 80)).toBe(
    `No flips among ${cells} verdicts in 3 runs of 20s. 1 were not reached in every run: give more --time, or less load.`,
  );
  expect(stabilityOf([late, late])).toMatchObject({ flips: [], notReached: 0 });
});
