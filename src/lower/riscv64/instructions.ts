/**
 * The riscv64 instructions that Fencepost emits, all of RV64IMA and four bytes long: text as GNU objdump
 * prints it, its aliases included (one space after the mnemonic), and bytes as GNU as makes them. Formats
 * and opcodes are those of the RISC-V Instruction Set Manual, volume I, "RV32/64G Instruction Set
 * Listings"; the section named is its instruction's own.
 */

import { LoweringError } from '../lowering-error.ts';
import type { Branch, Instruction, Label } from '../machine-code.ts';
import type { Address, Register, Width } from '../primitives.ts';

/** Reads as 0; what is written to it is lost. */
export const zero: Register = 0;
export const sp: Register = 2;

const names =
  'zero ra sp gp tp t0 t1 t2 s0 s1 a0 a1 a2 a3 a4 a5 a6 a7 s2 s3 s4 s5 s6 s7 s8 s9 s10 s11 t3 t4 t5 t6'.split(
    ' ',
  );

/** The ABI's name, as objdump prints it. */
function name(register: Register): string {
  const found = names[register];
  if (found === undefined) throw new Error(`there is no register ${register}`);
  return found;
}

/** The fields of an instruction do not overlap. */
function instruction(text: string, ...fields: readonly number[]): Instruction {
  const word = fields.reduce((joined, bits) => joined | bits, 0);
  return { kind: 'instruction', text, bytes: [0, 8, 16, 24].map((shift) => (word >>> shift) & 0xff) };
}

/** The fields that the formats share ("Base Instruction Formats"). */
const rd = (register: Register) => register << 7;
const rs1 = (register: Register) => register << 15;
const rs2 = (register: Register) => register << 20;
const funct3 = (value: number) => value << 12;
const funct7 = (value: number) => value << 25;

export function fitsSigned(value: bigint, bits: 12 | 32): boolean {
  return BigInt.asIntN(bits, value) === value;
}

function requireFit(value: number): void {
  if (!fitsSigned(BigInt(value), 12)) throw new Error(`${value} does not fit in 12 bits`);
}

/** The I format's immediate. */
function immediateField(value: number): number {
  requireFit(value);
  return value << 20;
}

/** The S format's immediate, in two parts. */
function storeField(value: number): number {
  requireFit(value);
  return ((value >> 5) << 25) | ((value & 0x1f) << 7);
}

function addressText({ base, displacement }: Address): string {
  return `${displacement}(${name(base)})`;
}

/** "Load and Store Instructions": LW, which sign-extends, and LD. */
export function load(to: Register, from: Address, width: Width): Instruction {
  return instruction(
    `${width === 8 ? 'ld' : 'lw'} ${name(to)},${addressText(from)}`,
    0x03,
    funct3(width === 8 ? 3 : 2),
    rd(to),
    rs1(from.base),
    immediateField(from.displacement),
  );
}

/** "Load and Store Instructions": SW, SD. */
export function store(to: Address, from: Register, width: Width): Instruction {
  return instruction(
    `${width === 8 ? 'sd' : 'sw'} ${name(from)},${addressText(to)}`,
    0x23,
    funct3(width === 8 ? 3 : 2),
    rs1(to.base),
    rs2(from),
    storeField(to.displacement),
  );
}

const atomicOperations = {
  lr: 0x02,
  sc: 0x03,
  amoswap: 0x01,
  amoadd: 0x00,
  amoxor: 0x04,
  amoand: 0x0c,
  amoor: 0x08,
} as const;
export type AmoOperation = Exclude<keyof typeof atomicOperations, 'lr' | 'sc'>;

/** "Specifying Ordering of Atomic Instructions": the bits aq and rl, by the suffix that sets them. */
const orderBits = { '': 0, '.rl': 1, '.aqrl': 3 } as const;

/** The opcode AMO: an access to the address in `base`, in whose funct7 the last two bits are the order. */
function atomic(
  operation: keyof typeof atomicOperations,
  order: keyof typeof orderBits,
  to: Register,
  base: Register,
  from: Register,
  width: Width,
): Instruction {
  const operands = [name(to), ...(operation === 'lr' ? [] : [name(from)]), `(${name(base)})`];
  return instruction(
    `${operation}.${width === 8 ? 'd' : 'w'}${order} ${operands.join(',')}`,
    0x2f,
    funct3(width === 8 ? 3 : 2),
    rd(to),
    rs1(base),
    rs2(from),
    funct7((atomicOperations[operation] << 2) | orderBits[order]),
  );
}

/** "Load-Reserved/Store-Conditional Instructions": LR.W, which sign-extends, and LR.D. */
export function loadReserved(to: Register, base: Register, width: Width): Instruction {
  return atomic('lr', '', to, base, zero, width);
}

/** "Load-Reserved/Store-Conditional Instructions": SC.W, SC.D. `status` receives 0 where it stored. */
export function storeConditional(
  order: '' | '.rl',
  status: Register,
  from: Register,
  base: Register,
  width: Width,
): Instruction {
  return atomic('sc', order, status, base, from, width);
}

/** "Atomic Memory Operations": `to` receives the value before, sign-extended from 4 bytes. */
export function amo(
  operation: AmoOperation,
  order: '' | '.aqrl',
  to: Register,
  from: Register,
  base: Register,
  width: Width,
): Instruction {
  return atomic(operation, order, to, base, from, width);
}

/** Device input, device output, memory reads, memory writes, in any combination that an access may be. */
const accessSets = { r: 0x2, w: 0x1, rw: 0x3, ir: 0xa, ow: 0x5, iorw: 0xf } as const;
export type AccessSet = keyof typeof accessSets;

/** "Memory Ordering Instructions": FENCE, which puts the accesses `before` it before those `after` it. */
export function fence(before: AccessSet, after: AccessSet): Instruction {
  return instruction(
    before === 'iorw' && after === 'iorw' ? 'fence' : `fence ${before},${after}`,
    0x0f,
    accessSets[before] << 24,
    accessSets[after] << 20,
  );
}

/** The opcode of register-immediate instructions, and of those on 4-byte words. */
const immediateOpcode = (width: Width) => (width === 8 ? 0x13 : 0x1b);

/** "Integer Register-Immediate Instructions": ADDI; ADDIW, whose sum is sign-extended from 4 bytes. */
export function addImmediate(to: Register, from: Register, value: number, width: Width): Instruction {
  return instruction(
    addImmediateText(to, from, value, width),
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
  slti: { code: 2, shown: 'slti' },
  sltiu: { code: 3, shown: 'sltiu' },
  xori: { code: 4, shown: 'xor' },
  ori: { code: 6, shown: 'or' },
  andi: { code: 7, shown: 'and' },
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
  const { code, shown } = immediateOperations[operation];
  const alias = immediateAliases[`${operation} ${value}`];
  const text =
    alias === undefined
      ? `${shown} ${name(to)},${name(from)},${value}`
      : `${alias} ${name(to)},${name(from)}`;
  return instruction(text, 0x13, funct3(code), rd(to), rs1(from), immediateField(value));
}

const shifts = {
  sll: { code: 1, sign: 0 },
  srl: { code: 5, sign: 0 },
  sra: { code: 5, sign: 0x4000_0000 },
} as const;
export type Shift = keyof typeof shifts;

/** "Integer Register-Immediate Instructions": SLLI, SRLI, SRAI, SLLIW, SRLIW, SRAIW. */
export function shiftImmediate(
  operation: Shift,
  to: Register,
  from: Register,
  count: number,
  width: Width,
): Instruction {
  if (count < 0 || count >= width * 8) throw new Error(`${operation} by ${count} of ${width} bytes`);
  const { code, sign } = shifts[operation];
  return instruction(
    `${operation}${width === 8 ? '' : 'w'} ${name(to)},${name(from)},0x${count.toString(16)}`,
    immediateOpcode(width),
    funct3(code),
    rd(to),
    rs1(from),
    count << 20,
    sign,
  );
}

/** "Integer Register-Immediate Instructions": LUI of a signed 20-bit number times 4096. */
export function loadUpperImmediate(to: Register, value: number): Instruction {
  if (!Number.isInteger(value) || value < -(2 ** 19) || value >= 2 ** 19) {
    throw new Error(`${value} does not fit in 20 bits`);
  }
  return instruction(
    `lui ${name(to)},0x${((value >>> 0) & 0xf_ffff).toString(16)}`,
    0x37,
    rd(to),
    value << 12,
  );
}

/** Those on `words` have a form for 4 bytes, which sign-extends its result; the others keep such operands so. */
const operations = {
  add: { code: 0, high: 0x00, words: true },
  sub: { code: 0, high: 0x20, words: true },
  mul: { code: 0, high: 0x01, words: true },
  sll: { code: 1, high: 0x00, words: true },
  srl: { code: 5, high: 0x00, words: true },
  sra: { code: 5, high: 0x20, words: true },
  slt: { code: 2, high: 0x00, words: false },
  sltu: { code: 3, high: 0x00, words: false },
  xor: { code: 4, high: 0x00, words: false },
  or: { code: 6, high: 0x00, words: false },
  and: { code: 7, high: 0x00, words: false },
} as const;
export type Operation = keyof typeof operations;

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
  const { code, high, words } = operations[operation];
  const word = words && width === 4;
  return instruction(
    operateText(`${operation}${word ? 'w' : ''}`, to, left, right),
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
export const ret = instruction('ret', 0x67, rs1(1));

const conditions = { eq: 0, ne: 1, lt: 4, ge: 5, ltu: 6, geu: 7 } as const;
export type Condition = keyof typeof conditions;

/** "Conditional Branches": BEQ, BNE, BLT, BGE, BLTU, BGEU. They reach 4 KiB either way. */
export function branchIf(condition: Condition, left: Register, right: Register, to: Label): Branch {
  return branch(branchText(condition, left, right), to, 2 ** 12, (displacement) => [
    0x63,
    funct3(conditions[condition]),
    rs1(left),
    rs2(right),
    bit(displacement, 12) << 31,
    bits(displacement, 5, 6) << 25,
    bits(displacement, 1, 4) << 8,
    bit(displacement, 11) << 7,
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
  return branch('j ', to, 2 ** 20, (displacement) => [
    0x6f,
    bit(displacement, 20) << 31,
    bits(displacement, 1, 10) << 21,
    bit(displacement, 11) << 20,
    bits(displacement, 12, 8) << 12,
  ]);
}

function bits(value: number, from: number, count: number): number {
  return (value >> from) & (2 ** count - 1);
}

function bit(value: number, at: number): number {
  return bits(value, at, 1);
}

/** `fields` takes the displacement, from the branch itself. */
function branch(
  start: string,
  to: Label,
  reachBytes: number,
  fields: (displacementBytes: number) => readonly number[],
): Branch {
  return {
    kind: 'branch',
    to,
    sizeBytes: 4,
    encode: (displacementBytes, target) => {
      if (displacementBytes < -reachBytes || displacementBytes >= reachBytes) {
        throw new LoweringError(
          `the thread's code is too long: a branch spans ${Math.abs(displacementBytes)} bytes and riscv64's ` +
            `${start.split(' ', 1)[0]} reaches ${reachBytes}: split the thread's body`,
        );
      }
      return instruction(`${start}0x${target.toString(16)}`, ...fields(displacementBytes));
    },
  };
}
