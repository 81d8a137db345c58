/** The riscv64 instructions that access memory or order it; instructions.ts has the rest. */

import type { Instruction } from '../machine-code.ts';
import type { MemoryOperand, RegisterName, Step } from '../meaning.ts';
import type { Address, Register, Width } from '../primitives.ts';
import {
  addressText,
  compute,
  funct3,
  funct7,
  immediateField,
  instruction,
  name,
  rd,
  rs1,
  rs2,
  signExtended,
  storeField,
  zero,
} from './encoding.ts';

function operand({ base, displacement }: Address): MemoryOperand {
  return { base: name(base), displacement };
}

/** A value of 4 bytes as a register holds it, after a load. */
function extension(to: Register, from: RegisterName, width: Width): Step {
  return { kind: 'compute', to: name(to), from: [from], value: (value) => signExtended(value, width) };
}

/** "Load and Store Instructions": LW, which sign-extends, and LD. */
export function load(to: Register, from: Address, width: Width): Instruction {
  return instruction(
    `${width === 8 ? 'ld' : 'lw'} ${name(to)},${addressText(from)}`,
    [
      { kind: 'load', to: name(to), address: operand(from), widthBytes: width, sets: [] },
      extension(to, name(to), width),
    ],
    0x03,
    funct3(width === 8 ? 3 : 2),
    rd(to),
    rs1(from.base),
    immediateField(from.displacement),
  );
}

/** "Load and Store Instructions": SW, SD. */
export function store(to: Address, from: Register, width: Width): Instruction {
  return instruction(
    `${width === 8 ? 'sd' : 'sw'} ${name(from)},${addressText(to)}`,
    [{ kind: 'store', value: name(from), address: operand(to), widthBytes: width, sets: [] }],
    0x23,
    funct3(width === 8 ? 3 : 2),
    rs1(to.base),
    rs2(from),
    storeField(to.displacement),
  );
}

/** "Specifying Ordering of Atomic Instructions": the bits aq and rl, by the suffix that sets them. */
const orders = {
  '': { bits: 0, sets: [] },
  '.rl': { bits: 1, sets: ['Rel'] },
  '.aqrl': { bits: 3, sets: ['AcqRel'] },
} as const;

/** The opcode AMO: an access to the address in `base`, in whose funct7 the last two bits are the order. */
function atomic(
  mnemonic: string,
  code: number,
  order: keyof typeof orders,
  operands: { readonly to: Register; readonly from: Register; readonly base: Register },
  width: Width,
  steps: readonly Step[],
): Instruction {
  const { to, from, base } = operands;
  const listed = [name(to), ...(mnemonic === 'lr' ? [] : [name(from)]), `(${name(base)})`];
  return instruction(
    `${mnemonic}.${width === 8 ? 'd' : 'w'}${order} ${listed.join(',')}`,
    steps,
    0x2f,
    funct3(width === 8 ? 3 : 2),
    rd(to),
    rs1(base),
    rs2(from),
    funct7((code << 2) | orders[order].bits),
  );
}

/** "Load-Reserved/Store-Conditional Instructions": LR.W, which sign-extends, and LR.D. */
export function loadReserved(to: Register, base: Register, width: Width): Instruction {
  const address = operand({ base, displacement: 0 });
  return atomic('lr', 0x02, '', { to, from: zero, base }, width, [
    { kind: 'load', to: name(to), address, widthBytes: width, sets: ['X'], reserves: true },
    extension(to, name(to), width),
  ]);
}

/**
 * "Load-Reserved/Store-Conditional Instructions": SC.W, SC.D. `status` receives 0 where it stored. What
 * depends on it depends on the store (RVWMO, "Syntactic Dependencies"): the model has that from the branch
 * that stands behind every one, so the steps need not say it.
 */
export function storeConditional(
  order: '' | '.rl',
  status: Register,
  from: Register,
  base: Register,
  width: Width,
): Instruction {
  const address = operand({ base, displacement: 0 });
  const sets = ['X', ...orders[order].sets];
  return atomic('sc', 0x03, order, { to: status, from, base }, width, [
    { kind: 'store', value: name(from), address, widthBytes: width, sets, pairs: true },
    compute(name(status), [], () => 0n),
  ]);
}

/** What is stored, of the value before and the operand; undefined where it is the operand alone. */
const amoOperations = {
  amoswap: { code: 0x01, stored: undefined },
  amoadd: { code: 0x00, stored: (before: bigint, by: bigint) => before + by },
  amoxor: { code: 0x04, stored: (before: bigint, by: bigint) => before ^ by },
  amoand: { code: 0x0c, stored: (before: bigint, by: bigint) => before & by },
  amoor: { code: 0x08, stored: (before: bigint, by: bigint) => before | by },
} as const;
export type AmoOperation = keyof typeof amoOperations;

/** An AMO's own, for its destination may be one of its sources. */
const before: RegisterName = 'before';
const after: RegisterName = 'after';

/** "Atomic Memory Operations": `to` receives the value before, sign-extended from 4 bytes. */
export function amo(
  operation: AmoOperation,
  order: '' | '.aqrl',
  to: Register,
  from: Register,
  base: Register,
  width: Width,
): Instruction {
  const { code, stored } = amoOperations[operation];
  const sets = ['AMO', ...orders[order].sets];
  const access = { address: operand({ base, displacement: 0 }), widthBytes: width, sets } as const;
  const modification: readonly Step[] =
    stored === undefined ? [] : [{ kind: 'compute', to: after, from: [before, name(from)], value: stored }];
  return atomic(operation, code, order, { to, from, base }, width, [
    { kind: 'load', to: before, ...access },
    ...modification,
    { kind: 'store', value: stored === undefined ? name(from) : after, ...access, pairs: true },
    extension(to, before, width),
  ]);
}

/**
 * Device input, device output, memory reads, memory writes, in any combination that an access may be;
 * `memory` is what the model, which has no devices, takes of it.
 */
const accessSets = {
  r: { bits: 0x2, memory: 'r' },
  w: { bits: 0x1, memory: 'w' },
  rw: { bits: 0x3, memory: 'rw' },
  ir: { bits: 0xa, memory: 'r' },
  ow: { bits: 0x5, memory: 'w' },
  iorw: { bits: 0xf, memory: 'rw' },
} as const;
export type AccessSet = keyof typeof accessSets;

/** "Memory Ordering Instructions": FENCE, which puts the accesses `before` it before those `after` it. */
export function fence(before: AccessSet, after: AccessSet): Instruction {
  const [predecessors, successors] = [accessSets[before], accessSets[after]];
  return instruction(
    before === 'iorw' && after === 'iorw' ? 'fence' : `fence ${before},${after}`,
    [{ kind: 'fence', sets: [`Fence.${predecessors.memory}.${successors.memory}`] }],
    0x0f,
    predecessors.bits << 24,
    successors.bits << 20,
  );
}
