/** Why a model allows an execution, or refuses it, as plain data: the events, what joins them, and the reasons. */

import type { Check } from './cat/interpreter.ts';
import type { LinkedModel } from './cat/linked.ts';
import type { Expression, Statement } from './cat/syntax.ts';
import { Derivations } from './derivation.ts';
import { communication, graphOf, type Graph } from './execution-graph.ts';
import type { Execution } from './executions.ts';
import type { Reading } from './reading.ts';
import * as r from './relation.ts';
import type { EventSet, Relation } from './relation.ts';
import { plainName, wellKnown, type Derivation, type Step } from './steps.ts';
import type { StructureEvent } from './structure.ts';

/** One edge of a cycle, or a pair that must not be. */
export interface Link {
  readonly from: number;
  readonly to: number;
  /** What it is of: `ppo`, `prop`, `rfe`. */
  readonly relation: string;
  readonly steps: readonly Step[];
}

/** A check of the model that an execution breaks. */
export interface Reason {
  /** Its name in the model: `happens-before`. */
  readonly check: string;
  /** What it checks: `hb`; undefined where that has no name. */
  readonly relation: string | undefined;
  /** A cycle, or what is in a relation that must be empty. */
  readonly shape: 'cycle' | 'pair' | 'events';
  /** In the model's text. */
  readonly file: string;
  readonly line: number;
  readonly links: readonly Link[];
  /** Of shape `events`. */
  readonly events: readonly number[];
}

/** An edge of program order in a cycle that a model allows: kept by a relation, or by nothing. */
export interface Order {
  readonly from: number;
  readonly to: number;
  readonly kept: Link | undefined;
}

/** An execution that shows what was asked. */
export interface Witness {
  readonly kind: 'witness';
  readonly graph: Graph;
  /** A cycle that no interleaving of the threads has; undefined where one has it all. */
  readonly cycle: readonly Link[] | undefined;
  /** The cycle's edges of program order. */
  readonly orders: readonly Order[];
  /** The events in an order that an interleaving could have; empty where there is a cycle. */
  readonly interleaving: readonly number[];
  /** What the model flags of it, each with the events or pairs of events that it is about. */
  readonly flags: readonly Flag[];
}

export interface Flag {
  readonly name: string;
  readonly events: readonly (readonly number[])[];
}

/** An execution that would show what was asked, were it not for some checks. */
export interface Refusal {
  readonly kind: 'refusal';
  readonly graph: Graph;
  readonly reasons: readonly Reason[];
}

/** What was asked cannot come about by any choice of what reads see, whatever is allowed. */
export interface Impossible {
  readonly kind: 'impossible';
}

/** The time allowed went by before it was clear why. */
export interface Unexplained {
  readonly kind: 'unexplained';
  readonly timeoutMs: number;
}

export type Explanation = Witness | Refusal | Impossible | Unexplained;

/** Shows an execution that the model allows. */
export function witnessOf(reading: Reading): Witness {
  const { execution, model } = reading;
  const derivations = new Derivations(reading);
  const com = communication(execution, derivations);
  const po = programOrder(execution);
  const both = com.reduce((union, [, relation]) => r.union(union, relation), po);
  const events = r.shortestCycle(both);
  if (events === undefined) {
    return {
      kind: 'witness',
      graph: graphOf(execution, derivations, new Set()),
      cycle: undefined,
      orders: [],
      interleaving: interleavingOf(execution, both),
      flags: flagsOf(model, derivations),
    };
  }
  const orderings = orderingsOf(model, derivations);
  const cycle = pairsAround(rotated(events)).map(([from, to]): Link => {
    const relation = com.find(([, pairs]) => r.related(pairs, from, to))?.[0];
    if (relation === undefined) return weakLink(from, to);
    const name = sidedName(relation, execution, from, to);
    return { from, to, relation: name, steps: [{ from, to, relation: name, through: [], weak: false }] };
  });
  const orders = cycle
    .filter(({ relation }) => relation === 'po')
    .map(({ from, to }) => ({ from, to, kept: keptBy(orderings, derivations, from, to) }));
  const links = cycle.map(
    (link) => orders.find(({ from }) => from === link.from && link.relation === 'po')?.kept ?? link,
  );
  return {
    kind: 'witness',
    graph: graphOf(execution, derivations, eventsOf(links)),
    cycle: links,
    orders,
    interleaving: [],
    flags: flagsOf(model, derivations),
  };
}

/** The flags that the model raises because of what it finds in a set or a relation. */
function flagsOf({ statements }: LinkedModel, derivations: Derivations): readonly Flag[] {
  return statements.flatMap((statement) => {
    if (statement.kind !== 'check' || !statement.flag || statement.check !== 'empty' || !statement.negated)
      return [];
    const value = derivations.valueOf(statement.expression);
    if (value === undefined || r.isEmpty(value)) return [];
    const events = value.sort === 'set' ? r.membersOf(value).map((event) => [event]) : r.pairsOf(value);
    return [{ name: statement.name ?? statement.check, events }];
  });
}

/** Shows an execution that breaks axioms of the model, and how it breaks them. */
export function refusalOf(reading: Reading): Refusal {
  const { execution, model } = reading;
  const derivations = new Derivations(reading);
  const reasons = axiomsOf(model)
    .filter((axiom) => isBroken(axiom, derivations))
    .map((axiom) => reasonOf(axiom, derivations, execution));
  const named = reasons.flatMap(({ links, events }) => [...eventsOf(links), ...events]);
  const graph = graphOf(execution, derivations, new Set(named));
  return { kind: 'refusal', graph, reasons };
}

function eventsOf(links: readonly Link[]): ReadonlySet<number> {
  return new Set(links.flatMap(({ steps }) => steps.flatMap(({ from, to }) => [from, to])));
}

type CheckStatement = Extract<Statement, { kind: 'check' }>;

/** The checks of a model that refuse executions, in the order of its text. */
export function axiomsOf({ statements }: LinkedModel): readonly CheckStatement[] {
  return statements.filter((statement) => statement.kind === 'check' && !statement.flag) as CheckStatement[];
}

/** The number of steps in which a refusal is told. */
export function lengthOf({ reasons }: Refusal): number {
  return reasons.reduce((sum, { links }) => sum + links.reduce((all, { steps }) => all + steps.length, 0), 0);
}

/** Whether a fence, or an access that is more than one, takes part in what refuses an execution. */
export function hasBarrier({ reasons, graph }: Refusal): boolean {
  const barriers = new Set(
    graph.events.filter(({ label }) => /^(?:F\b|[RW]\[)/.test(label)).map(({ id }) => id),
  );
  const steps = reasons.flatMap(({ links }) => links.flatMap((link) => link.steps));
  return steps.some(
    ({ weak, relation, from, to, through }) =>
      !weak && !wellKnown.has(relation) && [from, to, ...through].some((event) => barriers.has(event)),
  );
}

function isBroken({ check, negated, expression }: CheckStatement, derivations: Derivations): boolean {
  const value = derivations.valueOf(expression);
  return value !== undefined && passes(check, value) === negated;
}

function passes(kind: Check['kind'], value: EventSet | Relation): boolean {
  if (kind === 'empty') return r.isEmpty(value);
  return value.sort === 'set' || (kind === 'acyclic' ? r.isAcyclic(value) : r.isIrreflexive(value));
}

function reasonOf(statement: CheckStatement, derivations: Derivations, execution: Execution): Reason {
  const { check, negated, expression, name, at } = statement;
  const value = derivations.valueOf(expression);
  const relation = expression.kind === 'variable' ? plainName(expression.name) : undefined;
  const about = { check: name ?? check, relation, file: at.file, line: at.line };
  if (value === undefined || negated) return { ...about, shape: 'events', links: [], events: [] };
  if (value.sort === 'set') return { ...about, shape: 'events', links: [], events: r.membersOf(value) };
  if (check === 'empty')
    return { ...about, shape: 'pair', links: pairLinks(expression, value, derivations), events: [] };
  const around = (events: readonly number[]): readonly Link[] =>
    pairsAround(rotated(events)).map(([from, to]) =>
      sided(linkOf(derivations.derive(expression, from, to), relation, from, to), execution),
    );
  const cycles = cyclesOf(value, check === 'irreflexive').map(around);
  return { ...about, shape: 'cycle', links: shortest(cycles), events: [] };
}

/** The shortest cycle through each event that is on one. */
function cyclesOf(relation: Relation, ofOne: boolean): readonly (readonly number[])[] {
  const events = Array.from({ length: relation.size }, (_, event) => event);
  if (ofOne) return events.filter((event) => r.related(relation, event, event)).map((event) => [event]);
  const cycles = events.flatMap((event) => {
    const path = r.shortestPath(relation, event, event);
    return path === undefined ? [] : [path.slice(0, -1)];
  });
  const least = Math.min(...cycles.map(({ length }) => length));
  return cycles.filter(({ length }) => length === least);
}

function shortest(candidates: readonly (readonly Link[])[]): readonly Link[] {
  const length = (links: readonly Link[]) => links.reduce((sum, { steps }) => sum + 1 + steps.length, 0);
  return candidates.toSorted((left, right) => length(left) - length(right))[0] ?? [];
}

/** A pair of a relation that must be empty; both ways to it where the relation is an intersection. */
function pairLinks(expression: Expression, value: Relation, derivations: Derivations): readonly Link[] {
  const sides =
    expression.kind === 'binary' && expression.operator === '&'
      ? [expression.left, expression.right]
      : [expression];
  return shortest(
    r
      .pairsOf(value)
      .map(([from, to]) =>
        sides.map((side) => linkOf(derivations.derive(side, from, to), undefined, from, to)),
      ),
  );
}

/** @param own the name of the relation that is checked, which goes without saying */
function linkOf(derivation: Derivation | undefined, own: string | undefined, from: number, to: number): Link {
  if (derivation === undefined) return weakLink(from, to);
  const { steps } = derivation;
  const name = derivation.names.find((one) => one !== own);
  return { from, to, relation: name ?? own ?? steps[0]?.relation ?? 'id', steps };
}

function weakLink(from: number, to: number): Link {
  return { from, to, relation: 'po', steps: [{ from, to, relation: 'po', through: [], weak: true }] };
}

/** `rf`, `co` and `fr` by whether they stay within a thread; what has no name is no program order across threads. */
function sided(link: Link, execution: Execution): Link {
  const { events } = execution.structure;
  const steps = link.steps.map((step) => {
    const { from, to, weak, relation } = step;
    const isOrder = from < to && events[from]!.thread === events[to]!.thread;
    if (weak && relation === 'po' && !isOrder) return { ...step, relation: link.relation };
    return { ...step, relation: sidedName(relation, execution, from, to) };
  });
  return { ...link, relation: sidedName(link.relation, execution, link.from, link.to), steps };
}

function sidedName(relation: string, { structure: { events } }: Execution, from: number, to: number): string {
  if (!['rf', 'co', 'fr'].includes(relation)) return relation;
  const [source, target] = [events[from]!.thread, events[to]!.thread];
  return source !== undefined && source === target ? `${relation}i` : `${relation}e`;
}

/** The relations that a model keeps free of cycles, with their values. */
function orderingsOf(
  model: LinkedModel,
  derivations: Derivations,
): readonly {
  readonly expression: Expression;
  readonly name: string | undefined;
  readonly value: Relation;
}[] {
  return axiomsOf(model).flatMap(({ check, negated, expression }) => {
    const value = derivations.valueOf(expression);
    if (check !== 'acyclic' || negated || value?.sort !== 'relation') return [];
    const name = expression.kind === 'variable' ? plainName(expression.name) : undefined;
    return [{ expression, name, value }];
  });
}

/** By what a model keeps two events of a thread in order. */
function keptBy(
  orderings: ReturnType<typeof orderingsOf>,
  derivations: Derivations,
  from: number,
  to: number,
): Link | undefined {
  for (const { expression, name, value } of orderings) {
    // In program order all the way, so that no other thread takes part.
    const inOrder = r.relationWhere(
      value.size,
      (one, other) => from <= one && one < other && other <= to && r.related(value, one, other),
    );
    const path = r.shortestPath(inOrder, from, to);
    if (path === undefined) continue;
    const hops = path
      .slice(1)
      .map((event, index) =>
        linkOf(derivations.derive(expression, path[index]!, event), name, path[index]!, event),
      );
    const steps = hops.flatMap((hop) => hop.steps);
    return { from, to, relation: hops.length === 1 ? hops[0]!.relation : (name ?? 'po'), steps };
  }
  return undefined;
}

/** Between the events of each thread that have a location. */
function programOrder({ structure: { events } }: Execution): Relation {
  const accesses = ({ thread, location }: StructureEvent) => thread !== undefined && location !== undefined;
  return r.relationWhere(
    events.length,
    (from, to) =>
      from < to &&
      events[from]!.thread === events[to]!.thread &&
      accesses(events[from]!) &&
      accesses(events[to]!),
  );
}

/** One order of the events that agrees with a relation without cycles; initial writes and fences are left out. */
function interleavingOf({ structure: { events } }: Execution, relation: Relation): readonly number[] {
  const order: number[] = [];
  const left = new Set(events.keys());
  while (left.size > 0) {
    const next = [...left].find((event) => ![...left].some((other) => r.related(relation, other, event)));
    if (next === undefined) return [];
    left.delete(next);
    if (events[next]!.thread !== undefined && events[next]!.location !== undefined) order.push(next);
  }
  return order;
}

/** A cycle's events from the one with the lowest number. */
function rotated(events: readonly number[]): readonly number[] {
  const first = events.indexOf(Math.min(...events));
  return [...events.slice(first), ...events.slice(0, first)];
}

function pairsAround(events: readonly number[]): readonly (readonly [number, number])[] {
  return events.map((event, index) => [event, events[(index + 1) % events.length]!] as const);
}
