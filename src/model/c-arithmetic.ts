/** C's arithmetic on LP64 with wrapping, over numbers that are within their type. */

import { isSigned, widthOf } from '../language/c-types.ts';
import type { BinaryOperator, CType, UnaryOperator } from '../language/litmus-test.ts';

/** An array's elements lie this far apart whatever their type, and pointer arithmetic steps by it. */
export const elementStride = 8n;

/** A number brought within a type. */
export function wrap(value: bigint, type: CType): bigint {
  const bits = widthOf(type) * 8;
  return isSigned(type) ? BigInt.asIntN(bits, value) : BigInt.asUintN(bits, value);
}

/** @param type that of the result */
export function unary(operator: Exclude<UnaryOperator, '*'>, operand: bigint, type: CType): bigint {
  switch (operator) {
    case '-':
      return wrap(-operand, type);
    case '~':
      return wrap(~operand, type);
    case '!':
      return BigInt(operand === 0n);
  }
}

interface Typed {
  readonly value: bigint;
  readonly type: CType;
}

/** @param type that of the result */
export function binary(operator: BinaryOperator, left: Typed, right: Typed, type: CType): bigint {
  switch (operator) {
    case '&&':
      return BigInt(left.value !== 0n && right.value !== 0n);
    case '||':
      return BigInt(left.value !== 0n || right.value !== 0n);
    case '<<':
      return wrap(left.value << shiftCount(right.value, type), type);
    case '>>':
      return wrap(left.value >> shiftCount(right.value, type), type);
    case '+':
    case '-':
      return (
        pointerArithmetic(operator, left, right, type) ?? wrap(plain(operator, left.value, right.value), type)
      );
    case '*':
    case '/':
    case '%':
    case '&':
    case '|':
    case '^':
      return wrap(plain(operator, wrap(left.value, type), wrap(right.value, type)), type);
    default: {
      const common = commonType(left.type, right.type);
      return BigInt(compared(operator, wrap(left.value, common), wrap(right.value, common)));
    }
  }
}

/** A count that C leaves undefined is taken modulo the width, as most machines do. */
function shiftCount(count: bigint, type: CType): bigint {
  return BigInt.asUintN(widthOf(type) === 8 ? 6 : 5, count);
}

function pointerArithmetic(operator: '+' | '-', left: Typed, right: Typed, type: CType): bigint | undefined {
  const [leftPoints, rightPoints] = [left.type.pointers > 0, right.type.pointers > 0];
  if (leftPoints && rightPoints)
    return operator === '-' ? (left.value - right.value) / elementStride : undefined;
  if (leftPoints) return wrap(plain(operator, left.value, right.value * elementStride), type);
  if (rightPoints && operator === '+') return wrap(left.value * elementStride + right.value, type);
  return undefined;
}

function plain(operator: '+' | '-' | '*' | '/' | '%' | '&' | '|' | '^', left: bigint, right: bigint): bigint {
  switch (operator) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '/':
      return right === 0n ? 0n : left / right;
    case '%':
      return right === 0n ? 0n : left % right;
    case '&':
      return left & right;
    case '|':
      return left | right;
    case '^':
      return left ^ right;
  }
}

function compared(operator: '==' | '!=' | '<' | '<=' | '>' | '>=', left: bigint, right: bigint): boolean {
  switch (operator) {
    case '==':
      return left === right;
    case '!=':
      return left !== right;
    case '<':
      return left < right;
    case '<=':
      return left <= right;
    case '>':
      return left > right;
    case '>=':
      return left >= right;
  }
}

/** C11 6.3.1.8: the wider; of two of the same width, the unsigned. A pointer compares as an unsigned long. */
function commonType(left: CType, right: CType): CType {
  const [one, other] = [left, right].map((type) =>
    type.pointers > 0 ? { base: 'unsigned long', pointers: 0 } : type,
  ) as [CType, CType];
  if (widthOf(one) !== widthOf(other)) return widthOf(one) > widthOf(other) ? one : other;
  return isSigned(one) ? other : one;
}
