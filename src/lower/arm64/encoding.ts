/**
 * How arm64 (A64) instructions are put together, in text and in bytes: what the instructions of
 * instructions.ts have in common. Arm Architecture Reference Manual for A-profile architecture (Arm
 * ARM, DDI 0487), chapter C4, "A64 Instruction Set Encoding".
 */

import { LoweringError } from '../lowering-error.ts';
import type { Branch, Instruction, Label } from '../machine-code.ts';
import type { Step, Taken } from '../meaning.ts';
import type { Address, Register, Width } from '../primitives.ts';

/** Number 31 is the stack pointer as a base and the zero register as an operand (Arm ARM C1.2.5). */
export const sp: Register = 31;
export const zero: Register = 31;

export function name(register: Register, width: Width): string {
  const letter = width === 8 ? 'x' : 'w';
  return register === zero ? `${letter}zr` : `${letter}${register}`;
}

export function baseName(register: Register): string {
  return register === sp ? 'sp' : `x${register}`;
}

export function hex(value: bigint): string {
  return `#0x${value.toString(16)}`;
}

/** A field of an encoding, at its place. */
export function field(value: number, bits: number, shift: number): number {
  if (!Number.isInteger(value) || value < 0 || value >= 2 ** bits) {
    throw new Error(`${value} does not fit in a field of ${bits} bits`);
  }
  return value * 2 ** shift;
}

/** The field Rd or Rt, Rn, and Rm or Rs, wherever an instruction has it. */
export const first = (register: Register) => field(register, 5, 0);
export const second = (register: Register) => field(register, 5, 5);
export const third = (register: Register) => field(register, 5, 16);

/** The fields of an instruction do not overlap, so they add up. */
export function instruction(text: string, steps: readonly Step[], ...fields: readonly number[]): Instruction {
  const word = fields.reduce((sum, bits) => sum + bits, 0);
  const bytes = [0, 8, 16, 24].map((shift) => (word >>> shift) & 0xff);
  return { kind: 'instruction', text, bytes, steps };
}

/** The bit `sf` of data processing instructions. */
export const sf = (width: Width) => (width === 8 ? 0x8000_0000 : 0);

/** The field `size` of loads and stores. */
export const size = (width: Width) => (width === 8 ? 0xc000_0000 : 0x8000_0000);

export function addressText({ base, displacement }: Address): string {
  return displacement === 0 ? `[${baseName(base)}]` : `[${baseName(base)}, #${displacement}]`;
}

/** The same in two's complement. */
export function signedField(value: number, bits: number, shift: number): number {
  const signBit = 2 ** (bits - 1);
  return field(field(value + signBit, bits, 0) ^ signBit, bits, shift);
}

/** The displacement counts instructions, from the branch itself. */
export function branch(
  start: string,
  note: string,
  taken: Taken | undefined,
  opcode: number,
  { bits, shift }: { readonly bits: number; readonly shift: number },
  to: Label,
): Branch {
  const reachBytes = 4 * 2 ** (bits - 1);
  return {
    kind: 'branch',
    to,
    sizeBytes: 4,
    taken,
    encode: (displacementBytes, target) => {
      if (displacementBytes < -reachBytes || displacementBytes >= reachBytes) {
        throw new LoweringError(
          `the thread's code is too long: a branch spans ${Math.abs(displacementBytes)} bytes and arm64's ` +
            `${start.trim().split(' ', 1)[0]} reaches ${reachBytes}: split the thread's body`,
        );
      }
      return instruction(
        `${start}0x${target.toString(16)}${note}`,
        [],
        opcode,
        signedField(displacementBytes / 4, bits, shift),
      );
    },
  };
}
