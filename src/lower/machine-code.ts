import type { Architecture } from '../architecture.ts';
import type { Observable } from '../language/litmus-test.ts';
import type { Step, Taken } from './meaning.ts';

/** One machine instruction: its text as GNU objdump prints it, and its bytes in memory order. */
export interface Instruction {
  readonly kind: 'instruction';
  readonly text: string;
  readonly bytes: readonly number[];
  /** What it does, for the models; none for what only passes the time. */
  readonly steps: readonly Step[];
}

/** A place in the code, compared by identity; the name is for listings. */
export interface Label {
  readonly kind: 'label';
  readonly name: string;
}

/**
 * An instruction whose bytes depend on where a label ends up. Its size does not:
 * every target uses a form that reaches the whole thread body.
 */
export interface Branch {
  readonly kind: 'branch';
  readonly to: Label;
  readonly sizeBytes: number;
  /** Undefined where it always is. */
  readonly taken: Taken | undefined;
  /** `displacementBytes` is from the branch's own first byte to the label; `target` the label's offset in the code. */
  readonly encode: (displacementBytes: number, target: number) => Instruction;
}

export type Code = readonly (Instruction | Label | Branch)[];

export function label(name: string): Label {
  return { kind: 'label', name };
}

/** Which part of the generated function an instruction belongs to; `body` alone is the user's test. */
export type Role = 'frame' | 'body' | 'outcome' | 'loop';

export interface ListedInstruction {
  readonly offset: number;
  readonly bytes: readonly number[];
  readonly text: string;
  readonly role: Role;
  /** The line of the test it came from, as written in the file. */
  readonly sourceLine: number | undefined;
}

/** Where an observed register's final value lies in a thread's out record: one 8-byte slot each, in order. */
export interface Slot {
  readonly register: string;
  readonly widthBytes: 4 | 8;
  readonly signed: boolean;
  /** Whether it holds the address of a location. */
  readonly pointer: boolean;
}

/**
 * A thread of a test as a C function `uint64_t run(void *cell, void *out, uint64_t iterations)`:
 * runs the body once per cell, each cell `spacingBytes` after the last, leaving the observed
 * registers in `out` (`outBytes` an iteration). Returns 0, or the index + 1 into `stuckLines`
 * of the lock on which its bounded spin gave up.
 */
export interface ThreadCode {
  readonly bytes: Uint8Array;
  readonly listing: readonly ListedInstruction[];
  readonly slots: readonly Slot[];
  readonly outBytes: number;
  readonly stuckLines: readonly number[];
}

/** Where one observable's final value lies, and how to read it. */
export interface ObservedValue {
  readonly observable: Observable;
  /** The thread whose out record holds it, or undefined for a location in the cell. */
  readonly thread: number | undefined;
  /** From the iteration's out record, or from the iteration's cell. */
  readonly offsetBytes: number;
  readonly widthBytes: 4 | 8;
  readonly signed: boolean;
  /** Whether it holds the address of a location: reported relative to the iteration's cell. */
  readonly pointer: boolean;
}

/** An initial value to write in every cell. With `pointer`, `value` is an offset from the cell itself. */
export interface InitialWrite {
  readonly offsetBytes: number;
  readonly widthBytes: 4 | 8;
  readonly value: bigint;
  readonly pointer: boolean;
}

/** Everything a runner needs of a variant of a test on one architecture in one layout. */
export interface MachineCode {
  readonly architecture: Architecture;
  readonly threads: readonly ThreadCode[];
  readonly layout: CellLayout;
  readonly initial: readonly InitialWrite[];
  readonly observed: readonly ObservedValue[];
  /** SHA-256 over the threads' bytes, hex: equal exactly when the code is identical. */
  readonly digest: string;
}

/** Code without its listing, which takes ten times the memory of all else: what runs has no need of it. */
export type Unlisted<Code extends { readonly threads: readonly unknown[] }> = Omit<Code, 'threads'> & {
  readonly threads: readonly Omit<Code['threads'][number], 'listing'>[];
};

export function unlisted<Rest, Thread extends Pick<ThreadCode, 'listing'>>({
  threads,
  ...rest
}: Rest & { readonly threads: readonly Thread[] }): Omit<Rest, 'threads'> & {
  readonly threads: readonly Omit<Thread, 'listing'>[];
} {
  return { threads: threads.map(({ listing: _listing, ...bare }) => bare), ...rest };
}

export const layoutNames = ['split', 'packed', 'kernel'] as const;
/**
 * `split`: every location in an array of its own, far from the others.
 * `packed`: all locations of an iteration next to each other, 8 bytes apart.
 * `kernel`: the fields of the test's `Struct:` next to each other in that order, the rest split.
 */
export type LayoutName = (typeof layoutNames)[number];

/** Where the locations of a test's cells lie in the test memory. */
export interface CellLayout {
  readonly name: LayoutName;
  /** From one iteration's cell to the next; a multiple of 8. */
  readonly spacingBytes: number;
  /** Iterations that fit in the memory: the size of a batch. */
  readonly cells: number;
  /** From an iteration's cell to each location; arrays to their first element. */
  readonly offsets: ReadonlyMap<string, number>;
  /** From an iteration's cell to everything an address can name: `x`, `a`, and `a[1]` and so on. */
  readonly named: ReadonlyMap<number, string>;
  /** The whole test memory for `cells` iterations. */
  readonly sizeBytes: number;
}
