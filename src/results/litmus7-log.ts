import type { CountedOutcome } from '../judge/histogram.ts';
import { quoted, ResultsError } from './results-error.ts';

/** One test's part of a log. */
export interface Litmus7Test {
  readonly name: string;
  readonly quantifier: 'exists' | '~exists' | 'forall';
  /** As the log has it, `exists (0:r0=0 /\ [x]=2)`. */
  readonly condition: string | undefined;
  readonly outcomes: readonly CountedOutcome[];
  readonly iterations: number;
  /** Iterations that satisfy the condition's proposition. */
  readonly witnesses: number;
}

/** litmus7's word for each quantifier. */
export const litmus7Kinds = { exists: 'Allowed', '~exists': 'Forbidden', forall: 'Required' } as const;

const heading = /^Test (\S+)(?: (Allowed|Forbidden|Required))?$/;
const histogram = /^Histogram(?: \((\d+) states?\s*\))?$/;
const state = /^(\d+)\s*[:*]>(.*)$/;
const validation = /^(?:Loop )?(?:Ok|No|Undef|Succeeded|Failed|\?\?)\b/;
const observation = /^Observation (\S+) (?:Never|Sometimes|Always) (\d+) (\d+)$/;
const witnessCounts = /^Positive: (\d+),? *Negative: (\d+)$/;
const conditionLine = /^Condition (.*?)(?: is (?:NOT )?validated)?$/;

/** Whether a text may be a log of litmus7 or klitmus7. */
export function isLitmus7Log(text: string): boolean {
  return /^Test \S+/m.test(text) && /^Histogram/m.test(text);
}

/**
 * The tests of a log of litmus7 or klitmus7. Of a test that comes more than once the counts are added.
 * @throws ResultsError naming the log, the line and what is wrong there.
 */
export function parseLitmus7Log(text: string, log: string): readonly Litmus7Test[] {
  const lines = text.split(/\r?\n/);
  const starts = lines.flatMap((line, index) => (heading.test(line) ? [index] : []));
  const tests = starts.map((start, index) => readTest(lines, start, starts[index + 1] ?? lines.length, log));
  const ran = tests.filter((test) => test !== undefined);
  if (ran.length === 0) throw new ResultsError(`${log} has no test with a histogram: it is no litmus7 log.`);
  return addTwins(ran);
}

/** The test whose heading is at `start`; undefined for one that was skipped, without a histogram. */
function readTest(
  lines: readonly string[],
  start: number,
  end: number,
  log: string,
): Litmus7Test | undefined {
  const fail = (line: number, what: string) => new ResultsError(`${log}, line ${line + 1}: ${what}.`);
  const [, name = '', kind] = heading.exec(lines[start] ?? '') ?? [];
  const first = lines.findIndex((line, index) => index > start && index < end && histogram.test(line));
  if (first === -1) return undefined;
  const last = lines.findIndex((line, index) => index > first && index < end && validation.test(line));
  if (last === -1) throw fail(first, `the histogram of ${quoted(name)} was cut short`);
  const outcomes = lines
    .slice(first + 1, last)
    .map((line, index) => ({ line, at: first + 1 + index }))
    .filter(({ line }) => line.trim() !== '')
    .map(({ line, at }) => {
      const outcome = outcomeOf(line);
      if (outcome === undefined) throw fail(at, `${quoted(line)} is no "count:>state"`);
      return outcome;
    });
  const stated = histogram.exec(lines[first] ?? '')?.[1];
  if (stated !== undefined && Number(stated) !== outcomes.length) {
    throw fail(first, `${stated} states are announced, and there are ${outcomes.length}`);
  }
  const after = lines.slice(last, end);
  const condition = matching(after, conditionLine)?.[1];
  const quantifier = quantifierOf(condition, kind);
  const counts = countsOf(after, quantifier);
  if (counts === undefined)
    throw fail(last, `the test ${quoted(name)} was cut short: its counts are missing`);
  const iterations = outcomes.reduce((sum, { count }) => sum + count, 0);
  if (counts.positive + counts.negative !== iterations) {
    throw fail(
      last,
      `${counts.positive + counts.negative} iterations are counted, but the histogram adds up to ${iterations}`,
    );
  }
  return { name, quantifier, condition, outcomes, iterations, witnesses: counts.positive };
}

function matching(lines: readonly string[], pattern: RegExp): RegExpExecArray | undefined {
  for (const line of lines) {
    const found = pattern.exec(line);
    if (found !== null) return found;
  }
  return undefined;
}

/** `12 *>0:r0=0; [x]=1; a[1]=2;` */
function outcomeOf(line: string): CountedOutcome | undefined {
  const [, number, text = ''] = state.exec(line) ?? [];
  const count = Number(number);
  const parts = text.split(';');
  // Each value ends with a semicolon.
  if (!Number.isSafeInteger(count) || parts.pop()?.trim() !== '') return undefined;
  const values = parts.map((part) => /^\s*\[?([^=\s]+?(?:\[\d+\])?)\]?\s*=\s*(.*?)\s*$/.exec(part));
  const told = values.flatMap((value) => (value === null ? [] : [[value[1] ?? '', value[2] ?? '']]));
  return told.length < values.length ? undefined : { values: Object.fromEntries(told), count };
}

function quantifierOf(condition: string | undefined, kind: string | undefined): Litmus7Test['quantifier'] {
  const written = /^(?:~exists|exists|forall)/.exec(condition ?? '')?.[0];
  if (written !== undefined) return written as Litmus7Test['quantifier'];
  if (kind === 'Required') return 'forall';
  return kind === 'Forbidden' ? '~exists' : 'exists';
}

/**
 * How often the proposition held, and how often not. "Observation" always counts that; under "Witnesses",
 * what is positive of a `~exists` is that it did not hold.
 */
function countsOf(
  lines: readonly string[],
  quantifier: Litmus7Test['quantifier'],
): { readonly positive: number; readonly negative: number } | undefined {
  const observed = matching(lines, observation);
  if (observed !== undefined) return { positive: Number(observed[2]), negative: Number(observed[3]) };
  const counted = matching(lines, witnessCounts);
  if (counted === undefined) return undefined;
  const [positive, negative] = [Number(counted[1]), Number(counted[2])];
  return quantifier === '~exists' ? { positive: negative, negative: positive } : { positive, negative };
}

function addTwins(tests: readonly Litmus7Test[]): readonly Litmus7Test[] {
  const byName = new Map<string, Litmus7Test>();
  for (const test of tests) {
    const twin = byName.get(test.name);
    byName.set(
      test.name,
      twin === undefined
        ? test
        : {
            ...twin,
            outcomes: [...twin.outcomes, ...test.outcomes],
            iterations: twin.iterations + test.iterations,
            witnesses: twin.witnesses + test.witnesses,
          },
    );
  }
  return [...byName.values()];
}
