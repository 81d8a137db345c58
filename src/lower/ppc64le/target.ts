/** ppc64le under the ELFv2 ABI, for POWER8 and later. */

import type { Code } from '../machine-code.ts';
import type { Address, Operand, Register } from '../primitives.ts';
import type { Arithmetic, Relation, Target, ValueType } from '../target.ts';
import * as ppc from './instructions.ts';
import { addConstant, compareFlags, constant, inRegister, move, truth } from './operands.ts';
import { primitives } from './primitives.ts';

/**
 * Those of the registers that ELFv2 wants preserved ("Register Roles") which a thread may use. r30 and r31
 * are left out: `ori rX,rX,0`, as a test's own `r | 0` becomes, flushes the L1 data cache with r30 and bars
 * speculation with r31 (Linux, arch/powerpc/lib/feature-fixups.c).
 */
const preserved: readonly Register[] = [14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25];

/**
 * Where a preserved register is saved, as in ELFv2's register save area: r31 in the 8 bytes below the stack
 * pointer, r30 below it and so on. A function that calls no other needs no frame for it, as the ABI's
 * "Protected Zone", of 288 bytes, is left alone by signal handlers.
 */
function saveSlot(register: Register): Address {
  return { base: ppc.r1, displacement: -8 * (32 - register) };
}

/**
 * Where r0, r10, r11 and r12 are the scratch of every row, and CR0 and CA too; the upper half of a 4-byte
 * value means nothing, for the instructions on the low half ignore it and `convert` replaces it. It neither
 * calls nor uses the TOC: r2, r13 and LR stay as they are.
 */
export const ppc64le: Target = {
  architecture: 'ppc64le',
  variant: undefined,
  registers: {
    cell: ppc.r3,
    out: ppc.r4,
    count: ppc.r5,
    locals: [6, 7, 8, 9, ...preserved],
  },
  entry: { cell: ppc.name(ppc.r3), out: ppc.name(ppc.r4), count: ppc.name(ppc.r5), stack: ppc.name(ppc.r1) },
  // The DS-form's, for multiples of 4; the D-form takes them all.
  displacement: { least: -(2 ** 15), most: 2 ** 15 - 4 },
  primitives,
  delaysStoresOnly: false,

  enter: () => preserved.map((register) => ppc.store(saveSlot(register), register, 8)),
  leave: (status) => [
    ...constant(ppc.r3, BigInt(status), 8),
    ...preserved.map((register) => ppc.load(register, saveSlot(register), 8)),
    ppc.blr,
  ],
  loop: (head) => [ppc.addImmediate('addic.', ppc.r5, ppc.r5, -1n), ppc.branchIf('ne', head)],
  advance: (register, bytes) => addConstant(register, register, BigInt(bytes)),
  keep: (slotOffset, value, width) => [ppc.store({ base: ppc.r4, displacement: slotOffset }, value, width)],

  constant,
  move,
  address: (destination, { base, displacement }) => addConstant(destination, base, BigInt(displacement)),
  convert: (destination, source, from, to) => {
    if (from.width === to.width || to.width === 4) return move(destination, source);
    return [from.signed ? ppc.signExtend(destination, source) : ppc.zeroExtend(destination, source)];
  },
  arithmetic: (operator, destination, left, right, type) =>
    arithmetic[operator](destination, left, right, type),
  compare: truth,
  branchIf: (relation, left, right, type, to) => [
    ...compareFlags(left, right, type),
    ppc.branchIf(conditions[relation], to),
  ],
  jump: ppc.jump,
};

const conditions: Readonly<Record<Relation, ppc.Condition>> = {
  '==': 'eq',
  '!=': 'ne',
  '<': 'lt',
  '<=': 'le',
  '>': 'gt',
  '>=': 'ge',
};

type ArithmeticRow = (destination: Register, left: Register, right: Operand, type: ValueType) => Code;

const arithmetic: Readonly<Record<Arithmetic, ArithmeticRow>> = {
  '+': (destination, left, right, type) =>
    right.kind === 'immediate' && ppc.fitsSigned(right.value, 16)
      ? [ppc.addImmediate('addi', destination, left, right.value)]
      : combine('add', destination, left, right, type),
  '-': (destination, left, right, type) => {
    if (right.kind === 'immediate' && ppc.fitsSigned(-right.value, 16))
      return [ppc.addImmediate('addi', destination, left, -right.value)];
    const source = inRegister(right, ppc.r0, type.width);
    return [...source.code, ppc.arithmetic('subf', destination, source.register, left)];
  },
  '*': (destination, left, right, type) =>
    combine(type.width === 8 ? 'mulld' : 'mullw', destination, left, right, type),
  '&': (destination, left, right, type) => mask('and', 'andi.', destination, left, right, type),
  '|': (destination, left, right, type) =>
    right.kind === 'register' && right.register === left
      ? [ppc.move(ppc.r0, left), ppc.move(destination, ppc.r0)]
      : mask('or', 'ori', destination, left, right, type),
  '^': (destination, left, right, type) => mask('xor', 'xori', destination, left, right, type),
  // A count of the width or more gives 0 or the sign ("Fixed-Point Shift Instructions"): in C it means nothing.
  '<<': (destination, left, right, type) =>
    logical(type.width === 8 ? 'sld' : 'slw', destination, left, right, type),
  '>>': (destination, left, right, type) => logical(rightShift(type), destination, left, right, type),
};

function rightShift({ width, signed }: ValueType): ppc.Logical {
  if (width === 8) return signed ? 'srad' : 'srd';
  return signed ? 'sraw' : 'srw';
}

function combine(
  operation: ppc.Addition,
  destination: Register,
  left: Register,
  right: Operand,
  { width }: ValueType,
): Code {
  const source = inRegister(right, ppc.r0, width);
  return [...source.code, ppc.arithmetic(operation, destination, left, source.register)];
}

function mask(
  operation: ppc.Logical,
  immediateOperation: ppc.ImmediateLogical,
  destination: Register,
  left: Register,
  right: Operand,
  type: ValueType,
): Code {
  if (right.kind === 'immediate' && ppc.fitsUnsigned16(right.value))
    return [ppc.logicalImmediate(immediateOperation, destination, left, right.value)];
  return logical(operation, destination, left, right, type);
}

function logical(
  operation: ppc.Logical,
  destination: Register,
  left: Register,
  right: Operand,
  { width }: ValueType,
): Code {
  const source = inRegister(right, ppc.r0, width);
  return [...source.code, ppc.logical(operation, destination, left, source.register)];
}
