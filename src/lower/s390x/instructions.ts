/**
 * The z/Architecture instructions that Fencepost emits, none newer than the z196: text as GNU objdump
 * prints it (one space after the mnemonic), bytes as GNU as chooses them, and steps (meaning.ts). Opcodes
 * and formats are those of the z/Architecture Principles of Operation (PoP, SA22-7832): the section named
 * is in chapter 7, "General Instructions"; the formats are in chapter 5, "Instruction Formats". Bytes are
 * big-endian.
 */

import type { Branch, Instruction, Label } from '../machine-code.ts';
import type { Step, Taken } from '../meaning.ts';
import type { Address, Register, Width } from '../primitives.ts';
import { comparison, conditionCode, holds, masks, ofBits, ofSum, setCode } from './condition-code.ts';
import type { Condition } from './condition-code.ts';
import {
  bigEndian,
  compute,
  instruction,
  name,
  pair,
  placed,
  r2,
  signed,
  unsigned,
  withStorage,
} from './encoding.ts';

export type { Condition } from './condition-code.ts';
export { fitsSigned, name, r0, r1, r2, r3, r4, r5, r6, r7 } from './encoding.ts';
export { r8, r9, r10, r11, r12, r13, r14, r15 } from './encoding.ts';
export * from './memory-instructions.ts';

/** LOAD ADDRESS: LA 41 (RX), LAY E371 (RXY). */
export function loadAddress(to: Register, of: Address): Instruction {
  const short = { mnemonic: 'la', opcode: 0x41 };
  return withStorage({ short, long: { mnemonic: 'lay', opcode: [0xe3, 0x71] } }, to, undefined, of, [
    compute(name(to), [name(of.base)], (base = 0n) => base + BigInt(of.displacement)),
  ]);
}

/** Sums and differences, and what they leave in the condition code. */
function sum(
  to: Register,
  from: readonly Register[],
  width: Width,
  exact: (...from: bigint[]) => bigint,
): readonly Step[] {
  const names = from.map(name);
  const ofNumbers = (...content: bigint[]) => exact(...content.map((one) => signed(one, width)));
  return [
    setCode(names, (...content) => ofSum(ofNumbers(...content), width)),
    placed(to, names, width, ofNumbers),
  ];
}

/** Format RI: 16 bits, shown as a signed number. */
function registerImmediate16(
  mnemonic: string,
  extension: number,
  to: Register,
  value: bigint,
  steps: readonly Step[],
): Instruction {
  return instruction(
    `${mnemonic} ${name(to)},${value}`,
    [0xa7, pair(to, extension), ...bigEndian(value, 2)],
    steps,
  );
}

/** The register becomes the number. */
function filled(to: Register, value: bigint): readonly Step[] {
  return [compute(name(to), [], () => value)];
}

/** LOAD HALFWORD IMMEDIATE: LGHI A79 (RI), sign-extended to 64 bits. */
export function loadImmediate16(to: Register, value: bigint): Instruction {
  return registerImmediate16('lghi', 0x9, to, value, filled(to, value));
}

/** ADD HALFWORD IMMEDIATE: AGHI A7B (RI), sign-extended to 64 bits. */
export function addImmediate16(to: Register, value: bigint): Instruction {
  return registerImmediate16(
    'aghi',
    0xb,
    to,
    value,
    sum(to, [to], 8, (content = 0n) => content + value),
  );
}

/** Format RIL: 32 bits. */
function registerImmediate32(
  mnemonic: string,
  opcode: 0xc0 | 0xc2,
  extension: number,
  to: Register,
  value: bigint,
  steps: readonly Step[],
): Instruction {
  return instruction(
    `${mnemonic} ${name(to)},${value}`,
    [opcode, pair(to, extension), ...bigEndian(value, 4)],
    steps,
  );
}

/** LOAD IMMEDIATE: LGFI C01 (RIL), sign-extended to 64 bits. */
export function loadImmediate32(to: Register, value: bigint): Instruction {
  return registerImmediate32('lgfi', 0xc0, 0x1, to, value, filled(to, value));
}

/** LOAD LOGICAL IMMEDIATE: LLIHF C0E (RIL), which zeroes the lower half. */
export function loadUpperHalf(to: Register, value: bigint): Instruction {
  return registerImmediate32('llihf', 0xc0, 0xe, to, value, filled(to, value << 32n));
}

/** INSERT IMMEDIATE: IILF C09 (RIL), which leaves the upper half as it was. */
export function insertLowerHalf(to: Register, value: bigint): Instruction {
  return registerImmediate32('iilf', 0xc0, 0x9, to, value, [placed(to, [], 4, () => value)]);
}

/** ADD IMMEDIATE: AGFI C28 (RIL), sign-extended to 64 bits. */
export function addImmediate32(to: Register, value: bigint): Instruction {
  return registerImmediate32(
    'agfi',
    0xc2,
    0x8,
    to,
    value,
    sum(to, [to], 8, (content = 0n) => content + value),
  );
}

/** COMPARE IMMEDIATE: CFI C2D, CGFI C2C (RIL), a signed number. */
export function compareImmediate(left: Register, value: bigint, width: Width): Instruction {
  const steps = [setCode([name(left)], (content = 0n) => comparison(signed(content, width), value))];
  return width === 8
    ? registerImmediate32('cgfi', 0xc2, 0xc, left, value, steps)
    : registerImmediate32('cfi', 0xc2, 0xd, left, value, steps);
}

/** COMPARE LOGICAL IMMEDIATE: CLFI C2F, CLGFI C2E (RIL), an unsigned number. */
export function compareLogicalImmediate(left: Register, value: bigint, width: Width): Instruction {
  const steps = [setCode([name(left)], (content = 0n) => comparison(unsigned(content, width), value))];
  return width === 8
    ? registerImmediate32('clgfi', 0xc2, 0xe, left, value, steps)
    : registerImmediate32('clfi', 0xc2, 0xf, left, value, steps);
}

/** ADD IMMEDIATE: AHIK ECD8, AGHIK ECD9 (RIE), 16 bits, signed. */
export function addImmediate(to: Register, left: Register, value: bigint, width: Width): Instruction {
  return instruction(
    `${width === 8 ? 'aghik' : 'ahik'} ${name(to)},${name(left)},${value}`,
    [0xec, pair(to, left), ...bigEndian(value, 2), 0x00, width === 8 ? 0xd9 : 0xd8],
    sum(to, [left], width, (content = 0n) => content + value),
  );
}

/** Formats RR, with an opcode of one byte, and RRE, with one of two. */
function twoRegisters(
  mnemonic: string,
  opcode: readonly number[],
  first: Register,
  second: Register,
  steps: readonly Step[],
): Instruction {
  const [high, low] = opcode;
  if (high === undefined) throw new Error(`${mnemonic} has no opcode`);
  return instruction(
    `${mnemonic} ${name(first)},${name(second)}`,
    low === undefined ? [high, pair(first, second)] : [high, low, 0x00, pair(first, second)],
    steps,
  );
}

/** LOAD: LGR B904 (RRE). */
export function move(to: Register, from: Register): Instruction {
  return twoRegisters('lgr', [0xb9, 0x04], to, from, [
    placed(to, [name(from)], 8, (content = 0n) => content),
  ]);
}

/** LOAD: LGFR B914 (RRE), a word sign-extended. */
export function signExtend(to: Register, from: Register): Instruction {
  return twoRegisters('lgfr', [0xb9, 0x14], to, from, [
    placed(to, [name(from)], 8, (content = 0n) => signed(content, 4)),
  ]);
}

/** LOAD LOGICAL: LLGFR B916 (RRE), a word zero-extended. */
export function zeroExtend(to: Register, from: Register): Instruction {
  return twoRegisters('llgfr', [0xb9, 0x16], to, from, [
    placed(to, [name(from)], 8, (content = 0n) => unsigned(content, 4)),
  ]);
}

/** LOAD COMPLEMENT: LCR 13 (RR), LCGR B903 (RRE). */
export function negate(to: Register, from: Register, width: Width): Instruction {
  const steps = sum(to, [from], width, (content = 0n) => -content);
  return width === 8
    ? twoRegisters('lcgr', [0xb9, 0x03], to, from, steps)
    : twoRegisters('lcr', [0x13], to, from, steps);
}

/** MULTIPLY SINGLE: MSR B252, MSGR B90C (RRE). */
export function multiply(to: Register, from: Register, width: Width): Instruction {
  const steps = [placed(to, [name(to), name(from)], width, (left = 0n, right = 0n) => left * right)];
  return width === 8
    ? twoRegisters('msgr', [0xb9, 0x0c], to, from, steps)
    : twoRegisters('msr', [0xb2, 0x52], to, from, steps);
}

/** COMPARE: CR 19 (RR), CGR B920 (RRE). */
export function compare(left: Register, right: Register, width: Width): Instruction {
  const code = (one = 0n, other = 0n) => comparison(signed(one, width), signed(other, width));
  const steps = [setCode([name(left), name(right)], code)];
  return width === 8
    ? twoRegisters('cgr', [0xb9, 0x20], left, right, steps)
    : twoRegisters('cr', [0x19], left, right, steps);
}

/** COMPARE LOGICAL: CLR 15 (RR), CLGR B921 (RRE). */
export function compareLogical(left: Register, right: Register, width: Width): Instruction {
  const code = (one = 0n, other = 0n) => comparison(unsigned(one, width), unsigned(other, width));
  const steps = [setCode([name(left), name(right)], code)];
  return width === 8
    ? twoRegisters('clgr', [0xb9, 0x21], left, right, steps)
    : twoRegisters('clr', [0x15], left, right, steps);
}

/** The second byte of the opcode of ADD, SUBTRACT, AND, OR, EXCLUSIVE OR with distinct operands, for each width. */
const distinctOperations = {
  a: { 4: 0xf8, 8: 0xe8, value: (left: bigint, right: bigint) => left + right, code: ofSum },
  s: { 4: 0xf9, 8: 0xe9, value: (left: bigint, right: bigint) => left - right, code: ofSum },
  n: { 4: 0xf4, 8: 0xe4, value: (left: bigint, right: bigint) => left & right, code: ofBits },
  o: { 4: 0xf6, 8: 0xe6, value: (left: bigint, right: bigint) => left | right, code: ofBits },
  x: { 4: 0xf7, 8: 0xe7, value: (left: bigint, right: bigint) => left ^ right, code: ofBits },
} as const;
export type DistinctOperation = keyof typeof distinctOperations;

/** ADD, SUBTRACT, AND, OR, EXCLUSIVE OR: ARK B9F8, AGRK B9E8, … (RRF), `to` = `left` op `right`. */
export function combine(
  operation: DistinctOperation,
  to: Register,
  left: Register,
  right: Register,
  width: Width,
): Instruction {
  const { value, code, [width]: opcode } = distinctOperations[operation];
  const from = [name(left), name(right)];
  const exact = (one = 0n, other = 0n) => value(signed(one, width), signed(other, width));
  return instruction(
    `${operation}${width === 8 ? 'grk' : 'rk'} ${[to, left, right].map(name).join(',')}`,
    [0xb9, opcode, pair(right, 0), pair(to, left)],
    [setCode(from, (...content) => code(exact(...content), width)), placed(to, from, width, exact)],
  );
}

/** SHIFT LEFT SINGLE LOGICAL, RIGHT SINGLE LOGICAL, RIGHT SINGLE: mnemonic and second byte of the opcode. */
const shifts = {
  left: {
    4: { mnemonic: 'sllk', opcode: 0xdf },
    8: { mnemonic: 'sllg', opcode: 0x0d },
    value: (content: bigint, count: bigint) => content << count,
  },
  right: {
    4: { mnemonic: 'srlk', opcode: 0xde },
    8: { mnemonic: 'srlg', opcode: 0x0c },
    value: (content: bigint, count: bigint, width: Width) => unsigned(content, width) >> count,
  },
  'right signed': {
    4: { mnemonic: 'srak', opcode: 0xdc },
    8: { mnemonic: 'srag', opcode: 0x0a },
    value: (content: bigint, count: bigint, width: Width) => signed(content, width) >> count,
  },
} as const;
export type Shift = keyof typeof shifts;

/** SLLK EBDF, SLLG EB0D, … (RSY). The count is the number itself, or the low 6 bits of a register other than %r0. */
export function shift(
  operation: Shift,
  to: Register,
  from: Register,
  count: { readonly bits: number } | { readonly register: Register },
  width: Width,
): Instruction {
  const {
    [width]: { mnemonic, opcode },
    value,
  } = shifts[operation];
  const names = [name(from), ...('bits' in count ? [] : [name(count.register)])];
  const shifted = (content = 0n, by = 'bits' in count ? BigInt(count.bits) : 0n) =>
    value(content, by & 63n, width);
  const steps = [
    ...(operation === 'right signed'
      ? [setCode(names, (...inputs) => comparison(shifted(...inputs), 0n))]
      : []),
    placed(to, names, width, shifted),
  ];
  if ('bits' in count) {
    return instruction(
      `${mnemonic} ${name(to)},${name(from)},${count.bits}`,
      [0xeb, pair(to, from), ...bigEndian(count.bits, 2), 0x00, opcode],
      steps,
    );
  }
  const at: Address = { base: count.register, displacement: 0 };
  return withStorage({ long: { mnemonic, opcode: [0xeb, opcode] } }, to, from, at, steps);
}

/** LOAD ON CONDITION: LOCGR B9E2 (RRF), which is no branch. */
export function moveIf(condition: Condition, to: Register, from: Register): Instruction {
  return instruction(
    `locgr${condition} ${name(to)},${name(from)}`,
    [0xb9, 0xe2, pair(masks[condition], 0), pair(to, from)],
    [
      compute(name(to), [conditionCode, name(to), name(from)], (code = 0n, before = 0n, content = 0n) =>
        holds(condition, code) ? content : before,
      ),
    ],
  );
}

/** BRANCH ON CONDITION: BCR 15 (RR), to the caller. */
export function branchTo(register: Register): Instruction {
  return instruction(
    `br ${name(register)}`,
    [0x07, pair(0xf, register)],
    [{ kind: 'return', status: name(r2) }],
  );
}

/** BRANCH RELATIVE ON CONDITION LONG: BRCL C04 (RIL). */
export function jumpIf(condition: Condition, to: Label): Branch {
  return branch(`jg${condition}`, masks[condition], to, {
    from: [conditionCode],
    holds: (code = 0n) => holds(condition, code),
  });
}

/** The same with every bit of the mask set. */
export function jump(to: Label): Branch {
  return branch('jg', 0xf, to, undefined);
}

/** The displacement counts halfwords from the instruction's own address, 2^31 of them either way. */
function branch(mnemonic: string, mask: number, to: Label, taken: Taken | undefined): Branch {
  return {
    kind: 'branch',
    to,
    sizeBytes: 6,
    taken,
    encode: (displacementBytes, target) =>
      instruction(
        `${mnemonic} 0x${target.toString(16)}`,
        [0xc0, pair(mask, 0x4), ...bigEndian(displacementBytes / 2, 4)],
        [],
      ),
  };
}
