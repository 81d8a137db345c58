/** What two-operand arithmetic leaves in its destination and in the flags, and what the conditions make of those. */

import type { RegisterName, Step } from '../meaning.ts';
import type { Width } from '../primitives.ts';
import { low } from './encoding.ts';

/** The opcode extension of each in 81 /n and 83 /n; 8n+1 is its register form, 8n+5 its accumulator form. */
export const operations = {
  add: { extension: 0, value: (left: bigint, right: bigint) => left + right },
  or: { extension: 1, value: (left: bigint, right: bigint) => left | right },
  and: { extension: 4, value: (left: bigint, right: bigint) => left & right },
  sub: { extension: 5, value: (left: bigint, right: bigint) => left - right },
  xor: { extension: 6, value: (left: bigint, right: bigint) => left ^ right },
  cmp: { extension: 7, value: (left: bigint, right: bigint) => left - right },
} as const;
export type AluOperation = keyof typeof operations;

/** RFLAGS, as far as conditions look at it. */
export const flags: RegisterName = 'flags';

/** SDM volume 1, 3.4.3, "EFLAGS Register". */
const carry = 1n << 0n;
const zero = 1n << 6n;
const sign = 1n << 7n;
const overflow = 1n << 11n;

function flagsOf(operation: AluOperation, left: bigint, right: bigint, width: Width): bigint {
  const bits = width * 8;
  const { value } = operations[operation];
  const unsigned = value(BigInt.asUintN(bits, left), BigInt.asUintN(bits, right));
  const signed = value(BigInt.asIntN(bits, left), BigInt.asIntN(bits, right));
  const result = BigInt.asUintN(bits, unsigned);
  return (
    (unsigned === result ? 0n : carry) |
    (result === 0n ? zero : 0n) |
    (BigInt.asIntN(bits, result) < 0n ? sign : 0n) |
    (signed === BigInt.asIntN(bits, signed) ? 0n : overflow)
  );
}

/**
 * `left` op `right` in `to`, and the flags. XOR and SUB of a register with itself depend on nothing (Intel
 * Optimization Reference Manual, "Clearing Registers and Dependency Breaking Idioms").
 */
export function combined(
  operation: AluOperation,
  to: RegisterName,
  left: RegisterName,
  right: RegisterName,
  width: Width,
): readonly Step[] {
  const clears = left === right && (operation === 'xor' || operation === 'sub');
  const from = clears ? [] : [left, right];
  const value = (one = 0n, other = 0n) => low(operations[operation].value(one, other), width);
  return [
    {
      kind: 'compute',
      to: flags,
      from,
      value: (one = 0n, other = 0n) => flagsOf(operation, one, other, width),
    },
    ...(operation === 'cmp' ? [] : [{ kind: 'compute', to, from, value } as const]),
  ];
}

/** The flags as a comparison of equal and of unequal numbers leaves ZF. */
export const equal: Step = { kind: 'compute', to: flags, from: [], value: () => zero };
export const unequal: Step = { kind: 'compute', to: flags, from: [], value: () => 0n };

/** Some flags are undefined after IMUL and the shifts, and nothing here asks for the others. */
export const flagsLost: Step = { kind: 'compute', to: flags, from: [], value: () => 0n };

const differ = (content: bigint) => ((content & sign) !== 0n) !== ((content & overflow) !== 0n);

/** SDM volume 1, appendix B: the condition codes, by the mnemonic that objdump prints. */
export const conditions = {
  b: { code: 0x2, holds: (content: bigint) => (content & carry) !== 0n },
  ae: { code: 0x3, holds: (content: bigint) => (content & carry) === 0n },
  e: { code: 0x4, holds: (content: bigint) => (content & zero) !== 0n },
  ne: { code: 0x5, holds: (content: bigint) => (content & zero) === 0n },
  be: { code: 0x6, holds: (content: bigint) => (content & (carry | zero)) !== 0n },
  a: { code: 0x7, holds: (content: bigint) => (content & (carry | zero)) === 0n },
  l: { code: 0xc, holds: differ },
  ge: { code: 0xd, holds: (content: bigint) => !differ(content) },
  le: { code: 0xe, holds: (content: bigint) => differ(content) || (content & zero) !== 0n },
  g: { code: 0xf, holds: (content: bigint) => !differ(content) && (content & zero) === 0n },
} as const;
export type ConditionCode = keyof typeof conditions;
