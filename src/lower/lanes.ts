import {
  observableName,
  type Expression,
  type LitmusTest,
  type Observable,
  type Position,
  type Proposition,
  type Statement,
  type Thread,
} from '../language/litmus-test.ts';
import { observablesOf } from '../language/observables.ts';
import { signatures, type Primitive } from '../language/primitives.ts';
import { locationArgument } from '../language/types.ts';
import { expressionsOf, forEachStatement, operandsOf } from '../language/walk.ts';
import { call, evaluate, rewriteBody } from '../strategy/rewrite.ts';
import { lower } from './lower.ts';
import type { CellLayout, MachineCode } from './machine-code.ts';
import type { Target } from './target.ts';

/**
 * Which threads run as one, and in which order: each iteration first the one and then the next, on one CPU.
 *
 * With more threads than CPUs that is the way to have all of them at work within nanoseconds: threads that take
 * turns are a context switch apart. It must not show what threads of their own could not. It adds program order,
 * which only forbids. But a CPU reads its own stores before others see them, and what is read, written or
 * overtaken between two threads is ordered by all models while within a thread it need not be. So a full fence
 * is between threads of which the one writes what the other accesses: then everything of the one comes before
 * everything of the other, for everyone. Where a CPU reorders nothing but a store with later loads, a load before
 * a store and a store before a store stay in order in a lane as well as between threads, and the fence is there
 * only where the later thread reads what the earlier one writes.
 */
export type Lanes = readonly (readonly number[])[];

/** The test with a thread for each lane, its registers renamed. */
export function inLanes(test: LitmusTest, lanes: Lanes, target: Target): LitmusTest {
  const joined = lanes.map((lane, index) => joinedThread(test, lane, index, target));
  const { initial, condition, filter, header } = test;
  const renamed = (proposition: Proposition) => renamedProposition(proposition, lanes);
  return {
    ...test,
    threads: joined,
    initial: initial.map((value) =>
      value.kind === 'register' ? { ...value, ...registerIn(value, lanes) } : value,
    ),
    locations: test.locations.map((observable) => renamedObservable(observable, lanes)),
    condition: { ...condition, proposition: renamed(condition.proposition) },
    filter: filter && renamed(filter),
    header: {
      ...header,
      phases: header.phases.map((phase) => ({ ...phase, proposition: renamed(phase.proposition) })),
    },
  };
}

/** A test in lanes as machine code whose outcomes are told by the names of the test itself. */
export function lowerInLanes(
  test: LitmusTest,
  lanes: Lanes,
  target: Target,
  layout: CellLayout,
): MachineCode {
  const code = lower(inLanes(test, lanes, target), target, layout);
  const own = new Map(
    observablesOf(test).map((one) => [observableName(renamedObservable(one, lanes)), one] as const),
  );
  return {
    ...code,
    observed: code.observed.map(({ observable, ...rest }) => ({
      ...rest,
      observable: own.get(observableName(observable)) ?? observable,
    })),
  };
}

function joinedThread(test: LitmusTest, lane: readonly number[], index: number, target: Target): Thread {
  const threads = lane.flatMap((each) => test.threads[each] ?? []);
  const [first] = threads;
  if (first === undefined) throw new Error('a lane without threads');
  const parameters = new Map(
    threads.flatMap((thread) => thread.parameters.map((parameter) => [parameter.name, parameter])),
  );
  const body = threads.flatMap((thread, place) => [
    ...(isFenced(threads.slice(0, place), thread, target) ? [fenceAt(thread.at)] : []),
    ...renamedBody(thread),
  ]);
  return { ...first, index, parameters: [...parameters.values()], body };
}

const fenceAt = (at: Position): Statement => evaluate(call('smp_mb', [], at));

function isFenced(before: readonly Thread[], thread: Thread, target: Target): boolean {
  return before.some((earlier) => needFence(earlier, thread, target));
}

/** How many fences lanes have between their threads. */
export function fencesIn({ threads }: LitmusTest, lanes: Lanes, target: Target): number {
  return lanes
    .map((lane) => lane.flatMap((index) => threads[index] ?? []))
    .flatMap((lane) => lane.filter((thread, place) => isFenced(lane.slice(0, place), thread, target))).length;
}

/** No name in C has a `#`. */
const registerName = (thread: number, name: string) => `${name}#${thread}`;

function renamedBody({ index, parameters, body }: Thread): readonly Statement[] {
  const locations = new Set(parameters.map(({ name }) => name));
  const renamed = <Named extends { readonly name: string }>(one: Named): Named =>
    locations.has(one.name) ? one : { ...one, name: registerName(index, one.name) };
  const renamedName = (expression: Expression): Expression =>
    expression.kind === 'name' ? renamed(expression) : expression;
  return rewriteBody(body, {
    expression: renamedName,
    statement: (statement) => {
      if (statement.kind === 'declare') return [renamed(statement)];
      if (statement.kind === 'assign') return [{ ...statement, target: renamedName(statement.target) }];
      return [statement];
    },
  });
}

type InRegister = Extract<Observable, { kind: 'register' }>;

function registerIn({ thread, name }: Pick<InRegister, 'thread' | 'name'>, lanes: Lanes) {
  return { thread: lanes.findIndex((lane) => lane.includes(thread)), name: registerName(thread, name) };
}

function renamedObservable(observable: Observable, lanes: Lanes): Observable {
  return observable.kind === 'register' ? { ...observable, ...registerIn(observable, lanes) } : observable;
}

function renamedProposition(proposition: Proposition, lanes: Lanes): Proposition {
  switch (proposition.kind) {
    case 'true':
    case 'false':
      return proposition;
    case 'atom': {
      const { observable, value } = proposition;
      return {
        ...proposition,
        observable: renamedObservable(observable, lanes),
        value: value.kind === 'register' ? renamedObservable(value, lanes) : value,
      };
    }
    case 'not':
      return { ...proposition, operand: renamedProposition(proposition.operand, lanes) };
    case 'and':
    case 'or':
      return {
        ...proposition,
        left: renamedProposition(proposition.left, lanes),
        right: renamedProposition(proposition.right, lanes),
      };
  }
}

/** Whether a full fence must be between two threads of a lane. */
export function needFence(earlier: Thread, later: Thread, target: Target): boolean {
  const [one, two] = [accessesOf(earlier), accessesOf(later)];
  if (one.computed || two.computed) return true;
  if (haveInCommon(two.reads, one.writes)) return true;
  const inOrder = target.delaysStoresOnly && !one.bypasses && !two.bypasses;
  return !inOrder && (haveInCommon(two.writes, one.reads) || haveInCommon(two.writes, one.writes));
}

function haveInCommon(some: ReadonlySet<string>, others: ReadonlySet<string>): boolean {
  return [...some].some((name) => others.has(name));
}

interface Accesses {
  readonly reads: Set<string>;
  readonly writes: Set<string>;
  /** Of somewhere that the text does not name. */
  computed: boolean;
  /** Of stores that go past the caches, and past others. */
  bypasses: boolean;
}

function accessesOf({ parameters, body }: Thread): Accesses {
  const found: Accesses = { reads: new Set(), writes: new Set(), computed: false, bypasses: false };
  const access = (place: Expression | undefined, { reads, writes }: Effect): void => {
    const pointer = place?.kind === 'unary' && place.operator === '*' ? place.operand : place;
    if (pointer?.kind === 'name' && parameters.some(({ name }) => name === pointer.name)) {
      if (reads) found.reads.add(pointer.name);
      if (writes) found.writes.add(pointer.name);
    } else found.computed = true;
  };
  const visit = (expression: Expression): void => {
    if (expression.kind === 'unary' && expression.operator === '*') {
      access(expression, { reads: true, writes: false });
      return;
    }
    const place = expression.kind === 'call' ? locationArgument(expression) : undefined;
    if (expression.kind === 'call' && place !== undefined) {
      const primitive = signatures.get(expression.name)?.primitive;
      access(place, effectOf(primitive));
      found.bypasses ||= primitive?.kind === 'store' && primitive.access === 'WRITE_ONCE_NT';
    }
    for (const operand of operandsOf(expression)) if (operand !== place) visit(operand);
  };
  forEachStatement(body, (statement: Statement) => {
    const stored =
      statement.kind === 'assign' && statement.target.kind !== 'name' ? statement.target : undefined;
    if (stored !== undefined) access(stored, { reads: false, writes: true });
    for (const expression of expressionsOf(statement)) if (expression !== stored) visit(expression);
  });
  return found;
}

interface Effect {
  readonly reads: boolean;
  readonly writes: boolean;
}

/** What is neither a load nor a store does both. */
function effectOf(primitive: Primitive | undefined): Effect {
  return { reads: primitive?.kind !== 'store', writes: primitive?.kind !== 'load' };
}
