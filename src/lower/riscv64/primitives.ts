/**
 * What the kernel's primitives become on riscv64, after Linux v6.19: arch/riscv/include/asm/barrier.h,
 * fence.h, atomic.h, cmpxchg.h and spinlock.h, on a CPU without Zacas, Zabha and Zalasr. Loads and stores
 * have no acquire and release forms, so fences stand beside them. An AMO with aq and rl set is ordered
 * with everything before and after it (RISC-V Instruction Set Manual, volume I, "Specifying Ordering of
 * Atomic Instructions").
 */

import { label } from '../machine-code.ts';
import type { Code, Label } from '../machine-code.ts';
import type { Address, Operand, PrimitiveTable, Register, Width } from '../primitives.ts';
import * as riscv from './instructions.ts';
import { constant, inRegister, isNotZero, isZero, move, pointer, scratch } from './operands.ts';
import type { Filled } from './operands.ts';

/**
 * Turns before a lock is given up as deadlocked. Each is four instructions, two of them taken branches, and
 * waits for a load from the cache, which takes 2 cycles on SiFive's in-order U54 (FU540-C000 manual,
 * "Execution Pipeline") and more on wider cores: some 5 to 8 cycles, so this is about a second at 1.5 to
 * 2 GHz: many time slices for a holder that lost its CPU.
 */
const spinLimit = 1n << 28n;

const acquireFence = riscv.fence('r', 'rw');
const releaseFence = riscv.fence('rw', 'w');
const fullFence = riscv.fence('rw', 'rw');

/** Of an AMO: the fences around it, and its own order. */
interface AmoOrder {
  readonly before: Code;
  readonly own: '' | '.aqrl';
  readonly after: Code;
}

const relaxedAmo: AmoOrder = { before: [], own: '', after: [] };
const acquireAmo: AmoOrder = { before: [], own: '', after: [acquireFence] };
const releaseAmo: AmoOrder = { before: [releaseFence], own: '', after: [] };
const fullAmo: AmoOrder = { before: [], own: '.aqrl', after: [] };

/** Of a compare-exchange: the fence before its loop, the order of its store, the fence after a success. */
interface LoopOrder {
  readonly before: Code;
  readonly store: '' | '.rl';
  readonly after: Code;
}

const relaxedLoop: LoopOrder = { before: [], store: '', after: [] };
const acquireLoop: LoopOrder = { before: [], store: '', after: [acquireFence] };
const releaseLoop: LoopOrder = { before: [releaseFence], store: '', after: [] };
const fullLoop: LoopOrder = { before: [], store: '.rl', after: [fullFence] };

/** An AMO that makes a new value of the old one and what `prepare` made of an operand. */
interface Modification {
  readonly operation: riscv.AmoOperation;
  readonly prepare: (operand: Operand, width: Width) => Filled;
}

const asItIs = (operand: Operand, width: Width) => inRegister(operand, scratch.first, width);

const add: Modification = { operation: 'amoadd', prepare: asItIs };
const and: Modification = { operation: 'amoand', prepare: asItIs };
const or: Modification = { operation: 'amoor', prepare: asItIs };
const xor: Modification = { operation: 'amoxor', prepare: asItIs };
/** There is no AMO to subtract. */
const subtract: Modification = { operation: 'amoadd', prepare: negative };
/** Nor one for andnot, which include/linux/atomic/atomic-arch-fallback.h makes an `and` with the complement. */
const andNot: Modification = { operation: 'amoand', prepare: complement };

export const primitives: PrimitiveTable = {
  loads: {
    READ_ONCE: load,
    smp_load_acquire: (destination, from, width) => [...load(destination, from, width), acquireFence],
    plain_load: load,
  },
  stores: {
    WRITE_ONCE: store,
    smp_store_release: storeRelease,
    smp_store_mb: (to, value, width) => [...store(to, value, width), fullFence],
    WRITE_ONCE_NT: {
      unsupported:
        'riscv64 has no store that its fences leave out: the hints of Zihintntl change where a line is kept and ' +
        'not what orders the store, so use WRITE_ONCE',
    },
    plain_store: store,
  },
  fences: {
    barrier: () => [],
    smp_mb: () => [fullFence],
    smp_rmb: () => [riscv.fence('r', 'r')],
    smp_wmb: () => [riscv.fence('w', 'w')],
    mb: () => [riscv.fence('iorw', 'iorw')],
    rmb: () => [riscv.fence('ir', 'ir')],
    wmb: () => [riscv.fence('ow', 'ow')],
    smp_mb__before_atomic: () => [fullFence],
    smp_mb__after_atomic: () => [fullFence],
    smp_mb__after_spinlock: () => [riscv.fence('iorw', 'iorw')],
    // arch/riscv/Kconfig selects ARCH_WEAK_RELEASE_ACQUIRE with the queued spinlock, which this one stands for.
    smp_mb__after_unlock_lock: () => [fullFence],
  },
  voidRmws: {
    atomic_add: voidRmw(add),
    atomic_sub: voidRmw(subtract),
    atomic_and: voidRmw(and),
    atomic_or: voidRmw(or),
    atomic_xor: voidRmw(xor),
    atomic_andnot: voidRmw(andNot),
  },
  fetchRmws: {
    atomic_fetch_add: fetchRmw(add, fullAmo),
    atomic_fetch_add_relaxed: fetchRmw(add, relaxedAmo),
    atomic_fetch_add_acquire: fetchRmw(add, acquireAmo),
    atomic_fetch_add_release: fetchRmw(add, releaseAmo),
    atomic_fetch_sub: fetchRmw(subtract, fullAmo),
    atomic_fetch_sub_relaxed: fetchRmw(subtract, relaxedAmo),
    atomic_fetch_sub_acquire: fetchRmw(subtract, acquireAmo),
    atomic_fetch_sub_release: fetchRmw(subtract, releaseAmo),
    atomic_fetch_and: fetchRmw(and, fullAmo),
    atomic_fetch_and_relaxed: fetchRmw(and, relaxedAmo),
    atomic_fetch_and_acquire: fetchRmw(and, acquireAmo),
    atomic_fetch_and_release: fetchRmw(and, releaseAmo),
    atomic_fetch_or: fetchRmw(or, fullAmo),
    atomic_fetch_or_relaxed: fetchRmw(or, relaxedAmo),
    atomic_fetch_or_acquire: fetchRmw(or, acquireAmo),
    atomic_fetch_or_release: fetchRmw(or, releaseAmo),
    atomic_fetch_xor: fetchRmw(xor, fullAmo),
    atomic_fetch_xor_relaxed: fetchRmw(xor, relaxedAmo),
    atomic_fetch_xor_acquire: fetchRmw(xor, acquireAmo),
    atomic_fetch_xor_release: fetchRmw(xor, releaseAmo),
    atomic_fetch_andnot: fetchRmw(andNot, fullAmo),
    atomic_fetch_andnot_relaxed: fetchRmw(andNot, relaxedAmo),
    atomic_fetch_andnot_acquire: fetchRmw(andNot, acquireAmo),
    atomic_fetch_andnot_release: fetchRmw(andNot, releaseAmo),
  },
  exchanges: {
    xchg: exchange(fullAmo),
    xchg_relaxed: exchange(relaxedAmo),
    xchg_acquire: exchange(acquireAmo),
    xchg_release: exchange(releaseAmo),
  },
  compareExchanges: {
    cmpxchg: compareExchange(fullLoop),
    cmpxchg_relaxed: compareExchange(relaxedLoop),
    cmpxchg_acquire: compareExchange(acquireLoop),
    cmpxchg_release: compareExchange(releaseLoop),
  },
  // include/asm-generic/qspinlock.h: taken by atomic_try_cmpxchg_acquire, freed by smp_store_release.
  locks: {
    // Waits without the hint PAUSE, which is no part of RV64GC: a CPU without it may take it for a fence.
    spin_lock: (at, stuck) => {
      const base = pointer(at);
      const attempt = label('attempt');
      const wait = label('wait');
      const look = label('look');
      const taken = label('taken');
      return [
        ...base.code,
        ...constant(scratch.turns, spinLimit, 4),
        attempt,
        ...take(base.register, wait),
        riscv.jump(taken),
        wait,
        riscv.addImmediate(scratch.turns, scratch.turns, -1, 4),
        riscv.branchIf('ne', scratch.turns, riscv.zero, look),
        riscv.jump(stuck),
        look,
        ...load(scratch.old, { base: base.register, displacement: 0 }, 4),
        riscv.branchIf('ne', scratch.old, riscv.zero, wait),
        riscv.jump(attempt),
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
        ...load(scratch.old, { base: base.register, displacement: 0 }, 4),
        riscv.branchIf('ne', scratch.old, riscv.zero, decided),
        ...take(base.register, decided),
        decided,
        ...isZero(destination, scratch.old),
      ];
    },
    spin_is_locked: (destination, at) => [
      ...load(scratch.old, at, 4),
      ...isNotZero(destination, scratch.old),
    ],
  },
};

function load(destination: Register, from: Address, width: Width): Code {
  return [riscv.load(destination, from, width)];
}

function store(to: Address, value: Operand, width: Width): Code {
  const source = inRegister(value, scratch.first, width);
  return [...source.code, riscv.store(to, source.register, width)];
}

function storeRelease(to: Address, value: Operand, width: Width): Code {
  return [releaseFence, ...store(to, value, width)];
}

function negative(operand: Operand, width: Width): Filled {
  if (operand.kind === 'immediate') return asItIs({ kind: 'immediate', value: -operand.value }, width);
  const { first } = scratch;
  return { register: first, code: [riscv.operate('sub', first, riscv.zero, operand.register, width)] };
}

function complement(operand: Operand, width: Width): Filled {
  if (operand.kind === 'immediate') return asItIs({ kind: 'immediate', value: ~operand.value }, width);
  const { first } = scratch;
  return { register: first, code: [riscv.immediate('xori', first, operand.register, -1)] };
}

function voidRmw(modification: Modification) {
  const fetch = fetchRmw(modification, relaxedAmo);
  return (at: Address, operand: Operand, width: Width): Code => fetch(riscv.zero, at, operand, width);
}

function fetchRmw({ operation, prepare }: Modification, { before, own, after }: AmoOrder) {
  return (destination: Register, at: Address, operand: Operand, width: Width): Code => {
    const base = pointer(at);
    const source = prepare(operand, width);
    return [
      ...base.code,
      ...source.code,
      ...before,
      riscv.amo(operation, own, destination, source.register, base.register, width),
      ...after,
    ];
  };
}

function exchange(order: AmoOrder) {
  return fetchRmw({ operation: 'amoswap', prepare: asItIs }, order);
}

/** Stores where the value before, which `scratch.old` receives, is the expected one, and else leaves. */
interface ConditionalStore {
  readonly base: Register;
  readonly expected: Register;
  readonly desired: Register;
  readonly width: Width;
  readonly differs: Label;
}

/**
 * A failed one leaves before the fence: it orders nothing after it. Between LR and the branch back is no
 * more than a constrained LR/SC loop may hold (RISC-V Instruction Set Manual, volume I, "Eventual Success
 * of Store-Conditional Instructions"): 16 instructions of the base set, no other access, no fence.
 */
function storeIfEqual(
  { before, store: storeOrder, after }: LoopOrder,
  { base, expected, desired, width, differs }: ConditionalStore,
): Code {
  const retry = label('retry');
  return [
    ...before,
    retry,
    riscv.loadReserved(scratch.old, base, width),
    riscv.branchIf('ne', scratch.old, expected, differs),
    riscv.storeConditional(storeOrder, scratch.status, desired, base, width),
    riscv.branchIf('ne', scratch.status, riscv.zero, retry),
    ...after,
  ];
}

function compareExchange(order: LoopOrder) {
  return (destination: Register, at: Address, expected: Operand, desired: Operand, width: Width): Code => {
    const base = pointer(at);
    const wanted = inRegister(expected, scratch.first, width);
    const source = inRegister(desired, scratch.second, width);
    const differs = label('differs');
    return [
      ...base.code,
      ...wanted.code,
      ...source.code,
      ...storeIfEqual(order, {
        base: base.register,
        expected: wanted.register,
        desired: source.register,
        width,
        differs,
      }),
      differs,
      ...move(destination, scratch.old),
    ];
  };
}

/** Takes a lock, or leaves where it is held; `scratch.old` receives 0 exactly where it took it. */
function take(base: Register, held: Label): Code {
  const desired = scratch.second;
  return [
    ...constant(desired, 1n, 4),
    ...storeIfEqual(acquireLoop, { base, expected: riscv.zero, desired, width: 4, differs: held }),
  ];
}
