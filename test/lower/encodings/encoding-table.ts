import type { Architecture } from '../../../src/architecture.ts';
import type { Branch, Instruction } from '../../../src/lower/machine-code.ts';

/** A branch over so many bytes, from its own first byte. */
export interface BranchCase {
  readonly branch: Branch;
  readonly displacementBytes: number;
}

/** Every instruction that an architecture's lowering can emit, at the edges of each of its fields. */
export interface EncodingTable {
  readonly architecture: Architecture;
  readonly cases: readonly (Instruction | BranchCase)[];
  /** What GNU as needs before a branch's mnemonic so as not to shorten it. */
  readonly branchPrefix: string;
}

/**
 * Calls `make` with the fields varied one at a time, the others at their first value, and again with
 * the others at their last: so low and high register numbers meet.
 */
export function sweep<Fields extends readonly unknown[], Made>(
  fields: { readonly [Index in keyof Fields]: readonly Fields[Index][] },
  make: (...values: Fields) => Made,
): readonly Made[] {
  const ends = [0, -1].map((end) => fields.map((values) => values.at(end)));
  const tuples = ends.flatMap((rest) =>
    fields.flatMap((values, field) => values.map((value) => rest.with(field, value))),
  );
  const distinct = new Map(tuples.map((tuple) => [JSON.stringify(tuple, showBigInt), tuple]));
  return [...distinct.values()].map((tuple) => make(...(tuple as unknown as Fields)));
}

function showBigInt(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? `${value}n` : value;
}
