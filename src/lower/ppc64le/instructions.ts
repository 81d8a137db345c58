/**
 * The ppc64le instructions that Fencepost emits, all in the base of POWER8: text as GNU objdump prints
 * it (one space after the mnemonic) and bytes as GNU as makes them, little-endian. Fields are those of
 * the Power ISA v2.07B, book I, "Instruction Formats"; the section named is its instruction's own.
 */

import { LoweringError } from '../lowering-error.ts';
import type { Branch, Instruction, Label } from '../machine-code.ts';
import type { Address, Register, Width } from '../primitives.ts';

export const r0: Register = 0;
export const r1: Register = 1;
export const r2: Register = 2;
export const r3: Register = 3;
export const r4: Register = 4;
export const r5: Register = 5;
export const r10: Register = 10;
export const r11: Register = 11;
export const r12: Register = 12;

function instruction(text: string, word: number): Instruction {
  return { kind: 'instruction', text, bytes: [0, 8, 16, 24].map((bit) => (word >>> bit) & 0xff) };
}

/** D-form: a 16-bit immediate, signed or not as the instruction has it. */
function dForm(opcode: number, field: number, register: Register, immediate: number): number {
  return (opcode << 26) | (field << 21) | (register << 16) | (immediate & 0xffff);
}

/** X-form and XO-form under primary opcode 31; `record` is Rc, the last bit. */
function xForm(field: number, a: Register, b: Register, extended: number, record = 0): number {
  return (31 << 26) | (field << 21) | (a << 16) | (b << 11) | (extended << 1) | record;
}

export function fitsSigned(value: bigint, bits: 16 | 32): boolean {
  return BigInt.asIntN(bits, value) === value;
}

export function fitsUnsigned16(value: bigint): boolean {
  return BigInt.asUintN(16, value) === value;
}

/** In RA, r0 reads as zero (book I, "Fixed-Point Load Instructions" and the addi description). */
function requireNotZero(register: Register, use: string): void {
  if (register === r0) throw new Error(`r0 reads as zero as ${use}`);
}

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

/** "Fixed-Point Load Instructions": lwz (32), upper half cleared; ld (58, XO 0). */
export function load(to: Register, from: Address, width: Width): Instruction {
  const text = `${width === 8 ? 'ld' : 'lwz'} r${to},${addressText(from)}`;
  return instruction(text, dForm(width === 8 ? 58 : 32, to, from.base, displacementField(from, width)));
}

/** "Fixed-Point Store Instructions": stw (36); std (62, XO 0). */
export function store(to: Address, from: Register, width: Width): Instruction {
  const text = `${width === 8 ? 'std' : 'stw'} r${from},${addressText(to)}`;
  return instruction(text, dForm(width === 8 ? 62 : 36, from, to.base, displacementField(to, width)));
}

/** Book II, "Load And Reserve and Store Conditional Instructions": lwarx (20), ldarx (84), RA 0. */
export function loadReserve(to: Register, base: Register, width: Width): Instruction {
  return instruction(
    `${width === 8 ? 'ldarx' : 'lwarx'} r${to},0,r${base}`,
    xForm(to, 0, base, width === 8 ? 84 : 20),
  );
}

/** lwarx with EH = 1 (ibid.): a hint that the location is a lock and what follows is done holding it. */
export function loadReserveLock(to: Register, base: Register): Instruction {
  return instruction(`lwarx r${to},0,r${base},1`, xForm(to, 0, base, 20, 1));
}

/** stwcx. (150), stdcx. (214), RA 0 (ibid.); CR0 is "equal" where it stored. */
export function storeConditional(from: Register, base: Register, width: Width): Instruction {
  return instruction(
    `${width === 8 ? 'stdcx.' : 'stwcx.'} r${from},0,r${base}`,
    xForm(from, 0, base, width === 8 ? 214 : 150, 1),
  );
}

function signedImmediate(value: bigint): number {
  if (!fitsSigned(value, 16)) throw new Error(`${value} is no signed 16-bit immediate`);
  return Number(value);
}

function unsignedImmediate(value: bigint): number {
  if (!fitsUnsigned16(value)) throw new Error(`${value} is no unsigned 16-bit immediate`);
  return Number(value);
}

/** "Fixed-Point Arithmetic Instructions": li is addi (14) with RA 0. */
export function loadImmediate(to: Register, value: bigint): Instruction {
  return instruction(`li r${to},${value}`, dForm(14, to, 0, signedImmediate(value)));
}

/** lis is addis (15) with RA 0 (ibid.): the immediate times 65536. */
export function loadImmediateShifted(to: Register, value: bigint): Instruction {
  return instruction(`lis r${to},${value}`, dForm(15, to, 0, signedImmediate(value)));
}

const immediateAdditions = { 'addic.': 13, addi: 14 } as const;

/** addic. (13), which sets CR0 and CA; addi (14) (ibid.). */
export function addImmediate(
  operation: keyof typeof immediateAdditions,
  to: Register,
  from: Register,
  value: bigint,
): Instruction {
  if (operation === 'addi') requireNotZero(from, 'the source of addi');
  return instruction(
    `${operation} r${to},r${from},${value}`,
    dForm(immediateAdditions[operation], to, from, signedImmediate(value)),
  );
}

const immediateLogicals = { ori: 24, oris: 25, xori: 26, 'andi.': 28 } as const;
export type ImmediateLogical = keyof typeof immediateLogicals;

/**
 * "Fixed-Point Logical Instructions": ori (24), oris (25), xori (26), andi. (28), which sets CR0; the
 * immediate is zero-extended.
 */
export function logicalImmediate(
  operation: ImmediateLogical,
  to: Register,
  from: Register,
  value: bigint,
): Instruction {
  return instruction(
    `${operation} r${to},r${from},${value}`,
    dForm(immediateLogicals[operation], from, to, unsignedImmediate(value)),
  );
}

const additions = { subf: 40, mulld: 233, mullw: 235, add: 266 } as const;
export type Addition = keyof typeof additions;

/** "Fixed-Point Arithmetic Instructions": subf (40) is `b - a`; mulld (233), mullw (235), add (266). */
export function arithmetic(operation: Addition, to: Register, a: Register, b: Register): Instruction {
  return instruction(`${operation} r${to},r${a},r${b}`, xForm(to, a, b, additions[operation]));
}

const logicals = {
  slw: 24,
  sld: 27,
  and: 28,
  andc: 60,
  xor: 316,
  or: 444,
  srw: 536,
  srd: 539,
  sraw: 792,
  srad: 794,
} as const;
export type Logical = keyof typeof logicals;

/** "Fixed-Point Logical Instructions" and "Fixed-Point Shift Instructions"; andc is `a & ~b`. */
export function logical(operation: Logical, to: Register, a: Register, b: Register): Instruction {
  if (operation === 'or' && a === b) throw new Error(`or r${to},r${a},r${b} is a move`);
  return instruction(`${operation} r${to},r${a},r${b}`, xForm(a, to, b, logicals[operation]));
}

/**
 * mr is or (444) of a register with itself. Into that same register it would not be a move but a hint, or a
 * change of the thread's priority, and which registers mean what is open to change (book II, "or Instruction").
 */
export function move(to: Register, from: Register): Instruction {
  if (to === from) throw new Error(`or r${to},r${to},r${to} is a hint or a priority, not a move`);
  return instruction(`mr r${to},r${from}`, xForm(from, to, from, logicals.or));
}

/** extsw (986): the low half, sign-extended ("Fixed-Point Logical Instructions"). */
export function signExtend(to: Register, from: Register): Instruction {
  return instruction(`extsw r${to},r${from}`, xForm(from, to, 0, 986));
}

/** clrldi 32, which is rldicl (30, XO 0) with SH 0, MB 32 ("Fixed-Point Rotate Instructions"). */
export function zeroExtend(to: Register, from: Register): Instruction {
  return instruction(`clrldi r${to},r${from},32`, dForm(30, from, to, 0x0020));
}

/** sldi 32, which is rldicr (30, XO 1) with SH 32, ME 31 (ibid.). */
export function shiftLeft32(to: Register, from: Register): Instruction {
  return instruction(`sldi r${to},r${from},32`, dForm(30, from, to, 0x07c6));
}

/** Of CR0, from its most significant bit ("Condition Register"). */
const conditionBits = { lt: 0, gt: 1, eq: 2 } as const;
export type ConditionBit = keyof typeof conditionBits;

/** mfocrf (19) of CR0 into bits 32 to 35, the others undefined ("Move To/From System Register Instructions"). */
export function moveFromCondition(to: Register): Instruction {
  return instruction(`mfocrf r${to},128`, xForm(to, 0, 0, 19) | (1 << 20) | (0x80 << 12));
}

/**
 * One bit of CR0, as moveFromCondition leaves it, as 1 or 0: rlwinm (21) with SH bit + 1, MB 31, ME 31
 * ("Fixed-Point Rotate Instructions"), for bit 0 also called srwi 31.
 */
export function extractConditionBit(to: Register, from: Register, bit: ConditionBit): Instruction {
  const rotation = conditionBits[bit] + 1;
  const text = rotation === 1 ? `srwi r${to},r${from},31` : `rlwinm r${to},r${from},${rotation},31,31`;
  return instruction(text, dForm(21, from, to, (rotation << 11) | (31 << 6) | (31 << 1)));
}

/**
 * "Fixed-Point Compare Instructions": cmpw, cmpd (0), cmplw, cmpld (32) into CR0; L, the last bit of the
 * field, is the width.
 */
export function compare(left: Register, right: Register, width: Width, signed: boolean): Instruction {
  const text = `cmp${signed ? '' : 'l'}${width === 8 ? 'd' : 'w'} r${left},r${right}`;
  return instruction(text, xForm(width === 8 ? 1 : 0, left, right, signed ? 0 : 32));
}

/** cmpwi, cmpdi (11), sign-extended; cmplwi, cmpldi (10), zero-extended (ibid.). */
export function compareImmediate(left: Register, value: bigint, width: Width, signed: boolean): Instruction {
  const text = `cmp${signed ? '' : 'l'}${width === 8 ? 'd' : 'w'}i r${left},${value}`;
  const immediate = signed ? signedImmediate(value) : unsignedImmediate(value);
  return instruction(text, dForm(signed ? 11 : 10, width === 8 ? 1 : 0, left, immediate));
}

/** sync (598) with L 0 (book II, "Memory Barrier Instructions"), which objdump calls hwsync. */
export const sync = instruction('hwsync', xForm(0, 0, 0, 598));

/** sync with L 1 (ibid.). */
export const lwsync = instruction('lwsync', xForm(1, 0, 0, 598));

/** or 1,1,1: low priority among the threads of a core (book II, "Program Priority Registers"). */
export const lowPriority = instruction('mr r1,r1', xForm(r1, r1, r1, logicals.or));

/** or 2,2,2: medium priority, the normal one (ibid.). */
export const mediumPriority = instruction('mr r2,r2', xForm(r2, r2, r2, logicals.or));

/** bclr (19, XO 16) with BO 20 ("Branch Instructions"). */
export const blr = instruction('blr', (19 << 26) | (20 << 21) | (16 << 1));

/**
 * BO and BI of each condition on CR0 ("Branch Instructions"): BO 12 branches where the bit is set, 4 where it
 * is clear; `ne-` is 4 with the hint "very likely not taken".
 */
const conditions = {
  lt: { mask: 12, bit: conditionBits.lt },
  ge: { mask: 4, bit: conditionBits.lt },
  gt: { mask: 12, bit: conditionBits.gt },
  le: { mask: 4, bit: conditionBits.gt },
  eq: { mask: 12, bit: conditionBits.eq },
  ne: { mask: 4, bit: conditionBits.eq },
  'ne-': { mask: 6, bit: conditionBits.eq },
} as const;
export type Condition = keyof typeof conditions;

/** bc (16): reaches 32 KiB either way, some 8000 instructions. */
export function branchIf(condition: Condition, to: Label): Branch {
  const { mask, bit } = conditions[condition];
  return branch(`b${condition}`, to, (16 << 26) | (mask << 21) | (bit << 16), 16);
}

/** b (18): reaches 32 MiB either way. */
export function jump(to: Label): Branch {
  return branch('b', to, 18 << 26, 26);
}

/** The displacement takes the word's last `bits` bits but the two that are always 0 in it: AA and LK here. */
function branch(mnemonic: string, to: Label, word: number, bits: 16 | 26): Branch {
  const reachBytes = 2 ** (bits - 1);
  return {
    kind: 'branch',
    to,
    sizeBytes: 4,
    encode: (displacementBytes, target) => {
      if (displacementBytes < -reachBytes || displacementBytes >= reachBytes) {
        throw new LoweringError(
          `a branch over ${displacementBytes} bytes, and ${mnemonic} reaches ${reachBytes} on ppc64le: ` +
            "shorten the thread's body",
        );
      }
      const displacement = displacementBytes & (2 ** bits - 4);
      return instruction(`${mnemonic} 0x${target.toString(16)}`, word | displacement);
    },
  };
}
