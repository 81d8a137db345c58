/**
 * The z/Architecture instructions that Fencepost emits, none newer than the z196: text as GNU objdump
 * prints it (one space after the mnemonic) and bytes as GNU as chooses them. Opcodes and formats are
 * those of the z/Architecture Principles of Operation (PoP, SA22-7832): the section named is in chapter
 * 7, "General Instructions"; the formats are in chapter 5, "Instruction Formats". Bytes are big-endian.
 */

import type { Branch, Instruction, Label } from '../machine-code.ts';
import type { Address, Register, Width } from '../primitives.ts';

export const r0: Register = 0;
export const r1: Register = 1;
export const r2: Register = 2;
export const r3: Register = 3;
export const r4: Register = 4;
export const r5: Register = 5;
export const r6: Register = 6;
export const r7: Register = 7;
export const r8: Register = 8;
export const r9: Register = 9;
export const r10: Register = 10;
export const r11: Register = 11;
export const r12: Register = 12;
export const r13: Register = 13;
export const r14: Register = 14;
export const r15: Register = 15;

export function fitsSigned(value: bigint, bits: 8 | 16 | 32): boolean {
  return BigInt.asIntN(bits, value) === value;
}

function registerText(register: Register): string {
  return `%r${register}`;
}

function addressText({ base, displacement }: Address): string {
  return `${displacement}(${registerText(base)})`;
}

function bigEndian(value: bigint | number, sizeBytes: number): number[] {
  return Array.from({ length: sizeBytes }, (_, index) =>
    Number((BigInt(value) >> BigInt(8 * (sizeBytes - 1 - index))) & 0xffn),
  );
}

function instruction(text: string, bytes: readonly number[]): Instruction {
  return { kind: 'instruction', text, bytes };
}

/** Two operands of four bits in a byte. */
function pair(high: number, low: number): number {
  return (high << 4) | low;
}

/** Formats RX and RS reach no further than an unsigned displacement of 12 bits. */
function isShort({ displacement }: Address): boolean {
  return displacement >= 0 && displacement < 2 ** 12;
}

/** PoP 5, "Address Generation": base 0 is no base, but the number 0. */
function baseOf({ base }: Address): Register {
  if (base === r0) throw new Error('%r0 cannot be a base');
  return base;
}

/** B and D of formats RX and RS: an unsigned displacement of 12 bits. */
function shortAddress(at: Address): number[] {
  return bigEndian((baseOf(at) << 12) | at.displacement, 2);
}

/** B, DL and DH of formats RXY, RSY and SIY: a signed displacement of 20 bits, its high 8 bits last. */
function longAddress(at: Address): number[] {
  const { displacement } = at;
  if (displacement < -(2 ** 19) || displacement >= 2 ** 19) {
    throw new Error(`a displacement of ${displacement} bytes does not fit in 20 bits`);
  }
  return [...bigEndian((baseOf(at) << 12) | (displacement & 0xfff), 2), (displacement >> 12) & 0xff];
}

/** A storage operand's instruction in its short form (RX, RS: 4 bytes) where that reaches, else in its long one. */
interface Forms {
  readonly short?: { readonly mnemonic: string; readonly opcode: number };
  readonly long: { readonly mnemonic: string; readonly opcode: readonly [number, number] };
}

/** `second` is the index (always none) in RX and RXY, and R3 in RS and RSY, where the text shows it. */
function withStorage({ short, long }: Forms, first: Register, second: Register | undefined, at: Address) {
  const registers = [first, ...(second === undefined ? [] : [second])].map(registerText).join(',');
  const fields = pair(first, second ?? 0);
  if (short !== undefined && isShort(at)) {
    return instruction(`${short.mnemonic} ${registers},${addressText(at)}`, [
      short.opcode,
      fields,
      ...shortAddress(at),
    ]);
  }
  return instruction(`${long.mnemonic} ${registers},${addressText(at)}`, [
    long.opcode[0],
    fields,
    ...longAddress(at),
    long.opcode[1],
  ]);
}

const loads: Readonly<Record<Width, Forms>> = {
  4: { short: { mnemonic: 'l', opcode: 0x58 }, long: { mnemonic: 'ly', opcode: [0xe3, 0x58] } },
  8: { long: { mnemonic: 'lg', opcode: [0xe3, 0x04] } },
};

/** LOAD: L 58 (RX), LY E358, LG E304 (RXY). L and LY leave the register's upper half as it was. */
export function load(to: Register, from: Address, width: Width): Instruction {
  return withStorage(loads[width], to, undefined, from);
}

/** LOAD AND TEST: LT E312 (RXY); the condition is the comparison of the word with 0. */
export function loadAndTest(to: Register, from: Address): Instruction {
  return withStorage({ long: { mnemonic: 'lt', opcode: [0xe3, 0x12] } }, to, undefined, from);
}

const stores: Readonly<Record<Width, Forms>> = {
  4: { short: { mnemonic: 'st', opcode: 0x50 }, long: { mnemonic: 'sty', opcode: [0xe3, 0x50] } },
  8: { long: { mnemonic: 'stg', opcode: [0xe3, 0x24] } },
};

/** STORE: ST 50 (RX), STY E350, STG E324 (RXY). */
export function store(to: Address, from: Register, width: Width): Instruction {
  return withStorage(stores[width], from, undefined, to);
}

/** LOAD ADDRESS: LA 41 (RX), LAY E371 (RXY). */
export function loadAddress(to: Register, of: Address): Instruction {
  const short = { mnemonic: 'la', opcode: 0x41 };
  return withStorage({ short, long: { mnemonic: 'lay', opcode: [0xe3, 0x71] } }, to, undefined, of);
}

/** STORE MULTIPLE: STMG EB24 (RSY). */
export function storeMultiple(to: Address, first: Register, last: Register): Instruction {
  return withStorage({ long: { mnemonic: 'stmg', opcode: [0xeb, 0x24] } }, first, last, to);
}

/** LOAD MULTIPLE: LMG EB04 (RSY). */
export function loadMultiple(first: Register, last: Register, from: Address): Instruction {
  return withStorage({ long: { mnemonic: 'lmg', opcode: [0xeb, 0x04] } }, first, last, from);
}

const compareAndSwaps: Readonly<Record<Width, Forms>> = {
  4: { short: { mnemonic: 'cs', opcode: 0xba }, long: { mnemonic: 'csy', opcode: [0xeb, 0x14] } },
  8: { long: { mnemonic: 'csg', opcode: [0xeb, 0x30] } },
};

/** COMPARE AND SWAP: CS BA (RS), CSY EB14, CSG EB30 (RSY). `expected` receives the value before where it was another. */
export function compareAndSwap(
  expected: Register,
  desired: Register,
  at: Address,
  width: Width,
): Instruction {
  return withStorage(compareAndSwaps[width], expected, desired, at);
}

/** The second byte of the opcode of LOAD AND ADD, AND, OR, EXCLUSIVE OR, for each width. */
const loadAndOperations = {
  laa: { 4: 0xf8, 8: 0xe8 },
  lan: { 4: 0xf4, 8: 0xe4 },
  lao: { 4: 0xf6, 8: 0xe6 },
  lax: { 4: 0xf7, 8: 0xe7 },
} as const;
export type LoadAndOperation = keyof typeof loadAndOperations;

/** LOAD AND ADD, AND, OR, EXCLUSIVE OR: LAA EBF8, LAAG EBE8, … (RSY). `old` receives the value before. */
export function loadAnd(
  operation: LoadAndOperation,
  old: Register,
  operand: Register,
  at: Address,
  width: Width,
): Instruction {
  const mnemonic = width === 8 ? `${operation}g` : operation;
  return withStorage(
    { long: { mnemonic, opcode: [0xeb, loadAndOperations[operation][width]] } },
    old,
    operand,
    at,
  );
}

/** ADD IMMEDIATE to storage: ASI EB6A, AGSI EB7A (SIY), the immediate signed and of 8 bits. */
export function addToStorage(at: Address, value: bigint, width: Width): Instruction {
  return instruction(`${width === 8 ? 'agsi' : 'asi'} ${addressText(at)},${value}`, [
    0xeb,
    ...bigEndian(value, 1),
    ...longAddress(at),
    width === 8 ? 0x7a : 0x6a,
  ]);
}

/** Format RI: 16 bits, shown as a signed number. */
function registerImmediate16(mnemonic: string, extension: number, to: Register, value: bigint): Instruction {
  return instruction(`${mnemonic} ${registerText(to)},${value}`, [
    0xa7,
    pair(to, extension),
    ...bigEndian(value, 2),
  ]);
}

/** LOAD HALFWORD IMMEDIATE: LGHI A79 (RI), sign-extended to 64 bits. */
export function loadImmediate16(to: Register, value: bigint): Instruction {
  return registerImmediate16('lghi', 0x9, to, value);
}

/** ADD HALFWORD IMMEDIATE: AGHI A7B (RI), sign-extended to 64 bits. */
export function addImmediate16(to: Register, value: bigint): Instruction {
  return registerImmediate16('aghi', 0xb, to, value);
}

/** Format RIL: 32 bits. */
function registerImmediate32(
  mnemonic: string,
  opcode: 0xc0 | 0xc2,
  extension: number,
  to: Register,
  value: bigint,
): Instruction {
  return instruction(`${mnemonic} ${registerText(to)},${value}`, [
    opcode,
    pair(to, extension),
    ...bigEndian(value, 4),
  ]);
}

/** LOAD IMMEDIATE: LGFI C01 (RIL), sign-extended to 64 bits. */
export function loadImmediate32(to: Register, value: bigint): Instruction {
  return registerImmediate32('lgfi', 0xc0, 0x1, to, value);
}

/** LOAD LOGICAL IMMEDIATE: LLIHF C0E (RIL), which zeroes the lower half. */
export function loadUpperHalf(to: Register, value: bigint): Instruction {
  return registerImmediate32('llihf', 0xc0, 0xe, to, value);
}

/** INSERT IMMEDIATE: IILF C09 (RIL), which leaves the upper half as it was. */
export function insertLowerHalf(to: Register, value: bigint): Instruction {
  return registerImmediate32('iilf', 0xc0, 0x9, to, value);
}

/** ADD IMMEDIATE: AGFI C28 (RIL), sign-extended to 64 bits. */
export function addImmediate32(to: Register, value: bigint): Instruction {
  return registerImmediate32('agfi', 0xc2, 0x8, to, value);
}

/** COMPARE IMMEDIATE: CFI C2D, CGFI C2C (RIL), a signed number. */
export function compareImmediate(left: Register, value: bigint, width: Width): Instruction {
  return width === 8
    ? registerImmediate32('cgfi', 0xc2, 0xc, left, value)
    : registerImmediate32('cfi', 0xc2, 0xd, left, value);
}

/** COMPARE LOGICAL IMMEDIATE: CLFI C2F, CLGFI C2E (RIL), an unsigned number. */
export function compareLogicalImmediate(left: Register, value: bigint, width: Width): Instruction {
  return width === 8
    ? registerImmediate32('clgfi', 0xc2, 0xe, left, value)
    : registerImmediate32('clfi', 0xc2, 0xf, left, value);
}

/** ADD IMMEDIATE: AHIK ECD8, AGHIK ECD9 (RIE), 16 bits, signed. */
export function addImmediate(to: Register, left: Register, value: bigint, width: Width): Instruction {
  return instruction(`${width === 8 ? 'aghik' : 'ahik'} ${registerText(to)},${registerText(left)},${value}`, [
    0xec,
    pair(to, left),
    ...bigEndian(value, 2),
    0x00,
    width === 8 ? 0xd9 : 0xd8,
  ]);
}

/** Formats RR, with an opcode of one byte, and RRE, with one of two. */
function twoRegisters(
  mnemonic: string,
  opcode: readonly number[],
  first: Register,
  second: Register,
): Instruction {
  const [high, low] = opcode;
  if (high === undefined) throw new Error(`${mnemonic} has no opcode`);
  return instruction(
    `${mnemonic} ${registerText(first)},${registerText(second)}`,
    low === undefined ? [high, pair(first, second)] : [high, low, 0x00, pair(first, second)],
  );
}

/** LOAD: LGR B904 (RRE). */
export function move(to: Register, from: Register): Instruction {
  return twoRegisters('lgr', [0xb9, 0x04], to, from);
}

/** LOAD: LGFR B914 (RRE), a word sign-extended. */
export function signExtend(to: Register, from: Register): Instruction {
  return twoRegisters('lgfr', [0xb9, 0x14], to, from);
}

/** LOAD LOGICAL: LLGFR B916 (RRE), a word zero-extended. */
export function zeroExtend(to: Register, from: Register): Instruction {
  return twoRegisters('llgfr', [0xb9, 0x16], to, from);
}

/** LOAD COMPLEMENT: LCR 13 (RR), LCGR B903 (RRE). */
export function negate(to: Register, from: Register, width: Width): Instruction {
  return width === 8 ? twoRegisters('lcgr', [0xb9, 0x03], to, from) : twoRegisters('lcr', [0x13], to, from);
}

/** MULTIPLY SINGLE: MSR B252, MSGR B90C (RRE). */
export function multiply(to: Register, from: Register, width: Width): Instruction {
  return width === 8
    ? twoRegisters('msgr', [0xb9, 0x0c], to, from)
    : twoRegisters('msr', [0xb2, 0x52], to, from);
}

/** COMPARE: CR 19 (RR), CGR B920 (RRE). */
export function compare(left: Register, right: Register, width: Width): Instruction {
  return width === 8
    ? twoRegisters('cgr', [0xb9, 0x20], left, right)
    : twoRegisters('cr', [0x19], left, right);
}

/** COMPARE LOGICAL: CLR 15 (RR), CLGR B921 (RRE). */
export function compareLogical(left: Register, right: Register, width: Width): Instruction {
  return width === 8
    ? twoRegisters('clgr', [0xb9, 0x21], left, right)
    : twoRegisters('clr', [0x15], left, right);
}

/** The second byte of the opcode of ADD, SUBTRACT, AND, OR, EXCLUSIVE OR with distinct operands, for each width. */
const distinctOperations = {
  a: { 4: 0xf8, 8: 0xe8 },
  s: { 4: 0xf9, 8: 0xe9 },
  n: { 4: 0xf4, 8: 0xe4 },
  o: { 4: 0xf6, 8: 0xe6 },
  x: { 4: 0xf7, 8: 0xe7 },
} as const;
export type DistinctOperation = keyof typeof distinctOperations;

/** ADD, SUBTRACT, AND, OR, EXCLUSIVE OR: ARK B9F8, AGRK B9E8, … (RRF), `to` = `left` op `right`. */
export function combine(
  operation: DistinctOperation,
  to: Register,
  left: Register,
  right: Register,
  width: Width,
): Instruction {
  return instruction(
    `${operation}${width === 8 ? 'grk' : 'rk'} ${[to, left, right].map(registerText).join(',')}`,
    [0xb9, distinctOperations[operation][width], pair(right, 0), pair(to, left)],
  );
}

/** SHIFT LEFT SINGLE LOGICAL, RIGHT SINGLE LOGICAL, RIGHT SINGLE: mnemonic and second byte of the opcode. */
const shifts = {
  left: { 4: { mnemonic: 'sllk', opcode: 0xdf }, 8: { mnemonic: 'sllg', opcode: 0x0d } },
  right: { 4: { mnemonic: 'srlk', opcode: 0xde }, 8: { mnemonic: 'srlg', opcode: 0x0c } },
  'right signed': { 4: { mnemonic: 'srak', opcode: 0xdc }, 8: { mnemonic: 'srag', opcode: 0x0a } },
} as const;
export type Shift = keyof typeof shifts;

/** SLLK EBDF, SLLG EB0D, … (RSY). The count is the number itself, or the low 6 bits of a register other than %r0. */
export function shift(
  operation: Shift,
  to: Register,
  from: Register,
  count: { readonly bits: number } | { readonly register: Register },
  width: Width,
): Instruction {
  const { mnemonic, opcode } = shifts[operation][width];
  const registers = [to, from].map(registerText).join(',');
  if ('bits' in count) {
    return instruction(`${mnemonic} ${registers},${count.bits}`, [
      0xeb,
      pair(to, from),
      ...bigEndian(count.bits, 2),
      0x00,
      opcode,
    ]);
  }
  return withStorage({ long: { mnemonic, opcode: [0xeb, opcode] } }, to, from, {
    base: count.register,
    displacement: 0,
  });
}

/**
 * Masks of condition codes, one bit each, 0 first (PoP, "BRANCH ON CONDITION"), by the suffix that
 * objdump prints. A comparison sets 0 for equal, 1 for low, 2 for high; COMPARE AND SWAP 0 where it
 * swapped, else 1; an addition 0 for zero.
 */
const masks = { e: 0x8, ne: 0x7, l: 0x4, nl: 0xb, h: 0x2, nh: 0xd } as const;
export type Condition = keyof typeof masks;

/** LOAD ON CONDITION: LOCGR B9E2 (RRF), which is no branch. */
export function moveIf(condition: Condition, to: Register, from: Register): Instruction {
  return instruction(`locgr${condition} ${registerText(to)},${registerText(from)}`, [
    0xb9,
    0xe2,
    pair(masks[condition], 0),
    pair(to, from),
  ]);
}

/** BRANCH ON CONDITION: BCR 14,0 (RR), which serialises and goes on. objdump reads it as a branch never taken. */
export const serialise = instruction('bnor %r0', [0x07, 0xe0]);

/** BRANCH ON CONDITION: BCR 15 (RR). */
export function branchTo(register: Register): Instruction {
  return instruction(`br ${registerText(register)}`, [0x07, pair(0xf, register)]);
}

/** BRANCH RELATIVE ON CONDITION LONG: BRCL C04 (RIL). */
export function jumpIf(condition: Condition, to: Label): Branch {
  return branch(`jg${condition}`, masks[condition], to);
}

/** The same with every bit of the mask set. */
export function jump(to: Label): Branch {
  return branch('jg', 0xf, to);
}

/** The displacement counts halfwords from the instruction's own address, 2^31 of them either way. */
function branch(mnemonic: string, mask: number, to: Label): Branch {
  return {
    kind: 'branch',
    to,
    sizeBytes: 6,
    encode: (displacementBytes, target) =>
      instruction(`${mnemonic} 0x${target.toString(16)}`, [
        0xc0,
        pair(mask, 0x4),
        ...bigEndian(displacementBytes / 2, 4),
      ]),
  };
}
