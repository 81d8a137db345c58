import type { Expression, Pattern } from './syntax.ts';
import type { Term } from './terms.ts';

/** What an expression of a model evaluates to. */
export type Value =
  /** A set of events or a relation. */
  | { readonly kind: 'term'; readonly term: Term }
  /** `0`: the empty set, relation or collection. */
  | { readonly kind: 'empty' }
  | { readonly kind: 'event'; readonly event: number }
  | { readonly kind: 'pair'; readonly from: number; readonly to: number }
  | { readonly kind: 'tag'; readonly name: string }
  /** A set of tags, of sets or of relations. */
  | { readonly kind: 'collection'; readonly members: readonly Value[] }
  | { readonly kind: 'tuple'; readonly members: readonly Value[] }
  | {
      readonly kind: 'function';
      readonly parameter: Pattern;
      readonly body: Expression;
      readonly locals: Locals | undefined;
    }
  | { readonly kind: 'primitive'; readonly name: string; readonly apply: (argument: Value) => Value }
  /** Every order of the writes of each location that extends `base`. */
  | { readonly kind: 'coherence-orders'; readonly writes: Term; readonly base: Term };

/** The names that functions and `let … in` bind, innermost first. */
export interface Locals {
  readonly name: string;
  /** Set once more where a recursive function must see itself. */
  value: Value;
  readonly outer: Locals | undefined;
}

export const emptyValue: Value = { kind: 'empty' };

const kindNames: Readonly<Record<Value['kind'], string>> = {
  term: 'a set or relation',
  empty: 'an empty set',
  event: 'an event',
  pair: 'a pair of events',
  tag: 'a tag',
  collection: 'a set of sets, relations or tags',
  tuple: 'a tuple',
  function: 'a function',
  primitive: 'a function',
  'coherence-orders': 'a choice of coherence orders',
};

/** What a value is, as a sentence calls it. */
export function described(value: Value): string {
  if (value.kind === 'term') return value.term.sort === 'set' ? 'a set of events' : 'a relation';
  return kindNames[value.kind];
}
