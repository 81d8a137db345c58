import type { Place } from './cat-error.ts';

/** A model in the cat language as parsed (herd7's manual, part "The cat language"). */

export type BinaryOperator = '|' | '++' | ';' | '\\' | '&' | '*';
export type PostfixOperator = '+' | '*' | '?' | '^-1';

export type Expression =
  /** `_`, every event. */
  | { readonly kind: 'universe'; readonly at: Place }
  /** `0` and `{}`, empty whatever it is a set of. */
  | { readonly kind: 'empty'; readonly at: Place }
  | { readonly kind: 'variable'; readonly name: string; readonly at: Place }
  /** `'once`. */
  | { readonly kind: 'tag'; readonly name: string; readonly at: Place }
  /** `{a, b}`. */
  | { readonly kind: 'set'; readonly members: readonly Expression[]; readonly at: Place }
  /** `(a, b)`. */
  | { readonly kind: 'tuple'; readonly members: readonly Expression[]; readonly at: Place }
  /** `[set]`, the identity on it. */
  | { readonly kind: 'identity'; readonly set: Expression; readonly at: Place }
  | { readonly kind: 'complement'; readonly operand: Expression; readonly at: Place }
  | {
      readonly kind: 'postfix';
      readonly operator: PostfixOperator;
      readonly operand: Expression;
      readonly at: Place;
    }
  | {
      readonly kind: 'binary';
      readonly operator: BinaryOperator;
      readonly left: Expression;
      readonly right: Expression;
      readonly at: Place;
    }
  | { readonly kind: 'apply'; readonly callee: Expression; readonly argument: Expression; readonly at: Place }
  | { readonly kind: 'function'; readonly parameter: Pattern; readonly body: Expression; readonly at: Place }
  | {
      readonly kind: 'let';
      readonly recursive: boolean;
      readonly bindings: readonly Binding[];
      readonly body: Expression;
      readonly at: Place;
    }
  | {
      readonly kind: 'match';
      readonly on: Expression;
      readonly cases: readonly MatchCase[];
      readonly at: Place;
    }
  | { readonly kind: 'try'; readonly attempt: Expression; readonly otherwise: Expression; readonly at: Place }
  | {
      readonly kind: 'if';
      readonly condition: Condition;
      readonly then: Expression;
      readonly otherwise: Expression;
      readonly at: Place;
    };

/** A name, or a tuple of names. */
export type Pattern = string | readonly string[];

export interface Binding {
  readonly name: Pattern;
  readonly value: Expression;
  readonly at: Place;
}

export type Condition =
  /** `"lkmmv2"`: whether the simulator's variant of that name is on. */
  | { readonly kind: 'variant'; readonly name: string }
  | {
      readonly kind: 'equal' | 'subset' | 'in';
      readonly left: Expression;
      readonly right: Expression;
    };

export interface MatchCase {
  readonly pattern:
    | { readonly kind: 'empty' }
    | { readonly kind: 'add'; readonly element: string; readonly rest: string }
    | { readonly kind: 'tag'; readonly name: string; readonly at: Place }
    | { readonly kind: 'any' };
  readonly body: Expression;
}

export type CheckKind = 'acyclic' | 'irreflexive' | 'empty';

export type Statement =
  | {
      readonly kind: 'let';
      readonly recursive: boolean;
      readonly bindings: readonly Binding[];
      readonly at: Place;
    }
  | {
      readonly kind: 'check';
      readonly check: CheckKind;
      readonly negated: boolean;
      /** A flag is reported, and refuses nothing. */
      readonly flag: boolean;
      readonly expression: Expression;
      readonly name: string | undefined;
      readonly at: Place;
    }
  | { readonly kind: 'include'; readonly file: string; readonly at: Place }
  | { readonly kind: 'with'; readonly name: string; readonly from: Expression; readonly at: Place }
  | { readonly kind: 'enum'; readonly name: string; readonly tags: readonly string[]; readonly at: Place }
  /** What tags the events of a class may have. */
  | {
      readonly kind: 'instructions';
      readonly of: string;
      readonly tags: readonly Expression[];
      readonly at: Place;
    }
  | {
      readonly kind: 'if';
      readonly variant: string;
      readonly then: readonly Statement[];
      readonly otherwise: readonly Statement[];
      readonly at: Place;
    }
  | {
      readonly kind: 'procedure';
      readonly recursive: boolean;
      readonly name: string;
      readonly parameter: Pattern;
      readonly body: readonly Statement[];
      readonly at: Place;
    }
  | { readonly kind: 'call'; readonly name: string; readonly argument: Expression; readonly at: Place }
  | {
      readonly kind: 'forall';
      readonly name: string;
      readonly of: Expression;
      readonly body: readonly Statement[];
      readonly at: Place;
    };

/** One file of a model. */
export interface CatFile {
  /** The string at its head. */
  readonly title: string | undefined;
  readonly statements: readonly Statement[];
}
