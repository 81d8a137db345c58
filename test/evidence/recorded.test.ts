import { expect, it } from 'vitest';
import { recordedOf, rowsOf } from '../../src/evidence/recorded.ts';
import { parseLitmus } from '../../src/language/parser.ts';
import { digestOf } from '../../src/results/document.ts';
import type { ResultsDocument, Row } from '../../src/results/schema.ts';
import { sampleDocument } from '../results/sample-document.ts';

const test = parseLitmus(
  'C SB\n{}\nP0(int *x, int *y) { int r0;\nWRITE_ONCE(*x, 1);\nsmp_mb();\nr0 = READ_ONCE(*y); }\nexists (0:r0=0)',
  'SB.litmus',
);
const [sample] = sampleDocument.rows;
if (sample === undefined) throw new Error('the sample has no row');

function rowFor(strategy: string, changes: Partial<Row> = {}): Row {
  return { ...sample!, strategy, test: { ...sample!.test, name: 'SB', digest: digestOf(test) }, ...changes };
}

const document: ResultsDocument = {
  ...sampleDocument,
  rows: [
    rowFor('kernel', { witnesses: 0, verdict: 'upheld', observation: 'Never' }),
    rowFor('none', { witnesses: 7 }),
    rowFor('no-smp_mb@5', { witnesses: 7, sameCodeAs: 'none', reason: 'seen 7 times' }),
  ],
};

it('quotes the test as written and its ablations as the file has them, and nothing else', () => {
  expect(recordedOf(test, ['no-smp_mb@5', 'no-smp_mb@9'], [document])).toMatchObject([
    { strategy: 'kernel', witnesses: 0, iterations: 8192, verdict: 'upheld', sameCodeAs: undefined },
    { strategy: 'no-smp_mb@5', witnesses: 7, reason: 'seen 7 times', sameCodeAs: 'none' },
  ]);
});

it('quotes no row of a test that has changed since', () => {
  const changed = parseLitmus('C SB\n{}\nP0(int *x) {\nWRITE_ONCE(*x, 1); }\nexists (x=1)', 'SB.litmus');
  expect(rowsOf(changed, document)).toEqual([]);
});

it('quotes nothing that did not run', () => {
  const idle = { ...document, rows: [rowFor('kernel', { verdict: 'not-run' })] };
  expect(recordedOf(test, [], [idle])).toEqual([]);
});

it('says of an emulator that it is one', () => {
  const emulation = { kind: 'qemu-user', evidence: '/proc/self/exe is faked' };
  const emulated = { ...document, machine: { ...document.machine, emulation } };
  expect(recordedOf(test, [], [document, emulated]).map((one) => one.emulated)).toEqual([false, true]);
});
