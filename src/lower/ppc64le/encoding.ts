/**
 * How ppc64le instructions are put together, in text, in bytes and in steps: what the instructions of
 * instructions.ts have in common. Power ISA v2.07B, book I, "Instruction Formats".
 */

import { LoweringError } from '../lowering-error.ts';
import type { Branch, Instruction, Label } from '../machine-code.ts';
import type { Compute, RegisterName, Step, Taken } from '../meaning.ts';
import type { Register } from '../primitives.ts';

export const r0: Register = 0;
export const r1: Register = 1;
export const r2: Register = 2;
export const r3: Register = 3;
export const r4: Register = 4;
export const r5: Register = 5;
export const r10: Register = 10;
export const r11: Register = 11;
export const r12: Register = 12;

export function instruction(text: string, word: number, ...steps: readonly Step[]): Instruction {
  return { kind: 'instruction', text, bytes: [0, 8, 16, 24].map((bit) => (word >>> bit) & 0xff), steps };
}

/** A register as the steps name it. */
export function name(register: Register): RegisterName {
  return `r${register}`;
}

export function compute(to: Register, from: readonly Register[], value: Compute): Step {
  return { kind: 'compute', to: name(to), from: from.map(name), value };
}

/** D-form: a 16-bit immediate, signed or not as the instruction has it. */
export function dForm(opcode: number, field: number, register: Register, immediate: number): number {
  return (opcode << 26) | (field << 21) | (register << 16) | (immediate & 0xffff);
}

/** X-form and XO-form under primary opcode 31; `record` is Rc, the last bit. */
export function xForm(field: number, a: Register, b: Register, extended: number, record = 0): number {
  return (31 << 26) | (field << 21) | (a << 16) | (b << 11) | (extended << 1) | record;
}

export function fitsSigned(value: bigint, bits: 16 | 32): boolean {
  return BigInt.asIntN(bits, value) === value;
}

export function fitsUnsigned16(value: bigint): boolean {
  return BigInt.asUintN(16, value) === value;
}

/** In RA, r0 reads as zero (book I, "Fixed-Point Load Instructions" and the addi description). */
export function requireNotZero(register: Register, use: string): void {
  if (register === r0) throw new Error(`r0 reads as zero as ${use}`);
}

export function signedImmediate(value: bigint): number {
  if (!fitsSigned(value, 16)) throw new Error(`${value} is no signed 16-bit immediate`);
  return Number(value);
}

export function unsignedImmediate(value: bigint): number {
  if (!fitsUnsigned16(value)) throw new Error(`${value} is no unsigned 16-bit immediate`);
  return Number(value);
}

/** The displacement takes the word's last `bits` bits but the two that are always 0 in it: AA and LK here. */
export function branch(
  mnemonic: string,
  to: Label,
  taken: Taken | undefined,
  word: number,
  bits: 16 | 26,
): Branch {
  const reachBytes = 2 ** (bits - 1);
  return {
    kind: 'branch',
    to,
    sizeBytes: 4,
    taken,
    encode: (displacementBytes, target) => {
      if (displacementBytes < -reachBytes || displacementBytes >= reachBytes) {
        throw new LoweringError(
          `a branch over ${displacementBytes} bytes, and ${mnemonic} reaches ${reachBytes} on ppc64le: ` +
            "shorten the thread's body",
        );
      }
      const displacement = displacementBytes & (2 ** bits - 4);
      return instruction(`${mnemonic} 0x${target.toString(16)}`, word | displacement);
    },
  };
}
