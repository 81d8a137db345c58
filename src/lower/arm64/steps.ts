/**
 * What arm64 instructions do, in the words of meaning.ts. Registers are named `x0` to `x30`, `sp`, `zero`
 * and `flags`, the condition flags: a number of four bits, N Z C V from the highest (Arm ARM C5.2.10).
 */

import type { MemoryOperand, RegisterName, Step, Taken } from '../meaning.ts';
import type { Address, Register, Width } from '../primitives.ts';
import { baseName, zero } from './encoding.ts';

/** Only within an instruction: a value from memory, and what replaces it. */
const before = 'before';
const after = 'after';

export function operand(register: Register): RegisterName {
  return register === zero ? 'zero' : `x${register}`;
}

function place({ base, displacement }: Address): MemoryOperand {
  return { base: baseName(base), displacement };
}

type Value = (...from: bigint[]) => bigint;

/** Of the low `width` bytes of registers, unsigned; those of a w register clear the rest (Arm ARM C1.2.5). */
function computed(
  to: RegisterName,
  from: readonly RegisterName[],
  width: Width,
  value: Value,
): Extract<Step, { kind: 'compute' }> {
  const low = (whole: bigint) => BigInt.asUintN(width * 8, whole);
  return { kind: 'compute', to, from, value: (...whole) => low(value(...whole.map(low))) };
}

export function computes(to: Register, from: readonly Register[], width: Width, value: Value): Step[] {
  return [computed(operand(to), from.map(operand), width, value)];
}

/** Adds to a base register. */
export function moves(base: Register, bytes: number): Step {
  return computed(baseName(base), [baseName(base)], 8, (value) => value + BigInt(bytes));
}

/** `left - right`, a register or a number, as the flags tell of it: C where nothing was borrowed (Arm ARM, AddWithCarry). */
export function comparesTo(left: Register, right: Register | bigint, width: Width): Step[] {
  const signed = (number: bigint) => BigInt.asIntN(width * 8, number);
  const from = typeof right === 'bigint' ? [left] : [left, right];
  return [
    computed('flags', from.map(operand), width, (one, content) => {
      const other = typeof right === 'bigint' ? right : content;
      const difference = signed(one - other);
      const n = difference < 0n;
      const z = difference === 0n;
      const c = one >= other;
      const v = signed(one) - signed(other) !== difference;
      return [n, z, c, v].reduce((number, bit) => 2n * number + BigInt(bit), 0n);
    }),
  ];
}

/** What a register receives of the flag C, 0 or 1. */
export function computesOfCarry(to: Register, width: Width, value: (carry: bigint) => bigint): Step[] {
  return [computed(operand(to), ['flags'], width, (nzcv) => value((nzcv >> 1n) & 1n))];
}

export interface Flags {
  readonly n: boolean;
  readonly z: boolean;
  readonly c: boolean;
  readonly v: boolean;
}

export function takenIf(holds: (flags: Flags) => boolean): Taken {
  const bit = (nzcv: bigint, number: bigint) => ((nzcv >> number) & 1n) === 1n;
  return {
    from: ['flags'],
    holds: (nzcv) => holds({ n: bit(nzcv, 3n), z: bit(nzcv, 2n), c: bit(nzcv, 1n), v: bit(nzcv, 0n) }),
  };
}

export function takenIfZero(register: Register, width: Width, wanted: boolean): Taken {
  return {
    from: [operand(register)],
    holds: (value) => (BigInt.asUintN(width * 8, value) === 0n) === wanted,
  };
}

export function loads(to: Register, from: Address, width: Width, ...sets: readonly string[]): Step {
  return { kind: 'load', to: operand(to), address: place(from), widthBytes: width, sets };
}

export function stores(to: Address, from: Register, width: Width, ...sets: readonly string[]): Step {
  return { kind: 'store', value: operand(from), address: place(to), widthBytes: width, sets };
}

/** Half a pair of exclusives: the set X. */
export function loadsExclusive(to: Register, base: Register, width: Width, acquire: boolean): Step[] {
  const address = place({ base, displacement: 0 });
  const sets = acquire ? ['X', 'A'] : ['X'];
  return [{ kind: 'load', to: operand(to), address, widthBytes: width, sets, reserves: true }];
}

/**
 * The other half. The status depends on nothing: what software makes of it is no dependency on the store
 * (Arm ARM B2.3, "Dependency through registers", leaves out the register that a Store Exclusive writes its status to).
 */
export function storesExclusive(
  status: Register,
  from: Register,
  base: Register,
  width: Width,
  release: boolean,
): Step[] {
  const address = place({ base, displacement: 0 });
  const sets = release ? ['X', 'L'] : ['X'];
  return [
    { kind: 'store', value: operand(from), address, widthBytes: width, sets, pairs: true },
    ...computes(status, [], 4, () => 0n),
  ];
}

export interface AtomicOrder {
  readonly acquire: boolean;
  readonly release: boolean;
}

/** An atomic instruction that writes `value` of what it read and of `from`. */
export function modifiesAtomically(
  base: Register,
  from: Register,
  to: Register,
  width: Width,
  order: AtomicOrder,
  value: Value,
): Step[] {
  return [
    readsAtomically(base, width, order.acquire ? ['A'] : []),
    computed(after, [before, operand(from)], width, value),
    writesAtomically(base, after, width, order),
    computed(operand(to), [before], width, (old) => old),
  ];
}

/** An atomic instruction that writes `from`, whatever it read. */
export function swaps(
  base: Register,
  from: Register,
  to: Register,
  width: Width,
  order: AtomicOrder,
): Step[] {
  return [
    readsAtomically(base, width, order.acquire ? ['A'] : []),
    writesAtomically(base, operand(from), width, order),
    computed(operand(to), [before], width, (old) => old),
  ];
}

/**
 * One that modifies without a destination: its read is in the set NoRet, for to a DMB LD it is none (Arm ARM
 * C6.2, "STADD" and its kin: not regarded as doing a read for the purpose of a DMB LD barrier).
 */
export function modifiesUnseen(base: Register, from: Register, width: Width, value: Value): Step[] {
  return [
    readsAtomically(base, width, ['NoRet']),
    computed(after, [before, operand(from)], width, value),
    writesAtomically(base, after, width, { acquire: false, release: false }),
  ];
}

/** Writes nothing where memory does not hold what `expected` did. */
export function comparesAndSwaps(
  base: Register,
  expected: Register,
  desired: Register,
  width: Width,
  order: AtomicOrder,
): Step[] {
  const low = (value: bigint) => BigInt.asUintN(width * 8, value);
  return [
    readsAtomically(base, width, order.acquire ? ['A'] : []),
    {
      kind: 'either',
      from: [before, operand(expected)],
      holds: (old, wanted) => low(old) === low(wanted),
      then: [writesAtomically(base, operand(desired), width, order)],
      otherwise: [],
    },
    computed(operand(expected), [before], width, (old) => old),
  ];
}

function readsAtomically(base: Register, width: Width, sets: readonly string[]): Step {
  const address = place({ base, displacement: 0 });
  return { kind: 'load', to: before, address, widthBytes: width, sets };
}

function writesAtomically(base: Register, value: RegisterName, width: Width, { release }: AtomicOrder): Step {
  const address = place({ base, displacement: 0 });
  return { kind: 'store', value, address, widthBytes: width, sets: release ? ['L'] : [], pairs: true };
}

/** A barrier, by its name in the model: `DMB.ISH`. */
export function fences(name: string): Step[] {
  return [{ kind: 'fence', sets: [name] }];
}
