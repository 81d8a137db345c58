/**
 * The arm64 instructions of instructions.ts that access memory or order accesses: Arm ARM C6.2 again.
 */

import type { Instruction } from '../machine-code.ts';
import type { Address, Register, Width } from '../primitives.ts';
import {
  addressText,
  baseName,
  field,
  first,
  instruction,
  name,
  second,
  signedField,
  size,
  sp,
  third,
  zero,
} from './encoding.ts';

/** Whether LDR and STR (immediate, unsigned offset) can name an address: a multiple of the width, 12 bits of them. */
export function isLoadable({ displacement }: Address, width: Width): boolean {
  return displacement >= 0 && displacement % width === 0 && displacement / width < 2 ** 12;
}

/** LDR (immediate), unsigned offset. */
export function load(to: Register, from: Address, width: Width): Instruction {
  return instruction(
    `ldr ${name(to, width)}, ${addressText(from)}`,
    size(width) + 0x3940_0000,
    field(from.displacement / width, 12, 10),
    second(from.base),
    first(to),
  );
}

/** STR (immediate), unsigned offset. */
export function store(to: Address, from: Register, width: Width): Instruction {
  return instruction(
    `str ${name(from, width)}, ${addressText(to)}`,
    size(width) + 0x3900_0000,
    field(to.displacement / width, 12, 10),
    second(to.base),
    first(from),
  );
}

/** LDAR. */
export function loadAcquire(to: Register, base: Register, width: Width): Instruction {
  return instruction(
    `ldar ${name(to, width)}, [${baseName(base)}]`,
    size(width) + 0x08df_fc00,
    second(base),
    first(to),
  );
}

/** STLR. */
export function storeRelease(base: Register, from: Register, width: Width): Instruction {
  return instruction(
    `stlr ${name(from, width)}, [${baseName(base)}]`,
    size(width) + 0x089f_fc00,
    second(base),
    first(from),
  );
}

export type Acquire = '' | 'a';
export type Release = '' | 'l';
export type AcquireRelease = `${Acquire}${Release}`;

/** LDXR, LDAXR. */
export function loadExclusive(acquire: Acquire, to: Register, base: Register, width: Width): Instruction {
  return instruction(
    `ld${acquire}xr ${name(to, width)}, [${baseName(base)}]`,
    size(width) + 0x085f_7c00,
    acquire === 'a' ? 0x8000 : 0,
    second(base),
    first(to),
  );
}

/** STXR, STLXR. `status` receives 0 where it stored, else 1; it must be neither `from` nor `base`. */
export function storeExclusive(
  release: Release,
  status: Register,
  from: Register,
  base: Register,
  width: Width,
): Instruction {
  return instruction(
    `st${release}xr ${name(status, 4)}, ${name(from, width)}, [${baseName(base)}]`,
    size(width) + 0x0800_7c00,
    release === 'l' ? 0x8000 : 0,
    third(status),
    second(base),
    first(from),
  );
}

/** PRFM (immediate) of PSTL1STRM: the line is about to be stored to, once. */
export function prefetchForStore(base: Register): Instruction {
  return instruction(`prfm pstl1strm, [${baseName(base)}]`, 0xf980_0011, second(base));
}

/** The bits A and R of the atomic memory operations. */
function acquireRelease(order: AcquireRelease): number {
  return (order.includes('a') ? 0x0080_0000 : 0) + (order.includes('l') ? 0x0040_0000 : 0);
}

const fetchOperations = { add: 0x0000, clr: 0x1000, eor: 0x2000, set: 0x3000 } as const;
export type FetchOperation = keyof typeof fetchOperations;

/** LDADD, LDCLR, LDEOR, LDSET with A, L, AL: `to`, which is not the zero register, receives the value before. */
export function fetch(
  operation: FetchOperation,
  order: AcquireRelease,
  operand: Register,
  to: Register,
  base: Register,
  width: Width,
): Instruction {
  return instruction(
    `ld${operation}${order} ${name(operand, width)}, ${name(to, width)}, [${baseName(base)}]`,
    size(width) + 0x3820_0000 + fetchOperations[operation],
    acquireRelease(order),
    third(operand),
    second(base),
    first(to),
  );
}

/** STADD, STCLR, STEOR, STSET: the same without a destination. */
export function storeAtomically(
  operation: FetchOperation,
  operand: Register,
  base: Register,
  width: Width,
): Instruction {
  return instruction(
    `st${operation} ${name(operand, width)}, [${baseName(base)}]`,
    size(width) + 0x3820_0000 + fetchOperations[operation],
    third(operand),
    second(base),
    first(zero),
  );
}

/** SWP, SWPA, SWPL, SWPAL. */
export function swap(
  order: AcquireRelease,
  from: Register,
  to: Register,
  base: Register,
  width: Width,
): Instruction {
  return instruction(
    `swp${order} ${name(from, width)}, ${name(to, width)}, [${baseName(base)}]`,
    size(width) + 0x3820_8000,
    acquireRelease(order),
    third(from),
    second(base),
    first(to),
  );
}

/** CAS, CASA, CASL, CASAL. `expected` receives the value before. */
export function compareAndSwap(
  order: AcquireRelease,
  expected: Register,
  desired: Register,
  base: Register,
  width: Width,
): Instruction {
  return instruction(
    `cas${order} ${name(expected, width)}, ${name(desired, width)}, [${baseName(base)}]`,
    size(width) + 0x08a0_7c00,
    (order.includes('a') ? 0x0040_0000 : 0) + (order.includes('l') ? 0x8000 : 0),
    third(expected),
    second(base),
    first(desired),
  );
}

/** CRm of DMB and DSB. */
const barrierOptions = { ishld: 0x9, ishst: 0xa, ish: 0xb, ld: 0xd, st: 0xe, sy: 0xf } as const;

/** DMB. */
export function dataMemoryBarrier(option: 'ish' | 'ishld' | 'ishst'): Instruction {
  return instruction(`dmb ${option}`, 0xd503_30bf, field(barrierOptions[option], 4, 8));
}

/** DSB. */
export function dataSynchronisationBarrier(option: 'sy' | 'ld' | 'st'): Instruction {
  return instruction(`dsb ${option}`, 0xd503_309f, field(barrierOptions[option], 4, 8));
}

const pairOperations = { stp: 0xa900_0000, ldp: 0xa940_0000 } as const;
export type PairOperation = keyof typeof pairOperations;

/** STP, LDP of x registers, signed offset: a multiple of 8. */
export function pair(
  operation: PairOperation,
  one: Register,
  other: Register,
  { base, displacement }: Address,
): Instruction {
  return instruction(
    `${operation} ${name(one, 8)}, ${name(other, 8)}, ${addressText({ base, displacement })}`,
    pairOperations[operation],
    pairFields(one, other, base, displacement),
  );
}

/** STP of x registers, pre-index: lowers the stack pointer by `bytes` first. */
export function pushPair(one: Register, other: Register, bytes: number): Instruction {
  return instruction(
    `stp ${name(one, 8)}, ${name(other, 8)}, [sp, #-${bytes}]!`,
    0xa980_0000,
    pairFields(one, other, sp, -bytes),
  );
}

/** LDP of x registers, post-index: raises the stack pointer by `bytes` after. */
export function popPair(one: Register, other: Register, bytes: number): Instruction {
  return instruction(
    `ldp ${name(one, 8)}, ${name(other, 8)}, [sp], #${bytes}`,
    0xa8c0_0000,
    pairFields(one, other, sp, bytes),
  );
}

function pairFields(one: Register, other: Register, base: Register, displacement: number): number {
  return signedField(displacement / 8, 7, 15) + field(other, 5, 10) + second(base) + first(one);
}
