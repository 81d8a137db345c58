/** Scratch registers, and constants, operands and addresses on their way into registers. */

import type { Code, Instruction } from '../machine-code.ts';
import type { Address, Operand, Register, Width } from '../primitives.ts';
import * as arm64 from './instructions.ts';

/**
 * What every row may overwrite: x12 to x17, which a call may (AAPCS64, "General-purpose Registers").
 * Each has one use, so that a row may be part of another.
 */
export const scratch = {
  /** Turns left of a bounded spin. */
  turns: 12,
  /** An address whose displacement an instruction cannot hold. */
  address: 13,
  /** The value before, in an atomic operation. */
  old: 14,
  /** Whether a store-exclusive failed. */
  status: 15,
  /** Constant operands, and what is computed of them. */
  first: 16,
  second: 17,
} as const satisfies Readonly<Record<string, Register>>;

/** A constant by MOVZ or MOVN, whichever leaves fewer MOVKs. */
export function constant(destination: Register, value: bigint, width: Width): Code {
  const halves = Array.from({ length: width / 2 }, (_, index) => ({
    half: Number((value >> BigInt(16 * index)) & 0xffffn),
    shift: 16 * index,
  }));
  const other = (filler: number) => halves.filter(({ half }) => half !== filler);
  const inverted = other(0xffff).length < other(0).length;
  const filler = inverted ? 0xffff : 0;
  const [start = { half: filler, shift: 0 }, ...rest] = other(filler);
  return [
    inverted
      ? arm64.moveInverted(destination, start.half ^ 0xffff, start.shift, width)
      : arm64.moveWide(destination, start.half, start.shift, width),
    ...rest.map(({ half, shift }) => arm64.moveKeeping(destination, half, shift, width)),
  ];
}

/** A register, and the code that fills it. */
export interface Filled {
  readonly register: Register;
  readonly code: Code;
}

/** The register that holds an operand: its own, the zero register, or `spare`, filled with a constant. */
export function inRegister(operand: Operand, spare: Register, width: Width): Filled {
  if (operand.kind === 'register') return { register: operand.register, code: [] };
  if (operand.value === 0n) return { register: arm64.zero, code: [] };
  return { register: spare, code: constant(spare, operand.value, width) };
}

/** Puts an operand in a given register. */
export function copy(destination: Register, source: Operand, width: Width): Code {
  if (source.kind === 'immediate') return constant(destination, source.value, width);
  return source.register === destination ? [] : [arm64.move(destination, source.register, width)];
}

/** A pointer register plus any constant. */
export function addConstant(destination: Register, source: Register, bytes: number): Code {
  const operation = bytes < 0 ? 'sub' : 'add';
  const size = Math.abs(bytes);
  const low = size % 2 ** 12;
  const high = (size - low) / 2 ** 12;
  if (high >= 2 ** 12) {
    return [
      ...constant(scratch.address, BigInt(bytes), 8),
      arm64.alu('add', destination, source, scratch.address, 8),
    ];
  }
  if (high === 0) return [arm64.aluImmediate(operation, destination, source, low, 8)];
  return [
    arm64.aluImmediate(operation, destination, source, high, 8, true),
    ...(low === 0 ? [] : [arm64.aluImmediate(operation, destination, destination, low, 8)]),
  ];
}

/** An address in a register, for the instructions that take no displacement. */
export function pointer({ base, displacement }: Address): Filled {
  if (displacement === 0) return { register: base, code: [] };
  return { register: scratch.address, code: addConstant(scratch.address, base, displacement) };
}

/** An address that LDR and STR can name. */
export function reachable(
  address: Address,
  width: Width,
): { readonly address: Address; readonly code: Code } {
  if (arm64.isLoadable(address, width)) return { address, code: [] };
  const { register, code } = pointer(address);
  return { address: { base: register, displacement: 0 }, code };
}

/** A binary operation by one instruction, `apply`, once `prepare` has made its right operand ready. */
export interface Operation {
  readonly prepare: Code;
  readonly apply: (destination: Register, left: Register) => Instruction;
}

/** `spare` receives the right operand where it is a constant that the instruction cannot hold. */
export function operation(
  name: arm64.AluOperation,
  right: Operand,
  spare: Register,
  width: Width,
): Operation {
  const short = right.kind === 'immediate' ? shortImmediate(name, Number(right.value)) : undefined;
  if (short !== undefined) {
    return {
      prepare: [],
      apply: (destination, left) => arm64.aluImmediate(short.name, destination, left, short.value, width),
    };
  }
  const shift = right.kind === 'immediate' ? shortShift(name, Number(right.value), width) : undefined;
  if (shift !== undefined) {
    return {
      prepare: [],
      apply: (destination, left) => arm64.shiftImmediate(shift.name, destination, left, shift.count, width),
    };
  }
  const { register, code } = inRegister(right, spare, width);
  return {
    prepare: code,
    apply: (destination, left) => arm64.alu(name, destination, left, register, width),
  };
}

/** An addition or subtraction of a 12-bit number of either sign. */
function shortImmediate(
  name: arm64.AluOperation,
  value: number,
): { readonly name: arm64.ImmediateOperation; readonly value: number } | undefined {
  if ((name !== 'add' && name !== 'sub') || Math.abs(value) >= 2 ** 12) return undefined;
  if (value >= 0) return { name, value };
  return { name: name === 'add' ? 'sub' : 'add', value: -value };
}

function shortShift(
  name: arm64.AluOperation,
  count: number,
  width: Width,
): { readonly name: arm64.Shift; readonly count: number } | undefined {
  if (name !== 'lsl' && name !== 'lsr' && name !== 'asr') return undefined;
  return count > 0 && count < width * 8 ? { name, count } : undefined;
}
