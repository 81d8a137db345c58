/**
 * arm64 under AAPCS64, the procedure call standard for the Arm 64-bit architecture: as two targets,
 * which differ in their atomics. Every CPU can run `llsc`; `lse` needs FEAT_LSE, and Linux uses it
 * where the CPU has it.
 */

import type { Code } from '../machine-code.ts';
import type { Operand, PrimitiveTable, Register, Width } from '../primitives.ts';
import type { Arithmetic, Relation, Target, ValueType } from '../target.ts';
import { baseName } from './encoding.ts';
import * as arm64 from './instructions.ts';
import { addConstant, constant, inRegister, operation, reachable, scratch } from './operands.ts';
import type { Filled } from './operands.ts';
import { llscPrimitives, lsePrimitives } from './primitives.ts';
import { operand } from './steps.ts';

const cell: Register = 0;
const out: Register = 1;
const count: Register = 2;

/** AAPCS64, "General-purpose Registers": preserved across calls, as are x29 and x30, which stay untouched. */
const preserved: readonly (readonly [Register, Register])[] = [
  [19, 20],
  [21, 22],
  [23, 24],
  [25, 26],
  [27, 28],
];
const frameBytes = 16 * preserved.length;

export const arm64Llsc: Target = target('llsc', llscPrimitives);
export const arm64Lse: Target = target('lse', lsePrimitives);

/**
 * Where x12 to x17 are the scratch of every row (operands.ts), x18 is the platform's and never touched,
 * and a 4-byte value has a zero upper half, as every write of a w register leaves it (Arm ARM C1.2.5).
 */
function target(variant: string, primitives: PrimitiveTable): Target {
  return {
    architecture: 'arm64',
    variant,
    entry: { cell: operand(cell), out: operand(out), count: operand(count), stack: baseName(arm64.sp) },
    registers: { cell, out, count, locals: [3, 4, 5, 6, 7, 8, 9, 10, 11, ...preserved.flat()] },
    // LDR and STR reach further, but what has no displacement at all needs an ADD, which holds 12 bits.
    displacement: { least: 0, most: 2 ** 12 - 1 },
    primitives,
    delaysStoresOnly: false,

    enter: () =>
      preserved.map(([one, other], index) =>
        index === 0
          ? arm64.pushPair(one, other, frameBytes)
          : arm64.pair('stp', one, other, { base: arm64.sp, displacement: 16 * index }),
      ),
    leave: (status) => [
      ...constant(cell, BigInt(status), 8),
      ...preserved
        .map(([one, other], index) =>
          index === 0
            ? arm64.popPair(one, other, frameBytes)
            : arm64.pair('ldp', one, other, { base: arm64.sp, displacement: 16 * index }),
        )
        .toReversed(),
      arm64.ret,
    ],
    loop: (head) => [arm64.aluImmediate('sub', count, count, 1, 8), arm64.branchIfNotZero(count, 8, head)],
    advance: (register, bytes) => addConstant(register, register, bytes),
    keep: (slotOffset, value, width) => {
      const { address, code } = reachable({ base: out, displacement: slotOffset }, width);
      return [...code, arm64.store(address, value, width)];
    },

    constant,
    move: (destination, source) => [arm64.move(destination, source, 8)],
    address: (destination, { base, displacement }) => addConstant(destination, base, displacement),
    convert: (destination, source, from, to) => {
      const extended = from.width === 4 && to.width === 8 && from.signed;
      if (extended) return [arm64.signExtend(destination, source)];
      return [arm64.move(destination, source, from.width === 8 && to.width === 8 ? 8 : 4)];
    },
    arithmetic: (operator, destination, left, right, type) => {
      const { prepare, apply } = operation(instructionFor(operator, type), right, scratch.first, type.width);
      return [...prepare, apply(destination, left)];
    },
    compare,
    branchIf: (relation, left, right, type, to) => {
      if (right.kind === 'immediate' && right.value === 0n) {
        if (relation === '==') return [arm64.branchIfZero(left, type.width, to)];
        if (relation === '!=') return [arm64.branchIfNotZero(left, type.width, to)];
      }
      return [...flags(left, right, type), arm64.branchIf(conditionFor(relation, type), to)];
    },
    jump: arm64.jump,
  };
}

const instructions = {
  '+': 'add',
  '-': 'sub',
  '*': 'mul',
  '&': 'and',
  '|': 'orr',
  '^': 'eor',
  '<<': 'lsl',
} as const satisfies Readonly<Record<Exclude<Arithmetic, '>>'>, arm64.AluOperation>>;

function instructionFor(operator: Arithmetic, { signed }: ValueType): arm64.AluOperation {
  if (operator === '>>') return signed ? 'asr' : 'lsr';
  return instructions[operator];
}

function flags(left: Register, right: Operand, { width }: ValueType): Code {
  if (right.kind === 'immediate' && right.value >= 0n && right.value < 2n ** 12n) {
    return [arm64.compareImmediate(left, Number(right.value), width)];
  }
  const { register, code } = inRegister(right, scratch.first, width);
  return [...code, arm64.compare(left, register, width)];
}

function conditionFor(relation: Relation, { signed }: ValueType): arm64.ConditionCode {
  return (signed ? signedConditions : unsignedConditions)[relation];
}

const signedConditions = { '==': 'eq', '!=': 'ne', '<': 'lt', '<=': 'le', '>': 'gt', '>=': 'ge' } as const;
const unsignedConditions = { '==': 'eq', '!=': 'ne', '<': 'cc', '<=': 'ls', '>': 'hi', '>=': 'cs' } as const;

/**
 * By the carry, which is data. CSET would be shorter, but a conditional select passes on no more than a
 * Pick dependency, which does not order a later load (Arm ARM, "Pick dependency").
 */
function compare(
  relation: Relation,
  destination: Register,
  left: Register,
  right: Operand,
  type: ValueType,
): Code {
  const { width } = type;
  if (relation === '==' || relation === '!=') {
    const { register, code } = difference(left, right, width);
    return [
      ...code,
      relation === '=='
        ? arm64.compare(arm64.zero, register, width)
        : arm64.compareImmediate(register, 1, width),
      arm64.carry(destination),
    ];
  }
  const { one, other, code } = unsignedOperands(left, right, type);
  const [larger, smaller] = relation === '>=' || relation === '<' ? [one, other] : [other, one];
  return [
    ...code,
    arm64.compare(larger, smaller, width),
    ...(relation === '>=' || relation === '<='
      ? [arm64.carry(destination)]
      : [arm64.negatedBorrow(destination), arm64.negate(destination, destination, 4)]),
  ];
}

/** A number that is 0 exactly where the operands are equal. */
function difference(left: Register, right: Operand, width: Width): Filled {
  if (right.kind === 'immediate' && right.value === 0n) return { register: left, code: [] };
  const { prepare, apply } = operation('eor', right, scratch.first, width);
  return { register: scratch.old, code: [...prepare, apply(scratch.old, left)] };
}

/** Two numbers that compare unsigned as `left` and `right` do: the same, or with their sign bits flipped. */
function unsignedOperands(
  left: Register,
  right: Operand,
  { width, signed }: ValueType,
): { readonly one: Register; readonly other: Register; readonly code: Code } {
  if (!signed) {
    const { register, code } = inRegister(right, scratch.first, width);
    return { one: left, other: register, code };
  }
  const signBit = 1n << BigInt(width * 8 - 1);
  const flipped =
    right.kind === 'immediate'
      ? constant(scratch.first, right.value ^ signBit, width)
      : [arm64.alu('eor', scratch.first, right.register, scratch.second, width)];
  return {
    one: scratch.old,
    other: scratch.first,
    code: [
      ...constant(scratch.second, signBit, width),
      arm64.alu('eor', scratch.old, left, scratch.second, width),
      ...flipped,
    ],
  };
}
