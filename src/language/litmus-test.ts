import type { Architecture } from '../architecture.ts';

/** A place in a source file; both counts start at 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** A litmus test in LKMM C, as herd7 and klitmus7 read it. Immutable: strategies build new ones. */
export interface LitmusTest {
  readonly name: string;
  /** Lines between the name and the initial state that are not comments (`"PodWR Fre"`, `Cycle=…`), kept as written. */
  readonly information: readonly string[];
  readonly header: Header;
  readonly initial: readonly InitialValue[];
  readonly threads: readonly Thread[];
  /** The extra observables of a `locations [...]` line. */
  readonly locations: readonly Observable[];
  readonly filter: Proposition | undefined;
  readonly condition: Condition;
}

/** What the comments above the initial state say: our keys, and the rest as lines of text. */
export interface Header {
  readonly question: string | undefined;
  /** What LKMM says of the file as written: `Never`, `Sometimes`, `Always`, or another word that a kernel file uses. */
  readonly result: string | undefined;
  /** Locations that are counters, for the strategies that step them with atomics. */
  readonly counters: readonly string[];
  /** The kernel struct's fields, in layout order. */
  readonly struct: readonly string[];
  readonly phases: readonly Phase[];
  readonly vouchesFor: readonly Vouching[];
  readonly controls: readonly Vouching[];
  /** Comment lines that hold no key, without the leading ` * `. */
  readonly text: readonly string[];
}

/** A named part of the outcomes, counted so that "never overlapped" can be told from "never reordered". */
export interface Phase {
  readonly name: string;
  readonly proposition: Proposition;
}

/**
 * One `Vouches-for:` line (names of tests) or one `Controls:` line (names of tests, or of this
 * test's own strategies): `NAME… [on ARCHITECTURE…] [in LAYOUT…]`. An absent part is undefined: everywhere.
 */
export interface Vouching {
  readonly names: readonly string[];
  readonly architectures: readonly Architecture[] | undefined;
  readonly layouts: readonly string[] | undefined;
}

/** A C type: a base (`int`, `atomic_t`, `struct srcu_struct`, …) and a number of `*`. */
export interface CType {
  readonly base: string;
  readonly pointers: number;
}

export type Constant =
  | { readonly kind: 'number'; readonly value: bigint }
  /** The address of a location (`&x`, `&a[1]`). */
  | { readonly kind: 'address'; readonly location: string; readonly index: number | undefined };

export type InitialValue =
  | {
      readonly kind: 'location';
      readonly name: string;
      readonly type: CType | undefined;
      /** The number of elements of an array, undefined for a scalar. */
      readonly length: number | undefined;
      /** One value for a scalar, up to `length` for an array; what is not given is 0. */
      readonly values: readonly Constant[];
      readonly at: Position;
    }
  | {
      readonly kind: 'register';
      readonly thread: number;
      readonly name: string;
      readonly type: CType | undefined;
      readonly value: Constant;
      readonly at: Position;
    };

export interface Thread {
  readonly index: number;
  readonly parameters: readonly Parameter[];
  readonly body: readonly Statement[];
  readonly at: Position;
}

/** Each parameter is a pointer to the location of the same name. */
export interface Parameter {
  readonly name: string;
  readonly type: CType;
  readonly at: Position;
}

export type Statement =
  /** One declarator each: `int a, b;` is two of these. Without a value it leaves the register as it was. */
  | {
      readonly kind: 'declare';
      readonly type: CType;
      readonly name: string;
      readonly value: Expression | undefined;
      readonly at: Position;
    }
  /** `target` is a local's name, or a dereference: then a plain store. */
  | {
      readonly kind: 'assign';
      readonly target: Expression;
      readonly value: Expression;
      readonly at: Position;
    }
  | { readonly kind: 'evaluate'; readonly expression: Expression; readonly at: Position }
  | {
      readonly kind: 'if';
      readonly condition: Expression;
      readonly then: readonly Statement[];
      readonly otherwise: readonly Statement[];
      readonly at: Position;
    }
  | { readonly kind: 'block'; readonly body: readonly Statement[]; readonly at: Position };

/** `&` of a dereference is the pointer itself, and of a name a mistake: the parser leaves none. */
export type UnaryOperator = '-' | '~' | '!' | '*';

export type ArithmeticOperator = '+' | '-' | '*' | '/' | '%' | '&' | '|' | '^' | '<<' | '>>';
export type ComparisonOperator = '==' | '!=' | '<' | '<=' | '>' | '>=';
export type LogicalOperator = '&&' | '||';
export type BinaryOperator = ArithmeticOperator | ComparisonOperator | LogicalOperator;

export type Expression =
  | { readonly kind: 'number'; readonly value: bigint; readonly at: Position }
  /** A local variable, or a parameter: the address of its location. */
  | { readonly kind: 'name'; readonly name: string; readonly at: Position }
  /** `*` outside a primitive's argument is a plain access. */
  | {
      readonly kind: 'unary';
      readonly operator: UnaryOperator;
      readonly operand: Expression;
      readonly at: Position;
    }
  | {
      readonly kind: 'binary';
      readonly operator: BinaryOperator;
      readonly left: Expression;
      readonly right: Expression;
      readonly at: Position;
    }
  | {
      readonly kind: 'cast';
      readonly type: CType;
      readonly operand: Expression;
      readonly at: Position;
    }
  /** A primitive of language/primitives.ts. */
  | {
      readonly kind: 'call';
      readonly name: string;
      readonly arguments: readonly Expression[];
      readonly at: Position;
    };

/** Something with a final value: a thread's register (`0:r1`), or a location (`x`, `a[1]`). */
export type Observable =
  | { readonly kind: 'register'; readonly thread: number; readonly name: string }
  | { readonly kind: 'location'; readonly name: string; readonly index: number | undefined };

export type Proposition =
  | { readonly kind: 'true' }
  | { readonly kind: 'false' }
  | {
      readonly kind: 'atom';
      readonly observable: Observable;
      readonly relation: '=' | '!=';
      /** A constant, or another observable: `0:r1=1:r1`, `x=*y`. */
      readonly value: Constant | Observable;
    }
  | { readonly kind: 'not'; readonly operand: Proposition }
  | { readonly kind: 'and'; readonly left: Proposition; readonly right: Proposition }
  | { readonly kind: 'or'; readonly left: Proposition; readonly right: Proposition };

export interface Condition {
  readonly quantifier: 'exists' | '~exists' | 'forall';
  readonly proposition: Proposition;
}

/** The name of an observable as conditions write it: `0:r1`, `x`, `a[1]`. */
export function observableName(observable: Observable): string {
  if (observable.kind === 'register') return `${observable.thread}:${observable.name}`;
  return observable.index === undefined ? observable.name : `${observable.name}[${observable.index}]`;
}
