/** What a model's names mean before it defines any: the sets and relations that a structure brings along. */

import type { Coherence, Surroundings } from './cat/interpreter.ts';
import type { Terms, Term } from './cat/terms.ts';
import { described, emptyValue, type Value } from './cat/values.ts';
import * as r from './relation.ts';
import type { EventSet, Relation } from './relation.ts';
import type { Structure, StructureEvent } from './structure.ts';

/** Sets that a structure has even where no event of it is in one. */
const lockSets = ['LKR', 'LKW', 'UL', 'LF', 'RL', 'RU'] as const;

/** @param knownSets names that events of other structures of the program have, and so are no mistakes */
export function surroundingsOf(
  structure: Structure,
  terms: Terms,
  knownSets: ReadonlySet<string>,
  observed: ReadonlySet<string>,
  tick: () => void,
): Surroundings {
  const { events } = structure;
  const size = events.length;
  const declared = new Set<string>();
  const set = (holds: (event: StructureEvent) => boolean): Term =>
    terms.constant(
      r.setOf(
        size,
        [...events.keys()].filter((index) => holds(events[index]!)),
      ),
    );
  const relation = (
    holds: (from: StructureEvent, to: StructureEvent, a: number, b: number) => boolean,
  ): Term => terms.constant(r.relationWhere(size, (a, b) => holds(events[a]!, events[b]!, a, b)));
  const dependency = (kind: 'addr' | 'data' | 'ctrl'): Term =>
    terms.constant(r.relationOf(size, [...pairsTo(structure, (event) => event.source?.[kind] ?? [])]));

  const isMemory = ({ kind }: StructureEvent) => kind !== 'other';
  const writes = lazy(() => set(({ kind }) => kind === 'write' || kind === 'initial'));
  const loc = lazy(() => relation((a, b) => a.location !== undefined && a.location === b.location));
  const int = lazy(() => relation((a, b) => a.thread !== undefined && a.thread === b.thread));
  const ext = lazy(() => terms.apply('complement', int()));
  const po = lazy(() => relation((a, b, i, j) => a.thread !== undefined && a.thread === b.thread && i < j));
  const id = lazy(() => terms.apply('identity', everything()));
  const everything = lazy(() => terms.universe());
  const initialFirst = lazy(() =>
    relation((a, b) => a.kind === 'initial' && b.kind === 'write' && a.location === b.location),
  );
  const fr = lazy(() => terms.apply('sequence', terms.apply('inverse', terms.rf), terms.co));
  const within = (of: () => Term, side: () => Term) => lazy(() => terms.apply('intersection', of(), side()));
  const readModifyWrite = lazy(() =>
    terms.constant(
      r.relationOf(size, [
        ...pairsTo(structure, ({ source }) => (source?.rmw === undefined ? [] : [source.rmw])),
      ]),
    ),
  );

  const named: Readonly<Record<string, () => Term>> = {
    R: lazy(() => set(({ kind }) => kind === 'read')),
    W: writes,
    M: lazy(() => set(isMemory)),
    IW: lazy(() => set(({ kind }) => kind === 'initial')),
    // The final writes that a condition asks for: any write there may be one.
    FW: lazy(() =>
      set(({ kind, location }) => kind !== 'read' && location !== undefined && observed.has(location.name)),
    ),
    F: lazy(() => set(({ sets }) => sets.includes('F'))),
    RMW: lazy(() =>
      terms.apply(
        'union',
        set(({ sets }) => sets.includes('RMW')),
        terms.apply(
          'union',
          terms.apply('domain', readModifyWrite()),
          terms.apply('range', readModifyWrite()),
        ),
      ),
    ),
    emptyset: lazy(() => terms.constant(r.emptySet(size))),
    po,
    loc,
    int,
    ext,
    id,
    'po-loc': lazy(() => terms.apply('intersection', po(), loc())),
    addr: lazy(() => dependency('addr')),
    data: lazy(() => dependency('data')),
    ctrl: lazy(() => dependency('ctrl')),
    rmw: readModifyWrite,
    rf: () => terms.rf,
    rfe: within(() => terms.rf, ext),
    rfi: within(() => terms.rf, int),
    co0: initialFirst,
    co: () => terms.co,
    coe: within(() => terms.co, ext),
    coi: within(() => terms.co, int),
    fr,
    fre: within(fr, ext),
    fri: within(fr, int),
  };
  const functions = functionsOver(terms, { po, writes }, events);
  const nothing = term(terms.empty('set'));
  const setsByTag = lazy(() => tagged(events, terms));
  const coherence: Coherence = { writes: writes(), base: initialFirst() };
  return {
    terms,
    coherence,
    tick,
    declareTag: (tag) => declared.add(setNamed(tag)),
    lookup: (name) => {
      const make = Object.hasOwn(named, name) ? named[name] : undefined;
      if (make !== undefined) return term(make());
      const apply = Object.hasOwn(functions, name) ? functions[name] : undefined;
      if (apply !== undefined) return { kind: 'primitive', name, apply };
      const isSet =
        declared.has(name) || knownSets.has(name) || (lockSets as readonly string[]).includes(name);
      return isSet ? (setsByTag().get(name) ?? nothing) : undefined;
    },
  };
}

/** The functions that a model may use, over terms of an event structure. */
export function functionsOver(
  terms: Terms,
  { po, writes }: { readonly po: () => Term; readonly writes: () => Term },
  events: readonly StructureEvent[],
): Readonly<Record<string, (argument: Value) => Value>> {
  return {
    domain: (argument) => term(terms.apply('domain', asRelation(terms, argument))),
    range: (argument) => term(terms.apply('range', asRelation(terms, argument))),
    fencerel: (argument) =>
      term(
        terms.apply(
          'sequence',
          terms.apply('sequence', po(), terms.apply('identity', asSet(terms, argument))),
          po(),
        ),
      ),
    singlestep: (argument) => {
      const whole = asRelation(terms, argument);
      return term(terms.apply('difference', whole, terms.apply('sequence', whole, whole)));
    },
    toid: (argument) => term(terms.apply('identity', asSet(terms, argument))),
    'different-values': (argument) => term(terms.differentValues(asRelation(terms, argument))),
    cross: (argument) => cross(terms, argument),
    partition: (argument) => partition(terms, events, asConstant(asSet(terms, argument)) as EventSet),
    generate_orders: (argument) => {
      if (argument.kind !== 'tuple' || argument.members.length !== 2) {
        throw new TypeError('expected a set of writes and a relation between them');
      }
      return {
        kind: 'coherence-orders',
        writes: asSet(terms, argument.members[0]!),
        base: asRelation(terms, argument.members[1]!),
      };
    },
    generate_cos: (argument) => ({
      kind: 'coherence-orders',
      writes: writes(),
      base: asRelation(terms, argument),
    }),
  };
}

/** The set of the events with a tag: `Rcu-lock` of `'rcu-lock`. */
export function setNamed(tag: string): string {
  let name = setNames.get(tag);
  if (name === undefined) setNames.set(tag, (name = tag.charAt(0).toUpperCase() + tag.slice(1)));
  return name;
}

const setNames = new Map<string, string>();

function lazy<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}

/** The sets that some event is in. */
function tagged(events: readonly StructureEvent[], terms: Terms): ReadonlyMap<string, Value> {
  const members = new Map<string, number[]>();
  for (const [index, { sets }] of events.entries()) {
    for (const name of sets) {
      const others = members.get(name);
      if (others === undefined) members.set(name, [index]);
      else others.push(index);
    }
  }
  return new Map([...members].map(([name, all]) => [name, term(terms.constant(r.setOf(terms.size, all)))]));
}

function term(made: Term): Value {
  return { kind: 'term', term: made };
}

function asTerm(terms: Terms, value: Value, sort: Term['sort'], called: string): Term {
  if (value.kind === 'term' && value.term.sort === sort) return value.term;
  if (value.kind === 'empty') {
    return terms.empty(sort);
  }
  throw new TypeError(`expected ${called}, found ${described(value)}`);
}

const asRelation = (terms: Terms, value: Value) => asTerm(terms, value, 'relation', 'a relation');
const asSet = (terms: Terms, value: Value) => asTerm(terms, value, 'set', 'a set of events');

function asConstant({ constant }: Term): EventSet | Relation {
  if (constant === undefined) throw new TypeError('this depends on rf or co, which are not chosen yet');
  return constant;
}

/** Every union of one relation from each of some sets of relations. */
function cross(terms: Terms, argument: Value): Value {
  return {
    kind: 'unions',
    of: membersOf(argument).map((choices) => membersOf(choices).map((choice) => asRelation(terms, choice))),
  };
}

function membersOf(value: Value): readonly Value[] {
  if (value.kind === 'empty') return [];
  if (value.kind === 'collection') return value.members;
  throw new TypeError(`expected a set of sets, found ${described(value)}`);
}

/** The events of a set, location by location. */
function partition(terms: Terms, events: readonly StructureEvent[], set: EventSet): Value {
  const classes = new Map<string | undefined, number[]>();
  for (const event of r.membersOf(set)) {
    const name = events[event]?.location?.name;
    classes.set(name, [...(classes.get(name) ?? []), event]);
  }
  const members = [...classes.values()].map((members) => term(terms.constant(r.setOf(terms.size, members))));
  return members.length === 0 ? emptyValue : { kind: 'collection', members };
}

/** Pairs from the reads that `from` gives (indices in the event's path) to each event. */
function* pairsTo(
  { events, firstOf }: Structure,
  from: (event: StructureEvent) => readonly number[],
): Generator<readonly [number, number]> {
  for (const [index, event] of events.entries()) {
    if (event.thread === undefined) continue;
    for (const read of from(event)) yield [firstOf[event.thread]! + read, index];
  }
}
