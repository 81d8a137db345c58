/**
 * `npm run bench:model [FILES]`: how long the memory-model checker takes over tests, from their text to
 * the verdict, in one process: the first pass, in which everything is still cold, and the median of more.
 * Without files: the corpora that LITMUS_CORPUS names, or else the suite.
 */
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseLitmus } from '../language/parser.ts';
import { readSuite, readTests } from '../language/test-files.ts';
import { checkProgram } from '../model/check.ts';
import { kernelProgram } from '../model/kernel-program.ts';
import { ModelError } from '../model/model-error.ts';
import { ownKernelModel } from '../model/models.ts';

const passes = 6;
const timeoutMs = 60_000;

const corpus = process.env['LITMUS_CORPUS'];
const named = process.argv.slice(2);
const files =
  named.length === 0 && corpus !== undefined ? [join(corpus, 'lkmm'), join(corpus, 'kvm')] : named;
const sources = (files.length === 0 ? readSuite() : readTests(files)).map(({ file }) => ({
  file,
  text: readFileSync(file, 'utf8'),
}));
const model = ownKernelModel('lkmm');

interface Timed {
  readonly file: string;
  readonly verdict: string;
  readonly timesMs: readonly number[];
}

/** A test that the model has no meaning for is timed as far as it goes, and told. */
function verdictOf(file: string, text: string): string {
  const test = parseLitmus(text, file);
  try {
    return checkProgram(test, kernelProgram(test, model.macros), model.linked, { timeoutMs }).observation;
  } catch (error) {
    if (error instanceof ModelError) return 'no meaning';
    throw error;
  }
}

const timed: Timed[] = sources.map(({ file }) => ({ file, verdict: '', timesMs: [] }));
for (let pass = 0; pass < passes; pass++) {
  for (const [index, { file, text }] of sources.entries()) {
    const started = performance.now();
    const verdict = verdictOf(file, text);
    const before = timed[index]?.timesMs ?? [];
    timed[index] = { file, verdict, timesMs: [...before, performance.now() - started] };
  }
}

const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
const ms = (value: number) => value.toFixed(2).padStart(9);
const rows = timed.map(({ file, verdict, timesMs: [first = 0, ...others] }) => ({
  file: basename(file),
  verdict,
  first,
  later: median(others),
}));
const width = Math.max(...rows.map(({ file }) => file.length));
process.stdout.write(`${'test'.padEnd(width)}  ${'LKMM'.padEnd(10)}  first, ms  later, ms\n`);
for (const { file, verdict, first, later } of rows) {
  process.stdout.write(`${file.padEnd(width)}  ${verdict.padEnd(10)}  ${ms(first)}  ${ms(later)}\n`);
}
const sum = (key: 'first' | 'later') => rows.reduce((total, row) => total + row[key], 0);
for (const [key, name] of [
  ['first', 'the first pass, everything cold'],
  ['later', `the median of ${passes - 1} more`],
] as const) {
  const total = sum(key);
  process.stdout.write(
    `${rows.length} tests in ${total.toFixed(0)} ms: ${((rows.length / total) * 1000).toFixed(0)} tests/s, ` +
      `slowest ${Math.max(...rows.map((row) => row[key])).toFixed(0)} ms (${name})\n`,
  );
}
