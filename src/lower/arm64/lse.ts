/**
 * Read-modify-writes by the Large System Extensions, which not every arm64 CPU has (FEAT_LSE; Linux
 * reports it as HWCAP_ATOMICS): Linux v6.19, arch/arm64/include/asm/atomic_lse.h, and cmpxchg.h for
 * the exchange. There is no subtraction and no `and`: those add the negated operand and clear the
 * bits of its complement.
 */

import type { Code } from '../machine-code.ts';
import type { Address, Operand, Register, Width } from '../primitives.ts';
import * as arm64 from './instructions.ts';
import { copy, inRegister, pointer, scratch } from './operands.ts';
import type { Filled } from './operands.ts';
import type { Atomics } from './primitives.ts';

const full = 'al';
const relaxed = '';
const acquire = 'a';
const release = 'l';

export const lse: Atomics = {
  voidRmws: {
    atomic_add: store('add', asIs),
    atomic_sub: store('add', negated),
    atomic_and: store('clr', complemented),
    atomic_or: store('set', asIs),
    atomic_xor: store('eor', asIs),
    atomic_andnot: store('clr', asIs),
  },
  fetchRmws: {
    atomic_fetch_add: fetch('add', asIs, full),
    atomic_fetch_add_relaxed: fetch('add', asIs, relaxed),
    atomic_fetch_add_acquire: fetch('add', asIs, acquire),
    atomic_fetch_add_release: fetch('add', asIs, release),
    atomic_fetch_sub: fetch('add', negated, full),
    atomic_fetch_sub_relaxed: fetch('add', negated, relaxed),
    atomic_fetch_sub_acquire: fetch('add', negated, acquire),
    atomic_fetch_sub_release: fetch('add', negated, release),
    atomic_fetch_and: fetch('clr', complemented, full),
    atomic_fetch_and_relaxed: fetch('clr', complemented, relaxed),
    atomic_fetch_and_acquire: fetch('clr', complemented, acquire),
    atomic_fetch_and_release: fetch('clr', complemented, release),
    atomic_fetch_or: fetch('set', asIs, full),
    atomic_fetch_or_relaxed: fetch('set', asIs, relaxed),
    atomic_fetch_or_acquire: fetch('set', asIs, acquire),
    atomic_fetch_or_release: fetch('set', asIs, release),
    atomic_fetch_xor: fetch('eor', asIs, full),
    atomic_fetch_xor_relaxed: fetch('eor', asIs, relaxed),
    atomic_fetch_xor_acquire: fetch('eor', asIs, acquire),
    atomic_fetch_xor_release: fetch('eor', asIs, release),
    atomic_fetch_andnot: fetch('clr', asIs, full),
    atomic_fetch_andnot_relaxed: fetch('clr', asIs, relaxed),
    atomic_fetch_andnot_acquire: fetch('clr', asIs, acquire),
    atomic_fetch_andnot_release: fetch('clr', asIs, release),
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

type Prepare = (operand: Operand, width: Width) => Filled;

function asIs(operand: Operand, width: Width): Filled {
  return inRegister(operand, scratch.first, width);
}

function negated(operand: Operand, width: Width): Filled {
  if (operand.kind === 'immediate') return asIs({ kind: 'immediate', value: -operand.value }, width);
  return { register: scratch.first, code: [arm64.negate(scratch.first, operand.register, width)] };
}

function complemented(operand: Operand, width: Width): Filled {
  if (operand.kind === 'immediate') return asIs({ kind: 'immediate', value: ~operand.value }, width);
  return { register: scratch.first, code: [arm64.complement(scratch.first, operand.register, width)] };
}

function store(name: arm64.FetchOperation, prepare: Prepare) {
  return (at: Address, operand: Operand, width: Width): Code => {
    const base = pointer(at);
    const source = prepare(operand, width);
    return [...base.code, ...source.code, arm64.storeAtomically(name, source.register, base.register, width)];
  };
}

function fetch(name: arm64.FetchOperation, prepare: Prepare, order: arm64.AcquireRelease) {
  return (destination: Register, at: Address, operand: Operand, width: Width): Code => {
    const base = pointer(at);
    const source = prepare(operand, width);
    return [
      ...base.code,
      ...source.code,
      arm64.fetch(name, order, source.register, destination, base.register, width),
    ];
  };
}

function exchange(order: arm64.AcquireRelease) {
  return (destination: Register, at: Address, value: Operand, width: Width): Code => {
    const base = pointer(at);
    const source = asIs(value, width);
    return [
      ...base.code,
      ...source.code,
      arm64.swap(order, source.register, destination, base.register, width),
    ];
  };
}

function compareExchange(order: arm64.AcquireRelease) {
  return (destination: Register, at: Address, expected: Operand, desired: Operand, width: Width): Code => {
    const base = pointer(at);
    const source = inRegister(desired, scratch.second, width);
    return [
      ...base.code,
      ...source.code,
      ...copy(scratch.old, expected, width),
      arm64.compareAndSwap(order, scratch.old, source.register, base.register, width),
      ...copy(destination, { kind: 'register', register: scratch.old }, width),
    ];
  };
}
