/** x86-64 under the System V ABI: the ABI's argument registers hold what they were passed. */

import type { Code } from '../machine-code.ts';
import type { Operand, Register } from '../primitives.ts';
import type { Arithmetic, Relation, Target, ValueType } from '../target.ts';
import * as x86 from './instructions.ts';
import { constant, copy, inRegister, isShortImmediate } from './operands.ts';
import { primitives } from './primitives.ts';

const { rax, rcx } = x86;

/** System V ABI, AMD64 supplement, figure 3.4: preserved across calls; rsp aside. */
const preserved = [x86.rbx, x86.rbp, x86.r12, x86.r13, x86.r14, x86.r15];

/** Where rax, rcx and r11 are the scratch of every row, and a 4-byte value has a zero upper half. */
export const x86_64: Target = {
  architecture: 'x86-64',
  variant: undefined,
  registers: {
    cell: x86.rdi,
    out: x86.rsi,
    count: x86.rdx,
    locals: [x86.r8, x86.r9, x86.r10, x86.rbx, x86.rbp, x86.r12, x86.r13, x86.r14, x86.r15],
  },
  entry: {
    cell: x86.name(x86.rdi),
    out: x86.name(x86.rsi),
    count: x86.name(x86.rdx),
    stack: x86.name(x86.rsp),
  },
  displacement: { least: -(2 ** 31), most: 2 ** 31 - 1 },
  primitives,
  delaysStoresOnly: true,

  enter: () => preserved.map(x86.push),
  leave: (status) => [...constant(rax, BigInt(status), 4), ...preserved.toReversed().map(x86.pop), x86.ret],
  loop: (head) => [x86.aluImmediate('sub', x86.rdx, 1n, 8), x86.jumpIf('ne', head)],
  advance: (register, bytes) =>
    combine('add', register, register, { kind: 'immediate', value: BigInt(bytes) }, 8),
  keep: (slotOffset, value, width) => [x86.store({ base: x86.rsi, displacement: slotOffset }, value, width)],

  constant,
  move: (destination, source) => copy(destination, { kind: 'register', register: source }, 8),
  address: (destination, of) => [x86.loadEffectiveAddress(destination, of)],
  convert: (destination, source, from, to) => {
    if (from.width === 8 && to.width === 8) return [x86.move(destination, source, 8)];
    const widensSign = from.width === 4 && to.width === 8 && from.signed;
    return [widensSign ? x86.signExtend(destination, source) : x86.move(destination, source, 4)];
  },
  arithmetic: (operator, destination, left, right, type) =>
    arithmetic[operator](destination, left, right, type),
  compare: (relation, destination, left, right, type) => [
    ...compareFlags(left, right, type),
    x86.setIf(conditionOf(relation, type), rax),
    x86.zeroExtendByte(destination, rax),
  ],
  branchIf: (relation, left, right, type, to) => [
    ...compareFlags(left, right, type),
    x86.jumpIf(conditionOf(relation, type), to),
  ],
  jump: x86.jump,
};

type ArithmeticRow = (destination: Register, left: Register, right: Operand, type: ValueType) => Code;

const arithmetic: Readonly<Record<Arithmetic, ArithmeticRow>> = {
  '+': (destination, left, right, type) => combine('add', destination, left, right, type.width),
  '-': (destination, left, right, type) => combine('sub', destination, left, right, type.width),
  '&': (destination, left, right, type) => combine('and', destination, left, right, type.width),
  '|': (destination, left, right, type) => combine('or', destination, left, right, type.width),
  '^': (destination, left, right, type) => combine('xor', destination, left, right, type.width),
  '*': (destination, left, right, { width }) => [
    ...copy(rax, right, width),
    x86.multiply(rax, left, width),
    x86.move(destination, rax, width),
  ],
  '<<': (destination, left, right, type) => shift('shl', destination, left, right, type),
  '>>': (destination, left, right, type) =>
    shift(type.signed ? 'sar' : 'shr', destination, left, right, type),
};

/** Two-operand instructions overwrite their left operand, so a right operand in `destination` goes by way of rax. */
function combine(
  operation: Exclude<x86.AluOperation, 'cmp'>,
  destination: Register,
  left: Register,
  right: Operand,
  width: 4 | 8,
): Code {
  if (isShortImmediate(right, width)) {
    return [
      ...copy(destination, { kind: 'register', register: left }, width),
      x86.aluImmediate(operation, destination, right.value, width),
    ];
  }
  const source = inRegister(right, rcx, width);
  if (source.register === destination && left !== destination) {
    return [
      x86.move(rax, left, width),
      x86.alu(operation, rax, source.register, width),
      x86.move(destination, rax, width),
    ];
  }
  return [
    ...source.code,
    ...copy(destination, { kind: 'register', register: left }, width),
    x86.alu(operation, destination, source.register, width),
  ];
}

/** The count must be in cl. */
function shift(
  operation: x86.Shift,
  destination: Register,
  left: Register,
  right: Operand,
  { width }: ValueType,
): Code {
  return [
    ...copy(rcx, right, width),
    ...copy(destination, { kind: 'register', register: left }, width),
    x86.shift(operation, destination, width),
  ];
}

function compareFlags(left: Register, right: Operand, { width }: ValueType): Code {
  if (isShortImmediate(right, width)) return [x86.aluImmediate('cmp', left, right.value, width)];
  const source = inRegister(right, rcx, width);
  return [...source.code, x86.alu('cmp', left, source.register, width)];
}

function conditionOf(relation: Relation, type: ValueType): x86.ConditionCode {
  return (type.signed ? signedConditions : unsignedConditions)[relation];
}

const signedConditions = { '==': 'e', '!=': 'ne', '<': 'l', '<=': 'le', '>': 'g', '>=': 'ge' } as const;
const unsignedConditions = { '==': 'e', '!=': 'ne', '<': 'b', '<=': 'be', '>': 'a', '>=': 'ae' } as const;
