/**
 * The arm64 (A64) instructions that Fencepost emits: text as GNU objdump prints it, its notes after
 * `//` included (one space where it has several), and bytes as GNU as makes them. Encodings are those
 * of the Arm Architecture Reference Manual for A-profile architecture (Arm ARM, DDI 0487), section
 * C6.2, where each instruction has a page under the name given here.
 */

import type { Branch, Instruction, Label } from '../machine-code.ts';
import type { Register, Width } from '../primitives.ts';
import { branch, field, first, hex, instruction, name, second, sf, third, zero } from './encoding.ts';
import { comparesTo, computes, computesOfCarry, operand, takenIf, takenIfZero } from './steps.ts';
import type { Flags } from './steps.ts';

export { sp, zero } from './encoding.ts';
export * from './memory-instructions.ts';

/** YIELD. */
export const yieldHint = instruction('yield', [], 0xd503_203f);

/** RET, to x30; the generated function's status is in x0. */
export const ret = instruction('ret', [{ kind: 'return', status: operand(0) }], 0xd65f_03c0);

/** MOVZ, as its alias MOV (wide immediate): `half` at bit `shift`, zeros elsewhere. */
export function moveWide(to: Register, half: number, shift: number, width: Width): Instruction {
  return moveText(to, BigInt(half) << BigInt(shift), width, 0x5280_0000, half, shift);
}

/** MOVN, as its alias MOV (inverted wide immediate): the complement of `half` at bit `shift`, ones elsewhere. */
export function moveInverted(to: Register, half: number, shift: number, width: Width): Instruction {
  return moveText(to, ~(BigInt(half) << BigInt(shift)), width, 0x1280_0000, half, shift);
}

function moveText(
  to: Register,
  value: bigint,
  width: Width,
  opcode: number,
  half: number,
  shift: number,
): Instruction {
  const bits = width * 8;
  return instruction(
    `mov ${name(to, width)}, ${hex(BigInt.asUintN(bits, value))} // #${BigInt.asIntN(bits, value)}`,
    computes(to, [], width, () => value),
    sf(width) + opcode,
    moveFields(half, shift, width),
    first(to),
  );
}

function moveFields(half: number, shift: number, width: Width): number {
  return field(shift / 16, width === 8 ? 2 : 1, 21) + field(half, 16, 5);
}

/** MOVK: `half` at bit `shift`, the rest as it was. */
export function moveKeeping(to: Register, half: number, shift: number, width: Width): Instruction {
  const where = shift === 0 ? '' : `, lsl #${shift}`;
  return instruction(
    `movk ${name(to, width)}, ${hex(BigInt(half))}${where}`,
    computes(to, [to], width, (old) => (old & ~(0xffffn << BigInt(shift))) | (BigInt(half) << BigInt(shift))),
    sf(width) + 0x7280_0000,
    moveFields(half, shift, width),
    first(to),
  );
}

/** `value` is of unsigned numbers as wide as the operation, which the result is wrapped to. */
interface BinaryOperation {
  readonly opcode: number;
  readonly value: (left: bigint, right: bigint, bits: bigint) => bigint;
}

const immediateOperations = {
  add: { opcode: 0x1100_0000, value: (left, right) => left + right },
  sub: { opcode: 0x5100_0000, value: (left, right) => left - right },
} as const satisfies Readonly<Record<string, BinaryOperation>>;
export type ImmediateOperation = keyof typeof immediateOperations;

/** ADD, SUB (immediate): 12 bits, shifted left by 12 where `high`. */
export function aluImmediate(
  operation: ImmediateOperation,
  to: Register,
  left: Register,
  value: number,
  width: Width,
  high = false,
): Instruction {
  const shifted = high ? ', lsl #12' : '';
  const { opcode, value: apply } = immediateOperations[operation];
  return instruction(
    `${operation} ${name(to, width)}, ${name(left, width)}, ${hex(BigInt(value))}${shifted}`,
    computes(to, [left], width, (number) => apply(number, BigInt(value) << (high ? 12n : 0n))),
    sf(width) + opcode,
    high ? 0x0040_0000 : 0,
    field(value, 12, 10),
    second(left),
    first(to),
  );
}

const aluOperations = {
  add: { opcode: 0x0b00_0000, value: (left, right) => left + right },
  sub: { opcode: 0x4b00_0000, value: (left, right) => left - right },
  and: { opcode: 0x0a00_0000, value: (left, right) => left & right },
  bic: { opcode: 0x0a20_0000, value: (left, right) => left & ~right },
  orr: { opcode: 0x2a00_0000, value: (left, right) => left | right },
  eor: { opcode: 0x4a00_0000, value: (left, right) => left ^ right },
  mul: { opcode: 0x1b00_7c00, value: (left, right) => left * right },
  lsl: { opcode: 0x1ac0_2000, value: (left, right, bits) => left << (right % bits) },
  lsr: { opcode: 0x1ac0_2400, value: (left, right, bits) => left >> (right % bits) },
  asr: {
    opcode: 0x1ac0_2800,
    value: (left, right, bits) => BigInt.asIntN(Number(bits), left) >> (right % bits),
  },
} as const satisfies Readonly<Record<string, BinaryOperation>>;
export type AluOperation = keyof typeof aluOperations;

/**
 * ADD, SUB, AND, BIC, ORR, EOR (shifted register), MUL (alias of MADD), LSL, LSR, ASR (register, alias
 * of LSLV, LSRV, ASRV: the count is taken modulo the width in bits). `left` is not the zero register.
 */
export function alu(
  operation: AluOperation,
  to: Register,
  left: Register,
  right: Register,
  width: Width,
): Instruction {
  const { opcode, value }: BinaryOperation = aluOperations[operation];
  return instruction(
    `${operation} ${name(to, width)}, ${name(left, width)}, ${name(right, width)}`,
    computes(to, [left, right], width, (one, other) => value(one, other, BigInt(width * 8))),
    sf(width) + opcode,
    third(right),
    second(left),
    first(to),
  );
}

/** MOV (register), alias of ORR; that of w registers clears the upper half. */
export function move(to: Register, from: Register, width: Width): Instruction {
  return fromOne('mov', 0x2a00_0000, to, from, width, (value) => value);
}

/** NEG (shifted register), alias of SUB. */
export function negate(to: Register, from: Register, width: Width): Instruction {
  return fromOne('neg', 0x4b00_0000, to, from, width, (value) => -value);
}

/** MVN, alias of ORN (shifted register). */
export function complement(to: Register, from: Register, width: Width): Instruction {
  return fromOne('mvn', 0x2a20_0000, to, from, width, (value) => ~value);
}

/** An alias whose left operand is the zero register. */
function fromOne(
  mnemonic: string,
  opcode: number,
  to: Register,
  from: Register,
  width: Width,
  value: (from: bigint) => bigint,
): Instruction {
  return instruction(
    `${mnemonic} ${name(to, width)}, ${name(from, width)}`,
    computes(to, [from], width, value),
    sf(width) + opcode,
    third(from),
    second(zero),
    first(to),
  );
}

export type Shift = 'lsl' | 'lsr' | 'asr';

/** LSL, LSR, ASR (immediate), alias of UBFM and SBFM, by 1 to the width in bits less 1. */
export function shiftImmediate(
  operation: Shift,
  to: Register,
  from: Register,
  count: number,
  width: Width,
): Instruction {
  const bits = width * 8;
  const { value }: BinaryOperation = aluOperations[operation];
  const [rotation, last] = operation === 'lsl' ? [bits - count, bits - 1 - count] : [count, bits - 1];
  return instruction(
    `${operation} ${name(to, width)}, ${name(from, width)}, #${count}`,
    computes(to, [from], width, (number) => value(number, BigInt(count), BigInt(bits))),
    sf(width) + (operation === 'asr' ? 0x1300_0000 : 0x5300_0000) + (width === 8 ? 0x0040_0000 : 0),
    field(rotation, width === 8 ? 6 : 5, 16),
    field(last, width === 8 ? 6 : 5, 10),
    second(from),
    first(to),
  );
}

/** SXTW, alias of SBFM. */
export function signExtend(to: Register, from: Register): Instruction {
  return instruction(
    `sxtw ${name(to, 8)}, ${name(from, 4)}`,
    computes(to, [from], 8, (value) => BigInt.asIntN(32, value)),
    0x9340_7c00,
    second(from),
    first(to),
  );
}

/** CMP (shifted register), alias of SUBS. C is set where `left` is no less than `right`, unsigned. */
export function compare(left: Register, right: Register, width: Width): Instruction {
  return instruction(
    `cmp ${name(left, width)}, ${name(right, width)}`,
    comparesTo(left, right, width),
    sf(width) + 0x6b00_0000,
    third(right),
    second(left),
    first(zero),
  );
}

/** CMP (immediate), alias of SUBS: 12 bits. */
export function compareImmediate(left: Register, value: number, width: Width): Instruction {
  return instruction(
    `cmp ${name(left, width)}, ${hex(BigInt(value))}`,
    comparesTo(left, BigInt(value), width),
    sf(width) + 0x7100_0000,
    field(value, 12, 10),
    second(left),
    first(zero),
  );
}

/** ADC of two zeros: the flag C. */
export function carry(to: Register): Instruction {
  return instruction(
    `adc ${name(to, 4)}, wzr, wzr`,
    computesOfCarry(to, 4, (carry) => carry),
    0x1a00_0000,
    third(zero),
    second(zero),
    first(to),
  );
}

/** NGC, alias of SBC, of zero: 0 where the flag C is set, else -1. */
export function negatedBorrow(to: Register): Instruction {
  return instruction(
    `ngc ${name(to, 4)}, wzr`,
    computesOfCarry(to, 4, (carry) => carry - 1n),
    0x5a00_0000,
    third(zero),
    second(zero),
    first(to),
  );
}

/** Arm ARM C1.2.4: the condition codes that follow a CMP, with the other names that objdump notes. */
const conditionCodes = {
  eq: { code: 0x0, note: ' // b.none', holds: ({ z }) => z },
  ne: { code: 0x1, note: ' // b.any', holds: ({ z }) => !z },
  cs: { code: 0x2, note: ' // b.hs, b.nlast', holds: ({ c }) => c },
  cc: { code: 0x3, note: ' // b.lo, b.ul, b.last', holds: ({ c }) => !c },
  hi: { code: 0x8, note: ' // b.pmore', holds: ({ c, z }) => c && !z },
  ls: { code: 0x9, note: ' // b.plast', holds: ({ c, z }) => !c || z },
  ge: { code: 0xa, note: ' // b.tcont', holds: ({ n, v }) => n === v },
  lt: { code: 0xb, note: ' // b.tstop', holds: ({ n, v }) => n !== v },
  gt: { code: 0xc, note: '', holds: ({ n, z, v }) => !z && n === v },
  le: { code: 0xd, note: '', holds: ({ n, z, v }) => z || n !== v },
} as const satisfies Readonly<
  Record<string, { readonly code: number; readonly note: string; readonly holds: (flags: Flags) => boolean }>
>;
export type ConditionCode = keyof typeof conditionCodes;

/** B.cond: reaches 1 MiB either way. */
export function branchIf(condition: ConditionCode, to: Label): Branch {
  const { code, note, holds } = conditionCodes[condition];
  return branch(`b.${condition} `, note, takenIf(holds), 0x5400_0000 + code, { bits: 19, shift: 5 }, to);
}

/** CBZ: reaches 1 MiB either way. */
export function branchIfZero(register: Register, width: Width, to: Label): Branch {
  const opcode = sf(width) + 0x3400_0000 + first(register);
  const taken = takenIfZero(register, width, true);
  return branch(`cbz ${name(register, width)}, `, '', taken, opcode, { bits: 19, shift: 5 }, to);
}

/** CBNZ: reaches 1 MiB either way. */
export function branchIfNotZero(register: Register, width: Width, to: Label): Branch {
  const opcode = sf(width) + 0x3500_0000 + first(register);
  const taken = takenIfZero(register, width, false);
  return branch(`cbnz ${name(register, width)}, `, '', taken, opcode, { bits: 19, shift: 5 }, to);
}

/** B: reaches 128 MiB either way. */
export function jump(to: Label): Branch {
  return branch('b ', '', undefined, 0x1400_0000, { bits: 26, shift: 0 }, to);
}
