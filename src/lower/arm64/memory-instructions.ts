/**
 * The arm64 instructions of instructions.ts that access memory or order accesses: Arm ARM C6.2 again.
 */

import type { Instruction } from '../machine-code.ts';
import type { Step } from '../meaning.ts';
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
import {
  comparesAndSwaps,
  fences,
  loads,
  loadsExclusive,
  modifiesAtomically,
  modifiesUnseen,
  moves,
  stores,
  storesExclusive,
  swaps,
} from './steps.ts';
import type { AtomicOrder } from './steps.ts';

/** Whether LDR and STR (immediate, unsigned offset) can name an address: a multiple of the width, 12 bits of them. */
export function isLoadable({ displacement }: Address, width: Width): boolean {
  return displacement >= 0 && displacement % width === 0 && displacement / width < 2 ** 12;
}

/** LDR (immediate), unsigned offset. */
export function load(to: Register, from: Address, width: Width): Instruction {
  return instruction(
    `ldr ${name(to, width)}, ${addressText(from)}`,
    [loads(to, from, width)],
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
    [stores(to, from, width)],
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
    [loads(to, { base, displacement: 0 }, width, 'A')],
    size(width) + 0x08df_fc00,
    second(base),
    first(to),
  );
}

/** STLR. */
export function storeRelease(base: Register, from: Register, width: Width): Instruction {
  return instruction(
    `stlr ${name(from, width)}, [${baseName(base)}]`,
    [stores({ base, displacement: 0 }, from, width, 'L')],
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
    loadsExclusive(to, base, width, acquire === 'a'),
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
    storesExclusive(status, from, base, width, release === 'l'),
    size(width) + 0x0800_7c00,
    release === 'l' ? 0x8000 : 0,
    third(status),
    second(base),
    first(from),
  );
}

/** PRFM (immediate) of PSTL1STRM: the line is about to be stored to, once. */
export function prefetchForStore(base: Register): Instruction {
  return instruction(`prfm pstl1strm, [${baseName(base)}]`, [], 0xf980_0011, second(base));
}

/** What the letters of an atomic instruction's order say. */
function orderOf(order: AcquireRelease): AtomicOrder {
  return { acquire: order.includes('a'), release: order.includes('l') };
}

/** The bits A and R of the atomic memory operations. */
function acquireRelease(order: AcquireRelease): number {
  const { acquire, release } = orderOf(order);
  return (acquire ? 0x0080_0000 : 0) + (release ? 0x0040_0000 : 0);
}

const fetchOperations = {
  add: { opcode: 0x0000, value: (old, operand) => old + operand },
  clr: { opcode: 0x1000, value: (old, operand) => old & ~operand },
  eor: { opcode: 0x2000, value: (old, operand) => old ^ operand },
  set: { opcode: 0x3000, value: (old, operand) => old | operand },
} as const satisfies Readonly<
  Record<string, { readonly opcode: number; readonly value: (old: bigint, operand: bigint) => bigint }>
>;
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
  const { opcode, value } = fetchOperations[operation];
  return instruction(
    `ld${operation}${order} ${name(operand, width)}, ${name(to, width)}, [${baseName(base)}]`,
    modifiesAtomically(base, operand, to, width, orderOf(order), value),
    size(width) + 0x3820_0000 + opcode,
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
  const { opcode, value } = fetchOperations[operation];
  return instruction(
    `st${operation} ${name(operand, width)}, [${baseName(base)}]`,
    modifiesUnseen(base, operand, width, value),
    size(width) + 0x3820_0000 + opcode,
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
    swaps(base, from, to, width, orderOf(order)),
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
  const { acquire, release } = orderOf(order);
  return instruction(
    `cas${order} ${name(expected, width)}, ${name(desired, width)}, [${baseName(base)}]`,
    comparesAndSwaps(base, expected, desired, width, orderOf(order)),
    size(width) + 0x08a0_7c00,
    (acquire ? 0x0040_0000 : 0) + (release ? 0x8000 : 0),
    third(expected),
    second(base),
    first(desired),
  );
}

/** CRm of DMB and DSB. */
const barrierOptions = { ishld: 0x9, ishst: 0xa, ish: 0xb, ld: 0xd, st: 0xe, sy: 0xf } as const;

/** DMB. */
export function dataMemoryBarrier(option: 'ish' | 'ishld' | 'ishst'): Instruction {
  return instruction(
    `dmb ${option}`,
    fences(`DMB.${option.toUpperCase()}`),
    0xd503_30bf,
    field(barrierOptions[option], 4, 8),
  );
}

/** DSB. */
export function dataSynchronisationBarrier(option: 'sy' | 'ld' | 'st'): Instruction {
  return instruction(
    `dsb ${option}`,
    fences(`DSB.${option.toUpperCase()}`),
    0xd503_309f,
    field(barrierOptions[option], 4, 8),
  );
}

function storesPair(one: Register, other: Register, { base, displacement }: Address): readonly Step[] {
  return [stores({ base, displacement }, one, 8), stores({ base, displacement: displacement + 8 }, other, 8)];
}

function loadsPair(one: Register, other: Register, { base, displacement }: Address): readonly Step[] {
  return [loads(one, { base, displacement }, 8), loads(other, { base, displacement: displacement + 8 }, 8)];
}

const pairOperations = {
  stp: { opcode: 0xa900_0000, steps: storesPair },
  ldp: { opcode: 0xa940_0000, steps: loadsPair },
} as const;
export type PairOperation = keyof typeof pairOperations;

/** STP, LDP of x registers, signed offset: a multiple of 8. */
export function pair(
  operation: PairOperation,
  one: Register,
  other: Register,
  { base, displacement }: Address,
): Instruction {
  const { opcode, steps } = pairOperations[operation];
  return instruction(
    `${operation} ${name(one, 8)}, ${name(other, 8)}, ${addressText({ base, displacement })}`,
    steps(one, other, { base, displacement }),
    opcode,
    pairFields(one, other, base, displacement),
  );
}

/** STP of x registers, pre-index: lowers the stack pointer by `bytes` first. */
export function pushPair(one: Register, other: Register, bytes: number): Instruction {
  return instruction(
    `stp ${name(one, 8)}, ${name(other, 8)}, [sp, #-${bytes}]!`,
    [moves(sp, -bytes), ...storesPair(one, other, { base: sp, displacement: 0 })],
    0xa980_0000,
    pairFields(one, other, sp, -bytes),
  );
}

/** LDP of x registers, post-index: raises the stack pointer by `bytes` after. */
export function popPair(one: Register, other: Register, bytes: number): Instruction {
  return instruction(
    `ldp ${name(one, 8)}, ${name(other, 8)}, [sp], #${bytes}`,
    [...loadsPair(one, other, { base: sp, displacement: 0 }), moves(sp, bytes)],
    0xa8c0_0000,
    pairFields(one, other, sp, bytes),
  );
}

function pairFields(one: Register, other: Register, base: Register, displacement: number): number {
  return signedField(displacement / 8, 7, 15) + field(other, 5, 10) + second(base) + first(one);
}
