import { fileURLToPath } from 'node:url';
import { checkRow, checksOf, modelNamed } from '../../src/checking/checks.ts';
import type { CheckRow } from '../../src/report/check.ts';
import { drawingOf, type Drawing } from '../../src/report/drawing.ts';
import { shownTest } from '../../src/report/check.ts';

const suite = fileURLToPath(new URL('../../litmus/', import.meta.url));

/** A test of the suite under a model and a strategy, explained; its time is left out of golden files. */
export function explainedRow(file: string, model = 'lkmm', strategy = 'kernel'): CheckRow {
  const checks = checksOf(`${suite}${file}`, [strategy], [modelNamed(model)]);
  const row = checkRow(checks, checks.checks[0]!, { timeoutMs: 30_000, explain: true });
  if (row.outcome.kind !== 'decided') throw new Error(`${file}: ${row.outcome.kind}`);
  return { ...row, file, outcome: { ...row.outcome, elapsedMs: 10 } };
}

export function drawingFor(row: CheckRow): Drawing {
  const { outcome, model } = row;
  const explanation = outcome.kind === 'decided' ? outcome.explanation : undefined;
  const drawing =
    explanation && drawingOf(`${shownTest(row)}: ${row.outcome.kind} under ${model}`, explanation);
  if (drawing === undefined) throw new Error(`${row.test} has no execution to draw`);
  return drawing;
}
