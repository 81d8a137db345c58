/**
 * The ppc64le instructions that Fencepost emits, all in the base of POWER8: text as GNU objdump prints
 * it (one space after the mnemonic), bytes as GNU as makes them, little-endian, and steps. Fields are those
 * of the Power ISA v2.07B, book I, "Instruction Formats"; the section named is its instruction's own.
 */

import type { Branch, Instruction, Label } from '../machine-code.ts';
import type { Taken } from '../meaning.ts';
import type { Register, Width } from '../primitives.ts';
import { comparison, conditionBits, cr0, onlyBit, record, setCr0 } from './condition-register.ts';
import type { ConditionBit } from './condition-register.ts';
import {
  branch,
  compute,
  dForm,
  instruction,
  name,
  r1,
  r2,
  r3,
  requireNotZero,
  signedImmediate,
  unsignedImmediate,
  xForm,
} from './encoding.ts';

export type { ConditionBit } from './condition-register.ts';
export { fitsSigned, fitsUnsigned16, name, r0, r1, r2, r3, r4, r5, r10, r11, r12 } from './encoding.ts';
export * from './memory-instructions.ts';

/** "Fixed-Point Arithmetic Instructions": li is addi (14) with RA 0. */
export function loadImmediate(to: Register, value: bigint): Instruction {
  return instruction(
    `li r${to},${value}`,
    dForm(14, to, 0, signedImmediate(value)),
    compute(to, [], () => value),
  );
}

/** lis is addis (15) with RA 0 (ibid.): the immediate times 65536. */
export function loadImmediateShifted(to: Register, value: bigint): Instruction {
  return instruction(
    `lis r${to},${value}`,
    dForm(15, to, 0, signedImmediate(value)),
    compute(to, [], () => value << 16n),
  );
}

const immediateAdditions = { 'addic.': 13, addi: 14 } as const;

/** addic. (13), which sets CR0 and CA, read by nothing here; addi (14) (ibid.). */
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
    compute(to, [from], (left) => left + value),
    ...(operation === 'addic.' ? [record(to)] : []),
  );
}

const immediateLogicals = {
  ori: { opcode: 24, value: (left, immediate) => left | immediate },
  oris: { opcode: 25, value: (left, immediate) => left | (immediate << 16n) },
  xori: { opcode: 26, value: (left, immediate) => left ^ immediate },
  'andi.': { opcode: 28, value: (left, immediate) => left & immediate },
} as const satisfies Record<
  string,
  { readonly opcode: number; readonly value: (left: bigint, immediate: bigint) => bigint }
>;
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
  const { opcode, value: result } = immediateLogicals[operation];
  return instruction(
    `${operation} r${to},r${from},${value}`,
    dForm(opcode, from, to, unsignedImmediate(value)),
    compute(to, [from], (left) => result(left, value)),
    ...(operation === 'andi.' ? [record(to)] : []),
  );
}

/** An operation on two registers under opcode 31. */
interface Operation {
  readonly extended: number;
  readonly value: (a: bigint, b: bigint) => bigint;
}

const additions = {
  subf: { extended: 40, value: (a, b) => b - a },
  mulld: { extended: 233, value: (a, b) => a * b },
  mullw: { extended: 235, value: (a, b) => BigInt.asIntN(32, a) * BigInt.asIntN(32, b) },
  add: { extended: 266, value: (a, b) => a + b },
} as const satisfies Record<string, Operation>;
export type Addition = keyof typeof additions;

/** "Fixed-Point Arithmetic Instructions": subf is `b - a`; mullw multiplies the low halves. */
export function arithmetic(operation: Addition, to: Register, a: Register, b: Register): Instruction {
  const { extended, value } = additions[operation];
  return instruction(
    `${operation} r${to},r${a},r${b}`,
    xForm(to, a, b, extended),
    compute(to, [a, b], value),
  );
}

/** A shift's count has one bit more than the width needs: from the width on, all is shifted out. */
const wordCount = (value: bigint) => BigInt.asUintN(6, value);
const doublewordCount = (value: bigint) => BigInt.asUintN(7, value);

const logicals = {
  slw: { extended: 24, value: (a, b) => BigInt.asUintN(32, a << wordCount(b)) },
  sld: { extended: 27, value: (a, b) => a << doublewordCount(b) },
  and: { extended: 28, value: (a, b) => a & b },
  andc: { extended: 60, value: (a, b) => a & ~b },
  xor: { extended: 316, value: (a, b) => a ^ b },
  or: { extended: 444, value: (a, b) => a | b },
  srw: { extended: 536, value: (a, b) => BigInt.asUintN(32, a) >> wordCount(b) },
  srd: { extended: 539, value: (a, b) => a >> doublewordCount(b) },
  sraw: { extended: 792, value: (a, b) => BigInt.asIntN(32, a) >> wordCount(b) },
  srad: { extended: 794, value: (a, b) => BigInt.asIntN(64, a) >> doublewordCount(b) },
} as const satisfies Record<string, Operation>;
export type Logical = keyof typeof logicals;

/** "Fixed-Point Logical Instructions" and "Fixed-Point Shift Instructions"; andc is `a & ~b`. */
export function logical(operation: Logical, to: Register, a: Register, b: Register): Instruction {
  if (operation === 'or' && a === b) throw new Error(`or r${to},r${a},r${b} is a move`);
  const { extended, value } = logicals[operation];
  return instruction(
    `${operation} r${to},r${a},r${b}`,
    xForm(a, to, b, extended),
    compute(to, [a, b], value),
  );
}

/**
 * mr is or (444) of a register with itself. Into that same register it would not be a move but a hint, or a
 * change of the thread's priority, and which registers mean what is open to change (book II, "or Instruction").
 */
export function move(to: Register, from: Register): Instruction {
  if (to === from) throw new Error(`or r${to},r${to},r${to} is a hint or a priority, not a move`);
  return instruction(
    `mr r${to},r${from}`,
    xForm(from, to, from, logicals.or.extended),
    compute(to, [from], (value) => value),
  );
}

/** extsw (986): the low half, sign-extended ("Fixed-Point Logical Instructions"). */
export function signExtend(to: Register, from: Register): Instruction {
  return instruction(
    `extsw r${to},r${from}`,
    xForm(from, to, 0, 986),
    compute(to, [from], (value) => BigInt.asIntN(32, value)),
  );
}

/** clrldi 32, which is rldicl (30, XO 0) with SH 0, MB 32 ("Fixed-Point Rotate Instructions"). */
export function zeroExtend(to: Register, from: Register): Instruction {
  return instruction(
    `clrldi r${to},r${from},32`,
    dForm(30, from, to, 0x0020),
    compute(to, [from], (value) => BigInt.asUintN(32, value)),
  );
}

/** sldi 32, which is rldicr (30, XO 1) with SH 32, ME 31 (ibid.). */
export function shiftLeft32(to: Register, from: Register): Instruction {
  return instruction(
    `sldi r${to},r${from},32`,
    dForm(30, from, to, 0x07c6),
    compute(to, [from], (value) => value << 32n),
  );
}

/** mfocrf (19) of CR0 into bits 32 to 35, the others undefined ("Move To/From System Register Instructions"). */
export function moveFromCondition(to: Register): Instruction {
  return instruction(`mfocrf r${to},128`, xForm(to, 0, 0, 19) | (1 << 20) | (0x80 << 12), {
    kind: 'compute',
    to: name(to),
    from: [cr0],
    value: (bits) => bits << 28n,
  });
}

/**
 * One bit of CR0, as moveFromCondition leaves it, as 1 or 0: rlwinm (21) with SH bit + 1, MB 31, ME 31
 * ("Fixed-Point Rotate Instructions"), for bit 0 also called srwi 31.
 */
export function extractConditionBit(to: Register, from: Register, bit: ConditionBit): Instruction {
  const rotation = conditionBits[bit] + 1;
  const text = rotation === 1 ? `srwi r${to},r${from},31` : `rlwinm r${to},r${from},${rotation},31,31`;
  return instruction(
    text,
    dForm(21, from, to, (rotation << 11) | (31 << 6) | (31 << 1)),
    compute(to, [from], (value) => (value >> BigInt(32 - rotation)) & 1n),
  );
}

/**
 * "Fixed-Point Compare Instructions": cmpw, cmpd (0), cmplw, cmpld (32) into CR0; L, the last bit of the
 * field, is the width.
 */
export function compare(left: Register, right: Register, width: Width, signed: boolean): Instruction {
  const text = `cmp${signed ? '' : 'l'}${width === 8 ? 'd' : 'w'} r${left},r${right}`;
  const extend = extension(width, signed);
  return instruction(
    text,
    xForm(width === 8 ? 1 : 0, left, right, signed ? 0 : 32),
    setCr0([left, right], (one, other) => comparison(extend(one), extend(other))),
  );
}

/** cmpwi, cmpdi (11), sign-extended; cmplwi, cmpldi (10), zero-extended (ibid.). */
export function compareImmediate(left: Register, value: bigint, width: Width, signed: boolean): Instruction {
  const text = `cmp${signed ? '' : 'l'}${width === 8 ? 'd' : 'w'}i r${left},${value}`;
  const immediate = signed ? signedImmediate(value) : unsignedImmediate(value);
  const extend = extension(width, signed);
  return instruction(
    text,
    dForm(signed ? 11 : 10, width === 8 ? 1 : 0, left, immediate),
    setCr0([left], (one) => comparison(extend(one), value)),
  );
}

/** What a compare takes of a register. */
function extension(width: Width, signed: boolean): (value: bigint) => bigint {
  const extend = signed ? BigInt.asIntN : BigInt.asUintN;
  return (value) => extend(width * 8, value);
}

/** or 1,1,1: low priority among the threads of a core (book II, "Program Priority Registers"). */
export const lowPriority = instruction('mr r1,r1', xForm(r1, r1, r1, logicals.or.extended));

/** or 2,2,2: medium priority, the normal one (ibid.). */
export const mediumPriority = instruction('mr r2,r2', xForm(r2, r2, r2, logicals.or.extended));

/** bclr (19, XO 16) with BO 20 ("Branch Instructions"); ELFv2 returns a number in r3. */
export const blr = instruction('blr', (19 << 26) | (20 << 21) | (16 << 1), {
  kind: 'return',
  status: name(r3),
});

/**
 * BO and BI of each condition on CR0 ("Branch Instructions"): BO 12 branches where the bit is set, 4 where it
 * is clear; `ne-` is 4 with the hint "very likely not taken".
 */
const conditions = {
  lt: { mask: 12, bit: 'lt', wanted: true },
  ge: { mask: 4, bit: 'lt', wanted: false },
  gt: { mask: 12, bit: 'gt', wanted: true },
  le: { mask: 4, bit: 'gt', wanted: false },
  eq: { mask: 12, bit: 'eq', wanted: true },
  ne: { mask: 4, bit: 'eq', wanted: false },
  'ne-': { mask: 6, bit: 'eq', wanted: false },
} as const;
export type Condition = keyof typeof conditions;

/** bc (16): reaches 32 KiB either way, some 8000 instructions. */
export function branchIf(condition: Condition, to: Label): Branch {
  const { mask, bit, wanted } = conditions[condition];
  const taken: Taken = { from: [cr0], holds: (bits) => ((bits & onlyBit(bit)) !== 0n) === wanted };
  return branch(`b${condition}`, to, taken, (16 << 26) | (mask << 21) | (conditionBits[bit] << 16), 16);
}

/** b (18): reaches 32 MiB either way. */
export function jump(to: Label): Branch {
  return branch('b', to, undefined, 18 << 26, 26);
}
