/**
 * The s390x instructions that access storage or order accesses, in the notation of instructions.ts. The
 * sets of events are those of src/model/models/s390x.cat: SER for what is serialised, SOS for the operand of
 * an instruction that performs specific-operand serialisation.
 */

import type { Instruction } from '../machine-code.ts';
import type { RegisterName, Step } from '../meaning.ts';
import type { Address, Register, Width } from '../primitives.ts';
import { comparison, ofBits, ofSum, setCode } from './condition-code.ts';
import {
  addressText,
  bigEndian,
  compute,
  instruction,
  longAddress,
  name,
  operand,
  placed,
  signed,
  unsigned,
  withStorage,
} from './encoding.ts';
import type { Forms } from './encoding.ts';

/** What was fetched, and what is going to be stored. */
const fetched: RegisterName = 'fetched';
const result: RegisterName = 'result';

function fetchInto(to: RegisterName, from: Address, widthBytes: Width, sets: readonly string[] = []): Step {
  return { kind: 'load', to, address: operand(from), widthBytes, sets };
}

const loads: Readonly<Record<Width, Forms>> = {
  4: { short: { mnemonic: 'l', opcode: 0x58 }, long: { mnemonic: 'ly', opcode: [0xe3, 0x58] } },
  8: { long: { mnemonic: 'lg', opcode: [0xe3, 0x04] } },
};

/** LOAD: L 58 (RX), LY E358, LG E304 (RXY). L and LY leave the register's upper half as it was. */
export function load(to: Register, from: Address, width: Width): Instruction {
  return withStorage(loads[width], to, undefined, from, [
    fetchInto(fetched, from, width),
    placed(to, [fetched], width, (content = 0n) => content),
  ]);
}

/** LOAD AND TEST: LT E312 (RXY); the condition is the comparison of the word with 0. */
export function loadAndTest(to: Register, from: Address): Instruction {
  return withStorage({ long: { mnemonic: 'lt', opcode: [0xe3, 0x12] } }, to, undefined, from, [
    fetchInto(fetched, from, 4),
    placed(to, [fetched], 4, (content = 0n) => content),
    setCode([fetched], (content = 0n) => comparison(signed(content, 4), 0n)),
  ]);
}

const stores: Readonly<Record<Width, Forms>> = {
  4: { short: { mnemonic: 'st', opcode: 0x50 }, long: { mnemonic: 'sty', opcode: [0xe3, 0x50] } },
  8: { long: { mnemonic: 'stg', opcode: [0xe3, 0x24] } },
};

/** STORE: ST 50 (RX), STY E350, STG E324 (RXY). */
export function store(to: Address, from: Register, width: Width): Instruction {
  return withStorage(stores[width], from, undefined, to, [stored(to, name(from), width)]);
}

function stored(to: Address, value: RegisterName, widthBytes: Width): Step {
  return { kind: 'store', value, address: operand(to), widthBytes, sets: [] };
}

/** STORE MULTIPLE: STMG EB24 (RSY). */
export function storeMultiple(to: Address, first: Register, last: Register): Instruction {
  const steps = fromTo(first, last).map((register, index) => stored(behind(to, index), name(register), 8));
  return withStorage({ long: { mnemonic: 'stmg', opcode: [0xeb, 0x24] } }, first, last, to, steps);
}

/** LOAD MULTIPLE: LMG EB04 (RSY). */
export function loadMultiple(first: Register, last: Register, from: Address): Instruction {
  const inOrder = fromTo(first, last).map((register, index) => ({ register, at: behind(from, index) }));
  // The base is loaded last, where it is one of them: the others need it.
  const baseLast = inOrder.toSorted(
    (one, other) => Number(one.register === from.base) - Number(other.register === from.base),
  );
  const steps = baseLast.map(({ register, at }) => fetchInto(name(register), at, 8));
  return withStorage({ long: { mnemonic: 'lmg', opcode: [0xeb, 0x04] } }, first, last, from, steps);
}

/** The registers from one up to another; r0 comes after r15. */
function fromTo(first: Register, last: Register): readonly Register[] {
  return Array.from({ length: ((last - first + 16) % 16) + 1 }, (_, index) => (first + index) % 16);
}

function behind({ base, displacement }: Address, index: number): Address {
  return { base, displacement: displacement + 8 * index };
}

function updated(at: Address, value: RegisterName, widthBytes: Width, sets: readonly string[]): Step {
  return { kind: 'store', value, address: operand(at), widthBytes, sets, pairs: true };
}

const compareAndSwaps: Readonly<Record<Width, Forms>> = {
  4: { short: { mnemonic: 'cs', opcode: 0xba }, long: { mnemonic: 'csy', opcode: [0xeb, 0x14] } },
  8: { long: { mnemonic: 'csg', opcode: [0xeb, 0x30] } },
};

/**
 * COMPARE AND SWAP: CS BA (RS), CSY EB14, CSG EB30 (RSY). `expected` receives the value before where it was
 * another. Serialises before and after, whatever it finds.
 */
export function compareAndSwap(
  expected: Register,
  desired: Register,
  at: Address,
  width: Width,
): Instruction {
  return withStorage(compareAndSwaps[width], expected, desired, at, [
    fetchInto(fetched, at, width, ['SER']),
    {
      kind: 'either',
      from: [name(expected), fetched],
      holds: (content = 0n, before = 0n) => unsigned(content, width) === before,
      then: [updated(at, name(desired), width, ['SER']), setCode([], () => 0n)],
      otherwise: [placed(expected, [fetched], width, (before = 0n) => before), setCode([], () => 1n)],
    },
  ]);
}

/** The second byte of the opcode of LOAD AND ADD, AND, OR, EXCLUSIVE OR, for each width. */
const loadAndOperations = {
  laa: { 4: 0xf8, 8: 0xe8, value: (before: bigint, content: bigint) => before + content, code: ofSum },
  lan: { 4: 0xf4, 8: 0xe4, value: (before: bigint, content: bigint) => before & content, code: ofBits },
  lao: { 4: 0xf6, 8: 0xe6, value: (before: bigint, content: bigint) => before | content, code: ofBits },
  lax: { 4: 0xf7, 8: 0xe7, value: (before: bigint, content: bigint) => before ^ content, code: ofBits },
} as const;
export type LoadAndOperation = keyof typeof loadAndOperations;

/** An interlocked update with the specific-operand serialisation that comes with it. */
function interlocked(
  operation: LoadAndOperation,
  at: Address,
  from: RegisterName,
  width: Width,
): readonly Step[] {
  const { value, code } = loadAndOperations[operation];
  const exact = (before = 0n, content = 0n) => value(signed(before, width), signed(content, width));
  return [
    fetchInto(fetched, at, width, ['SOS']),
    setCode([fetched, from], (before = 0n, content = 0n) => code(exact(before, content), width)),
    compute(result, [fetched, from], exact),
    updated(at, result, width, ['SOS']),
  ];
}

/** LOAD AND ADD, AND, OR, EXCLUSIVE OR: LAA EBF8, LAAG EBE8, … (RSY). `old` receives the value before. */
export function loadAnd(
  operation: LoadAndOperation,
  old: Register,
  operand: Register,
  at: Address,
  width: Width,
): Instruction {
  const mnemonic = width === 8 ? `${operation}g` : operation;
  const opcode = [0xeb, loadAndOperations[operation][width]] as const;
  return withStorage({ long: { mnemonic, opcode } }, old, operand, at, [
    ...interlocked(operation, at, name(operand), width),
    placed(old, [fetched], width, (before = 0n) => before),
  ]);
}

/** ADD IMMEDIATE to storage: ASI EB6A, AGSI EB7A (SIY), the immediate signed and of 8 bits. */
export function addToStorage(at: Address, value: bigint, width: Width): Instruction {
  const addend: RegisterName = 'addend';
  return instruction(
    `${width === 8 ? 'agsi' : 'asi'} ${addressText(at)},${value}`,
    [0xeb, ...bigEndian(value, 1), ...longAddress(at), width === 8 ? 0x7a : 0x6a],
    [compute(addend, [], () => value), ...interlocked('laa', at, addend, width)],
  );
}

/** BRANCH ON CONDITION: BCR 14,0 (RR), which serialises and goes on. objdump reads it as a branch never taken. */
export const serialise = instruction('bnor %r0', [0x07, 0xe0], [{ kind: 'fence', sets: ['SER'] }]);
