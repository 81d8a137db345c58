import { expect, test } from 'vitest';
import { placementText } from '../../src/report/placements.ts';
import { sampleDocument } from '../results/sample-document.ts';

const [row] = sampleDocument.rows;
const [plan] = sampleDocument.plans;
if (row === undefined || plan === undefined) throw new Error('the sample has no row');
const [run] = row.runs;

test('what was seen is told place by place, where there are several', () => {
  const far = { ...plan, name: 'split-deadline@0,4', cpus: [0, 4], placement: 'across-sockets' } as const;
  const document = { ...sampleDocument, plans: [plan, far] };
  const there = { ...run, plan: far.name, witnesses: 0, iterations: 5000 } as (typeof row.runs)[number];
  const invalid = { ...there, invalid: 'it was moved' };
  expect(placementText(row, document)).toBeUndefined();
  expect(placementText({ ...row, runs: [...row.runs, invalid] }, document)).toBeUndefined();
  expect(placementText({ ...row, runs: [...row.runs, there] }, document)).toMatch(
    /^shared-cache \S+ of \S+, across-sockets 0 of 5000$/,
  );
});
