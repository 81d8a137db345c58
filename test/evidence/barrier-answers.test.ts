import { describe, expect, it } from 'vitest';
import { barrierAnswers, type AskedModels } from '../../src/evidence/barrier-answers.ts';
import { columnsOf } from '../../src/evidence/comparison-columns.ts';
import { overviewOf } from '../../src/evidence/overview.ts';
import type { Row } from '../../src/results/schema.ts';
import { block, onBareXeon, onMachine, session, type SessionRow } from './recorded-session.ts';

const rmb = 'no-smp_rmb@60';
const written: SessionRow = { test: 'C', verdict: 'upheld', blocks: [block(0, 1000)] };

/** What is said of the one barrier of the one test of these sessions. */
function answerOf(files: Parameters<typeof columnsOf>[0], asked?: AskedModels) {
  const { columns, tests } = overviewOf(columnsOf(files, 'machine').columns);
  const [test] = tests;
  if (test === undefined) throw new Error('no test');
  const [answer] = barrierAnswers(test, columns, asked);
  if (answer === undefined) throw new Error('no barrier');
  return answer;
}

const kinds = (files: Parameters<typeof columnsOf>[0]) => answerOf(files).dropped.map(({ kind }) => kind);

describe('what machines showed without a barrier', () => {
  it('is seen, never seen, or not run, machine by machine', () => {
    const seen = session('a.json', [written, { test: 'C', strategy: rmb, blocks: [block(7, 1000)] }]);
    const never = session(
      'b.json',
      [written, { test: 'C', strategy: rmb, blocks: [block(0, 1000)] }],
      onBareXeon,
    );
    const notRun = session(
      'c.json',
      [written, { test: 'C', strategy: rmb }],
      onMachine({ architecture: 'arm64' }),
    );
    expect(kinds([seen, never, notRun])).toEqual(['seen', 'never', 'not-run']);
  });

  it('is nothing to tell where the code is the same, be it that neither ran', () => {
    const same: SessionRow = { test: 'C', strategy: rmb, sameCodeAs: 'kernel', code: 'C kernel' };
    expect(kinds([session('a.json', [written, { ...same, verdict: 'upheld' }])])).toEqual(['same-code']);
    expect(kinds([session('a.json', [{ test: 'C' }, same])])).toEqual(['same-code']);
  });
});

describe('what models say of a barrier', () => {
  const observed = (row: SessionRow, observation: Row['observation']) => ({ row, observation });
  const recorded = (...rows: readonly ReturnType<typeof observed>[]) =>
    session(
      'a.json',
      rows.map(({ row }) => row),
      (document) => ({
        ...document,
        rows: document.rows.map((row, index) => ({
          ...row,
          expectation: {
            ...row.expectation,
            models: [{ model: 'LKMM', observation: rows[index]?.observation ?? 'Never' }],
          },
        })),
      }),
    );
  const dropped: SessionRow = { test: 'C', strategy: rmb, blocks: [block(1, 1000)] };
  const needs = (file: ReturnType<typeof session>) =>
    answerOf([file]).models.map(({ model, need }) => `${model} ${need}`);

  it('is what they said when the test ran, where nobody asks them again', () => {
    expect(needs(recorded(observed(written, 'Never'), observed(dropped, 'Sometimes')))[0]).toBe(
      'lkmm needed',
    );
    expect(needs(recorded(observed(written, 'Never'), observed(dropped, 'Never')))[0]).toBe(
      'lkmm not-needed',
    );
    expect(needs(recorded(observed(written, 'Sometimes'), observed(dropped, 'Sometimes')))[0]).toBe(
      'lkmm allowed-anyway',
    );
  });

  it('is nothing of models that were not asked', () => {
    expect(needs(recorded(observed(written, 'Never'), observed(dropped, 'Never'))).slice(2)).toEqual([
      'arm64 not-asked',
      'ppc64le not-asked',
      's390x not-asked',
      'riscv64 not-asked',
    ]);
  });

  it('is undecided with its reason where the time did not do', () => {
    const finding = { kind: 'undecided', reason: 'the time was up' } as const;
    const guard = {
      name: rmb,
      isStrategy: true,
      kind: 'fence',
      place: { thread: 1, lines: [60], text: 'smp_rmb()', position: '', comment: undefined },
      instructions: {},
    } as const;
    const asked: AskedModels = {
      event: 'x=1',
      guards: [guard],
      models: [{ model: 'arm64', asWritten: finding, alone: [] }],
    };
    const file = recorded(observed(written, 'Never'), observed(dropped, 'Never'));
    expect(answerOf([file], asked).models.find(({ model }) => model === 'arm64')).toMatchObject({
      need: 'unknown',
      finding,
    });
  });
});
