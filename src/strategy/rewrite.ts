import type { Expression, LitmusTest, Position, Statement } from '../language/litmus-test.ts';
import { signatures } from '../language/primitives.ts';
import { atomsOf } from '../language/walk.ts';

/** The pieces that strategies are made of: walking a test's code, rebuilding it, and small expressions. */

export type Call = Extract<Expression, { kind: 'call' }>;
export type Assignment = Extract<Statement, { kind: 'assign' }>;

/**
 * What to do at each node. Both are handed the node with its parts already rewritten, and the node
 * as it stood, by which an earlier look at the test can recognise it. An absent rule keeps the node.
 */
export interface Rules {
  /** Calls, plain loads (`*x` as a value), names, numbers…: everything but the `*x` that a primitive or a store names. */
  readonly expression?: (rewritten: Expression, original: Expression) => Expression;
  /** An empty list drops the statement, a longer one puts others beside it. */
  readonly statement?: (rewritten: Statement, original: Statement) => readonly Statement[];
}

export function rewriteBodies(test: LitmusTest, rules: Rules): LitmusTest {
  const threads = test.threads.map((thread) => ({ ...thread, body: rewriteBody(thread.body, rules) }));
  return { ...test, threads };
}

export function rewriteBody(body: readonly Statement[], rules: Rules): readonly Statement[] {
  return body.flatMap((statement) => {
    const rewritten = rewriteParts(statement, rules);
    return rules.statement?.(rewritten, statement) ?? [rewritten];
  });
}

function rewriteParts(statement: Statement, rules: Rules): Statement {
  switch (statement.kind) {
    case 'declare':
      return statement.value === undefined
        ? statement
        : { ...statement, value: rewriteExpression(statement.value, rules) };
    case 'assign': {
      const target = rewriteLvalue(statement.target, rules);
      return { ...statement, target, value: rewriteExpression(statement.value, rules) };
    }
    case 'evaluate':
      return { ...statement, expression: rewriteExpression(statement.expression, rules) };
    case 'if': {
      const condition = rewriteExpression(statement.condition, rules);
      const then = rewriteBody(statement.then, rules);
      return { ...statement, condition, then, otherwise: rewriteBody(statement.otherwise, rules) };
    }
    case 'block':
      return { ...statement, body: rewriteBody(statement.body, rules) };
  }
}

export function rewriteExpression(expression: Expression, rules: Rules): Expression {
  const rewritten = rewriteOperands(expression, rules);
  return rules.expression?.(rewritten, expression) ?? rewritten;
}

function rewriteOperands(expression: Expression, rules: Rules): Expression {
  switch (expression.kind) {
    case 'number':
    case 'name':
      return expression;
    case 'unary':
    case 'cast':
      return { ...expression, operand: rewriteExpression(expression.operand, rules) };
    case 'binary': {
      const left = rewriteExpression(expression.left, rules);
      return { ...expression, left, right: rewriteExpression(expression.right, rules) };
    }
    case 'call': {
      const forms = signatures.get(expression.name)?.arguments ?? [];
      const args = expression.arguments.map((argument, index) =>
        forms[index] === 'lvalue' ? rewriteLvalue(argument, rules) : rewriteExpression(argument, rules),
      );
      return { ...expression, arguments: args };
    }
  }
}

/** A place that is named, not read: only its address is a value. */
function rewriteLvalue(place: Expression, rules: Rules): Expression {
  return isDereference(place) ? { ...place, operand: rewriteExpression(place.operand, rules) } : place;
}

export function isDereference(
  expression: Expression,
): expression is Extract<Expression, { kind: 'unary' }> & { readonly operator: '*' } {
  return expression.kind === 'unary' && expression.operator === '*';
}

/** Every expression of a body that is evaluated, innermost first, in the order of the text. */
export function evaluatedExpressions(body: readonly Statement[]): readonly Expression[] {
  const found: Expression[] = [];
  const expression = (_: Expression, original: Expression) => {
    found.push(original);
    return original;
  };
  rewriteBody(body, { expression });
  return found;
}

export function call(name: string, args: readonly Expression[], at: Position): Call {
  return { kind: 'call', name, arguments: args, at };
}

export function evaluate(expression: Expression): Statement {
  return { kind: 'evaluate', expression, at: expression.at };
}

export function number(value: bigint, at: Position): Expression {
  return { kind: 'number', value, at };
}

/** `*x` of the pointer `x`. */
export function lvalueOf(pointer: Expression): Expression {
  return { kind: 'unary', operator: '*', operand: pointer, at: pointer.at };
}

/** `x` of the lvalue `*x`. */
export function pointerTo(lvalue: Expression): Expression {
  if (!isDereference(lvalue)) throw new Error('the parser lets no other lvalue through than a dereference');
  return lvalue.operand;
}

/** The call that a statement consists of. */
export function soleCall(statement: Statement): Call | undefined {
  return statement.kind === 'evaluate' && statement.expression.kind === 'call'
    ? statement.expression
    : undefined;
}

/** The registers of a thread that the test looks at in the end. */
export function observedRegisters(test: LitmusTest, thread: number): ReadonlySet<string> {
  const propositions = [
    test.condition.proposition,
    ...(test.filter === undefined ? [] : [test.filter]),
    ...test.header.phases.map(({ proposition }) => proposition),
  ];
  const compared = propositions.flatMap(atomsOf).flatMap(({ observable, value }) => [observable, value]);
  return new Set(
    [...test.locations, ...compared].flatMap((one) =>
      one.kind === 'register' && one.thread === thread ? [one.name] : [],
    ),
  );
}
