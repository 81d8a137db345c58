/** Where a guard stands in its test, in words that a reader finds it by. */

import type { Expression, LitmusTest, Statement } from '../language/litmus-test.ts';
import { printExpression } from '../language/printer.ts';
import { signatures } from '../language/primitives.ts';
import { expressionsOf, forEachExpression, forEachStatement } from '../language/walk.ts';
import type { Guard } from '../strategy/guards.ts';

export interface Place {
  readonly thread: number;
  /** Of its calls, ascending, each once. */
  readonly lines: readonly number[];
  /** `smp_rmb()`, `smp_load_acquire(x)`; of a critical section what opens and what closes it. */
  readonly text: string;
  /** What stands round a fence, inside a critical section, or has the order: `between r0 = READ_ONCE(*x) and …`. */
  readonly position: string;
  /** The comment on its first line, which is the test's own name for it. */
  readonly comment: string | undefined;
}

/** @param source the text of the file that the test was read from */
export function placeOf(test: LitmusTest, guard: Guard, source: string): Place {
  const { thread, calls } = guard;
  const lines = [...new Set(calls.map(({ at }) => at.line))].toSorted((one, other) => one - other);
  const [first] = calls;
  return {
    thread,
    lines,
    text: textOf(guard),
    position: positionOf(test, guard),
    comment: commentIn(source.split(/\r?\n/)[first.at.line - 1] ?? ''),
  };
}

function textOf({ calls }: Guard): string {
  const texts = [...new Set(calls.map(printExpression))];
  return texts.join(' … ');
}

function positionOf(test: LitmusTest, { kind, thread, calls }: Guard): string {
  const accesses = accessesOf(test.threads[thread]?.body ?? []);
  const isBefore = (one: Expression, other: Expression) =>
    one.at.line < other.at.line || (one.at.line === other.at.line && one.at.column < other.at.column);
  const [first] = calls;
  const last = calls.at(-1) ?? first;
  const before = accesses.findLast(({ at }) => isBefore(at, first))?.text;
  const after = accesses.find(({ at }) => isBefore(last, at))?.text;
  const itself = accesses.find(({ at }) => at === first)?.text;
  switch (kind) {
    case 'fence':
    case 'grace-period':
      if (before === undefined) return after === undefined ? 'alone in its thread' : `before ${after}`;
      return after === undefined ? `after ${before}` : `between ${before} and ${after}`;
    case 'lock':
    case 'reader': {
      const inside = accesses.filter(({ at }) => isBefore(first, at) && isBefore(at, last));
      const texts = inside.filter(({ at }) => !calls.some((call) => call === at)).map(({ text }) => text);
      return texts.length === 0 ? 'round nothing' : `round ${[...new Set(texts)].join(', ')}`;
    }
    case 'store-and-fence':
    case 'acquire':
    case 'release':
    case 'full':
      return itself === undefined ? '' : `of ${itself}`;
  }
}

interface Access {
  readonly at: Expression;
  readonly text: string;
}

/** Each access of memory with the statement it stands in, in the order of the text. */
function accessesOf(body: readonly Statement[]): readonly Access[] {
  const accesses: Access[] = [];
  forEachStatement(body, (statement) => {
    for (const whole of expressionsOf(statement)) {
      forEachExpression(whole, (expression) => {
        if (isAccess(expression)) accesses.push({ at: expression, text: statementText(statement) });
      });
    }
  });
  return accesses;
}

function isAccess(expression: Expression): boolean {
  if (expression.kind === 'call')
    return !['fence', 'rcu'].includes(signatures.get(expression.name)?.primitive.kind ?? '');
  return expression.kind === 'unary' && expression.operator === '*';
}

function statementText(statement: Statement): string {
  switch (statement.kind) {
    case 'declare':
      return `${statement.name}${statement.value === undefined ? '' : ` = ${printExpression(statement.value)}`}`;
    case 'assign':
      return `${printExpression(statement.target)} = ${printExpression(statement.value)}`;
    case 'evaluate':
      return printExpression(statement.expression);
    case 'if':
      return `if (${printExpression(statement.condition)})`;
    case 'block':
      return '';
  }
}

/** What a comment on a line of code says. */
function commentIn(line: string): string | undefined {
  const [, toTheEnd, between] = /\/\/(.*)$|\/\*(.*?)(?:\*\/|$)/.exec(line) ?? [];
  const text = (toTheEnd ?? between ?? '').trim().replace(/\.$/, '');
  return text === '' ? undefined : text;
}
