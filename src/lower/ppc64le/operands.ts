/** Constants, operands and comparisons on their way into registers. */

import type { Code } from '../machine-code.ts';
import type { Operand, Register, Width } from '../primitives.ts';
import type { Relation, ValueType } from '../target.ts';
import * as ppc from './instructions.ts';

/** Puts a constant in a register; CR0 is kept. */
export function constant(destination: Register, value: bigint, width: Width): Code {
  const signed = BigInt.asIntN(width * 8, value);
  if (ppc.fitsSigned(signed, 16)) return [ppc.loadImmediate(destination, signed)];
  const low = orHalf('ori', destination, signed);
  const middle = signed >> 16n;
  if (ppc.fitsSigned(signed, 32)) return [ppc.loadImmediateShifted(destination, middle), ...low];
  return [
    ...constant(destination, signed >> 32n, 4),
    ppc.shiftLeft32(destination, destination),
    ...orHalf('oris', destination, middle),
    ...low,
  ];
}

function orHalf(operation: 'ori' | 'oris', register: Register, value: bigint): Code {
  const half = BigInt.asUintN(16, value);
  return half === 0n ? [] : [ppc.logicalImmediate(operation, register, register, half)];
}

/** The register that holds an operand: its own, or `scratch`, filled by `code`, for a constant. */
export function inRegister(
  operand: Operand,
  scratch: Register,
  width: Width,
): { readonly register: Register; readonly code: Code } {
  if (operand.kind === 'register') return { register: operand.register, code: [] };
  return { register: scratch, code: constant(scratch, operand.value, width) };
}

/** A move, or nothing where the value is there already. */
export function move(destination: Register, source: Register): Code {
  return source === destination ? [] : [ppc.move(destination, source)];
}

/** Any constant added to a register other than r0; CR0 is kept. */
export function addConstant(destination: Register, source: Register, value: bigint): Code {
  if (value === 0n) return move(destination, source);
  if (ppc.fitsSigned(value, 16)) return [ppc.addImmediate('addi', destination, source, value)];
  return [...constant(ppc.r0, value, 8), ppc.arithmetic('add', destination, source, ppc.r0)];
}

/** Compares into CR0; the upper halves of 4-byte values do not count. Uses r0. */
export function compareFlags(left: Register, right: Operand, { width, signed }: ValueType): Code {
  if (right.kind === 'immediate') {
    const short = signed ? ppc.fitsSigned(right.value, 16) : ppc.fitsUnsigned16(right.value);
    if (short) return [ppc.compareImmediate(left, right.value, width, signed)];
  }
  const { register, code } = inRegister(right, ppc.r0, width);
  return [...code, ppc.compare(left, register, width, signed)];
}

/** The bit of CR0 that decides each relation, and whether the relation is its opposite. */
const deciding: Readonly<Record<Relation, { readonly bit: ppc.ConditionBit; readonly negate: boolean }>> = {
  '==': { bit: 'eq', negate: false },
  '!=': { bit: 'eq', negate: true },
  '<': { bit: 'lt', negate: false },
  '>=': { bit: 'lt', negate: true },
  '>': { bit: 'gt', negate: false },
  '<=': { bit: 'gt', negate: true },
};

/**
 * 1 or 0 by data flow: the compare's bit is read out of the condition register as a number. Power ISA
 * book II, "Storage Access Ordering", wants of a dependency that the value is used to compute the later
 * access's address or data; a field of the condition register is a value like any other there.
 */
export function truth(
  relation: Relation,
  destination: Register,
  left: Register,
  right: Operand,
  type: ValueType,
): Code {
  const { bit, negate } = deciding[relation];
  return [
    ...compareFlags(left, right, type),
    ppc.moveFromCondition(ppc.r0),
    ppc.extractConditionBit(destination, ppc.r0, bit),
    ...(negate ? [ppc.logicalImmediate('xori', destination, destination, 1n)] : []),
  ];
}
