/**
 * The riscv64 instructions that Fencepost emits, all of RV64IMA and four bytes long: text as GNU objdump
 * prints it, its aliases included (one space after the mnemonic), and bytes as GNU as makes them. Formats
 * and opcodes are those of the RISC-V Instruction Set Manual, volume I, "RV32/64G Instruction Set
 * Listings"; the section named is its instruction's own.
 */

import type { Branch, Instruction, Label } from '../machine-code.ts';
import type { Step, Taken } from '../meaning.ts';
import type { Register, Width } from '../primitives.ts';
import {
  bits,
  branch,
  compute,
  funct3,
  funct7,
  immediateField,
  instruction,
  name,
  rd,
  rs1,
  rs2,
  signExtended,
  zero,
} from './encoding.ts';

export { fitsSigned, sp, zero } from './encoding.ts';
export * from './memory-instructions.ts';

/**
 * Those on `words` have a form for 4 bytes, which sign-extends its result; the others keep such operands so.
 * `value` has registers as unsigned numbers of 64 bits, and the width in bits.
 */
const operations = {
  add: { code: 0, high: 0x00, words: true, value: (left, right) => left + right },
  sub: { code: 0, high: 0x20, words: true, value: (left, right) => left - right },
  mul: { code: 0, high: 0x01, words: true, value: (left, right) => left * right },
  sll: { code: 1, high: 0x00, words: true, value: (left, right, width) => left << shiftCount(right, width) },
  srl: {
    code: 5,
    high: 0x00,
    words: true,
    value: (left, right, width) => BigInt.asUintN(width, left) >> shiftCount(right, width),
  },
  sra: {
    code: 5,
    high: 0x20,
    words: true,
    value: (left, right, width) => BigInt.asIntN(width, left) >> shiftCount(right, width),
  },
  slt: { code: 2, high: 0x00, words: false, value: (left, right) => BigInt(signed(left) < signed(right)) },
  sltu: { code: 3, high: 0x00, words: false, value: (left, right) => BigInt(left < right) },
  xor: { code: 4, high: 0x00, words: false, value: (left, right) => left ^ right },
  or: { code: 6, high: 0x00, words: false, value: (left, right) => left | right },
  and: { code: 7, high: 0x00, words: false, value: (left, right) => left & right },
} as const satisfies Record<
  string,
  {
    readonly code: number;
    readonly high: number;
    readonly words: boolean;
    readonly value: (left: bigint, right: bigint, widthBits: number) => bigint;
  }
>;
export type Operation = keyof typeof operations;

function signed(value: bigint): bigint {
  return BigInt.asIntN(64, value);
}

/** Modulo the width, which is a power of two. */
function shiftCount(value: bigint, widthBits: number): bigint {
  return value % BigInt(widthBits);
}

/** The result of an operation with an immediate, sign-extended where it is on words. */
function computeImmediate(
  operation: Operation,
  to: Register,
  from: Register,
  value: number,
  width: Width,
): Step {
  const result = operations[operation].value;
  const right = BigInt.asUintN(64, BigInt(value));
  return compute(name(to), [from], (left) => signExtended(result(left, right, width * 8), width));
}

/** The opcode of register-immediate instructions, and of those on 4-byte words. */
const immediateOpcode = (width: Width) => (width === 8 ? 0x13 : 0x1b);

/** "Integer Register-Immediate Instructions": ADDI; ADDIW, whose sum is sign-extended from 4 bytes. */
export function addImmediate(to: Register, from: Register, value: number, width: Width): Instruction {
  return instruction(
    addImmediateText(to, from, value, width),
    [computeImmediate('add', to, from, value, width)],
    immediateOpcode(width),
    rd(to),
    rs1(from),
    immediateField(value),
  );
}

function addImmediateText(to: Register, from: Register, value: number, width: Width): string {
  if (width === 4) {
    return value === 0 ? `sext.w ${name(to)},${name(from)}` : `addw ${name(to)},${name(from)},${value}`;
  }
  if (from === zero) return to === zero && value === 0 ? 'nop' : `li ${name(to)},${value}`;
  return value === 0 ? `mv ${name(to)},${name(from)}` : `add ${name(to)},${name(from)},${value}`;
}

/** LI: ADDI of zero. */
export function loadImmediate(to: Register, value: number): Instruction {
  return addImmediate(to, zero, value, 8);
}

/** MV: ADDI of 0. */
export function move(to: Register, from: Register): Instruction {
  return addImmediate(to, from, 0, 8);
}

/** SEXT.W: ADDIW of 0. */
export function signExtend(to: Register, from: Register): Instruction {
  return addImmediate(to, from, 0, 4);
}

const immediateOperations = {
  slti: { operation: 'slt', shown: 'slti' },
  sltiu: { operation: 'sltu', shown: 'sltiu' },
  xori: { operation: 'xor', shown: 'xor' },
  ori: { operation: 'or', shown: 'or' },
  andi: { operation: 'and', shown: 'and' },
} as const;
export type ImmediateOperation = keyof typeof immediateOperations;

/** What objdump calls these of one immediate. */
const immediateAliases: Readonly<Record<string, string>> = {
  'sltiu 1': 'seqz',
  'xori -1': 'not',
  'andi 255': 'zext.b',
};

/** "Integer Register-Immediate Instructions": SLTI, SLTIU, XORI, ORI, ANDI; all sign-extend the immediate. */
export function immediate(
  operation: ImmediateOperation,
  to: Register,
  from: Register,
  value: number,
): Instruction {
  const { operation: computed, shown } = immediateOperations[operation];
  const alias = immediateAliases[`${operation} ${value}`];
  const text =
    alias === undefined
      ? `${shown} ${name(to)},${name(from)},${value}`
      : `${alias} ${name(to)},${name(from)}`;
  return instruction(
    text,
    [computeImmediate(computed, to, from, value, 8)],
    0x13,
    funct3(operations[computed].code),
    rd(to),
    rs1(from),
    immediateField(value),
  );
}

export type Shift = 'sll' | 'srl' | 'sra';

/** "Integer Register-Immediate Instructions": SLLI, SRLI, SRAI, SLLIW, SRLIW, SRAIW. */
export function shiftImmediate(
  operation: Shift,
  to: Register,
  from: Register,
  count: number,
  width: Width,
): Instruction {
  if (count < 0 || count >= width * 8) throw new Error(`${operation} by ${count} of ${width} bytes`);
  const { code, high } = operations[operation];
  return instruction(
    `${operation}${width === 8 ? '' : 'w'} ${name(to)},${name(from)},0x${count.toString(16)}`,
    [computeImmediate(operation, to, from, count, width)],
    immediateOpcode(width),
    funct3(code),
    rd(to),
    rs1(from),
    count << 20,
    funct7(high),
  );
}

/** "Integer Register-Immediate Instructions": LUI of a signed 20-bit number times 4096. */
export function loadUpperImmediate(to: Register, value: number): Instruction {
  if (!Number.isInteger(value) || value < -(2 ** 19) || value >= 2 ** 19) {
    throw new Error(`${value} does not fit in 20 bits`);
  }
  return instruction(
    `lui ${name(to)},0x${((value >>> 0) & 0xf_ffff).toString(16)}`,
    [compute(name(to), [], () => BigInt(value) << 12n)],
    0x37,
    rd(to),
    value << 12,
  );
}

/**
 * "Integer Register-Register Operations" and "Multiplication Operations": ADD, SUB, MUL, SLL, SRL, SRA and
 * their W forms, SLT, SLTU, XOR, OR, AND. A shift takes its count modulo the width in bits.
 */
export function operate(
  operation: Operation,
  to: Register,
  left: Register,
  right: Register,
  width: Width,
): Instruction {
  const { code, high, words, value } = operations[operation];
  const word = words && width === 4;
  const valueWidth = word ? 4 : 8;
  return instruction(
    operateText(`${operation}${word ? 'w' : ''}`, to, left, right),
    [
      compute(name(to), [left, right], (one, other) =>
        signExtended(value(one, other, valueWidth * 8), valueWidth),
      ),
    ],
    word ? 0x3b : 0x33,
    funct3(code),
    rd(to),
    rs1(left),
    rs2(right),
    funct7(high),
  );
}

/** With objdump's aliases for an operand that is zero. */
function operateText(mnemonic: string, to: Register, left: Register, right: Register): string {
  if (mnemonic === 'slt' && right === zero) return `sltz ${name(to)},${name(left)}`;
  const alias = left === zero ? zeroAliases[mnemonic] : undefined;
  if (alias !== undefined) return `${alias} ${name(to)},${name(right)}`;
  return `${mnemonic} ${name(to)},${name(left)},${name(right)}`;
}

const zeroAliases: Readonly<Record<string, string>> = {
  sub: 'neg',
  subw: 'negw',
  slt: 'sgtz',
  sltu: 'snez',
};

/** "Unconditional Jumps": RET, which is JALR zero,0(ra). */
export const ret = instruction('ret', [{ kind: 'return', status: name(10) }], 0x67, rs1(1));

const conditions = {
  eq: { code: 0, holds: (left, right) => left === right },
  ne: { code: 1, holds: (left, right) => left !== right },
  lt: { code: 4, holds: (left, right) => signed(left) < signed(right) },
  ge: { code: 5, holds: (left, right) => signed(left) >= signed(right) },
  ltu: { code: 6, holds: (left, right) => left < right },
  geu: { code: 7, holds: (left, right) => left >= right },
} as const satisfies Record<
  string,
  { readonly code: number; readonly holds: (left: bigint, right: bigint) => boolean }
>;
export type Condition = keyof typeof conditions;

/** "Conditional Branches": BEQ, BNE, BLT, BGE, BLTU, BGEU. They reach 4 KiB either way. */
export function branchIf(condition: Condition, left: Register, right: Register, to: Label): Branch {
  const { code, holds } = conditions[condition];
  const taken: Taken = { from: [name(left), name(right)], holds };
  return branch(branchText(condition, left, right), to, taken, 2 ** 12, (displacement) => [
    0x63,
    funct3(code),
    rs1(left),
    rs2(right),
    bits(displacement, 12, 1) << 31,
    bits(displacement, 5, 6) << 25,
    bits(displacement, 1, 4) << 8,
    bits(displacement, 11, 1) << 7,
  ]);
}

/** With objdump's aliases for an operand that is zero. */
function branchText(condition: Condition, left: Register, right: Register): string {
  if (left === zero && condition === 'ge') return `blez ${name(right)},`;
  if (right === zero && condition !== 'ltu' && condition !== 'geu') return `b${condition}z ${name(left)},`;
  if (left === zero && condition === 'lt') return `bgtz ${name(right)},`;
  return `b${condition} ${name(left)},${name(right)},`;
}

/** "Unconditional Jumps": J, which is JAL zero. It reaches 1 MiB either way. */
export function jump(to: Label): Branch {
  return branch('j ', to, undefined, 2 ** 20, (displacement) => [
    0x6f,
    bits(displacement, 20, 1) << 31,
    bits(displacement, 1, 10) << 21,
    bits(displacement, 11, 1) << 20,
    bits(displacement, 12, 8) << 12,
  ]);
}
