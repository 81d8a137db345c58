/**
 * The executions of a structure that a model allows. rf and co are chosen one read and one pair of
 * writes at a time; a check that what is chosen already breaks refuses every way to go on at once.
 */

import { satisfied, type Check, type Surroundings } from './cat/interpreter.ts';
import type { LinkedModel } from './cat/linked.ts';
import { Terms, type Term } from './cat/terms.ts';
import { demandedOf, type Demanded } from './outline.ts';
import * as r from './relation.ts';
import type { EventSet, Relation } from './relation.ts';
import { openReadBehind, Values, type Sources, type Structure } from './structure.ts';

/** One way for a program to go. */
export interface Execution {
  readonly structure: Structure;
  readonly rf: Relation;
  /** Of the writes that the model puts in order. */
  readonly co: Relation;
  readonly values: Values;
  /** Names of the model's flags that it raises (`data-race`). */
  readonly flags: readonly string[];
  /** A relation or set by the name it has at the end of the model. */
  readonly named: (name: string) => EventSet | Relation | undefined;
  /** The checks that it breaks: empty unless `refused` executions were asked for. */
  readonly broken: readonly { readonly check: Check; readonly value: EventSet | Relation }[];
}

export interface Search {
  readonly model: LinkedModel;
  /** Makes the surroundings of a structure. */
  readonly surround: (structure: Structure, terms: Terms) => Surroundings;
  /** Called at every choice; may throw. */
  readonly tick: () => void;
  /** Whether to give the executions that the model refuses, too: nothing is pruned then. */
  readonly refused: boolean;
}

export function* executionsOf(structure: Structure, search: Search): Generator<Execution> {
  const candidates = candidateSources(structure);
  if (!isFeasible(structure, candidates, search.tick)) return;
  const size = structure.events.length;
  let values: Values | undefined;
  const sameValue = (left: number, right: number) => values?.ofEvent(left) === values?.ofEvent(right);
  const terms = new Terms(size, sameValue, search.tick);
  for (const demands of demandedOf(search.model, search.surround(structure, terms), search.refused)) {
    const choices = new Choices(
      structure,
      candidates,
      terms,
      demands,
      search,
      (current) => (values = current),
    );
    yield* choices.explore();
  }
}

/** With more ways to try, it is left to the search, which a model lets see much sooner that a way is none. */
const mostTries = 500;

/**
 * Whether values can come about that let every thread go its way, whatever a model says, as far as
 * `mostTries` can tell: asked first, for it costs little, and many combinations of paths have none.
 */
function isFeasible(structure: Structure, candidates: Candidates, tick: () => void): boolean {
  const sources: Sources = new Int32Array(structure.events.length).fill(-1);
  for (const [read, write] of structure.settled) sources[read] = write;
  let tries = 0;
  const from = (): boolean => {
    tick();
    if (++tries > mostTries) return true;
    const values = new Values(structure, sources);
    if (!conditionsHold(structure, values)) return false;
    const read = readOfOpenCondition(structure, sources, values);
    if (read === undefined) return true;
    for (const write of candidates.get(read) ?? []) {
      sources[read] = write;
      if (from()) return true;
    }
    sources[read] = -1;
    return false;
  };
  return from();
}

function readOfOpenCondition(structure: Structure, sources: Sources, values: Values): number | undefined {
  for (const [thread, { conditions }] of structure.paths.entries()) {
    for (const condition of conditions) {
      if (values.ofValue(condition, thread) !== undefined) continue;
      const read = openReadBehind(structure, sources, condition, thread);
      if (read !== undefined) return read;
    }
  }
  return undefined;
}

/** Whether every condition of the paths may still hold. */
function conditionsHold({ paths }: Structure, values: Values): boolean {
  return paths.every(({ conditions }, thread) =>
    conditions.every((condition) => values.ofValue(condition, thread) !== 0n),
  );
}

/** A pair of writes whose order is open. */
type Pair = readonly [number, number];

interface State {
  readonly sources: Sources;
  /** Transitive. */
  readonly co: Relation;
}

class Choices {
  private readonly structure: Structure;
  private readonly terms: Terms;
  private readonly demands: Demanded;
  private readonly search: Search;
  private readonly current: (values: Values) => void;
  /** Pairs of writes to one location, the locations that no read chooses from first. */
  private readonly pairs: readonly Pair[];
  private readonly earlyPairs: number;
  private readonly candidates: Candidates;
  private readonly allPairs: Relation;

  constructor(
    structure: Structure,
    candidates: Candidates,
    terms: Terms,
    demands: Demanded,
    search: Search,
    current: (values: Values) => void,
  ) {
    this.structure = structure;
    this.terms = terms;
    this.demands = demands;
    this.search = search;
    this.current = current;
    this.candidates = candidates;
    const read = new Set([...this.candidates.keys()].map((event) => structure.events[event]!.location));
    const writes = r.membersOf(constantOf(demands.coherence.writes));
    const pairs = writes.flatMap((left) =>
      writes.flatMap((right): Pair[] => {
        const location = structure.events[left]!.location;
        const together = location !== undefined && location === structure.events[right]!.location;
        return left < right && together ? [[left, right]] : [];
      }),
    );
    const early = pairs.filter(([write]) => !read.has(structure.events[write]!.location));
    this.pairs = [...early, ...pairs.filter((pair) => !early.includes(pair))];
    this.earlyPairs = early.length;
    this.allPairs = r.relationOf(
      structure.events.length,
      pairs.flatMap(([left, right]): Pair[] => [
        [left, right],
        [right, left],
      ]),
    );
  }

  *explore(): Generator<Execution> {
    const size = this.structure.events.length;
    const sources: Sources = new Int32Array(size).fill(-1);
    for (const [read, write] of this.structure.settled) sources[read] = write;
    yield* this.from({ sources, co: r.emptyRelation(size) });
  }

  private *from(state: State): Generator<Execution> {
    this.search.tick();
    const values = new Values(this.structure, state.sources);
    if (!conditionsHold(this.structure, values)) return;
    const co = this.withForcedOrder(state);
    if (co === undefined) return;
    const settled = { ...state, co };
    const pair = this.openPair(co, 0, this.earlyPairs);
    const read = pair === undefined ? this.openRead(state.sources) : undefined;
    const choice =
      pair ?? (read === undefined ? this.openPair(co, this.earlyPairs, this.pairs.length) : undefined);
    if (choice === undefined && read === undefined) {
      yield* this.completed(settled, values);
      return;
    }
    if (!this.search.refused && this.refuses(settled, false, values)) return;
    if (choice !== undefined) {
      const [left, right] = choice;
      yield* this.from({ ...settled, co: ordered(co, left, right) });
      yield* this.from({ ...settled, co: ordered(co, right, left) });
      return;
    }
    for (const write of this.candidates.get(read!)!) {
      const sources = state.sources.slice();
      sources[read!] = write;
      yield* this.from({ ...settled, sources });
    }
  }

  /** What the model forces on co, which may depend on co itself, added; undefined where that makes a cycle. */
  private withForcedOrder({ sources, co }: State): Relation | undefined {
    let order = co;
    for (;;) {
      this.chooseIn(sources, order, false);
      const forced = this.terms.lower(this.demands.coherence.base) as Relation;
      const together = r.union(order, r.intersection(forced, this.allPairs));
      if (r.equals(together, order)) return order;
      order = r.transitiveClosure(together);
      if (!r.isIrreflexive(order)) return undefined;
    }
  }

  private openPair(co: Relation, from: number, to: number): Pair | undefined {
    for (let index = from; index < to; index++) {
      const [left, right] = this.pairs[index]!;
      if (!r.related(co, left, right) && !r.related(co, right, left)) return this.pairs[index];
    }
    return undefined;
  }

  private openRead(sources: Sources): number | undefined {
    for (const read of this.candidates.keys()) if (sources[read] === -1) return read;
    return undefined;
  }

  private chooseIn(sources: Sources, co: Relation, complete: boolean): void {
    const { terms } = this;
    const chosen = r.emptyRelation(terms.size);
    for (const [read, write] of sources.entries()) if (write !== -1) r.addPair(chosen, write, read);
    terms.choose(
      { lower: chosen, upper: complete ? () => chosen : () => this.possibleReads(sources, chosen) },
      { lower: co, upper: complete ? () => co : () => r.difference(this.allPairs, r.inverse(co)) },
      complete,
    );
  }

  private possibleReads(sources: Sources, chosen: Relation): Relation {
    const possible = r.union(chosen, r.emptyRelation(chosen.size));
    for (const [read, candidates] of this.candidates) {
      if (sources[read] === -1) for (const write of candidates) r.addPair(possible, write, read);
    }
    return possible;
  }

  private refuses({ sources, co }: State, complete: boolean, values: Values): boolean {
    this.current(values);
    this.chooseIn(sources, co, complete);
    return this.demands.checks.some((check) => !check.flag && this.breaks(check, complete));
  }

  /** While choices are open, only what is in a relation for sure can break a check. */
  private breaks(check: Check, complete: boolean): boolean {
    if (check.negated) return complete && !satisfied(check, this.terms.lower(check.term));
    return !satisfied(check, this.terms.lower(check.term));
  }

  private *completed(state: State, values: Values): Generator<Execution> {
    const { structure, terms, demands } = this;
    // A value that depends on itself never came to be.
    if (structure.events.some((_, event) => values.ofEvent(event) === undefined)) return;
    if (this.refuses(state, true, values) && !this.search.refused) return;
    const broken = demands.checks
      .filter((check) => !check.flag && this.breaks(check, true))
      .map((check) => ({ check, value: terms.lower(check.term) }));
    const flags = demands.checks.filter(
      ({ flag, term, ...check }) => flag && satisfied(check, terms.lower(term)),
    );
    yield {
      structure,
      rf: terms.lower(terms.rf) as Relation,
      co: state.co,
      values,
      flags: flags.map(({ name }) => name),
      named: (name) => {
        const term = demands.named(name);
        this.current(values);
        this.chooseIn(state.sources, state.co, true);
        return term === undefined ? undefined : terms.lower(term);
      },
      broken,
    };
  }
}

/** By read. */
type Candidates = ReadonlyMap<number, readonly number[]>;

/**
 * For each read without a settled source, the writes of its location. Those of read-modify-writes first:
 * they put whole locations in order.
 */
function candidateSources(structure: Structure): Candidates {
  const { events, settled } = structure;
  const rmwReads = new Set(
    events.flatMap(({ source, thread }) =>
      source?.rmw === undefined || thread === undefined ? [] : [structure.firstOf[thread]! + source.rmw],
    ),
  );
  const isOfRmw = (read: number) => rmwReads.has(read);
  const candidates = new Map<number, readonly number[]>();
  for (const [read, { kind, location }] of events.entries()) {
    if (kind !== 'read' || settled.has(read)) continue;
    const writes = [...events.keys()].filter((write) => {
      const other = events[write]!;
      return (other.kind === 'write' || other.kind === 'initial') && other.location === location;
    });
    candidates.set(read, writes);
  }
  return new Map(
    [...candidates].toSorted(([left], [right]) => Number(isOfRmw(right)) - Number(isOfRmw(left))),
  );
}

function ordered(co: Relation, first: number, second: number): Relation {
  const more = r.union(co, r.emptyRelation(co.size));
  r.addPair(more, first, second);
  return r.transitiveClosure(more);
}

function constantOf({ constant }: Term): EventSet {
  if (constant === undefined) throw new Error('the writes that co orders depend on rf');
  return constant as EventSet;
}
