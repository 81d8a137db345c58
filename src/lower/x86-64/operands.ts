/** Constants and operands on their way into registers. */

import type { Code } from '../machine-code.ts';
import type { Operand, Register, Width } from '../primitives.ts';
import * as x86 from './instructions.ts';

/** The shortest move that puts a constant of either width in a register; flags are kept. */
export function constant(destination: Register, value: bigint, width: Width): Code {
  if (width === 4) return [x86.moveImmediate(destination, value, 4)];
  if (value === BigInt.asUintN(32, value)) return [x86.moveImmediate(destination, value, 4)];
  if (x86.fitsSigned(value, 32)) return [x86.moveImmediate(destination, value, 8)];
  return [x86.moveAbsolute(destination, value)];
}

/** Puts an operand in a given register. */
export function copy(destination: Register, source: Operand, width: Width): Code {
  if (source.kind === 'immediate') return constant(destination, source.value, width);
  return source.register === destination ? [] : [x86.move(destination, source.register, width)];
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

/** Whether an instruction with a 4-byte immediate can hold the operand. */
export function isShortImmediate(
  operand: Operand,
  width: Width,
): operand is Extract<Operand, { kind: 'immediate' }> {
  return operand.kind === 'immediate' && (width === 4 || x86.fitsSigned(operand.value, 32));
}
