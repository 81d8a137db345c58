/** CR0, the field of the condition register that ppc64le instructions compare into (Power ISA v2.07B, book I). */

import type { Compute, RegisterName, Step } from '../meaning.ts';
import type { Register } from '../primitives.ts';
import { name } from './encoding.ts';

/** Of CR0, from its most significant bit ("Condition Register"). */
export const conditionBits = { lt: 0, gt: 1, eq: 2 } as const;
export type ConditionBit = keyof typeof conditionBits;

/** CR0 in the steps: its four bits as a number. The fourth, a copy of XER's SO, nothing here sets. */
export const cr0: RegisterName = 'cr0';

/** CR0 with a single bit set. */
export function onlyBit(bit: ConditionBit): bigint {
  return 8n >> BigInt(conditionBits[bit]);
}

/** What a compare leaves in CR0, of two numbers already extended as it has them. */
export function comparison(left: bigint, right: bigint): bigint {
  return onlyBit(left < right ? 'lt' : left > right ? 'gt' : 'eq');
}

export function setCr0(from: readonly Register[], value: Compute): Step {
  return { kind: 'compute', to: cr0, from: from.map(name), value };
}

/** Rc = 1: CR0 compares the result, of 64 bits, with 0 ("Condition Register"). */
export function record(result: Register): Step {
  return setCr0([result], (value) => comparison(BigInt.asIntN(64, value), 0n));
}
