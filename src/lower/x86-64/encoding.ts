/**
 * How x86-64 instructions are put together, in text and in bytes: what the instructions of
 * instructions.ts and memory-instructions.ts have in common. Intel 64 and IA-32 Architectures Software
 * Developer's Manual (SDM), volume 2, chapter 2, "Instruction Format".
 */

import type { Instruction } from '../machine-code.ts';
import type { MemoryOperand, RegisterName, Step } from '../meaning.ts';
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

export function registerText(register: Register, width: 1 | Width): string {
  if (register >= 8) return `%r${register}${{ 1: 'b', 4: 'd', 8: '' }[width]}`;
  if (width === 1) return `%${legacyByteNames[register]}`;
  return `%${width === 8 ? 'r' : 'e'}${legacyNames[register]}`;
}

function hex(value: bigint): string {
  return value < 0n ? `-0x${(-value).toString(16)}` : `0x${value.toString(16)}`;
}

export function addressText({ base, displacement }: Address): string {
  const shown = displacement !== 0 || needsDisplacement(base);
  return `${shown ? hex(BigInt(displacement)) : ''}(${registerText(base, 8)})`;
}

/** objdump shows an immediate as the unsigned number of the operand's width. */
export function immediateText(value: bigint, width: Width): string {
  return `$${hex(BigInt.asUintN(width * 8, value))}`;
}

/** The suffix that tells the operand's width where no register does. */
export function suffix(width: Width): string {
  return width === 8 ? 'q' : 'l';
}

/** The low 4 bytes, in memory order. */
export function fourBytes(value: number): number[] {
  return [value & 0xff, (value >> 8) & 0xff, (value >> 16) & 0xff, (value >> 24) & 0xff];
}

export function fourBytesOf(value: bigint): number[] {
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
export function modRm(field: number, operand: Register | Address): number[] {
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
export function rex(width: Width, field: number, operand: Register, required = false): number[] {
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

export function encode({ prefix, width, opcode, field, operand, immediate = [] }: Encoding): number[] {
  const base = typeof operand === 'number' ? operand : operand.base;
  return [
    ...(prefix === undefined ? [] : [prefix]),
    ...rex(width, field, base),
    ...opcode,
    ...modRm(field, operand),
    ...immediate,
  ];
}

export function instruction(text: string, bytes: readonly number[], steps: readonly Step[]): Instruction {
  return { kind: 'instruction', text, bytes, steps };
}

/** A register in steps: the whole of it. */
export function name(register: Register): RegisterName {
  return registerText(register, 8);
}

export function operand({ base, displacement }: Address): MemoryOperand {
  return { base: name(base), displacement };
}

/** The number of an operand's width, as it stands in the low part of a register: a 4-byte result clears the rest. */
export function low(value: bigint, width: Width): bigint {
  return BigInt.asUintN(width * 8, value);
}

/** Where steps have an immediate operand. */
export const immediate: RegisterName = 'immediate';

export function withImmediate(value: bigint): Step {
  return { kind: 'compute', to: immediate, from: [], value: () => value };
}

/** The low part of one register in another. */
export function copied(to: RegisterName, from: RegisterName, width: Width): Step {
  return { kind: 'compute', to, from: [from], value: (content = 0n) => low(content, width) };
}
