/** The condition code as instructions set it and branches look at it (PoP 4, "Condition Code"; appendix C). */

import type { RegisterName, Step } from '../meaning.ts';
import type { Width } from '../primitives.ts';
import { compute, signed } from './encoding.ts';

/** A number from 0 to 3. */
export const conditionCode: RegisterName = 'condition code';

export function setCode(from: readonly RegisterName[], code: (...from: bigint[]) => bigint): Step {
  return compute(conditionCode, from, code);
}

/** Equal, low, high. */
export function comparison(left: bigint, right: bigint): bigint {
  return left === right ? 0n : left < right ? 1n : 2n;
}

/** Of a sum or difference, given before it is wrapped: zero, less, greater, overflow. */
export function ofSum(exact: bigint, width: Width): bigint {
  return signed(exact, width) === exact ? comparison(exact, 0n) : 3n;
}

/** Of a logical operation: zero, not zero. */
export function ofBits(result: bigint): bigint {
  return result === 0n ? 0n : 1n;
}

/**
 * Masks of condition codes, one bit each, 0 first (PoP, "BRANCH ON CONDITION"), by the suffix that
 * objdump prints. A comparison sets 0 for equal, 1 for low, 2 for high; COMPARE AND SWAP 0 where it
 * swapped, else 1; an addition 0 for zero.
 */
export const masks = { e: 0x8, ne: 0x7, l: 0x4, nl: 0xb, h: 0x2, nh: 0xd } as const;
export type Condition = keyof typeof masks;

export function holds(condition: Condition, code: bigint): boolean {
  return ((BigInt(masks[condition]) >> (3n - code)) & 1n) === 1n;
}
