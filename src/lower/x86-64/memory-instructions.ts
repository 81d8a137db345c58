/**
 * The x86-64 instructions that access memory or order accesses, in the notation of instructions.ts.
 * The sets of events are those of src/model/models/x86-tso.cat: X for what a locked instruction reads and
 * writes, NT for a non-temporal store, and each fence's own name.
 */

import type { Instruction } from '../machine-code.ts';
import type { RegisterName, Step } from '../meaning.ts';
import type { Address, Register, Width } from '../primitives.ts';
import { combined, equal, operations, unequal } from './arithmetic.ts';
import type { AluOperation } from './arithmetic.ts';
import {
  addressText,
  copied,
  encode,
  fitsSigned,
  fourBytesOf,
  immediate,
  immediateText,
  instruction,
  low,
  name,
  operand,
  rax,
  registerText,
  rex,
  rsp,
  suffix,
  withImmediate,
} from './encoding.ts';

export type LockedOperation = Exclude<AluOperation, 'cmp'>;

const lock = 0xf0;

function loaded(to: RegisterName, from: Address, widthBytes: Width, sets: readonly string[] = []): Step {
  return { kind: 'load', to, address: operand(from), widthBytes, sets };
}

function stored(to: Address, value: RegisterName, widthBytes: Width, sets: readonly string[] = []): Step {
  return { kind: 'store', value, address: operand(to), widthBytes, sets };
}

/** MOV r, r/m: 8B /r. */
export function load(to: Register, from: Address, width: Width): Instruction {
  return instruction(
    `mov ${addressText(from)},${registerText(to, width)}`,
    encode({ width, opcode: [0x8b], field: to, operand: from }),
    [loaded(name(to), from, width)],
  );
}

/** MOV r/m, r: 89 /r. */
export function store(to: Address, from: Register, width: Width): Instruction {
  return instruction(
    `mov ${registerText(from, width)},${addressText(to)}`,
    encode({ width, opcode: [0x89], field: from, operand: to }),
    [stored(to, name(from), width)],
  );
}

/** MOV r/m, imm32: C7 /0 id, sign-extended to 8 bytes. */
export function storeImmediate(to: Address, value: bigint, width: Width): Instruction {
  return instruction(
    `mov${suffix(width)} ${immediateText(value, width)},${addressText(to)}`,
    encode({ width, opcode: [0xc7], field: 0, operand: to, immediate: fourBytesOf(value) }),
    [withImmediate(value), stored(to, immediate, width)],
  );
}

/** MOVNTI m, r: NP 0F C3 /r. */
export function storeNonTemporal(to: Address, from: Register, width: Width): Instruction {
  return instruction(
    `movnti ${registerText(from, width)},${addressText(to)}`,
    encode({ width, opcode: [0x0f, 0xc3], field: from, operand: to }),
    [stored(to, name(from), width, ['NT'])],
  );
}

/** What a locked instruction finds in memory, and what it is going to write. */
const found: RegisterName = 'found';
const result: RegisterName = 'result';

function fence(kind: string): Step {
  return { kind: 'fence', sets: [kind] };
}

/**
 * Reads `found`, and goes on with `behind`. The stack is the thread's own memory, where
 * accesses are no events: what other threads see of a locked instruction there is that it orders and
 * drains as MFENCE does (SDM volume 3, "Strengthening or Weakening the Memory-Ordering Model").
 */
function locked(at: Address, width: Width, behind: readonly Step[]): readonly Step[] {
  const ordering = at.base === rsp ? [fence('MFENCE')] : [];
  return [...ordering, loaded(found, at, width, ['X']), ...behind];
}

function lockedStore(at: Address, value: RegisterName, width: Width): Step {
  return { kind: 'store', value, address: operand(at), widthBytes: width, sets: ['X'], pairs: true };
}

function lockedUpdate(
  operation: LockedOperation,
  at: Address,
  from: RegisterName,
  width: Width,
): readonly Step[] {
  return locked(at, width, [
    ...combined(operation, result, found, from, width),
    lockedStore(at, result, width),
  ]);
}

/** LOCK (SDM "LOCK": F0) before ADD, OR, AND, SUB, XOR m, r. */
export function lockedAlu(
  operation: LockedOperation,
  at: Address,
  from: Register,
  width: Width,
): Instruction {
  const opcode = [operations[operation].extension * 8 + 1];
  return instruction(
    `lock ${operation} ${registerText(from, width)},${addressText(at)}`,
    encode({ prefix: lock, width, opcode, field: from, operand: at }),
    lockedUpdate(operation, at, name(from), width),
  );
}

/** LOCK before ADD, OR, AND, SUB, XOR m, imm: 83 /n ib, sign-extended, or 81 /n id. */
export function lockedAluImmediate(
  operation: LockedOperation,
  at: Address,
  value: bigint,
  width: Width,
): Instruction {
  return instruction(
    `lock ${operation}${suffix(width)} ${immediateText(value, width)},${addressText(at)}`,
    aluImmediateBytes(operation, at, value, width, lock),
    [withImmediate(value), ...lockedUpdate(operation, at, immediate, width)],
  );
}

export function aluImmediateBytes(
  operation: AluOperation,
  operand: Register | Address,
  value: bigint,
  width: Width,
  prefix?: number,
): number[] {
  const short = fitsSigned(value, 8);
  return encode({
    ...(prefix === undefined ? {} : { prefix }),
    width,
    opcode: [short ? 0x83 : 0x81],
    field: operations[operation].extension,
    operand,
    immediate: short ? [Number(value) & 0xff] : fourBytesOf(value),
  });
}

/** XCHG m, r: 87 /r; locked without a prefix. */
export function exchange(at: Address, register: Register, width: Width): Instruction {
  return instruction(
    `xchg ${registerText(register, width)},${addressText(at)}`,
    encode({ width, opcode: [0x87], field: register, operand: at }),
    locked(at, width, [lockedStore(at, name(register), width), copied(name(register), found, width)]),
  );
}

/** LOCK XADD m, r: F0 0F C1 /r. */
export function lockedExchangeAdd(at: Address, register: Register, width: Width): Instruction {
  return instruction(
    `lock xadd ${registerText(register, width)},${addressText(at)}`,
    encode({ prefix: lock, width, opcode: [0x0f, 0xc1], field: register, operand: at }),
    locked(at, width, [
      ...combined('add', result, found, name(register), width),
      lockedStore(at, result, width),
      copied(name(register), found, width),
    ]),
  );
}

/**
 * LOCK CMPXCHG m, r: F0 0F B1 /r. Compares with eAX, which receives the value before, and of the flags
 * only ZF tells what came of it here. One that fails writes the value before back (SDM, "CMPXCHG"), which
 * nobody can tell from a read that is locked.
 */
export function lockedCompareExchange(at: Address, desired: Register, width: Width): Instruction {
  return instruction(
    `lock cmpxchg ${registerText(desired, width)},${addressText(at)}`,
    encode({ prefix: lock, width, opcode: [0x0f, 0xb1], field: desired, operand: at }),
    locked(at, width, [
      {
        kind: 'either',
        from: [name(rax), found],
        holds: (expected = 0n, before = 0n) => low(expected, width) === before,
        then: [lockedStore(at, name(desired), width), equal],
        otherwise: [copied(name(rax), found, width), unequal],
      },
    ]),
  );
}

/** MFENCE: NP 0F AE F0. */
export const mfence = instruction('mfence', [0x0f, 0xae, 0xf0], [fence('MFENCE')]);

/** LFENCE: NP 0F AE E8. */
export const lfence = instruction('lfence', [0x0f, 0xae, 0xe8], [fence('LFENCE')]);

/** SFENCE: NP 0F AE F8. */
export const sfence = instruction('sfence', [0x0f, 0xae, 0xf8], [fence('SFENCE')]);

const top: Address = { base: rsp, displacement: 0 };
const belowTop: Address = { base: rsp, displacement: -8 };

function moveTop(bytes: bigint): Step {
  return { kind: 'compute', to: name(rsp), from: [name(rsp)], value: (content = 0n) => content + bytes };
}

/** PUSH r64: 50+rd. */
export function push(register: Register): Instruction {
  return instruction(
    `push ${registerText(register, 8)}`,
    [...rex(4, 0, register), 0x50 | (register & 7)],
    [stored(belowTop, name(register), 8), moveTop(-8n)],
  );
}

/** POP r64: 58+rd. */
export function pop(register: Register): Instruction {
  return instruction(
    `pop ${registerText(register, 8)}`,
    [...rex(4, 0, register), 0x58 | (register & 7)],
    [loaded(result, top, 8), moveTop(8n), copied(name(register), result, 8)],
  );
}
