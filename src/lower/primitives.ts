import type { FenceName, LoadName, RmwOperation, StoreName } from '../language/primitives.ts';
import type { Code, Label } from './machine-code.ts';

/** A general-purpose register by its number in the architecture's encodings. */
export type Register = number;

/** 4 for `int`, 8 for `long` and pointers. */
export type Width = 4 | 8;

/** What a load or store names: a base register and a displacement within the target's range. */
export interface Address {
  readonly base: Register;
  readonly displacement: number;
}

/** An immediate may be any number of the operation's width, given as a signed one. */
export type Operand =
  | { readonly kind: 'register'; readonly register: Register }
  | { readonly kind: 'immediate'; readonly value: bigint };

type OrderSuffix = '' | '_relaxed' | '_acquire' | '_release';

export type VoidRmwName = `atomic_${RmwOperation}`;
export type FetchRmwName = `atomic_fetch_${RmwOperation}${OrderSuffix}`;
export type ExchangeName = `xchg${OrderSuffix}`;
export type CompareExchangeName = `cmpxchg${OrderSuffix}`;

/** Why an architecture has no counterpart of a primitive, in a sentence for the user. */
export interface Unsupported {
  readonly unsupported: string;
}

/**
 * What every kernel primitive becomes on one architecture: primitive on the left, instructions on the
 * right. A missing row is a type error. The rest of the kernel's names reduce to these in lower.ts:
 * atomic_read is READ_ONCE, `_return` forms are the fetch form and an addition, add_unless and its
 * kin are loops of READ_ONCE and cmpxchg.
 *
 * Rules for every row: leave registers other than the destination and the target's own scratch
 * untouched (the sources too); a destination may be the same register as a source or the address's
 * base; no register is the target's scratch; a 4-byte value leaves the destination's upper half as the
 * target's convention has it, and of a 4-byte source only the low half counts.
 */
export interface PrimitiveTable {
  readonly loads: Readonly<Record<LoadName, (destination: Register, from: Address, width: Width) => Code>>;
  readonly stores: Readonly<
    Record<StoreName, ((to: Address, value: Operand, width: Width) => Code) | Unsupported>
  >;
  readonly fences: Readonly<Record<FenceName, () => Code>>;
  readonly voidRmws: Readonly<Record<VoidRmwName, (at: Address, operand: Operand, width: Width) => Code>>;
  /** The destination receives the value before. */
  readonly fetchRmws: Readonly<
    Record<FetchRmwName, (destination: Register, at: Address, operand: Operand, width: Width) => Code>
  >;
  readonly exchanges: Readonly<
    Record<ExchangeName, (destination: Register, at: Address, value: Operand, width: Width) => Code>
  >;
  /** The destination receives the value before; it equals `expected` exactly when `desired` was written. */
  readonly compareExchanges: Readonly<
    Record<
      CompareExchangeName,
      (destination: Register, at: Address, expected: Operand, desired: Operand, width: Width) => Code
    >
  >;
  /** A test-and-test-and-set lock (4 bytes, 0 free, 1 held) with the ordering of the kernel's queued spinlock. */
  readonly locks: {
    /** Spins a bounded number of times, then branches to `stuck`. */
    readonly spin_lock: (at: Address, stuck: Label) => Code;
    readonly spin_unlock: (at: Address) => Code;
    /** The destination receives 1 if it took the lock, else 0. */
    readonly spin_trylock: (destination: Register, at: Address) => Code;
    /** The destination receives 1 if the lock is held, else 0. */
    readonly spin_is_locked: (destination: Register, at: Address) => Code;
  };
}
