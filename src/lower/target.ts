import type { Architecture } from '../architecture.ts';
import type { Branch, Code, Label } from './machine-code.ts';
import type { RegisterName } from './meaning.ts';
import type { Operand, PrimitiveTable, Register, Width, Address } from './primitives.ts';

export type Arithmetic = '+' | '-' | '*' | '&' | '|' | '^' | '<<' | '>>';
export type Relation = '==' | '!=' | '<' | '<=' | '>' | '>=';

/** The relation that holds exactly where another does not. */
export const negated = { '==': '!=', '!=': '==', '<': '>=', '>=': '<', '>': '<=', '<=': '>' } as const;

/** The width and signedness of a value in a register. */
export interface ValueType {
  readonly width: Width;
  readonly signed: boolean;
}

/**
 * An architecture, as the neutral driver (lower.ts) sees it. A value of 4 bytes sits in the low half
 * of a register; what the upper half holds is the target's convention, the same for signed and unsigned
 * (the driver converts between the two without code), and `convert` keeps it.
 *
 * `cell`, `out`, `count` hold the three arguments of the generated function while it runs
 * (machine-code.ts, ThreadCode). `locals` may be given to variables, cell bases and temporaries in
 * this order; the target's own scratch registers are in none of these lists. What primitives.ts says of
 * the rows' registers and operands holds here too.
 */
export interface Target {
  readonly architecture: Architecture;
  /** How this target differs from another of the same architecture (`lse`, `llsc`), or undefined. */
  readonly variant: string | undefined;
  readonly registers: {
    readonly cell: Register;
    readonly out: Register;
    readonly count: Register;
    readonly locals: readonly Register[];
  };
  /** The registers as the instructions' steps name them when the generated function is entered (meaning.ts). */
  readonly entry: {
    readonly cell: RegisterName;
    readonly out: RegisterName;
    readonly count: RegisterName;
    readonly stack: RegisterName;
  };
  /** Displacements that every row accepts, both ends included; those used are multiples of 8. */
  readonly displacement: { readonly least: number; readonly most: number };
  readonly primitives: PrimitiveTable;
  /** Whether of a thread's accesses to ordinary memory only a store is ever seen late, by loads after it. */
  readonly delaysStoresOnly: boolean;

  /** Saves what the ABI wants preserved, and brings the arguments into place. */
  readonly enter: () => Code;
  /** Returns `status` to the caller, restoring what `enter` saved. */
  readonly leave: (status: number) => Code;
  /** Decrements `count` and branches to `head` while it is not zero. */
  readonly loop: (head: Label) => Code;
  /** Adds any constant to a register that holds 8 bytes, or 4 whose values stay below 2^31. */
  readonly advance: (register: Register, bytes: number) => Code;
  /** Stores a final register value in the out record. */
  readonly keep: (slotOffset: number, value: Register, width: Width) => Code;

  readonly constant: (destination: Register, value: bigint, width: Width) => Code;
  readonly move: (destination: Register, source: Register) => Code;
  readonly address: (destination: Register, of: Address) => Code;
  /** The low `to.width` bytes of the value, extended by `from`'s sign where it widens. Called only where widths differ. */
  readonly convert: (destination: Register, source: Register, from: ValueType, to: ValueType) => Code;
  /**
   * A data dependency on both operands is kept: never folded, whatever their values. Wraps; a shift count
   * is below the width in bits, or the result is anything.
   */
  readonly arithmetic: (
    operator: Arithmetic,
    destination: Register,
    left: Register,
    right: Operand,
    type: ValueType,
  ) => Code;
  /** The destination receives 1 or 0, by data flow alone: no branch. */
  readonly compare: (
    relation: Relation,
    destination: Register,
    left: Register,
    right: Operand,
    type: ValueType,
  ) => Code;
  readonly branchIf: (relation: Relation, left: Register, right: Operand, type: ValueType, to: Label) => Code;
  readonly jump: (to: Label) => Branch;
}
