import { expect, test } from 'vitest';
import { migrated } from '../../src/results/migrate.ts';
import { parseResults } from '../../src/results/read.ts';
import { sampleDocument } from './sample-document.ts';

const { findings: _, ...rest } = sampleDocument;
const firstVersion = {
  ...rest,
  version: 1,
  machine: { ...sampleDocument.machine, timeBase: { name: 'TB', ticksPerSecond: 512e6 } },
  plans: sampleDocument.plans.map(({ startDelayNs: ___, ...plan }) => ({ ...plan, startDelayTicks: 50 })),
  rows: sampleDocument.rows.map(({ expectation: { models: __, ...expectation }, ...row }) => ({
    ...row,
    expectation,
  })),
};

test('a document of version 1 is read, without answers of models and without findings', () => {
  const read = parseResults(JSON.stringify(firstVersion), 'old.json');
  expect(read.version).toBe(2);
  expect(read.findings).toEqual([]);
  expect(read.rows.map(({ expectation }) => expectation.models)).toEqual(read.rows.map(() => []));
  expect(read.rows.map(({ verdict }) => verdict)).toEqual(sampleDocument.rows.map(({ verdict }) => verdict));
});

test('start delays of version 1 are ticks of the time base', () => {
  const read = parseResults(JSON.stringify(firstVersion), 'old.json');
  expect(read.plans.map(({ startDelayNs }) => startDelayNs)).toEqual(read.plans.map(() => 98));
});

test.each([
  null,
  7,
  [],
  { version: 'x' },
  { version: 99 },
  { version: -1 },
  { version: 1, rows: [3, null, {}] },
])('what is no document goes through, for the reader to refuse: %j', (value) => {
  expect(() => migrated(value, 2)).not.toThrow();
});
