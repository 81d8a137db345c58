/**
 * The x86-64 instructions that Fencepost emits: text as GNU objdump prints it (AT&T, one space after
 * the mnemonic) and bytes as GNU as chooses them. Opcodes are those of the Intel 64 and IA-32
 * Architectures Software Developer's Manual (SDM), volume 2; the section named is its instruction's own.
 */

import type { Branch, Instruction, Label } from '../machine-code.ts';
import type { Address, Register, Width } from '../primitives.ts';

export const rax: Register = 0;
export const rcx: Register = 1;
export const rdx: Register = 2;
export const rbx: Register = 3;
export const rsp: Register = 4;
export const rbp: Register = 5;
export const rsi: Register = 6;
export const rdi: Register = 7;
export const r8: Register = 8;
export const r9: Register = 9;
export const r10: Register = 10;
export const r11: Register = 11;
export const r12: Register = 12;
export const r13: Register = 13;
export const r14: Register = 14;
export const r15: Register = 15;

const legacyNames = ['ax', 'cx', 'dx', 'bx', 'sp', 'bp', 'si', 'di'] as const;
const legacyByteNames = ['al', 'cl', 'dl', 'bl', 'spl', 'bpl', 'sil', 'dil'] as const;

function registerName(register: Register, width: 1 | Width): string {
  if (register >= 8) return `%r${register}${{ 1: 'b', 4: 'd', 8: '' }[width]}`;
  if (width === 1) return `%${legacyByteNames[register]}`;
  return `%${width === 8 ? 'r' : 'e'}${legacyNames[register]}`;
}

function hex(value: bigint): string {
  return value < 0n ? `-0x${(-value).toString(16)}` : `0x${value.toString(16)}`;
}

function addressText({ base, displacement }: Address): string {
  const shown = displacement !== 0 || needsDisplacement(base);
  return `${shown ? hex(BigInt(displacement)) : ''}(${registerName(base, 8)})`;
}

/** objdump shows an immediate as the unsigned number of the operand's width. */
function immediateText(value: bigint, width: Width): string {
  return `$${hex(BigInt.asUintN(width * 8, value))}`;
}

/** The suffix that tells the operand's width where no register does. */
function suffix(width: Width): string {
  return width === 8 ? 'q' : 'l';
}

/** The low 4 bytes, in memory order. */
function fourBytes(value: number): number[] {
  return [value & 0xff, (value >> 8) & 0xff, (value >> 16) & 0xff, (value >> 24) & 0xff];
}

function fourBytesOf(value: bigint): number[] {
  return fourBytes(Number(BigInt.asIntN(32, value)));
}

export function fitsSigned(value: bigint, bits: 8 | 32): boolean {
  return BigInt.asIntN(bits, value) === value;
}

/** SDM 2.1.5: mod 00 with base rbp or r13 means something else, so they always carry a displacement. */
function needsDisplacement(base: Register): boolean {
  return (base & 7) === rbp;
}

/** SDM 2.1.5, table 2-2: the ModR/M byte, and the SIB byte that base rsp or r12 requires. */
function modRm(field: number, operand: Register | Address): number[] {
  const middle = (field & 7) << 3;
  if (typeof operand === 'number') return [0xc0 | middle | (operand & 7)];
  const { base, displacement } = operand;
  const low = middle | (base & 7);
  const sib = (base & 7) === rsp ? [0x24] : [];
  if (displacement === 0 && !needsDisplacement(base)) return [low, ...sib];
  if (-128 <= displacement && displacement <= 127) return [0x40 | low, ...sib, displacement & 0xff];
  return [0x80 | low, ...sib, ...fourBytes(displacement)];
}

/** SDM 2.2.1: W for 8-byte operands, R and B for the fourth bit of the register numbers. */
function rex(width: Width, field: number, operand: Register, required = false): number[] {
  const byte = 0x40 | (width === 8 ? 0x08 : 0) | (field >= 8 ? 0x04 : 0) | (operand >= 8 ? 0x01 : 0);
  return byte === 0x40 && !required ? [] : [byte];
}

interface Encoding {
  /** An F0 or F3 in front. */
  readonly prefix?: number;
  readonly width: Width;
  readonly opcode: readonly number[];
  /** The register, or the opcode extension, in ModR/M's middle field. */
  readonly field: number;
  readonly operand: Register | Address;
  readonly immediate?: readonly number[];
}

function encode({ prefix, width, opcode, field, operand, immediate = [] }: Encoding): number[] {
  const base = typeof operand === 'number' ? operand : operand.base;
  return [
    ...(prefix === undefined ? [] : [prefix]),
    ...rex(width, field, base),
    ...opcode,
    ...modRm(field, operand),
    ...immediate,
  ];
}

function instruction(text: string, bytes: readonly number[]): Instruction {
  return { kind: 'instruction', text, bytes };
}

const lock = 0xf0;

/** MOV r/m, r: 89 /r. */
export function move(to: Register, from: Register, width: Width): Instruction {
  return instruction(
    `mov ${registerName(from, width)},${registerName(to, width)}`,
    encode({ width, opcode: [0x89], field: from, operand: to }),
  );
}

/** MOV r32, imm32: B8+rd id, which clears the upper half; MOV r/m64, imm32: REX.W C7 /0 id, sign-extended. */
export function moveImmediate(to: Register, value: bigint, width: Width): Instruction {
  const immediate = fourBytesOf(value);
  return instruction(
    `mov ${immediateText(value, width)},${registerName(to, width)}`,
    width === 4
      ? [...rex(4, 0, to), 0xb8 | (to & 7), ...immediate]
      : encode({ width, opcode: [0xc7], field: 0, operand: to, immediate }),
  );
}

/** MOV r64, imm64: REX.W B8+rd io. */
export function moveAbsolute(to: Register, value: bigint): Instruction {
  return instruction(`movabs ${immediateText(value, 8)},${registerName(to, 8)}`, [
    ...rex(8, 0, to),
    0xb8 | (to & 7),
    ...fourBytesOf(value),
    ...fourBytesOf(value >> 32n),
  ]);
}

/** MOV r, r/m: 8B /r. */
export function load(to: Register, from: Address, width: Width): Instruction {
  return instruction(
    `mov ${addressText(from)},${registerName(to, width)}`,
    encode({ width, opcode: [0x8b], field: to, operand: from }),
  );
}

/** MOV r/m, r: 89 /r. */
export function store(to: Address, from: Register, width: Width): Instruction {
  return instruction(
    `mov ${registerName(from, width)},${addressText(to)}`,
    encode({ width, opcode: [0x89], field: from, operand: to }),
  );
}

/** MOV r/m, imm32: C7 /0 id, sign-extended to 8 bytes. */
export function storeImmediate(to: Address, value: bigint, width: Width): Instruction {
  return instruction(
    `mov${suffix(width)} ${immediateText(value, width)},${addressText(to)}`,
    encode({ width, opcode: [0xc7], field: 0, operand: to, immediate: fourBytesOf(value) }),
  );
}

/** MOVNTI m, r: NP 0F C3 /r. */
export function storeNonTemporal(to: Address, from: Register, width: Width): Instruction {
  return instruction(
    `movnti ${registerName(from, width)},${addressText(to)}`,
    encode({ width, opcode: [0x0f, 0xc3], field: from, operand: to }),
  );
}

/** LEA r64, m: REX.W 8D /r. */
export function loadEffectiveAddress(to: Register, of: Address): Instruction {
  return instruction(
    `lea ${addressText(of)},${registerName(to, 8)}`,
    encode({ width: 8, opcode: [0x8d], field: to, operand: of }),
  );
}

/** MOVSXD r64, r/m32: REX.W 63 /r. */
export function signExtend(to: Register, from: Register): Instruction {
  return instruction(
    `movslq ${registerName(from, 4)},${registerName(to, 8)}`,
    encode({ width: 8, opcode: [0x63], field: to, operand: from }),
  );
}

/** The opcode extension of each in 81 /n and 83 /n; 8n+1 is its register form, 8n+5 its accumulator form. */
const aluExtensions = { add: 0, or: 1, and: 4, sub: 5, xor: 6, cmp: 7 } as const;
export type AluOperation = keyof typeof aluExtensions;
export type LockedOperation = Exclude<AluOperation, 'cmp'>;

/** ADD, OR, AND, SUB, XOR, CMP r/m, r: 01, 09, 21, 29, 31, 39 /r. */
export function alu(operation: AluOperation, to: Register, from: Register, width: Width): Instruction {
  return instruction(
    `${operation} ${registerName(from, width)},${registerName(to, width)}`,
    encode({ width, opcode: [aluExtensions[operation] * 8 + 1], field: from, operand: to }),
  );
}

/** ADD, OR, AND, SUB, XOR, CMP r/m, imm: 83 /n ib, sign-extended, or 81 /n id; eAX, imm32: 8n+5 id. */
export function aluImmediate(
  operation: AluOperation,
  to: Register,
  value: bigint,
  width: Width,
): Instruction {
  const text = `${operation} ${immediateText(value, width)},${registerName(to, width)}`;
  if (to === rax && !fitsSigned(value, 8)) {
    const opcode = aluExtensions[operation] * 8 + 5;
    return instruction(text, [...rex(width, 0, 0), opcode, ...fourBytesOf(value)]);
  }
  return instruction(text, aluImmediateBytes(operation, to, value, width));
}

function aluImmediateBytes(
  operation: AluOperation,
  operand: Register | Address,
  value: bigint,
  width: Width,
  prefix?: number,
): number[] {
  const short = fitsSigned(value, 8);
  return encode({
    ...(prefix === undefined ? {} : { prefix }),
    width,
    opcode: [short ? 0x83 : 0x81],
    field: aluExtensions[operation],
    operand,
    immediate: short ? [Number(value) & 0xff] : fourBytesOf(value),
  });
}

/** LOCK (SDM "LOCK": F0) before ADD, OR, AND, SUB, XOR m, r. */
export function lockedAlu(
  operation: LockedOperation,
  at: Address,
  from: Register,
  width: Width,
): Instruction {
  return instruction(
    `lock ${operation} ${registerName(from, width)},${addressText(at)}`,
    encode({ prefix: lock, width, opcode: [aluExtensions[operation] * 8 + 1], field: from, operand: at }),
  );
}

/** LOCK before ADD, OR, AND, SUB, XOR m, imm. */
export function lockedAluImmediate(
  operation: LockedOperation,
  at: Address,
  value: bigint,
  width: Width,
): Instruction {
  return instruction(
    `lock ${operation}${suffix(width)} ${immediateText(value, width)},${addressText(at)}`,
    aluImmediateBytes(operation, at, value, width, lock),
  );
}

/** IMUL r, r/m: 0F AF /r. */
export function multiply(to: Register, from: Register, width: Width): Instruction {
  return instruction(
    `imul ${registerName(from, width)},${registerName(to, width)}`,
    encode({ width, opcode: [0x0f, 0xaf], field: to, operand: from }),
  );
}

/** NEG r/m: F7 /3. */
export function negate(register: Register, width: Width): Instruction {
  return instruction(
    `neg ${registerName(register, width)}`,
    encode({ width, opcode: [0xf7], field: 3, operand: register }),
  );
}

/** NOT r/m: F7 /2. */
export function complement(register: Register, width: Width): Instruction {
  return instruction(
    `not ${registerName(register, width)}`,
    encode({ width, opcode: [0xf7], field: 2, operand: register }),
  );
}

const shiftExtensions = { shl: 4, shr: 5, sar: 7 } as const;
export type Shift = keyof typeof shiftExtensions;

/** SHL, SHR, SAR r/m, CL: D3 /4, /5, /7. The count is taken modulo the operand's width in bits. */
export function shift(operation: Shift, register: Register, width: Width): Instruction {
  return instruction(
    `${operation} %cl,${registerName(register, width)}`,
    encode({ width, opcode: [0xd3], field: shiftExtensions[operation], operand: register }),
  );
}

/** SDM volume 1, appendix B: the condition codes, by the mnemonic that objdump prints. */
const conditionCodes = {
  b: 0x2,
  ae: 0x3,
  e: 0x4,
  ne: 0x5,
  be: 0x6,
  a: 0x7,
  l: 0xc,
  ge: 0xd,
  le: 0xe,
  g: 0xf,
} as const;
export type ConditionCode = keyof typeof conditionCodes;

/** SETcc r/m8: 0F 90+cc; without REX, 4 to 7 would be ah, ch, dh and bh (SDM 2.2.1.2). */
export function setIf(condition: ConditionCode, to: Register): Instruction {
  return instruction(`set${condition} ${registerName(to, 1)}`, [
    ...rex(4, 0, to, to >= 4),
    0x0f,
    0x90 | conditionCodes[condition],
    ...modRm(0, to),
  ]);
}

/** MOVZX r32, r/m8: 0F B6 /r. */
export function zeroExtendByte(to: Register, from: Register): Instruction {
  return instruction(`movzbl ${registerName(from, 1)},${registerName(to, 4)}`, [
    ...rex(4, to, from, from >= 4),
    0x0f,
    0xb6,
    ...modRm(to, from),
  ]);
}

/** XCHG m, r: 87 /r; locked without a prefix. */
export function exchange(at: Address, register: Register, width: Width): Instruction {
  return instruction(
    `xchg ${registerName(register, width)},${addressText(at)}`,
    encode({ width, opcode: [0x87], field: register, operand: at }),
  );
}

/** LOCK XADD m, r: F0 0F C1 /r. */
export function lockedExchangeAdd(at: Address, register: Register, width: Width): Instruction {
  return instruction(
    `lock xadd ${registerName(register, width)},${addressText(at)}`,
    encode({ prefix: lock, width, opcode: [0x0f, 0xc1], field: register, operand: at }),
  );
}

/** LOCK CMPXCHG m, r: F0 0F B1 /r. Compares with eAX, which receives the value before. */
export function lockedCompareExchange(at: Address, desired: Register, width: Width): Instruction {
  return instruction(
    `lock cmpxchg ${registerName(desired, width)},${addressText(at)}`,
    encode({ prefix: lock, width, opcode: [0x0f, 0xb1], field: desired, operand: at }),
  );
}

/** MFENCE: NP 0F AE F0. */
export const mfence = instruction('mfence', [0x0f, 0xae, 0xf0]);

/** LFENCE: NP 0F AE E8. */
export const lfence = instruction('lfence', [0x0f, 0xae, 0xe8]);

/** SFENCE: NP 0F AE F8. */
export const sfence = instruction('sfence', [0x0f, 0xae, 0xf8]);

/** PAUSE: F3 90. */
export const pause = instruction('pause', [0xf3, 0x90]);

/** RET: C3. */
export const ret = instruction('ret', [0xc3]);

/** PUSH r64: 50+rd. */
export function push(register: Register): Instruction {
  return instruction(`push ${registerName(register, 8)}`, [...rex(4, 0, register), 0x50 | (register & 7)]);
}

/** POP r64: 58+rd. */
export function pop(register: Register): Instruction {
  return instruction(`pop ${registerName(register, 8)}`, [...rex(4, 0, register), 0x58 | (register & 7)]);
}

/** Jcc rel32: 0F 80+cc cd; the displacement counts from the end of the instruction. */
export function jumpIf(condition: ConditionCode, to: Label): Branch {
  return branch(`j${condition}`, [0x0f, 0x80 | conditionCodes[condition]], to);
}

/** JMP rel32: E9 cd. */
export function jump(to: Label): Branch {
  return branch('jmp', [0xe9], to);
}

function branch(mnemonic: string, opcode: readonly number[], to: Label): Branch {
  const sizeBytes = opcode.length + 4;
  return {
    kind: 'branch',
    to,
    sizeBytes,
    encode: (displacementBytes, target) =>
      instruction(`${mnemonic} 0x${target.toString(16)}`, [
        ...opcode,
        ...fourBytes(displacementBytes - sizeBytes),
      ]),
  };
}
