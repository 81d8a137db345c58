import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import {
  checkTableText,
  contradictionText,
  herdText,
  rowExplanation,
  rowJson,
  type CheckOutcome,
  type CheckRow,
} from '../../src/report/check.ts';
import { explainedRow } from './explained-sample.ts';

const refused = explainedRow('classic/S+wmb+acq.litmus');
const allowed = explainedRow('classic/MP+wmb+rmb.litmus', 'lkmm', 'no-smp_wmb@15');

const withOutcome = (row: CheckRow, outcome: CheckOutcome): CheckRow => ({ ...row, outcome });
const decided = (row: CheckRow) => {
  if (row.outcome.kind !== 'decided') throw new Error('not decided');
  return row.outcome;
};

describe("one model's verdict", () => {
  it('is printed as herd7 prints it, locations in brackets', async () => {
    await expect(`${herdText(refused)}\n`).toMatchFileSnapshot('golden/check-herd.txt');
  });

  it('goes by the strategy, too, where that is not the test as written', () => {
    expect(herdText(allowed)).toContain('\nObservation MP+wmb+rmb/no-smp_wmb@15 Sometimes 1 3\n');
  });

  it('tells flags below the witnesses', () => {
    const raced = withOutcome(refused, { ...decided(refused), flags: ['data-race'] });
    expect(herdText(raced)).toMatch(/\nPositive: 0 Negative: \d+\nFlag data-race\nCondition exists/);
  });

  it('calls a test by its quantifier, and negation not', () => {
    const { condition } = refused;
    const forall: CheckRow = {
      ...refused,
      condition: { quantifier: 'forall', proposition: { kind: 'not', operand: condition.proposition } },
    };
    expect(herdText(forall)).toMatch(/^Test S\+wmb\+acq Required\n/);
    expect(herdText(forall)).toContain('Condition forall (not (');
    expect(herdText({ ...refused, condition: { ...condition, quantifier: '~exists' } })).toMatch(
      / Forbidden\n/,
    );
  });

  it('counts as witnesses of ~exists the executions without its outcome, as herd7 does', () => {
    const { condition } = refused;
    const text = herdText({ ...refused, condition: { ...condition, quantifier: '~exists' } });
    expect(text).toMatch(/\nPositive: (\d+) Negative: 0\n[^]*\nObservation S\+wmb\+acq Never 0 \1\n/);
  });

  it('is a sentence with the remedy where time ran out', () => {
    const late = withOutcome(refused, { kind: 'timeout', timeoutMs: 2000, executions: 7 });
    expect(herdText(late)).toContain(
      'Not decided within 2 s, 7 executions so far: allow more with --timeout.',
    );
  });
});

describe("several models' verdicts", () => {
  const models = ['lkmm', 'sc', 'x86-tso', 'arm64'];
  const rows = ['MP', 'SB', 'IRIW+rmbs'].flatMap((name) =>
    models.map((model) => explainedRow(`classic/${name}.litmus`, model)),
  );

  it('are a table of 80 columns, a model each', async () => {
    const table = checkTableText(rows, models, 80);
    expect(Math.max(...table.split('\n').map((line) => stringWidth(line)))).toBeLessThanOrEqual(80);
    await expect(`${table}\n`).toMatchFileSnapshot('golden/check-table.txt');
  });

  it('say once of all models why a test has no meaning there', () => {
    const without = models.map((model) =>
      withOutcome({ ...refused, model }, { kind: 'no-meaning', reason: 'mb() is none of it (line 3)' }),
    );
    const table = checkTableText(without, models, 200);
    expect(table).toContain(
      'S+wmb+acq has no meaning in lkmm, sc, x86-tso, arm64: mb() is none of it (line 3).',
    );
    expect(table.match(/has no meaning/g)).toHaveLength(1);
  });
});

describe('a Result: line that a model contradicts', () => {
  it('is told with its place and what the model says', () => {
    const contradicted = { line: 5, result: 'Always' };
    const row = withOutcome(refused, { ...decided(refused), contradicted });
    expect(contradictionText(row)).toContain('classic/S+wmb+acq.litmus:5: "Result: Always" is wrong');
    expect(contradictionText(row)).toContain('lkmm says Never');
    expect(contradictionText(refused)).toBeUndefined();
  });
});

describe('an explanation', () => {
  it.each([
    ['refusal', 'kvm/C-page-fault.litmus', 'lkmm', 'kernel'],
    ['propagation', 'classic/SB+mbs.litmus', 'lkmm', 'kernel'],
    ['atomic', 'classic/one-winner.litmus', 'lkmm', 'kernel'],
    ['witness', 'classic/MP+wmb+rmb.litmus', 'lkmm', 'no-smp_wmb@15'],
    ['interleaving', 'kvm/G-unsafe-precheck.litmus', 'lkmm', 'kernel'],
    ['arm64', 'classic/MP+wmb+rmb.litmus', 'arm64', 'kernel'],
  ])('reads well: %s', async (name, file, model, strategy) => {
    const text = rowExplanation(explainedRow(file, model, strategy), 80) ?? '';
    // The model's own lines move with its comments.
    const golden = text.replaceAll(/\.cat:\d+/g, '.cat:LINE');
    expect(Math.max(...text.split('\n').map((line) => stringWidth(line)))).toBeLessThanOrEqual(80);
    await expect(`${golden}\n`).toMatchFileSnapshot(`golden/explain-${name}.txt`);
  });
});

describe('the document for scripts', () => {
  it('has the same fields for every verdict', async () => {
    const { explanation, ...fields } = rowJson(refused) as { explanation: { kind: string } };
    expect(explanation.kind).toBe('refusal');
    await expect(`${JSON.stringify(fields, undefined, 2)}\n`).toMatchFileSnapshot('golden/check.json');
  });
});
