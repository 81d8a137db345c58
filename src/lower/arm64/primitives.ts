/**
 * What the kernel's primitives become on arm64, after Linux v6.19: arch/arm64/include/asm/barrier.h
 * and include/asm-generic/barrier.h here, the atomics in ll-sc.ts and lse.ts. A barrier between CPUs
 * covers the inner shareable domain; mb, rmb and wmb are for devices too.
 */

import { label } from '../machine-code.ts';
import type { Code } from '../machine-code.ts';
import type { Address, Operand, PrimitiveTable, Register, Width } from '../primitives.ts';
import * as arm64 from './instructions.ts';
import { llsc } from './ll-sc.ts';
import { lse } from './lse.ts';
import { constant, inRegister, pointer, reachable, scratch } from './operands.ts';

/** The rows that depend on whether the CPU has the Large System Extensions. */
export type Atomics = Pick<PrimitiveTable, 'voidRmws' | 'fetchRmws' | 'exchanges' | 'compareExchanges'>;

/**
 * Turns before a lock is given up as deadlocked. Each is five instructions, two of them branches, and
 * `yield` does nothing on a core without hardware threads (Arm ARM, "YIELD"): between 2 cycles on a
 * wide core and some 10 on an in-order one (Arm's Software Optimization Guides: a load from the cache
 * takes 4 cycles on Neoverse N1, 3 on Cortex-A55), so this is between a third of a second and some
 * seconds: many time slices for a holder that lost its CPU.
 */
const spinLimit = 1n << 29n;

export const llscPrimitives = withAtomics(llsc);
export const lsePrimitives = withAtomics(lse);

function withAtomics(atomics: Atomics): PrimitiveTable {
  return {
    loads: {
      READ_ONCE: load,
      smp_load_acquire: (destination, from, width) => {
        const base = pointer(from);
        return [...base.code, arm64.loadAcquire(destination, base.register, width)];
      },
      plain_load: load,
    },
    stores: {
      WRITE_ONCE: store,
      smp_store_release: storeRelease,
      smp_store_mb: (to, value, width) => [...store(to, value, width), arm64.dataMemoryBarrier('ish')],
      WRITE_ONCE_NT: {
        unsupported:
          'arm64 has no store that its barriers leave out: stnp stores a pair and dmb ishst orders it like any ' +
          'other store, so it is no counterpart of movnti',
      },
      plain_store: store,
    },
    fences: {
      barrier: nothing,
      smp_mb: () => [arm64.dataMemoryBarrier('ish')],
      smp_rmb: () => [arm64.dataMemoryBarrier('ishld')],
      smp_wmb: () => [arm64.dataMemoryBarrier('ishst')],
      mb: () => [arm64.dataSynchronisationBarrier('sy')],
      rmb: () => [arm64.dataSynchronisationBarrier('ld')],
      wmb: () => [arm64.dataSynchronisationBarrier('st')],
      smp_mb__before_atomic: () => [arm64.dataMemoryBarrier('ish')],
      smp_mb__after_atomic: () => [arm64.dataMemoryBarrier('ish')],
      // arch/arm64/include/asm/spinlock.h.
      smp_mb__after_spinlock: () => [arm64.dataMemoryBarrier('ish')],
      // include/linux/rcupdate.h: nothing without CONFIG_ARCH_WEAK_RELEASE_ACQUIRE.
      smp_mb__after_unlock_lock: nothing,
    },
    ...atomics,
    // include/asm-generic/qspinlock.h: taken by atomic_try_cmpxchg_acquire, freed by smp_store_release.
    locks: {
      spin_lock: (at, stuck) => {
        const base = pointer(at);
        const attempt = label('attempt');
        const wait = label('wait');
        const taken = label('taken');
        return [
          ...base.code,
          ...constant(scratch.turns, spinLimit, 4),
          attempt,
          ...take(atomics, base.register),
          arm64.branchIfZero(scratch.old, 4, taken),
          wait,
          arm64.aluImmediate('sub', scratch.turns, scratch.turns, 1, 4),
          arm64.branchIfZero(scratch.turns, 4, stuck),
          arm64.yieldHint,
          ...look(base.register),
          arm64.branchIfNotZero(scratch.old, 4, wait),
          arm64.jump(attempt),
          taken,
        ];
      },
      spin_unlock: (at) => storeRelease(at, { kind: 'immediate', value: 0n }, 4),
      // Looks first, as the kernel's does.
      spin_trylock: (destination, at) => {
        const base = pointer(at);
        const decided = label('decided');
        return [
          ...base.code,
          ...look(base.register),
          arm64.branchIfNotZero(scratch.old, 4, decided),
          ...take(atomics, base.register),
          decided,
          arm64.compare(arm64.zero, scratch.old, 4),
          arm64.carry(destination),
        ];
      },
      spin_is_locked: (destination, at) => {
        const base = pointer(at);
        return [
          ...base.code,
          ...look(base.register),
          arm64.compareImmediate(scratch.old, 1, 4),
          arm64.carry(destination),
        ];
      },
    },
  };
}

function nothing(): Code {
  return [];
}

function load(destination: Register, from: Address, width: Width): Code {
  const { address, code } = reachable(from, width);
  return [...code, arm64.load(destination, address, width)];
}

function store(to: Address, value: Operand, width: Width): Code {
  const { address, code } = reachable(to, width);
  const source = inRegister(value, scratch.first, width);
  return [...code, ...source.code, arm64.store(address, source.register, width)];
}

function storeRelease(to: Address, value: Operand, width: Width): Code {
  const base = pointer(to);
  const source = inRegister(value, scratch.first, width);
  return [...base.code, ...source.code, arm64.storeRelease(base.register, source.register, width)];
}

/** Tries to take a lock; `scratch.old` receives 0 where that succeeded. */
function take({ compareExchanges }: Atomics, base: Register): Code {
  return compareExchanges.cmpxchg_acquire(
    scratch.old,
    { base, displacement: 0 },
    { kind: 'immediate', value: 0n },
    { kind: 'immediate', value: 1n },
    4,
  );
}

/** Loads a lock into `scratch.old`. */
function look(base: Register): Code {
  return [arm64.load(scratch.old, { base, displacement: 0 }, 4)];
}
