import type { IToken } from 'chevrotain';
import { isVoid } from './c-types.ts';
import { positionOf } from './literals.ts';
import type { BinaryOperator, CType, Expression, Position, Statement } from './litmus-test.ts';
import { Mistake } from './mistake.ts';
import { isBinaryOperator, precedence, prefixPrecedence } from './precedence.ts';

/** From the grammar's tokens to expressions and statements: precedence, and what C writes in two ways. */

/** A token before an operand: an operator, or the type of a cast. */
export type Prefix = { readonly operator: IToken } | { readonly cast: CType; readonly at: Position };

/** An operand as read, and whether it is a bare literal, whose `-` belongs to it. */
export interface Operand {
  readonly expression: Expression;
  readonly literal: boolean;
}

/** An operator and its right operand. */
export interface Applied {
  readonly operator: IToken;
  readonly operand: Expression;
}

/** Groups `first + second * third …` by C's precedence, the tightest operators first. */
export function grouped(first: Expression, applied: readonly Applied[]): Expression {
  let left = first;
  let rest = applied;
  for (let level = prefixPrecedence - 1; rest.length > 0; level -= 1) {
    const looser: Applied[] = [];
    for (const { operator, operand } of rest) {
      const before = looser.at(-1);
      if (precedence(binaryOperator(operator)) !== level) looser.push({ operator, operand });
      else if (before === undefined) left = binary(operator, left, operand);
      else looser.splice(-1, 1, { ...before, operand: binary(operator, before.operand, operand) });
    }
    rest = looser;
  }
  return left;
}

function binaryOperator(token: IToken): BinaryOperator {
  if (!isBinaryOperator(token.image)) throw new Error(`no binary operator: ${token.image}`);
  return token.image;
}

function binary(token: IToken, left: Expression, right: Expression): Expression {
  return { kind: 'binary', operator: binaryOperator(token), left, right, at: positionOf(token) };
}

/** Applies what stands before an operand, the nearest first. */
export function prefixed(prefixes: readonly Prefix[], operand: Operand): Expression {
  let expression = operand.expression;
  let literal = operand.literal;
  for (const prefix of prefixes.toReversed()) {
    expression = 'cast' in prefix ? cast(prefix, expression) : unary(prefix.operator, expression, literal);
    literal = false;
  }
  return expression;
}

function cast(prefix: { readonly cast: CType; readonly at: Position }, operand: Expression): Expression {
  return { kind: 'cast', type: prefix.cast, operand, at: prefix.at };
}

function unary(token: IToken, operand: Expression, literal: boolean): Expression {
  const at = positionOf(token);
  switch (token.image) {
    case '+':
      return operand;
    case '&':
      if (operand.kind === 'unary' && operand.operator === '*') return operand.operand;
      throw new Mistake(
        "'&' cannot be applied here: a parameter is already its location's address, and a local has none",
        at,
      );
    case '-':
      if (literal) return negated(operand, at);
      return { kind: 'unary', operator: '-', operand, at };
    case '~':
    case '!':
    case '*':
      return { kind: 'unary', operator: token.image, operand, at };
    default:
      throw new Error(`no prefix operator: ${token.image}`);
  }
}

/** `-1` is one literal, also under the cast that a suffix stands for. */
function negated(literal: Expression, at: Position): Expression {
  if (literal.kind === 'number') return { kind: 'number', value: -literal.value, at };
  if (literal.kind === 'cast') return { ...literal, operand: negated(literal.operand, at), at };
  return literal;
}

/** `a[i]` is `*(a + i)`. */
export function indexed(array: Expression, index: Expression): Expression {
  const { at } = array;
  const sum: Expression = { kind: 'binary', operator: '+', left: array, right: index, at };
  return { kind: 'unary', operator: '*', operand: sum, at };
}

/** `target = value`, where the target can be assigned. */
export function assignment(target: Expression, value: Expression, at: Position): Statement {
  const assignable = target.kind === 'name' || (target.kind === 'unary' && target.operator === '*');
  if (!assignable) throw new Mistake("only a local or a dereference, as '*x', can be assigned", target.at);
  return { kind: 'assign', target, value, at };
}

/** The value of `target += value`. */
export function compounded(target: Expression, operator: IToken, value: Expression): Expression {
  return binary({ ...operator, image: operator.image.slice(0, -1) }, target, value);
}

/** The value of `target++` as a statement. */
export function stepped(target: Expression, step: IToken): Expression {
  const one: Expression = { kind: 'number', value: 1n, at: positionOf(step) };
  return binary({ ...step, image: step.image.slice(1) }, target, one);
}

/** `(void)e` is `e`, where nobody uses it. */
export function unused(expression: Expression): Expression {
  return expression.kind === 'cast' && isVoid(expression.type) ? expression.operand : expression;
}

/** The branch of an `if`, whose braces say nothing. */
export function withoutBraces(branch: readonly Statement[]): readonly Statement[] {
  const [only] = branch;
  return branch.length === 1 && only?.kind === 'block' ? only.body : branch;
}
