import { describe, expect, it } from 'vitest';
import { judgeRows } from '../../src/judge/rows.ts';
import { parseLitmus } from '../../src/language/parser.ts';
import { targetFor } from '../../src/lower/targets.ts';
import { planExperiment } from '../../src/plan/experiment.ts';
import { plansFor } from '../../src/plan/run-plan.ts';
import type { BlockRecord } from '../../src/run/blocks.ts';

const twoThreads = (name: string, header: string) => ({
  file: `${name}.litmus`,
  test: parseLitmus(
    `C ${name}\n(*\n${header}\n*)\n{}\nP0(int *x)\n{\n\tWRITE_ONCE(*x, 1);\n}\nP1(int *x)\n{\n\tint r0 = READ_ONCE(*x);\n}\nexists (1:r0=1)\n`,
    `${name}.litmus`,
  ),
});

const target = targetFor('x86-64');
if (target === undefined) throw new Error('no target');
const experiment = planExperiment({
  tests: [twoThreads('subject', 'Result: Never'), twoThreads('control', 'Vouches-for: subject')].map(
    (source) => ({
      source,
      role: 'asked' as const,
      strategies: ['kernel'],
    }),
  ),
  target,
  plans: (test) => plansFor(test, true),
  place: () => ({
    cpus: [0, 1],
    copies: [],
    spare: [],
    class: 'same-socket',
    oversubscribed: false,
    notes: [],
  }),
});

const block = (test: string, plan: string, seen: number, problem?: string): BlockRecord => ({
  test,
  strategy: 'kernel',
  plan: `${plan}@0,1`,
  launch: 0,
  seed: 1n,
  cells: 1000,
  batches: 1,
  copies: 1,
  iterations: 1000,
  outcomes: [
    { values: { '1:r0': '1' }, count: seen },
    { values: { '1:r0': '0' }, count: 1000 - seen },
  ],
  runNs: 1,
  wallNs: 1,
  strayed: 0,
  switches: 0,
  disturbed: undefined,
  endedMs: 1,
  problem,
});

const subject = (...records: readonly BlockRecord[]) =>
  [...judgeRows(experiment, records, 'x86-64', new Map())].find(
    ({ planned }) => planned.test.name === 'subject',
  );

describe('a judged row', () => {
  it('is upheld by the control that fired under the same plan', () => {
    const row = subject(block('subject', 'split-deadline', 0), block('control', 'split-deadline', 3));
    expect(row?.verdict).toMatchObject({
      name: 'upheld',
      reason: expect.stringContaining('1,000 iterations'),
    });
  });

  it('is not upheld by a control that fired under another plan', () => {
    const row = subject(block('subject', 'split-deadline', 0), block('control', 'packed-spin', 500));
    expect(row?.verdict).toMatchObject({ name: 'inconclusive', reason: 'control control did not run' });
  });

  it('needs three sightings of its control', () => {
    const row = subject(block('subject', 'split-deadline', 0), block('control', 'split-deadline', 2));
    expect(row?.verdict).toMatchObject({
      name: 'inconclusive',
      reason: 'control control did not fire under its plans',
    });
  });

  it('is a violation when seen, under whatever plan', () => {
    const row = subject(block('subject', 'split-deadline', 0), block('subject', 'packed-spin', 1));
    expect(row?.verdict.name).toBe('violation');
    expect(row?.tally).toMatchObject({ iterations: 2000, witnesses: 1 });
  });

  it('counts iterations of a perpetual run whose outcome is not told, and shows only those that are', () => {
    const other = 990;
    const outcomes = [{ values: { '1:r0': '1' }, count: 10 }];
    const row = subject({ ...block('subject', 'perpetual', 0), outcomes, other });
    expect(row?.tally).toMatchObject({ iterations: 1000, witnesses: 10 });
    expect(row?.runs[0]).toMatchObject({ outcomes, other });
    expect(row?.verdict.name).toBe('violation');
  });

  it('leaves out what a broken block tainted, and says why', () => {
    const row = subject(
      block('subject', 'split-deadline', 5, 'P0 was moved off the CPU it was pinned to'),
      block('subject', 'packed-spin', 0),
      block('control', 'packed-spin', 10),
    );
    expect(row?.verdict.name).toBe('upheld');
    expect(row?.tally.iterations).toBe(1000);
    expect(row?.runs.map(({ invalid }) => invalid)).toEqual([
      'P0 was moved off the CPU it was pinned to',
      undefined,
    ]);
  });

  it('is absent where nothing of it ran', () => {
    expect(subject(block('control', 'packed-spin', 10))).toBeUndefined();
  });
});
