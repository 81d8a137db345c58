/** Scratch registers, and constants, operands and addresses on their way into registers. */

import type { Code } from '../machine-code.ts';
import type { Address, Operand, Register, Width } from '../primitives.ts';
import * as riscv from './instructions.ts';

/**
 * What every row may overwrite: t0 to t6, which a call may (RISC-V ELF psABI, "Integer Register
 * Convention"). Each has one use, so that a row may be part of another.
 */
export const scratch = {
  /** t0: an address whose displacement an instruction cannot hold. */
  address: 5,
  /** t1: the value before, in a compare-exchange, and a lock's value. */
  old: 6,
  /** t2: whether a store-conditional failed. */
  status: 7,
  /** t3, t4: constant operands, and what is computed of them. */
  first: 28,
  second: 29,
  /** t5: turns left of a bounded spin. */
  turns: 30,
  /** t6: the upper part of a constant. */
  upper: 31,
} as const satisfies Readonly<Record<string, Register>>;

/**
 * A constant by LI, or 12 bits after 32 of them. Not by LUI and ADDI(W) of one register, the usual pair:
 * objdump takes a register that LUI wrote for half an address, and notes the whole beside the next ADDI,
 * load or store that names it, wherever in the code. So LUI writes a register that none of those name,
 * and the low bits are added by XORI, which needs no other upper part where it sign-extends.
 */
export function constant(destination: Register, value: bigint, width: Width): Code {
  const signed = BigInt.asIntN(width * 8, value);
  if (riscv.fitsSigned(signed, 12)) return [riscv.loadImmediate(destination, Number(signed))];
  const low = BigInt.asIntN(12, signed);
  const high = (signed ^ low) >> 12n;
  if (riscv.fitsSigned(signed, 32)) {
    return [
      riscv.loadUpperImmediate(scratch.upper, Number(high)),
      low === 0n
        ? riscv.move(destination, scratch.upper)
        : riscv.immediate('xori', destination, scratch.upper, Number(low)),
    ];
  }
  return [
    ...constant(destination, high, 8),
    riscv.shiftImmediate('sll', destination, destination, 12, 8),
    ...(low === 0n ? [] : [riscv.immediate('xori', destination, destination, Number(low))]),
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
  if (operand.value === 0n) return { register: riscv.zero, code: [] };
  return { register: spare, code: constant(spare, operand.value, width) };
}

/** A move, or nothing where the value is there already. */
export function move(destination: Register, source: Register): Code {
  return source === destination ? [] : [riscv.move(destination, source)];
}

/** A pointer register plus any constant. */
export function addConstant(destination: Register, source: Register, bytes: number): Code {
  if (bytes === 0) return move(destination, source);
  if (riscv.fitsSigned(BigInt(bytes), 12)) return [riscv.addImmediate(destination, source, bytes, 8)];
  return [
    ...constant(scratch.address, BigInt(bytes), 8),
    riscv.operate('add', destination, source, scratch.address, 8),
  ];
}

/** An address in a register, for the instructions that take no displacement. */
export function pointer({ base, displacement }: Address): Filled {
  if (displacement === 0) return { register: base, code: [] };
  return { register: scratch.address, code: addConstant(scratch.address, base, displacement) };
}

/** The operand where an instruction with a 12-bit immediate can hold it. */
export function shortImmediate(operand: Operand): number | undefined {
  return operand.kind === 'immediate' && riscv.fitsSigned(operand.value, 12)
    ? Number(operand.value)
    : undefined;
}

/** 1 where a register is 0, else 0. */
export function isZero(destination: Register, source: Register): Code {
  return [riscv.immediate('sltiu', destination, source, 1)];
}

/** 1 where a register is not 0, else 0. */
export function isNotZero(destination: Register, source: Register): Code {
  return [riscv.operate('sltu', destination, riscv.zero, source, 8)];
}
