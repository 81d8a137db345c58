/**
 * What the kernel's primitives become on ppc64le, after Linux v6.19: arch/powerpc/include/asm/barrier.h,
 * atomic.h, cmpxchg.h, synch.h and qspinlock.h. lwsync orders everything but a store before a later load,
 * sync (hwsync) everything (Power ISA v2.07B book II, "Memory Barrier Instructions").
 *
 * PPC_ACQUIRE_BARRIER is written as isync in synch.h, and the kernel patches it to lwsync when it boots on
 * a CPU that has lwsync (do_lwsync_fixups), as every 64-bit server CPU does: here it is lwsync.
 */

import { label } from '../machine-code.ts';
import type { Code } from '../machine-code.ts';
import type { Address, Operand, PrimitiveTable, Register, Width } from '../primitives.ts';
import * as ppc from './instructions.ts';
import { addConstant, constant, inRegister, truth } from './operands.ts';

const { r0, r10, r11, r12 } = ppc;

/**
 * Turns of waiting before a lock is given up as deadlocked. A turn drops the thread's priority, raises it
 * again, loads from the cache and branches on what came: reckoned at ten cycles (estimated, not measured),
 * this is about a second at 3 GHz, and more where the core's other threads take the slots given up: many
 * time slices for a holder that lost its CPU.
 */
const spinLimit = 1n << 28n;

/** Of a read-modify-write: what stands before its loop and after it. */
interface Order {
  readonly before: Code;
  readonly after: Code;
}

const none: Order = { before: [], after: [] };
const acquire: Order = { before: [], after: [ppc.lwsync] };
const release: Order = { before: [ppc.lwsync], after: [] };
const full: Order = { before: [ppc.sync], after: [ppc.sync] };

/** Makes a new value in `to` of the old one and an operand. */
type Combine = (to: Register, old: Register, operand: Register) => Code;

const add: Combine = (to, old, operand) => [ppc.arithmetic('add', to, old, operand)];
const subtract: Combine = (to, old, operand) => [ppc.arithmetic('subf', to, operand, old)];
const and: Combine = (to, old, operand) => [ppc.logical('and', to, old, operand)];
const or: Combine = (to, old, operand) => [ppc.logical('or', to, old, operand)];
const xor: Combine = (to, old, operand) => [ppc.logical('xor', to, old, operand)];
const andNot: Combine = (to, old, operand) => [ppc.logical('andc', to, old, operand)];

export const primitives: PrimitiveTable = {
  loads: {
    READ_ONCE: load,
    smp_load_acquire: (destination, from, width) => [...load(destination, from, width), ppc.lwsync],
    plain_load: load,
  },
  stores: {
    WRITE_ONCE: store,
    smp_store_release: (to, value, width) => [ppc.lwsync, ...store(to, value, width)],
    smp_store_mb: (to, value, width) => [...store(to, value, width), ppc.sync],
    WRITE_ONCE_NT: {
      unsupported:
        'ppc64le has no store that bypasses the caches (its cache hints change no ordering): use WRITE_ONCE',
    },
    plain_store: store,
  },
  fences: {
    barrier: () => [],
    smp_mb: sync,
    smp_rmb: lwsync,
    smp_wmb: lwsync,
    mb: sync,
    rmb: sync,
    wmb: sync,
    smp_mb__before_atomic: sync,
    smp_mb__after_atomic: sync,
    smp_mb__after_spinlock: sync,
    smp_mb__after_unlock_lock: sync,
  },
  // atomic_inc and atomic_dec are the addition and subtraction of 1 in the kernel too; its andnot is an
  // `and` with the complement, which andc is in one instruction.
  voidRmws: {
    atomic_add: voidRmw(add),
    atomic_sub: voidRmw(subtract),
    atomic_and: voidRmw(and),
    atomic_or: voidRmw(or),
    atomic_xor: voidRmw(xor),
    atomic_andnot: voidRmw(andNot),
  },
  fetchRmws: {
    atomic_fetch_add: fetchRmw(add, full),
    atomic_fetch_add_relaxed: fetchRmw(add, none),
    atomic_fetch_add_acquire: fetchRmw(add, acquire),
    atomic_fetch_add_release: fetchRmw(add, release),
    atomic_fetch_sub: fetchRmw(subtract, full),
    atomic_fetch_sub_relaxed: fetchRmw(subtract, none),
    atomic_fetch_sub_acquire: fetchRmw(subtract, acquire),
    atomic_fetch_sub_release: fetchRmw(subtract, release),
    atomic_fetch_and: fetchRmw(and, full),
    atomic_fetch_and_relaxed: fetchRmw(and, none),
    atomic_fetch_and_acquire: fetchRmw(and, acquire),
    atomic_fetch_and_release: fetchRmw(and, release),
    atomic_fetch_or: fetchRmw(or, full),
    atomic_fetch_or_relaxed: fetchRmw(or, none),
    atomic_fetch_or_acquire: fetchRmw(or, acquire),
    atomic_fetch_or_release: fetchRmw(or, release),
    atomic_fetch_xor: fetchRmw(xor, full),
    atomic_fetch_xor_relaxed: fetchRmw(xor, none),
    atomic_fetch_xor_acquire: fetchRmw(xor, acquire),
    atomic_fetch_xor_release: fetchRmw(xor, release),
    atomic_fetch_andnot: fetchRmw(andNot, full),
    atomic_fetch_andnot_relaxed: fetchRmw(andNot, none),
    atomic_fetch_andnot_acquire: fetchRmw(andNot, acquire),
    atomic_fetch_andnot_release: fetchRmw(andNot, release),
  },
  exchanges: {
    xchg: exchange(full),
    xchg_relaxed: exchange(none),
    xchg_acquire: exchange(acquire),
    xchg_release: exchange(release),
  },
  compareExchanges: {
    cmpxchg: compareExchange(full),
    cmpxchg_relaxed: compareExchange(none),
    cmpxchg_acquire: compareExchange(acquire),
    cmpxchg_release: compareExchange(release),
  },
  locks: {
    spin_lock: (at, stuck) => {
      const attempt = label('attempt');
      const wait = label('wait');
      const taken = label('taken');
      const lock = inOneRegister(at);
      return [
        ...lock.code,
        ...constant(r10, spinLimit, 4),
        ...constant(r0, 1n, 4),
        attempt,
        ppc.loadReserveLock(r11, lock.register),
        ppc.compareImmediate(r11, 0n, 4, true),
        ppc.branchIf('ne-', wait),
        ppc.storeConditional(r0, lock.register, 4),
        ppc.branchIf('eq', taken),
        wait,
        ppc.addImmediate('addic.', r10, r10, -1n),
        ppc.branchIf('eq', stuck),
        // The kernel's cpu_relax() before POWER10: or 27,27,27, the hint to yield, is nothing to a POWER9.
        ppc.lowPriority,
        ppc.mediumPriority,
        ppc.load(r11, at, 4),
        ppc.compareImmediate(r11, 0n, 4, true),
        ppc.branchIf('ne', wait),
        ppc.jump(attempt),
        taken,
        ppc.lwsync,
      ];
    },
    spin_unlock: (at) => [ppc.lwsync, ...store(at, { kind: 'immediate', value: 0n }, 4)],
    // A lock seen taken orders nothing.
    spin_trylock: (destination, at) => {
      const attempt = label('attempt');
      const decided = label('decided');
      const lock = inOneRegister(at);
      return [
        ...lock.code,
        ...constant(r0, 1n, 4),
        attempt,
        ppc.loadReserveLock(r11, lock.register),
        ppc.compareImmediate(r11, 0n, 4, true),
        ppc.branchIf('ne-', decided),
        ppc.storeConditional(r0, lock.register, 4),
        ppc.branchIf('ne-', attempt),
        ppc.lwsync,
        decided,
        ...truth('==', destination, r11, { kind: 'immediate', value: 0n }, { width: 4, signed: true }),
      ];
    },
    spin_is_locked: (destination, at) => [
      ppc.load(r11, at, 4),
      ...truth('!=', destination, r11, { kind: 'immediate', value: 0n }, { width: 4, signed: true }),
    ],
  },
};

function sync(): Code {
  return [ppc.sync];
}

function lwsync(): Code {
  return [ppc.lwsync];
}

function load(destination: Register, from: Address, width: Width): Code {
  return [ppc.load(destination, from, width)];
}

function store(to: Address, value: Operand, width: Width): Code {
  const source = inRegister(value, r0, width);
  return [...source.code, ppc.store(to, source.register, width)];
}

/** The register that holds an address, as the reserving loads and conditional stores want it: the base, or r12. */
function inOneRegister({ base, displacement }: Address): {
  readonly register: Register;
  readonly code: Code;
} {
  if (displacement === 0) return { register: base, code: [] };
  return { register: r12, code: addConstant(r12, base, BigInt(displacement)) };
}

function voidRmw(combine: Combine) {
  return (at: Address, operand: Operand, width: Width): Code => {
    const location = inOneRegister(at);
    const value = inRegister(operand, r0, width);
    return [
      ...location.code,
      ...value.code,
      ...updateLoop(location.register, width, combine(r11, r11, value.register), r11),
    ];
  };
}

function fetchRmw(combine: Combine, { before, after }: Order) {
  return (destination: Register, at: Address, operand: Operand, width: Width): Code => {
    const location = inOneRegister(at);
    const value = inRegister(operand, r0, width);
    return [
      ...location.code,
      ...value.code,
      ...before,
      ...updateLoop(location.register, width, combine(r10, r11, value.register), r10),
      ...after,
      ppc.move(destination, r11),
    ];
  };
}

function exchange({ before, after }: Order) {
  return (destination: Register, at: Address, value: Operand, width: Width): Code => {
    const location = inOneRegister(at);
    const source = inRegister(value, r0, width);
    return [
      ...location.code,
      ...source.code,
      ...before,
      ...updateLoop(location.register, width, [], source.register),
      ...after,
      ppc.move(destination, r11),
    ];
  };
}

/** Reads into r11, makes the new value, and writes it, until nothing came between. */
function updateLoop(location: Register, width: Width, combine: Code, updated: Register): Code {
  const retry = label('retry');
  return [
    retry,
    ppc.loadReserve(r11, location, width),
    ...combine,
    ppc.storeConditional(updated, location, width),
    ppc.branchIf('ne-', retry),
  ];
}

/** A failed one skips what would order it after; the kernel's release form too has its barrier before the loop. */
function compareExchange({ before, after }: Order) {
  return (destination: Register, at: Address, expected: Operand, desired: Operand, width: Width): Code => {
    const retry = label('retry');
    const failed = label('failed');
    const location = inOneRegister(at);
    const compared = inRegister(expected, r10, width);
    const source = inRegister(desired, r0, width);
    return [
      ...location.code,
      ...compared.code,
      ...source.code,
      ...before,
      retry,
      ppc.loadReserve(r11, location.register, width),
      ppc.compare(r11, compared.register, width, true),
      ppc.branchIf('ne-', failed),
      ppc.storeConditional(source.register, location.register, width),
      ppc.branchIf('ne-', retry),
      ...after,
      failed,
      ppc.move(destination, r11),
    ];
  };
}
