/** riscv64 (RV64IMA) under the ABI lp64, lp64d's own for integers: RISC-V ELF psABI. */

import { label } from '../machine-code.ts';
import type { Code, Label } from '../machine-code.ts';
import type { Address, Operand, Register } from '../primitives.ts';
import { negated } from '../target.ts';
import type { Arithmetic, Relation, Target, ValueType } from '../target.ts';
import * as riscv from './instructions.ts';
import {
  addConstant,
  constant,
  inRegister,
  isNotZero,
  isZero,
  move,
  scratch,
  shortImmediate,
} from './operands.ts';
import type { Filled } from './operands.ts';
import { primitives } from './primitives.ts';

const cell: Register = 10;
const out: Register = 11;
const count: Register = 12;

/** psABI, "Integer Register Convention": s0 to s11, preserved across calls. */
const preserved: readonly Register[] = [8, 9, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27];

/** The stack pointer stays a multiple of 16 (psABI, "Integer Calling Convention"). */
const frameBytes = 8 * preserved.length;

function saveSlot(index: number): Address {
  return { base: riscv.sp, displacement: 8 * index };
}

/**
 * Where t0 to t6 are the scratch of every row (operands.ts), ra, gp and tp are never touched, and the upper
 * half of a 4-byte value is copies of its bit 31, signed or not: so every instruction on 4-byte words
 * leaves it, so the psABI has it, and so 4-byte values compare as 8-byte ones do.
 */
export const riscv64: Target = {
  architecture: 'riscv64',
  variant: undefined,
  registers: { cell, out, count, locals: [13, 14, 15, 16, 17, ...preserved] },
  entry: { cell: 'a0', out: 'a1', count: 'a2', stack: 'sp' },
  // Loads and stores reach as far below a base. AMO, LR and SC have no displacement: a base that starts at
  // its first location, not below its last, spares them an ADDI there.
  displacement: { least: 0, most: 2 ** 11 - 1 },
  primitives,
  delaysStoresOnly: false,

  enter: () => [
    riscv.addImmediate(riscv.sp, riscv.sp, -frameBytes, 8),
    ...preserved.map((register, index) => riscv.store(saveSlot(index), register, 8)),
  ],
  leave: (status) => [
    ...constant(cell, BigInt(status), 8),
    ...preserved.map((register, index) => riscv.load(register, saveSlot(index), 8)),
    riscv.addImmediate(riscv.sp, riscv.sp, frameBytes, 8),
    riscv.ret,
  ],
  loop: (head) => [
    riscv.addImmediate(count, count, -1, 8),
    ...jumpUnless('==', count, riscv.zero, { width: 8, signed: true }, head),
  ],
  advance: (register, bytes) => addConstant(register, register, bytes),
  keep: (slotOffset, value, width) => [riscv.store({ base: out, displacement: slotOffset }, value, width)],

  constant,
  move,
  address: (destination, { base, displacement }) => addConstant(destination, base, displacement),
  convert: (destination, source, from, to) => {
    if (to.width === 4 && from.width === 8) return [riscv.signExtend(destination, source)];
    if (to.width === from.width || from.signed) return move(destination, source);
    return [
      riscv.shiftImmediate('sll', destination, source, 32, 8),
      riscv.shiftImmediate('srl', destination, destination, 32, 8),
    ];
  },
  arithmetic: (operator, destination, left, right, type) =>
    arithmetic[operator](destination, left, right, type),
  compare,
  branchIf: (relation, left, right, type, to) => {
    const { register, code } = inRegister(right, scratch.first, type.width);
    return [...code, ...jumpUnless(negated[relation], left, register, type, to)];
  },
  jump: riscv.jump,
};

/** Which comparison each relation is, with its operands as they stand or exchanged. */
const conditions: Readonly<
  Record<
    Relation,
    { readonly signed: riscv.Condition; readonly unsigned: riscv.Condition; readonly exchanged: boolean }
  >
> = {
  '==': { signed: 'eq', unsigned: 'eq', exchanged: false },
  '!=': { signed: 'ne', unsigned: 'ne', exchanged: false },
  '<': { signed: 'lt', unsigned: 'ltu', exchanged: false },
  '>=': { signed: 'ge', unsigned: 'geu', exchanged: false },
  '>': { signed: 'lt', unsigned: 'ltu', exchanged: true },
  '<=': { signed: 'ge', unsigned: 'geu', exchanged: true },
};

/** A jump, which reaches the whole body, and a conditional branch past it, which reaches 4 KiB and need not. */
function jumpUnless(
  relation: Relation,
  left: Register,
  right: Register,
  { signed }: ValueType,
  to: Label,
): Code {
  const past = label('past');
  const { exchanged, ...condition } = conditions[relation];
  const [one, other] = exchanged ? [right, left] : [left, right];
  return [
    riscv.branchIf(signed ? condition.signed : condition.unsigned, one, other, past),
    riscv.jump(to),
    past,
  ];
}

type ArithmeticRow = (destination: Register, left: Register, right: Operand, type: ValueType) => Code;

const arithmetic: Readonly<Record<Arithmetic, ArithmeticRow>> = {
  '+': (destination, left, right, type) => {
    const short = shortImmediate(right);
    return short === undefined
      ? combine('add', destination, left, right, type)
      : [riscv.addImmediate(destination, left, short, type.width)];
  },
  '-': (destination, left, right, type) => {
    const short = shortImmediate(negative(right));
    return short === undefined
      ? combine('sub', destination, left, right, type)
      : [riscv.addImmediate(destination, left, short, type.width)];
  },
  '*': (destination, left, right, type) => combine('mul', destination, left, right, type),
  '&': (destination, left, right, type) => mask('and', 'andi', destination, left, right, type),
  '|': (destination, left, right, type) => mask('or', 'ori', destination, left, right, type),
  '^': (destination, left, right, type) => mask('xor', 'xori', destination, left, right, type),
  '<<': (destination, left, right, type) => shift('sll', destination, left, right, type),
  '>>': (destination, left, right, type) =>
    shift(type.signed ? 'sra' : 'srl', destination, left, right, type),
};

function negative(operand: Operand): Operand {
  return operand.kind === 'immediate' ? { kind: 'immediate', value: -operand.value } : operand;
}

function combine(
  operation: riscv.Operation,
  destination: Register,
  left: Register,
  right: Operand,
  { width }: ValueType,
): Code {
  const source = inRegister(right, scratch.first, width);
  return [...source.code, riscv.operate(operation, destination, left, source.register, width)];
}

function mask(
  operation: riscv.Operation,
  immediateOperation: riscv.ImmediateOperation,
  destination: Register,
  left: Register,
  right: Operand,
  type: ValueType,
): Code {
  const short = shortImmediate(right);
  if (short === undefined) return combine(operation, destination, left, right, type);
  return [riscv.immediate(immediateOperation, destination, left, short)];
}

function shift(
  operation: riscv.Shift,
  destination: Register,
  left: Register,
  right: Operand,
  type: ValueType,
): Code {
  const count = shortImmediate(right);
  return count !== undefined && count >= 0 && count < type.width * 8
    ? [riscv.shiftImmediate(operation, destination, left, count, type.width)]
    : combine(operation, destination, left, right, type);
}

function compare(
  relation: Relation,
  destination: Register,
  left: Register,
  right: Operand,
  type: ValueType,
): Code {
  switch (relation) {
    case '==':
    case '!=': {
      const { register, code } = difference(left, right, type);
      return [...code, ...(relation === '==' ? isZero : isNotZero)(destination, register)];
    }
    case '<':
      return isLess(destination, left, right, type);
    case '>=':
      return [...isLess(destination, left, right, type), ...opposite(destination)];
    case '>':
      return isGreater(destination, left, right, type);
    case '<=':
      return [...isGreater(destination, left, right, type), ...opposite(destination)];
  }
}

/** A number that is 0 exactly where the operands are equal. */
function difference(left: Register, right: Operand, type: ValueType): Filled {
  if (right.kind === 'immediate' && right.value === 0n) return { register: left, code: [] };
  const { first } = scratch;
  return { register: first, code: mask('xor', 'xori', first, left, right, type) };
}

/** SLTIU sign-extends its immediate, then compares: as immediates and 4-byte values are extended here. */
function isLess(destination: Register, left: Register, right: Operand, type: ValueType): Code {
  const short = shortImmediate(right);
  if (short === undefined) return combine(type.signed ? 'slt' : 'sltu', destination, left, right, type);
  return [riscv.immediate(type.signed ? 'slti' : 'sltiu', destination, left, short)];
}

function isGreater(
  destination: Register,
  left: Register,
  right: Operand,
  { width, signed }: ValueType,
): Code {
  const { register, code } = inRegister(right, scratch.first, width);
  return [...code, riscv.operate(signed ? 'slt' : 'sltu', destination, register, left, width)];
}

/** Of a 1 or 0. */
function opposite(register: Register): Code {
  return [riscv.immediate('xori', register, register, 1)];
}
