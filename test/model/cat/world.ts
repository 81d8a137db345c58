/** Models applied to four events that are in a few sets and relations, without a program around them. */

import { demandsOf, type Demands, type Surroundings } from '../../../src/model/cat/interpreter.ts';
import { linkModel, type LinkedModel } from '../../../src/model/cat/linked.ts';
import { Terms, type Term } from '../../../src/model/cat/terms.ts';
import type { Value } from '../../../src/model/cat/values.ts';
import * as r from '../../../src/model/relation.ts';

const size = 4;
const constants: Readonly<Record<string, r.EventSet | r.Relation>> = {
  A: r.setOf(size, [0, 1]),
  B: r.setOf(size, [1, 2]),
  emptyset: r.emptySet(size),
  r: r.relationOf(size, [
    [0, 1],
    [1, 2],
  ]),
  s: r.relationOf(size, [
    [1, 2],
    [2, 0],
  ]),
  id: r.identityOn(r.universe(size)),
};

/** Links a model of files by their names, of which the last is applied. */
export function linked(
  files: string | Readonly<Record<string, string>>,
  variants: readonly string[] = [],
): LinkedModel {
  const all = typeof files === 'string' ? { 'model.cat': files } : files;
  const last = Object.keys(all).at(-1)!;
  const load = (name: string) => (Object.hasOwn(all, name) ? { name, source: all[name]! } : undefined);
  return linkModel([last], load, new Set(variants));
}

/** A model's demands, and those of its other ways to go where it chooses. A check of no account is added. */
export function applied(
  source: string,
  tick = () => {},
): { readonly terms: Terms; readonly ways: readonly Demands[] } {
  const terms = new Terms(size, () => true, tick);
  const declared = new Set<string>();
  const term = (one: Term): Value => ({ kind: 'term', term: one });
  const surroundings: Surroundings = {
    terms,
    lookup: (name) => {
      if (name === 'rf' || name === 'co') return term(terms[name]);
      const constant = constants[name] ?? (declared.has(name) ? r.setOf(size, [3]) : undefined);
      if (constant !== undefined) return term(terms.constant(constant));
      const apply = primitives(terms)[name];
      return apply === undefined ? undefined : { kind: 'primitive', name, apply };
    },
    declareTag: (tag) => declared.add(tag),
    coherence: { writes: terms.constant(constants['A']!), base: terms.constant(r.emptyRelation(size)) },
    tick,
  };
  const model = linked(`${source} empty emptyset as nothing`);
  return { terms, ways: [...demandsOf(model, surroundings)] };
}

const primitives = (terms: Terms): Readonly<Record<string, (argument: Value) => Value>> => {
  const side = (operation: 'domain' | 'range') => (argument: Value) => {
    if (argument.kind !== 'term' || argument.term.sort === 'set') throw new TypeError('expected a relation');
    return { kind: 'term' as const, term: terms.apply(operation, argument.term) };
  };
  return {
    domain: side('domain'),
    range: side('range'),
    // Two to the thirtieth relations.
    unions: () => ({ kind: 'unions', of: Array.from({ length: 30 }, () => [terms.rf, terms.co]) }),
  };
};

/** What `let it = TEXT` gives: `0 1` of a set, `0→1 1→2` of a relation. */
export function valueOf(text: string, before = ''): string {
  const { ways } = applied(`${before} let it = ${text}`);
  return shownTerm(ways[0]!.named('it'));
}

export function shownTerm(term: Term | undefined): string {
  const constant = term?.constant;
  if (constant === undefined) return term === undefined ? 'nothing' : 'open';
  if (constant.sort === 'set') return r.membersOf(constant).join(' ');
  return r
    .pairsOf(constant)
    .map(([from, to]) => `${from}→${to}`)
    .join(' ');
}
