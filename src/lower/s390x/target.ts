/**
 * s390x, big-endian, under the ELF ABI for z/Architecture: the ABI's argument registers hold what they
 * were passed. Facility 45, which came with the z196, is taken for granted (Principles of Operation
 * (PoP, SA22-7832) 4, "Facility Indications": distinct operands, fast BCR serialisation, interlocked
 * access 1, load on condition 1); Node needs newer machines.
 */

import type { Code } from '../machine-code.ts';
import type { Operand, Register } from '../primitives.ts';
import type { Arithmetic, Relation, Target, ValueType } from '../target.ts';
import * as z from './instructions.ts';
import { constant, copy, inRegister, move, truth } from './operands.ts';
import { primitives } from './primitives.ts';

const { r0, r1 } = z;

/** ELF ABI, "Stack Frame": the caller keeps room for r6 and up, 8 bytes each, from 48 bytes above its stack pointer. */
const saved = { first: z.r6, last: z.r14, at: { base: z.r15, displacement: 48 } };

/**
 * Where r0, r1 and r14 are the scratch of every row (r0 is no base), and the upper half of a 4-byte
 * value is whatever it was: instructions on words leave it and do not look at it.
 */
export const s390x: Target = {
  architecture: 's390x',
  variant: undefined,
  registers: {
    cell: z.r2,
    out: z.r3,
    count: z.r4,
    locals: [z.r5, z.r6, z.r7, z.r8, z.r9, z.r10, z.r11, z.r12, z.r13],
  },
  entry: { cell: z.name(z.r2), out: z.name(z.r3), count: z.name(z.r4), stack: z.name(z.r15) },
  displacement: { least: -(2 ** 19), most: 2 ** 19 - 1 },
  primitives,
  delaysStoresOnly: true,

  enter: () => [z.storeMultiple(saved.at, saved.first, saved.last)],
  leave: (status) => [
    ...constant(z.r2, BigInt(status), 8),
    z.loadMultiple(saved.first, saved.last, saved.at),
    z.branchTo(z.r14),
  ],
  loop: (head) => [z.addImmediate16(z.r4, -1n), z.jumpIf('ne', head)],
  advance: (register, bytes) => {
    const number = BigInt(bytes);
    if (z.fitsSigned(number, 16)) return [z.addImmediate16(register, number)];
    if (z.fitsSigned(number, 32)) return [z.addImmediate32(register, number)];
    return [...constant(r0, number, 8), z.combine('a', register, register, r0, 8)];
  },
  keep: (slotOffset, value, width) => [z.store({ base: z.r3, displacement: slotOffset }, value, width)],

  constant,
  move,
  address: (destination, of) => [z.loadAddress(destination, of)],
  convert: (destination, source, from, to) => {
    if (from.width === 8 || to.width === 4) return move(destination, source);
    return [from.signed ? z.signExtend(destination, source) : z.zeroExtend(destination, source)];
  },
  arithmetic: (operator, destination, left, right, type) =>
    arithmetic[operator](destination, left, right, type),
  compare: (relation, destination, left, right, type) => [
    ...compareInto(left, right, relation, type),
    ...truth(conditions[relation], destination),
  ],
  branchIf: (relation, left, right, type, to) => [
    ...compareInto(left, right, relation, type),
    z.jumpIf(conditions[relation], to),
  ],
  jump: z.jump,
};

type ArithmeticRow = (destination: Register, left: Register, right: Operand, type: ValueType) => Code;

const arithmetic: Readonly<Record<Arithmetic, ArithmeticRow>> = {
  '+': (destination, left, right, type) => {
    if (right.kind === 'immediate' && z.fitsSigned(right.value, 16)) {
      return [z.addImmediate(destination, left, right.value, type.width)];
    }
    return combine('a', destination, left, right, type);
  },
  '-': (destination, left, right, type) => combine('s', destination, left, right, type),
  '&': (destination, left, right, type) => combine('n', destination, left, right, type),
  '|': (destination, left, right, type) => combine('o', destination, left, right, type),
  '^': (destination, left, right, type) => combine('x', destination, left, right, type),
  '*': (destination, left, right, { width }) => [
    ...copy(r0, right, width),
    z.multiply(r0, left, width),
    z.move(destination, r0),
  ],
  '<<': (destination, left, right, type) => shift('left', destination, left, right, type),
  '>>': (destination, left, right, type) =>
    shift(type.signed ? 'right signed' : 'right', destination, left, right, type),
};

function combine(
  operation: z.DistinctOperation,
  destination: Register,
  left: Register,
  right: Operand,
  { width }: ValueType,
): Code {
  const source = inRegister(right, r0, width);
  return [...source.code, z.combine(operation, destination, left, source.register, width)];
}

function shift(
  operation: z.Shift,
  destination: Register,
  left: Register,
  right: Operand,
  { width }: ValueType,
): Code {
  const count =
    right.kind === 'immediate'
      ? { bits: Number(BigInt.asUintN(6, right.value)) }
      : { register: right.register };
  return [z.shift(operation, destination, left, count, width)];
}

/** Sets the condition code; numbers that need more than 32 bits go by way of r1. */
function compareInto(left: Register, right: Operand, relation: Relation, { width, signed }: ValueType): Code {
  const logical = !signed && relation !== '==' && relation !== '!=';
  if (right.kind === 'immediate') {
    const number = logical ? BigInt.asUintN(width * 8, right.value) : BigInt.asIntN(width * 8, right.value);
    if (logical && number < 2n ** 32n) return [z.compareLogicalImmediate(left, number, width)];
    if (!logical && z.fitsSigned(number, 32)) return [z.compareImmediate(left, number, width)];
  }
  const source = inRegister(right, r1, width);
  const compare = logical ? z.compareLogical : z.compare;
  return [...source.code, compare(left, source.register, width)];
}

const conditions = { '==': 'e', '!=': 'ne', '<': 'l', '<=': 'nh', '>': 'h', '>=': 'nl' } as const;
