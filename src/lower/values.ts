import { isSigned, widthOf } from '../language/c-types.ts';
import type { CType, Expression } from '../language/litmus-test.ts';
import type { Operand, Register } from './primitives.ts';
import type { ValueType } from './target.ts';

/** A value on its way through an expression: a constant, or in a register. */
export interface Value {
  readonly operand: Operand;
  readonly type: CType;
}

/** A number, also a negated one: the only values that are known without computing. */
export function constantOf(expression: Expression): bigint | undefined {
  if (expression.kind === 'number') return expression.value;
  if (expression.kind !== 'unary' || expression.operand.kind !== 'number') return undefined;
  if (expression.operator === '-') return -expression.operand.value;
  return expression.operator === '~' ? ~expression.operand.value : undefined;
}

export function machineType(type: CType): ValueType {
  return { width: widthOf(type), signed: isSigned(type) };
}

export function inRegister(register: Register): Operand {
  return { kind: 'register', register };
}

export function immediate(value: bigint, type: CType): Operand {
  return { kind: 'immediate', value: BigInt.asIntN(widthOf(type) * 8, value) };
}

/** C's conversion of a constant: by value from its own type, then cut to the other's width. */
export function convertImmediate(value: bigint, from: CType, to: CType): Operand {
  return immediate(isSigned(from) ? value : BigInt.asUintN(widthOf(from) * 8, value), to);
}
