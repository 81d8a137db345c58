/**
 * A litmus test as a model sees it: what each thread may do, control path by control path, with the
 * values that depend on what its reads return left open. Made from LKMM C by kernel-program.ts, and
 * from machine code by lower/; executions.ts decides who reads from whom.
 */

import type { Observable } from '../language/litmus-test.ts';

/** A value that may depend on what reads return. Numbers are signed, wrapped to their width by who computes them. */
export type Value =
  | { readonly kind: 'constant'; readonly value: bigint }
  /** What the read at this index of the path returns. */
  | { readonly kind: 'read'; readonly read: number }
  | {
      readonly kind: 'computed';
      readonly inputs: readonly Value[];
      readonly compute: (...inputs: bigint[]) => bigint;
    };

/** Something that a path does, in program order. */
export interface PathEvent {
  /** `other`: neither reads nor writes memory. */
  readonly kind: 'read' | 'write' | 'other';
  /** The sets of events that a model may know it by, beyond R, W and M: `Once`, `F`, `Mb`, `LKR`, `DMB.ISH`. */
  readonly sets: readonly string[];
  /** The location's address; undefined for an event that has none. */
  readonly address: Value | undefined;
  /** What a write writes, what any other event with a value carries; undefined for a read, whose write says it. */
  readonly value: Value | undefined;
  /** Reads (indices in the path) that the address depends on, the value, and whether the event happens at all. */
  readonly addr: readonly number[];
  readonly data: readonly number[];
  readonly ctrl: readonly number[];
  /** For the write of a read-modify-write, its read. */
  readonly rmw: number | undefined;
  /** Of the test's file. */
  readonly line: number | undefined;
  /** What the reader knows it as: `READ_ONCE(*x)`, `ldar x3, [x0]`. */
  readonly text: string;
}

/** One way through a thread. */
export interface Path {
  readonly events: readonly PathEvent[];
  /** What must hold for a thread to go this way: each value is nonzero. */
  readonly conditions: readonly Value[];
  /** Final values of the registers that are observed. */
  readonly registers: ReadonlyMap<string, Value>;
}

/** A place in memory, one for each element of an array. */
export interface ProgramLocation {
  /** As conditions write it: `x`, `a[1]`. */
  readonly name: string;
  readonly address: bigint;
  readonly initial: bigint;
  readonly widthBytes: 4 | 8;
  /** How its content is told; in memory it is a signed number, as all. */
  readonly signed: boolean;
}

export interface Program {
  readonly name: string;
  readonly locations: readonly ProgramLocation[];
  readonly threads: readonly (readonly Path[])[];
  /** Everything whose final value the test asks for; each register of it is in every path of its thread. */
  readonly observed: readonly Observable[];
}

/** A thread with more paths is not checked: each would have to be combined with those of the others. */
export const mostPaths = 4096;

export const constant = (value: bigint): Value => ({ kind: 'constant', value });

/** A value computed from others; computed at once where they are constants. */
export function computed(inputs: readonly Value[], compute: (...inputs: bigint[]) => bigint): Value {
  const known = inputs.flatMap((input) => (input.kind === 'constant' ? [input.value] : []));
  return known.length === inputs.length ? constant(compute(...known)) : { kind: 'computed', inputs, compute };
}

/** The reads that a value depends on, ascending. */
export function readsOf(value: Value | undefined): readonly number[] {
  const found = new Set<number>();
  const visited = new Set<Value>();
  const visit = (part: Value): void => {
    if (visited.has(part)) return;
    visited.add(part);
    if (part.kind === 'read') found.add(part.read);
    else if (part.kind === 'computed') part.inputs.forEach(visit);
  };
  if (value !== undefined) visit(value);
  return [...found].toSorted((left, right) => left - right);
}
