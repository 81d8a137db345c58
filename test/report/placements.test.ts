import { expect, test } from 'vitest';
import { withEvidence } from '../../src/evidence/session-evidence.ts';
import { placementWords } from '../../src/report/placements.ts';
import type { ResultsDocument, Row, Run } from '../../src/results/schema.ts';
import { sampleDocument } from '../results/sample-document.ts';

type Plan = ResultsDocument['plans'][number];

const [row] = sampleDocument.rows;
const [plan] = sampleDocument.plans as readonly [Plan, ...Plan[]];
if (row === undefined) throw new Error('the sample has no row');
const [run] = row.runs as readonly [Run, ...Run[]];

const far = { ...plan, name: 'split-deadline@0,4', cpus: [0, 4], placement: 'across-sockets' } as const;
const never = run.blocks.map((block) => ({ ...block, witnesses: 0 }));
const there = { ...run, plan: far.name, witnesses: 0, blocks: never };

function words(change: Partial<Row>, emulated = false): readonly string[] {
  const { machine } = sampleDocument;
  const emulation = { kind: 'qemu-user', evidence: 'so it says' } as const;
  const document: ResultsDocument = withEvidence({
    ...sampleDocument,
    machine: emulated ? { ...machine, emulation } : machine,
    plans: [plan, far],
    rows: [{ ...row, ...change } as Row],
  });
  const [told] = document.rows;
  return told === undefined ? [] : placementWords(told, document);
}

test('what was seen is told place by place, where there are several, with its interval or its bound', () => {
  expect(words({})).toEqual([]);
  expect(words({ runs: [run, { ...there, invalid: 'it was moved' }] })).toEqual([]);
  expect(words({ runs: [run, there] })).toEqual([
    expect.stringMatching(/^shared-cache: 1\.2e-1 \[\d\.\de-\d+, \d\.\de-\d\], 1000 of 8192$/),
    expect.stringMatching(
      /^across-sockets: <\d\.\de-\d, 0 of 8192, and no control shows that it would have been seen there$/,
    ),
  ]);
});

test('a never at a place where its controls fired is bounded by them', () => {
  const fired = { name: 'SB', plan: far.name, state: 'fired', sightings: 9, iterations: 8192 } as const;
  const [, never] = words({ runs: [run, there], controls: [fired] });
  expect(never).toMatch(/^across-sockets: <\d\.\de-\d, 0 of 8192$/);
});

test('what is counted at a place is the event that is asked about', () => {
  const expectation = { ...row.expectation, event: 'counterexample' } as const;
  expect(words({ runs: [run, there], expectation })).toEqual([
    expect.stringMatching(/^shared-cache: 8\.8e-1 \[.*\], 7192 of 8192$/),
    expect.stringMatching(/^across-sockets: 1 \[.*, 1\], 8192 of 8192$/),
  ]);
});

test('of an emulator the counts alone are told', () => {
  expect(words({ runs: [run, there] }, true)).toEqual([
    'shared-cache: 1000 of 8192',
    'across-sockets: 0 of 8192',
  ]);
});
