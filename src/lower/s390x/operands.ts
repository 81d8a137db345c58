/** Constants and operands on their way into registers. */

import type { Code } from '../machine-code.ts';
import type { Operand, Register, Width } from '../primitives.ts';
import * as z from './instructions.ts';

/** Puts a constant in a register, a 4-byte one sign-extended; the condition code is kept. */
export function constant(destination: Register, value: bigint, width: Width): Code {
  const number = BigInt.asIntN(width * 8, value);
  if (z.fitsSigned(number, 16)) return [z.loadImmediate16(destination, number)];
  if (z.fitsSigned(number, 32)) return [z.loadImmediate32(destination, number)];
  const lower = BigInt.asUintN(32, number);
  return [
    z.loadUpperHalf(destination, BigInt.asUintN(32, number >> 32n)),
    ...(lower === 0n ? [] : [z.insertLowerHalf(destination, lower)]),
  ];
}

/** The whole register, so of either width. */
export function move(destination: Register, source: Register): Code {
  return source === destination ? [] : [z.move(destination, source)];
}

/** Puts an operand in a given register. */
export function copy(destination: Register, source: Operand, width: Width): Code {
  return source.kind === 'immediate'
    ? constant(destination, source.value, width)
    : move(destination, source.register);
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

/** 1 where the condition holds, else 0, by data flow; by way of r1. */
export function truth(condition: z.Condition, destination: Register): Code {
  return [...constant(z.r1, 1n, 8), ...constant(destination, 0n, 8), z.moveIf(condition, destination, z.r1)];
}
