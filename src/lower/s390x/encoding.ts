/**
 * How s390x instructions are put together, in text, in bytes and in steps: what the instructions of
 * instructions.ts and memory-instructions.ts have in common. z/Architecture Principles of Operation (PoP,
 * SA22-7832) 5, "Instruction Formats" and "Address Generation".
 */

import type { Instruction } from '../machine-code.ts';
import type { Compute, MemoryOperand, RegisterName, Step } from '../meaning.ts';
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

/** As objdump prints it and the steps have it. */
export function name(register: Register): RegisterName {
  return `%r${register}`;
}

export function addressText({ base, displacement }: Address): string {
  return `${displacement}(${name(base)})`;
}

export function bigEndian(value: bigint | number, sizeBytes: number): number[] {
  return Array.from({ length: sizeBytes }, (_, index) =>
    Number((BigInt(value) >> BigInt(8 * (sizeBytes - 1 - index))) & 0xffn),
  );
}

export function instruction(text: string, bytes: readonly number[], steps: readonly Step[]): Instruction {
  return { kind: 'instruction', text, bytes, steps };
}

/** Two operands of four bits in a byte. */
export function pair(high: number, low: number): number {
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
export function longAddress(at: Address): number[] {
  const { displacement } = at;
  if (displacement < -(2 ** 19) || displacement >= 2 ** 19) {
    throw new Error(`a displacement of ${displacement} bytes does not fit in 20 bits`);
  }
  return [...bigEndian((baseOf(at) << 12) | (displacement & 0xfff), 2), (displacement >> 12) & 0xff];
}

/** A storage operand's instruction in its short form (RX, RS: 4 bytes) where that reaches, else in its long one. */
export interface Forms {
  readonly short?: { readonly mnemonic: string; readonly opcode: number };
  readonly long: { readonly mnemonic: string; readonly opcode: readonly [number, number] };
}

/** `second` is the index (always none) in RX and RXY, and R3 in RS and RSY, where the text shows it. */
export function withStorage(
  { short, long }: Forms,
  first: Register,
  second: Register | undefined,
  at: Address,
  steps: readonly Step[],
): Instruction {
  const registers = [first, ...(second === undefined ? [] : [second])].map(name).join(',');
  const fields = pair(first, second ?? 0);
  if (short !== undefined && isShort(at)) {
    const bytes = [short.opcode, fields, ...shortAddress(at)];
    return instruction(`${short.mnemonic} ${registers},${addressText(at)}`, bytes, steps);
  }
  const bytes = [long.opcode[0], fields, ...longAddress(at), long.opcode[1]];
  return instruction(`${long.mnemonic} ${registers},${addressText(at)}`, bytes, steps);
}

export function operand({ base, displacement }: Address): MemoryOperand {
  return { base: name(base), displacement };
}

export function compute(to: RegisterName, from: readonly RegisterName[], value: Compute): Step {
  return { kind: 'compute', to, from, value };
}

/** The number of an operand's width that stands in the low part of a register. */
export function signed(content: bigint, width: Width): bigint {
  return BigInt.asIntN(width * 8, content);
}

export function unsigned(content: bigint, width: Width): bigint {
  return BigInt.asUintN(width * 8, content);
}

/**
 * A result of `width` in a register, made of other registers. A word leaves the upper half as it was, so
 * that it depends on what the register held: no matter for an order in which every fetch precedes all that follows.
 */
export function placed(
  to: Register,
  from: readonly RegisterName[],
  width: Width,
  value: (...from: bigint[]) => bigint,
): Step {
  if (width === 8) return compute(name(to), from, value);
  return compute(
    name(to),
    [name(to), ...from],
    (before = 0n, ...content) => (before & ~0xffff_ffffn) | unsigned(value(...content), 4),
  );
}
