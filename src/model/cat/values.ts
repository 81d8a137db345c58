import { equals } from '../relation.ts';
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
  /** The set of every union of one relation from each of some sets of relations. */
  | { readonly kind: 'unions'; readonly of: readonly (readonly Term[])[] }
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
  unions: 'a set of relations',
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

/** Whether two values are one element of a set. */
export function sameValue(left: Value, right: Value): boolean {
  if (left.kind === 'empty' || right.kind === 'empty') return isNothing(left) && isNothing(right);
  if (left.kind === 'tag') return right.kind === 'tag' && left.name === right.name;
  if (left.kind === 'event') return right.kind === 'event' && left.event === right.event;
  if (left.kind === 'pair') return right.kind === 'pair' && left.from === right.from && left.to === right.to;
  if (left.kind === 'term') return right.kind === 'term' && sameTerm(left.term, right.term);
  if (left.kind === 'tuple' && right.kind === 'tuple') {
    return (
      left.members.length === right.members.length &&
      left.members.every((member, index) => sameValue(member, right.members[index]!))
    );
  }
  if (left.kind === 'collection' && right.kind === 'collection') {
    const isIn = (member: Value, members: readonly Value[]) => members.some((one) => sameValue(one, member));
    return (
      left.members.length === right.members.length &&
      left.members.every((member) => isIn(member, right.members))
    );
  }
  return left === right;
}

function isNothing(value: Value): boolean {
  if (value.kind === 'collection') return value.members.length === 0;
  return value.kind === 'empty' || (value.kind === 'term' && value.term.nothing);
}

function sameTerm(left: Term, right: Term): boolean {
  if (left === right) return true;
  if (left.constant === undefined || right.constant === undefined) return false;
  return left.sort === right.sort && equals(left.constant, right.constant);
}
