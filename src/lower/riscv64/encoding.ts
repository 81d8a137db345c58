/**
 * How riscv64 instructions are put together, in text, in bytes and in steps: what the instructions of
 * instructions.ts have in common. RISC-V Instruction Set Manual, volume I, "Base Instruction Formats".
 */

import { LoweringError } from '../lowering-error.ts';
import type { Branch, Instruction, Label } from '../machine-code.ts';
import type { Compute, RegisterName, Step, Taken } from '../meaning.ts';
import type { Address, Register, Width } from '../primitives.ts';

/** Reads as 0; what is written to it is lost. */
export const zero: Register = 0;
export const sp: Register = 2;

const names =
  'zero ra sp gp tp t0 t1 t2 s0 s1 a0 a1 a2 a3 a4 a5 a6 a7 s2 s3 s4 s5 s6 s7 s8 s9 s10 s11 t3 t4 t5 t6'.split(
    ' ',
  );

/** The ABI's name, as objdump prints it and the steps have it. */
export function name(register: Register): RegisterName {
  const found = names[register];
  if (found === undefined) throw new Error(`there is no register ${register}`);
  return found;
}

export function addressText({ base, displacement }: Address): string {
  return `${displacement}(${name(base)})`;
}

/** The fields of an instruction do not overlap. */
export function instruction(text: string, steps: readonly Step[], ...fields: readonly number[]): Instruction {
  const word = fields.reduce((joined, bits) => joined | bits, 0);
  return { kind: 'instruction', text, bytes: [0, 8, 16, 24].map((shift) => (word >>> shift) & 0xff), steps };
}

/** A syntactic dependency of `to` on each of `from`, whatever the numbers: "Syntactic Dependencies". */
export function compute(to: RegisterName, from: readonly Register[], value: Compute): Step {
  return { kind: 'compute', to, from: from.map(name), value };
}

/** What instructions on 4-byte words do with their result. */
export function signExtended(value: bigint, width: Width): bigint {
  return BigInt.asIntN(width * 8, value);
}

/** The fields that the formats share. */
export const rd = (register: Register) => register << 7;
export const rs1 = (register: Register) => register << 15;
export const rs2 = (register: Register) => register << 20;
export const funct3 = (value: number) => value << 12;
export const funct7 = (value: number) => value << 25;

export function fitsSigned(value: bigint, bits: 12 | 32): boolean {
  return BigInt.asIntN(bits, value) === value;
}

function requireFit(value: number): void {
  if (!fitsSigned(BigInt(value), 12)) throw new Error(`${value} does not fit in 12 bits`);
}

/** The I format's immediate. */
export function immediateField(value: number): number {
  requireFit(value);
  return value << 20;
}

/** The S format's immediate, in two parts. */
export function storeField(value: number): number {
  requireFit(value);
  return ((value >> 5) << 25) | ((value & 0x1f) << 7);
}

/** So many bits of a number from one on, at the bottom. */
export function bits(value: number, from: number, count: number): number {
  return (value >> from) & (2 ** count - 1);
}

/** `fields` takes the displacement, from the branch itself. */
export function branch(
  start: string,
  to: Label,
  taken: Taken | undefined,
  reachBytes: number,
  fields: (displacementBytes: number) => readonly number[],
): Branch {
  return {
    kind: 'branch',
    to,
    sizeBytes: 4,
    taken,
    encode: (displacementBytes, target) => {
      if (displacementBytes < -reachBytes || displacementBytes >= reachBytes) {
        throw new LoweringError(
          `the thread's code is too long: a branch spans ${Math.abs(displacementBytes)} bytes and riscv64's ` +
            `${start.split(' ', 1)[0]} reaches ${reachBytes}: split the thread's body`,
        );
      }
      return instruction(`${start}0x${target.toString(16)}`, [], ...fields(displacementBytes));
    },
  };
}
