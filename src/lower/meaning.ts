/**
 * What an instruction does, as far as a memory model and a value can tell: a few steps, in order, over
 * registers by name. A target's instructions.ts gives each instruction its steps; events.ts walks them.
 */

/**
 * A register as the steps name it: every target has its own names, flags and an instruction's own
 * temporaries among them. `zero` reads as 0, and what is written to it is lost.
 */
export type RegisterName = string;

/** Register contents are unsigned numbers of 64 bits: `value` may return any number, which is wrapped. */
export type Compute = (...from: bigint[]) => bigint;

export type Step =
  | {
      readonly kind: 'compute';
      readonly to: RegisterName;
      /** Each of them is a data dependency, whatever `value` does with it. */
      readonly from: readonly RegisterName[];
      readonly value: Compute;
    }
  | {
      readonly kind: 'load';
      /** Receives the value zero-extended; a `compute` step behind it extends it otherwise. */
      readonly to: RegisterName;
      readonly address: MemoryOperand;
      readonly widthBytes: 4 | 8;
      /** The sets of events that the architecture's model knows this access by, beyond R and M. */
      readonly sets: readonly string[];
      /** Load-exclusive and its kin: the next `pairs` store of the thread makes a read-modify-write with it. */
      readonly reserves?: true;
    }
  | {
      readonly kind: 'store';
      /** Its low `widthBytes` are written. */
      readonly value: RegisterName;
      readonly address: MemoryOperand;
      readonly widthBytes: 4 | 8;
      readonly sets: readonly string[];
      /**
       * The write of a read-modify-write: with the load before it in the same instruction, or else with
       * the last load that `reserves`. Store-conditionals are taken to succeed: a failed one leaves no trace.
       */
      readonly pairs?: true;
    }
  /** A fence of the kinds that the model knows: `sets` without F. */
  | { readonly kind: 'fence'; readonly sets: readonly string[] }
  /** Goes one way or the other within an instruction (compare and swap), without a control dependency. */
  | {
      readonly kind: 'either';
      readonly from: readonly RegisterName[];
      readonly holds: (...from: bigint[]) => boolean;
      readonly then: readonly Step[];
      readonly otherwise: readonly Step[];
    }
  /** The end of the generated function; the register holds its status. */
  | { readonly kind: 'return'; readonly status: RegisterName };

export interface MemoryOperand {
  readonly base: RegisterName;
  readonly displacement: number;
}

/** When a branch is taken; undefined on a Branch that always is. */
export interface Taken {
  /** A control dependency for everything behind the branch. */
  readonly from: readonly RegisterName[];
  readonly holds: (...from: bigint[]) => boolean;
}
