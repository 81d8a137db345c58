/**
 * Read-modify-writes by load-exclusive and store-exclusive, which every arm64 CPU has: Linux v6.19,
 * arch/arm64/include/asm/atomic_ll_sc.h, and cmpxchg.h for the exchange. A fully ordered one is a
 * store-release and a dmb ish after the loop.
 */

import { label } from '../machine-code.ts';
import type { Code } from '../machine-code.ts';
import type { Address, Operand, Register, Width } from '../primitives.ts';
import * as arm64 from './instructions.ts';
import { copy, inRegister, operation, pointer, scratch } from './operands.ts';
import type { Atomics } from './primitives.ts';

interface Order {
  readonly acquire: arm64.Acquire;
  readonly release: arm64.Release;
  readonly after: Code;
}

const full: Order = { acquire: '', release: 'l', after: [arm64.dataMemoryBarrier('ish')] };
const relaxed: Order = { acquire: '', release: '', after: [] };
const acquire: Order = { acquire: 'a', release: '', after: [] };
const release: Order = { acquire: '', release: 'l', after: [] };

export const llsc: Atomics = {
  voidRmws: {
    atomic_add: modify('add'),
    atomic_sub: modify('sub'),
    atomic_and: modify('and'),
    atomic_or: modify('orr'),
    atomic_xor: modify('eor'),
    atomic_andnot: modify('bic'),
  },
  fetchRmws: {
    atomic_fetch_add: fetch('add', full),
    atomic_fetch_add_relaxed: fetch('add', relaxed),
    atomic_fetch_add_acquire: fetch('add', acquire),
    atomic_fetch_add_release: fetch('add', release),
    atomic_fetch_sub: fetch('sub', full),
    atomic_fetch_sub_relaxed: fetch('sub', relaxed),
    atomic_fetch_sub_acquire: fetch('sub', acquire),
    atomic_fetch_sub_release: fetch('sub', release),
    atomic_fetch_and: fetch('and', full),
    atomic_fetch_and_relaxed: fetch('and', relaxed),
    atomic_fetch_and_acquire: fetch('and', acquire),
    atomic_fetch_and_release: fetch('and', release),
    atomic_fetch_or: fetch('orr', full),
    atomic_fetch_or_relaxed: fetch('orr', relaxed),
    atomic_fetch_or_acquire: fetch('orr', acquire),
    atomic_fetch_or_release: fetch('orr', release),
    atomic_fetch_xor: fetch('eor', full),
    atomic_fetch_xor_relaxed: fetch('eor', relaxed),
    atomic_fetch_xor_acquire: fetch('eor', acquire),
    atomic_fetch_xor_release: fetch('eor', release),
    atomic_fetch_andnot: fetch('bic', full),
    atomic_fetch_andnot_relaxed: fetch('bic', relaxed),
    atomic_fetch_andnot_acquire: fetch('bic', acquire),
    atomic_fetch_andnot_release: fetch('bic', release),
  },
  exchanges: {
    xchg: exchange(full),
    xchg_relaxed: exchange(relaxed),
    xchg_acquire: exchange(acquire),
    xchg_release: exchange(release),
  },
  compareExchanges: {
    cmpxchg: compareExchange(full),
    cmpxchg_relaxed: compareExchange(relaxed),
    cmpxchg_acquire: compareExchange(acquire),
    cmpxchg_release: compareExchange(release),
  },
};

type ModifyOperation = 'add' | 'sub' | 'and' | 'orr' | 'eor' | 'bic';

function modify(name: ModifyOperation) {
  return (at: Address, operand: Operand, width: Width): Code => {
    const { prepare, apply } = operation(name, operand, scratch.first, width);
    return [...prepare, ...loop(at, relaxed, width, [apply(scratch.old, scratch.old)], scratch.old)];
  };
}

function fetch(name: ModifyOperation, order: Order) {
  return (destination: Register, at: Address, operand: Operand, width: Width): Code => {
    const { prepare, apply } = operation(name, operand, scratch.first, width);
    return [
      ...prepare,
      ...loop(at, order, width, [apply(scratch.second, scratch.old)], scratch.second),
      arm64.move(destination, scratch.old, width),
    ];
  };
}

function exchange(order: Order) {
  return (destination: Register, at: Address, value: Operand, width: Width): Code => {
    const source = inRegister(value, scratch.first, width);
    return [
      ...source.code,
      ...loop(at, order, width, [], source.register),
      arm64.move(destination, scratch.old, width),
    ];
  };
}

/** Loads into `scratch.old`, lets `change` work on that, stores `written`: again, until nobody came between. */
function loop(at: Address, order: Order, width: Width, change: Code, written: Register): Code {
  const base = pointer(at);
  const retry = label('retry');
  return [
    ...base.code,
    arm64.prefetchForStore(base.register),
    retry,
    arm64.loadExclusive(order.acquire, scratch.old, base.register, width),
    ...change,
    arm64.storeExclusive(order.release, scratch.status, written, base.register, width),
    arm64.branchIfNotZero(scratch.status, 4, retry),
    ...order.after,
  ];
}

/** A failed one leaves before the barrier: it orders nothing. */
function compareExchange(order: Order) {
  return (destination: Register, at: Address, expected: Operand, desired: Operand, width: Width): Code => {
    const base = pointer(at);
    const wanted = inRegister(expected, scratch.first, width);
    const source = inRegister(desired, scratch.second, width);
    const retry = label('retry');
    const differs = label('differs');
    return [
      ...base.code,
      ...wanted.code,
      ...source.code,
      arm64.prefetchForStore(base.register),
      retry,
      arm64.loadExclusive(order.acquire, scratch.old, base.register, width),
      arm64.alu('eor', scratch.status, scratch.old, wanted.register, width),
      arm64.branchIfNotZero(scratch.status, width, differs),
      arm64.storeExclusive(order.release, scratch.status, source.register, base.register, width),
      arm64.branchIfNotZero(scratch.status, 4, retry),
      ...order.after,
      differs,
      ...copy(destination, { kind: 'register', register: scratch.old }, width),
    ];
  };
}
