/** Whether a model allows what a shape asks for, for tables of verdicts. */

import { expect, it } from 'vitest';
import { holds } from '../../src/language/outcome.ts';
import type { LinkedModel } from '../../src/model/cat/linked.ts';
import { allExecutions, outcomeOf } from '../../src/model/check.ts';
import { classic } from './shapes.ts';
import type { ShapeName, ShapeTest } from './shapes.ts';

export type Verdict = 'allowed' | 'forbidden';

export function verdictOf({ program, condition }: ShapeTest, model: LinkedModel): Verdict {
  const executions = allExecutions(program, model, Infinity, () => new Error('no deadline'), false);
  for (const execution of executions) {
    if (holds(condition, outcomeOf(program, execution))) return 'allowed';
  }
  return 'forbidden';
}

/** A shape, the texts of its threads (shapes.ts), and the verdict. */
export type Row = readonly [ShapeName, ...(readonly string[]), Verdict];

/** A test for each row of a table. */
export function itGives(model: LinkedModel, rows: readonly Row[]): void {
  it.each(rows.map((row) => [row.join(' | '), row] as const))('%s', (_, row) => {
    const [name, ...rest] = row;
    const texts = rest.slice(0, -1);
    expect(verdictOf(classic(name, ...texts), model)).toBe(row.at(-1));
  });
}
