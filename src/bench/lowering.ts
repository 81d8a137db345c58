/**
 * `npm run bench:lower [FILES]`: how long it takes from a test's text to machine code for every
 * architecture, once warm. Without files: the suite.
 */
import { readFileSync } from 'node:fs';
import { architectures } from '../architecture.ts';
import { parseLitmus } from '../language/parser.ts';
import { readSuite, readTests } from '../language/test-files.ts';
import { cellLayout } from '../lower/layout.ts';
import { lower, LoweringError } from '../lower/lower.ts';
import { targetFor } from '../lower/targets.ts';
import { plansFor } from '../plan/run-plan.ts';

const warmUps = 20;
const repeats = 41;

const files = process.argv.slice(2);
const sources = (files.length === 0 ? readSuite() : readTests(files)).map(({ file }) => ({
  file,
  text: readFileSync(file, 'utf8'),
}));
const targets = architectures.flatMap((architecture) => targetFor(architecture) ?? []);

/** Milliseconds from text to bytes for all targets, or undefined where no target runs the test. */
function timeOf(file: string, text: string): number | undefined {
  const started = performance.now();
  const test = parseLitmus(text, file);
  const [plan] = plansFor(test, true);
  if (plan === undefined) return undefined;
  const layout = cellLayout(test, plan.layout, plan.spacingBytes, plan.cells);
  const lowered = targets.filter((target) => lowers(() => lower(test, target, layout)));
  return lowered.length === 0 ? undefined : performance.now() - started;
}

/** A target may lack a primitive: x86-64 alone has a non-temporal store. */
function lowers(work: () => unknown): boolean {
  try {
    work();
    return true;
  } catch (error) {
    if (error instanceof LoweringError) return false;
    throw error;
  }
}

for (let round = 0; round < warmUps; round++) for (const { file, text } of sources) timeOf(file, text);
const medians = sources.flatMap(({ file, text }) => {
  const times = Array.from({ length: repeats }, () => timeOf(file, text)).flatMap((time) => time ?? []);
  const [median] = times.toSorted((a, b) => a - b).slice(Math.floor(times.length / 2));
  return median === undefined ? [] : [{ file, median }];
});
const sorted = medians.toSorted((a, b) => b.median - a.median);
const total = medians.reduce((sum, { median }) => sum + median, 0);
process.stdout.write(
  `${medians.length} tests (${sources.length - medians.length} refused) to ${targets.length} architectures: ` +
    `${(total / medians.length).toFixed(2)} ms a test on average, medians of ${repeats}\n`,
);
for (const { file, median } of sorted.slice(0, 3))
  process.stdout.write(`slowest: ${file} ${median.toFixed(2)} ms\n`);
