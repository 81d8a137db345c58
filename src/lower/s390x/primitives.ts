/**
 * What the kernel's primitives become on s390x, after Linux v6.19: arch/s390/include/asm/barrier.h,
 * atomic.h, atomic_ops.h, cmpxchg.h and spinlock.h. References to the z/Architecture Principles of
 * Operation (PoP, SA22-7832) are to its sections, as these keep their names from edition to edition.
 *
 * Loads and stores are seen by other CPUs in program order, but for a store before a later load from
 * elsewhere (PoP 5, "Relation between Operand Accesses"). So most fences are compiler barriers, which
 * are no code here, and smp_mb() is a serialisation, BCR 14,0 (PoP 7, "BRANCH ON CONDITION").
 *
 * COMPARE AND SWAP serialises before and after, whether it swaps or not (PoP 7, "COMPARE AND SWAP";
 * PoP 5, "CPU Serialization"), and needs nothing beside it. LOAD AND ADD and its kin, and ADD IMMEDIATE
 * to storage, are interlocked updates too, but perform the weaker specific-operand serialisation only
 * (PoP 7, "LOAD AND ADD"; PoP 5, "Specific-Operand Serialization"): earlier accesses complete before
 * theirs, and they end with their own store complete, but later fetches are not said to wait. So the
 * kernel's __atomic_add() stands alone where a void operation orders nothing, and every operation with
 * a value is __atomic_add_barrier(), which a BCR 14,0 ends. The kernel has no weaker forms of these:
 * _relaxed, _acquire and _release fall back to the full ones.
 *
 * smp_mb__before_atomic() and smp_mb__after_atomic() are compiler barriers in barrier.h all the same,
 * since Linux v4.5, which takes atomics to imply a full barrier.
 */

import { label } from '../machine-code.ts';
import type { Code } from '../machine-code.ts';
import type { Address, Operand, PrimitiveTable, Register, Width } from '../primitives.ts';
import * as z from './instructions.ts';
import { constant, copy, inRegister, move, truth } from './operands.ts';

const { r0, r1, r14 } = z;

/**
 * Looks at a lock before it is given up as deadlocked. A user has nothing to slow a loop with (the
 * kernel's cpu_relax() is a compiler barrier, and DIAGNOSE, which yields, is privileged), so a look
 * takes the some 2 to 5 cycles of four cached instructions with one taken branch, at 5 GHz. This is
 * about half a second to a second: many time slices for a holder that lost its CPU.
 */
const spinLimit = 1n << 30n;

export const primitives: PrimitiveTable = {
  loads: {
    READ_ONCE: load,
    smp_load_acquire: load,
    plain_load: load,
  },
  stores: {
    WRITE_ONCE: store,
    smp_store_release: store,
    smp_store_mb: (to, value, width) => [...store(to, value, width), z.serialise],
    WRITE_ONCE_NT: {
      unsupported:
        's390x has no non-temporal store: all of its stores are seen in program order, whatever it is told about caching them',
    },
    plain_store: store,
  },
  fences: {
    barrier: nothing,
    smp_mb: serialise,
    smp_rmb: nothing,
    smp_wmb: nothing,
    mb: serialise,
    rmb: nothing,
    wmb: nothing,
    smp_mb__before_atomic: nothing,
    smp_mb__after_atomic: nothing,
    smp_mb__after_spinlock: nothing,
    smp_mb__after_unlock_lock: nothing,
  },
  // atomic_inc and atomic_dec are the addition of 1 and -1, a small constant as any other.
  voidRmws: {
    atomic_add: add,
    atomic_sub: (at, operand, width) => {
      if (operand.kind === 'immediate') return add(at, { kind: 'immediate', value: -operand.value }, width);
      return update('laa', negated)(at, operand, width);
    },
    atomic_and: update('lan', asItIs),
    atomic_or: update('lao', asItIs),
    atomic_xor: update('lax', asItIs),
    atomic_andnot: update('lan', complemented),
  },
  fetchRmws: {
    atomic_fetch_add: fetch('laa', asItIs),
    atomic_fetch_add_relaxed: fetch('laa', asItIs),
    atomic_fetch_add_acquire: fetch('laa', asItIs),
    atomic_fetch_add_release: fetch('laa', asItIs),
    atomic_fetch_sub: fetch('laa', negated),
    atomic_fetch_sub_relaxed: fetch('laa', negated),
    atomic_fetch_sub_acquire: fetch('laa', negated),
    atomic_fetch_sub_release: fetch('laa', negated),
    atomic_fetch_and: fetch('lan', asItIs),
    atomic_fetch_and_relaxed: fetch('lan', asItIs),
    atomic_fetch_and_acquire: fetch('lan', asItIs),
    atomic_fetch_and_release: fetch('lan', asItIs),
    atomic_fetch_or: fetch('lao', asItIs),
    atomic_fetch_or_relaxed: fetch('lao', asItIs),
    atomic_fetch_or_acquire: fetch('lao', asItIs),
    atomic_fetch_or_release: fetch('lao', asItIs),
    atomic_fetch_xor: fetch('lax', asItIs),
    atomic_fetch_xor_relaxed: fetch('lax', asItIs),
    atomic_fetch_xor_acquire: fetch('lax', asItIs),
    atomic_fetch_xor_release: fetch('lax', asItIs),
    atomic_fetch_andnot: fetch('lan', complemented),
    atomic_fetch_andnot_relaxed: fetch('lan', complemented),
    atomic_fetch_andnot_acquire: fetch('lan', complemented),
    atomic_fetch_andnot_release: fetch('lan', complemented),
  },
  exchanges: {
    xchg: exchange,
    xchg_relaxed: exchange,
    xchg_acquire: exchange,
    xchg_release: exchange,
  },
  compareExchanges: {
    cmpxchg: compareExchange,
    cmpxchg_relaxed: compareExchange,
    cmpxchg_acquire: compareExchange,
    cmpxchg_release: compareExchange,
  },
  locks: {
    spin_lock: (at, stuck) => {
      const attempt = label('attempt');
      const wait = label('wait');
      const taken = label('taken');
      return [
        ...constant(r14, spinLimit, 8),
        attempt,
        ...swapFreeForHeld(at),
        z.jumpIf('e', taken),
        wait,
        z.addImmediate16(r14, -1n),
        z.jumpIf('e', stuck),
        z.loadAndTest(r0, at),
        z.jumpIf('ne', wait),
        z.jump(attempt),
        taken,
      ];
    },
    spin_unlock: (at) => store(at, { kind: 'immediate', value: 0n }, 4),
    spin_trylock: (destination, at) => [...swapFreeForHeld(at), ...truth('e', destination)],
    spin_is_locked: (destination, at) => [z.loadAndTest(r0, at), ...truth('ne', destination)],
  },
};

function nothing(): Code {
  return [];
}

function serialise(): Code {
  return [z.serialise];
}

function load(destination: Register, from: Address, width: Width): Code {
  return [z.load(destination, from, width)];
}

function store(to: Address, value: Operand, width: Width): Code {
  const source = inRegister(value, r0, width);
  return [...source.code, z.store(to, source.register, width)];
}

/** __atomic_add_const() in the kernel where the constant is small, else __atomic_add(). */
function add(at: Address, operand: Operand, width: Width): Code {
  if (operand.kind === 'immediate') {
    const addend = BigInt.asIntN(width * 8, operand.value);
    if (z.fitsSigned(addend, 8)) return [z.addToStorage(at, addend, width)];
  }
  return update('laa', asItIs)(at, operand, width);
}

/** How an operand gets into the register that an update takes it from: its own, or r0. */
type Preparation = (operand: Operand, width: Width) => { readonly register: Register; readonly code: Code };

function asItIs(operand: Operand, width: Width): ReturnType<Preparation> {
  return inRegister(operand, r0, width);
}

function negated(operand: Operand, width: Width): ReturnType<Preparation> {
  return operand.kind === 'immediate'
    ? { register: r0, code: constant(r0, -operand.value, width) }
    : { register: r0, code: [z.negate(r0, operand.register, width)] };
}

function complemented(operand: Operand, width: Width): ReturnType<Preparation> {
  return operand.kind === 'immediate'
    ? { register: r0, code: constant(r0, ~operand.value, width) }
    : {
        register: r0,
        code: [...constant(r0, -1n, width), z.combine('x', r0, r0, operand.register, width)],
      };
}

/** The value before is left in a scratch register. */
function update(operation: z.LoadAndOperation, prepare: Preparation) {
  return (at: Address, operand: Operand, width: Width): Code => {
    const source = prepare(operand, width);
    return [...source.code, z.loadAnd(operation, r1, source.register, at, width)];
  };
}

function fetch(operation: z.LoadAndOperation, prepare: Preparation) {
  return (destination: Register, at: Address, operand: Operand, width: Width): Code => {
    const source = prepare(operand, width);
    return [...source.code, z.loadAnd(operation, destination, source.register, at, width), z.serialise];
  };
}

function exchange(destination: Register, at: Address, value: Operand, width: Width): Code {
  const retry = label('retry');
  const source = inRegister(value, r1, width);
  return [
    ...source.code,
    z.load(r0, at, width),
    retry,
    z.compareAndSwap(r0, source.register, at, width),
    z.jumpIf('ne', retry),
    ...move(destination, r0),
  ];
}

function compareExchange(
  destination: Register,
  at: Address,
  expected: Operand,
  desired: Operand,
  width: Width,
): Code {
  const source = inRegister(desired, r1, width);
  return [
    ...source.code,
    ...copy(r0, expected, width),
    z.compareAndSwap(r0, source.register, at, width),
    ...move(destination, r0),
  ];
}

/** Sets the condition to equal where the lock was free. */
function swapFreeForHeld(at: Address): Code {
  return [...constant(r0, 0n, 4), ...constant(r1, 1n, 4), z.compareAndSwap(r0, r1, at, 4)];
}
