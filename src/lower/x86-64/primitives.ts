/**
 * What the kernel's primitives become on x86-64, after Linux v6.19: arch/x86/include/asm/barrier.h,
 * atomic.h, atomic64_64.h and cmpxchg.h. x86 orders everything but a store before a later load (Intel
 * SDM volume 3, "Memory Ordering in P6 and More Recent Processor Families"), so most fences are
 * compiler barriers, which are no code here. A locked instruction is a full barrier (ibid.,
 * "Strengthening or Weakening the Memory-Ordering Model"), so every order of a read-modify-write has
 * the same code.
 */

import { label } from '../machine-code.ts';
import type { Code } from '../machine-code.ts';
import type { Address, Operand, PrimitiveTable, Register, Width } from '../primitives.ts';
import * as x86 from './instructions.ts';
import { constant, copy, inRegister, isShortImmediate } from './operands.ts';

const { rax, rcx, r11 } = x86;

/**
 * Pauses before a lock is given up as deadlocked. A pause takes some 140 cycles on Intel cores since
 * Skylake (Intel Optimization Reference Manual, "Pause Latency in Skylake Client Microarchitecture") and
 * some 25 ns on AMD Zen 5 as measured, so this is about a second of running: many time slices for a
 * holder that lost its CPU.
 */
const spinLimit = 1n << 25n;

/** The kernel's smp_mb(): a locked addition of 0 to a dead stack slot, cheaper than mfence. */
const lockedNothing = x86.lockedAluImmediate('add', { base: x86.rsp, displacement: -4 }, 0n, 4);

export const primitives: PrimitiveTable = {
  loads: {
    READ_ONCE: load,
    smp_load_acquire: load,
    plain_load: load,
  },
  stores: {
    WRITE_ONCE: store,
    smp_store_release: store,
    smp_store_mb: (to, value, width) => [...copy(rax, value, width), x86.exchange(to, rax, width)],
    WRITE_ONCE_NT: (to, value, width) => {
      const source = inRegister(value, rax, width);
      return [...source.code, x86.storeNonTemporal(to, source.register, width)];
    },
    plain_store: store,
  },
  fences: {
    barrier: nothing,
    smp_mb: () => [lockedNothing],
    smp_rmb: nothing,
    smp_wmb: nothing,
    mb: () => [x86.mfence],
    rmb: () => [x86.lfence],
    wmb: () => [x86.sfence],
    smp_mb__before_atomic: nothing,
    smp_mb__after_atomic: nothing,
    smp_mb__after_spinlock: nothing,
    smp_mb__after_unlock_lock: nothing,
  },
  // atomic_inc and atomic_dec, incl and decl in the kernel, are the addition and subtraction of 1.
  voidRmws: {
    atomic_add: locked('add'),
    atomic_sub: locked('sub'),
    atomic_and: locked('and'),
    atomic_or: locked('or'),
    atomic_xor: locked('xor'),
    atomic_andnot: lockedAndNot,
  },
  fetchRmws: {
    atomic_fetch_add: fetchAdd,
    atomic_fetch_add_relaxed: fetchAdd,
    atomic_fetch_add_acquire: fetchAdd,
    atomic_fetch_add_release: fetchAdd,
    atomic_fetch_sub: fetchSub,
    atomic_fetch_sub_relaxed: fetchSub,
    atomic_fetch_sub_acquire: fetchSub,
    atomic_fetch_sub_release: fetchSub,
    atomic_fetch_and: fetchAnd,
    atomic_fetch_and_relaxed: fetchAnd,
    atomic_fetch_and_acquire: fetchAnd,
    atomic_fetch_and_release: fetchAnd,
    atomic_fetch_or: fetchOr,
    atomic_fetch_or_relaxed: fetchOr,
    atomic_fetch_or_acquire: fetchOr,
    atomic_fetch_or_release: fetchOr,
    atomic_fetch_xor: fetchXor,
    atomic_fetch_xor_relaxed: fetchXor,
    atomic_fetch_xor_acquire: fetchXor,
    atomic_fetch_xor_release: fetchXor,
    atomic_fetch_andnot: fetchAndNot,
    atomic_fetch_andnot_relaxed: fetchAndNot,
    atomic_fetch_andnot_acquire: fetchAndNot,
    atomic_fetch_andnot_release: fetchAndNot,
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
        ...constant(rcx, spinLimit, 4),
        ...constant(r11, 1n, 4),
        attempt,
        ...constant(rax, 0n, 4),
        x86.lockedCompareExchange(at, r11, 4),
        x86.jumpIf('e', taken),
        wait,
        x86.aluImmediate('sub', rcx, 1n, 4),
        x86.jumpIf('e', stuck),
        x86.pause,
        x86.load(rax, at, 4),
        x86.aluImmediate('cmp', rax, 0n, 4),
        x86.jumpIf('ne', wait),
        x86.jump(attempt),
        taken,
      ];
    },
    spin_unlock: (at) => [x86.storeImmediate(at, 0n, 4)],
    // Looks first, as the kernel's does: a lock seen taken costs no locked instruction.
    spin_trylock: (destination, at) => {
      const decided = label('decided');
      return [
        x86.load(rax, at, 4),
        x86.aluImmediate('cmp', rax, 0n, 4),
        x86.jumpIf('ne', decided),
        ...constant(rcx, 1n, 4),
        x86.lockedCompareExchange(at, rcx, 4),
        decided,
        x86.setIf('e', rax),
        x86.zeroExtendByte(destination, rax),
      ];
    },
    spin_is_locked: (destination, at) => [
      x86.load(rax, at, 4),
      x86.aluImmediate('cmp', rax, 0n, 4),
      x86.setIf('ne', rax),
      x86.zeroExtendByte(destination, rax),
    ],
  },
};

function nothing(): Code {
  return [];
}

function load(destination: Register, from: Address, width: Width): Code {
  return [x86.load(destination, from, width)];
}

function store(to: Address, value: Operand, width: Width): Code {
  if (isShortImmediate(value, width)) return [x86.storeImmediate(to, value.value, width)];
  const source = inRegister(value, rax, width);
  return [...source.code, x86.store(to, source.register, width)];
}

function locked(operation: x86.LockedOperation) {
  return (at: Address, operand: Operand, width: Width): Code => {
    if (isShortImmediate(operand, width)) {
      return [x86.lockedAluImmediate(operation, at, operand.value, width)];
    }
    const source = inRegister(operand, rax, width);
    return [...source.code, x86.lockedAlu(operation, at, source.register, width)];
  };
}

function lockedAndNot(at: Address, operand: Operand, width: Width): Code {
  return [...copy(rax, operand, width), x86.complement(rax, width), x86.lockedAlu('and', at, rax, width)];
}

function fetchAdd(destination: Register, at: Address, operand: Operand, width: Width): Code {
  return [
    ...copy(rax, operand, width),
    x86.lockedExchangeAdd(at, rax, width),
    x86.move(destination, rax, width),
  ];
}

function fetchSub(destination: Register, at: Address, operand: Operand, width: Width): Code {
  return [
    ...copy(rax, operand, width),
    x86.negate(rax, width),
    x86.lockedExchangeAdd(at, rax, width),
    x86.move(destination, rax, width),
  ];
}

function fetchAnd(destination: Register, at: Address, operand: Operand, width: Width): Code {
  return fetchByCompareExchange(destination, at, width, [
    ...copy(rcx, operand, width),
    x86.alu('and', rcx, rax, width),
  ]);
}

function fetchOr(destination: Register, at: Address, operand: Operand, width: Width): Code {
  return fetchByCompareExchange(destination, at, width, [
    ...copy(rcx, operand, width),
    x86.alu('or', rcx, rax, width),
  ]);
}

function fetchXor(destination: Register, at: Address, operand: Operand, width: Width): Code {
  return fetchByCompareExchange(destination, at, width, [
    ...copy(rcx, operand, width),
    x86.alu('xor', rcx, rax, width),
  ]);
}

function fetchAndNot(destination: Register, at: Address, operand: Operand, width: Width): Code {
  return fetchByCompareExchange(destination, at, width, [
    ...copy(rcx, operand, width),
    x86.complement(rcx, width),
    x86.alu('and', rcx, rax, width),
  ]);
}

/** `combine` makes the new value in rcx of the old one in rax. */
function fetchByCompareExchange(destination: Register, at: Address, width: Width, combine: Code): Code {
  const retry = label('retry');
  return [
    x86.load(rax, at, width),
    retry,
    ...combine,
    x86.lockedCompareExchange(at, rcx, width),
    x86.jumpIf('ne', retry),
    x86.move(destination, rax, width),
  ];
}

function exchange(destination: Register, at: Address, value: Operand, width: Width): Code {
  return [...copy(rax, value, width), x86.exchange(at, rax, width), x86.move(destination, rax, width)];
}

function compareExchange(
  destination: Register,
  at: Address,
  expected: Operand,
  desired: Operand,
  width: Width,
): Code {
  const source = inRegister(desired, rcx, width);
  return [
    ...copy(rax, expected, width),
    ...source.code,
    x86.lockedCompareExchange(at, source.register, width),
    x86.move(destination, rax, width),
  ];
}
