import type { Expression, Statement } from '../language/litmus-test.ts';
import { forEachExpression } from '../language/walk.ts';

/**
 * The local variables that something may read before every path has assigned them; `readAtEnd` are
 * those whose final value is observed. Only these need a value at the top of an iteration.
 */
export function maybeUnassigned(
  body: readonly Statement[],
  readAtEnd: readonly string[],
): ReadonlySet<string> {
  const found = new Set<string>();
  const atEnd = analyse(body, new Set(), found);
  for (const name of readAtEnd) if (!atEnd.has(name)) found.add(name);
  return found;
}

type Assigned = ReadonlySet<string>;

/** Adds to `found` what `body` may read unassigned; returns what is assigned after it on every path. */
function analyse(body: readonly Statement[], before: Assigned, found: Set<string>): Assigned {
  return body.reduce((assigned, statement) => analyseStatement(statement, assigned, found), before);
}

function analyseStatement(statement: Statement, before: Assigned, found: Set<string>): Assigned {
  const read = (expression: Expression) => {
    forEachExpression(expression, (part) => {
      if (part.kind === 'name' && !before.has(part.name)) found.add(part.name);
    });
  };
  switch (statement.kind) {
    case 'declare':
      if (statement.value === undefined) return before;
      read(statement.value);
      return new Set([...before, statement.name]);
    case 'assign':
      read(statement.value);
      if (statement.target.kind === 'name') return new Set([...before, statement.target.name]);
      read(statement.target);
      return before;
    case 'evaluate':
      read(statement.expression);
      return before;
    case 'block':
      return analyse(statement.body, before, found);
    case 'if': {
      read(statement.condition);
      const otherwise = analyse(statement.otherwise, before, found);
      return new Set([...analyse(statement.then, before, found)].filter((name) => otherwise.has(name)));
    }
  }
}
