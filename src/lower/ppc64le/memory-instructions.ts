/** The ppc64le instructions that access memory or order it; instructions.ts has the rest. */

import type { Instruction } from '../machine-code.ts';
import type { MemoryOperand, Step } from '../meaning.ts';
import type { Address, Register, Width } from '../primitives.ts';
import { onlyBit, setCr0 } from './condition-register.ts';
import { dForm, fitsSigned, instruction, name, requireNotZero, xForm } from './encoding.ts';

function addressText({ base, displacement }: Address): string {
  return `${displacement}(r${base})`;
}

/** D in the D-form of 4-byte accesses, DS in the DS-form of 8-byte ones, which drops the low two bits. */
function displacementField({ base, displacement }: Address, width: Width): number {
  requireNotZero(base, 'a base');
  if (!fitsSigned(BigInt(displacement), 16) || (width === 8 && displacement % 4 !== 0)) {
    throw new Error(`displacement ${displacement} does not fit a ${width}-byte access`);
  }
  return displacement;
}

function operand({ base, displacement }: Address): MemoryOperand {
  return { base: name(base), displacement };
}

/** "Fixed-Point Load Instructions": lwz (32), upper half cleared; ld (58, XO 0). */
export function load(to: Register, from: Address, width: Width): Instruction {
  const text = `${width === 8 ? 'ld' : 'lwz'} r${to},${addressText(from)}`;
  return instruction(text, dForm(width === 8 ? 58 : 32, to, from.base, displacementField(from, width)), {
    kind: 'load',
    to: name(to),
    address: operand(from),
    widthBytes: width,
    sets: [],
  });
}

/** "Fixed-Point Store Instructions": stw (36); std (62, XO 0). */
export function store(to: Address, from: Register, width: Width): Instruction {
  const text = `${width === 8 ? 'std' : 'stw'} r${from},${addressText(to)}`;
  return instruction(text, dForm(width === 8 ? 62 : 36, from, to.base, displacementField(to, width)), {
    kind: 'store',
    value: name(from),
    address: operand(to),
    widthBytes: width,
    sets: [],
  });
}

/** Load-and-reserve, with nothing added to its base. */
function reservingLoad(to: Register, base: Register, width: Width): Step {
  const address = operand({ base, displacement: 0 });
  return { kind: 'load', to: name(to), address, widthBytes: width, sets: ['X'], reserves: true };
}

/** Book II, "Load And Reserve and Store Conditional Instructions": lwarx (20), ldarx (84), RA 0. */
export function loadReserve(to: Register, base: Register, width: Width): Instruction {
  return instruction(
    `${width === 8 ? 'ldarx' : 'lwarx'} r${to},0,r${base}`,
    xForm(to, 0, base, width === 8 ? 84 : 20),
    reservingLoad(to, base, width),
  );
}

/** lwarx with EH = 1 (ibid.): a hint that the location is a lock and what follows is done holding it. */
export function loadReserveLock(to: Register, base: Register): Instruction {
  return instruction(`lwarx r${to},0,r${base},1`, xForm(to, 0, base, 20, 1), reservingLoad(to, base, 4));
}

/**
 * stwcx. (150), stdcx. (214), RA 0 (ibid.); CR0 is "equal" where it stored. In the model (power.cat)
 * dependencies begin at reads: what branches on CR0 depends on no write, nor on the load that reserved.
 */
export function storeConditional(from: Register, base: Register, width: Width): Instruction {
  const address = operand({ base, displacement: 0 });
  return instruction(
    `${width === 8 ? 'stdcx.' : 'stwcx.'} r${from},0,r${base}`,
    xForm(from, 0, base, width === 8 ? 214 : 150, 1),
    { kind: 'store', value: name(from), address, widthBytes: width, sets: ['X'], pairs: true },
    setCr0([], () => onlyBit('eq')),
  );
}

/** sync (598) with L 0 (book II, "Memory Barrier Instructions"), which objdump calls hwsync. */
export const sync = instruction('hwsync', xForm(0, 0, 0, 598), { kind: 'fence', sets: ['SYNC'] });

/** sync with L 1 (ibid.). */
export const lwsync = instruction('lwsync', xForm(1, 0, 0, 598), { kind: 'fence', sets: ['LWSYNC'] });
