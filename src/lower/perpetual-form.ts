import { wrapConditionValues } from '../language/condition-values.ts';
import type { Expression, LitmusTest, Position, Statement, Thread } from '../language/litmus-test.ts';
import { observableName } from '../language/litmus-test.ts';
import { signatures, type Primitive } from '../language/primitives.ts';
import { locationArgument, typesOf, valueType } from '../language/types.ts';
import type { TestTypes } from '../language/types.ts';
import { LoweringError } from './lowering-error.ts';
import { constantOf } from './values.ts';

/**
 * A test in a form that threads repeat without ever meeting and without fresh cells: a store of a constant
 * becomes a store of a number that tells the iteration, and a load's value tells which store it saw.
 * After PerpLE (Melissaris, Markakis, Shaw, Martonosi: "PerpLE: Improving the Speed and Effectiveness
 * of Memory Consistency Testing", MICRO 2020).
 *
 * A thread that stores K times to a location writes n·K + j there: j = 1 … K for its stores in the order
 * of the code, n = 0, 1, … for its iterations. Every location begins as 0. So 0 and all values of earlier
 * iterations come before iteration n's stores, and a value tells its iteration and its store.
 *
 * An outcome of the test is an iteration of each thread such that, for each load of the condition:
 * - where the condition wants the initial value, the load read n·K or less, with n the iteration chosen
 *   for the thread that stores there: what it saw is older than all that thread's stores of iteration n;
 * - where it wants the constant of the j-th store, the load read exactly n·K + j.
 *
 * That proves the outcome. Leave out every event but those of the chosen iterations, and let loads that
 * read something older read the initial value: what is left is an execution of the test itself, with the
 * condition's values. A location that is read is stored to by one thread only, and its stores are
 * coherence-ordered as that thread's code has them. So program order, fences, reads-from, coherence and
 * from-read between the events that are left are relations of the whole execution, too, and a cycle that
 * a model forbids in the test is a cycle in what the machine did. This holds for models in which no further
 * event takes an ordering away; test/lower/perpetual-form.test.ts asks those of all architectures whether
 * two iterations can prove what the test forbids. A load of a value from a later iteration proves nothing.
 */
export interface PerpetualForm {
  /** The test with stores that take the variables of `stores` for their constants. */
  readonly test: LitmusTest;
  readonly threads: readonly PerpetualThread[];
  readonly readings: readonly Reading[];
  /** The one outcome that is counted: what the condition wants of each load, in decimals. */
  readonly outcome: Readonly<Record<string, string>>;
}

export interface PerpetualThread {
  /** By variable: what it holds in iteration 0, and what it gains with every iteration. */
  readonly stores: readonly { readonly variable: string; readonly first: number; readonly step: number }[];
  /** The registers that the thread's loads leave behind. */
  readonly loaded: readonly string[];
}

/** What the condition wants of one load. */
export interface Reading {
  readonly thread: number;
  readonly register: string;
  /** The thread that stores to the location that is read. */
  readonly writer: number;
  /** K: the stores of one iteration of the writer to the location. */
  readonly stores: number;
  /** j: the store that it must have read, or 0 for something older than all of the iteration's stores. */
  readonly wanted: number;
}

interface Store {
  readonly location: string;
  readonly constant: bigint;
}

interface Load {
  readonly location: string;
  readonly register: string;
}

/** One thread's statements, one after another. */
interface Straight {
  readonly thread: Thread;
  readonly stores: readonly Store[];
  readonly loads: readonly Load[];
  /** The body with its stores' constants replaced. */
  readonly body: readonly Statement[];
}

/** A non-temporal store stays behind earlier ones to its own location, so values still tell their order. */
const storesTaken: ReadonlySet<string> = new Set(['WRITE_ONCE', 'smp_store_release', 'WRITE_ONCE_NT']);

/** @throws LoweringError where a test has no such form, with the reason. */
export function perpetualForm(test: LitmusTest): PerpetualForm {
  const types = typesOf(test);
  const straight = test.threads.map((thread) => straighten(test, thread, types));
  const wanted = wantedValues(test);
  const loaded = new Set(straight.flatMap(({ thread, loads }) => loads.map((load) => nameOf(thread, load))));
  for (const name of wanted.keys()) if (!loaded.has(name)) refuse(test, `${name} is never loaded`);
  const readings = straight.flatMap(({ thread, loads }) =>
    loads.flatMap((load) => readingOf(test, straight, thread, load, wanted)),
  );
  if (readings.every(({ thread, writer }) => thread === writer)) {
    refuse(test, 'nothing in its condition is read from another thread');
  }
  return {
    test: {
      ...test,
      threads: straight.map(({ thread, body }) => ({ ...thread, body })),
    },
    threads: straight.map(({ thread, stores, loads }) => ({
      stores: stores.map(({ location }, index) => ({
        variable: valueName(index),
        first: 1 + stores.slice(0, index).filter((earlier) => earlier.location === location).length,
        step: storesTo(straight, thread.index, location).length,
      })),
      loaded: loads.map(({ register }) => register),
    })),
    readings,
    outcome: Object.fromEntries(
      [...wantedValues(wrapConditionValues(test))].map(([name, value]) => [name, value.toString()]),
    ),
  };
}

/** No name in C has a `#`. */
const valueName = (index: number) => `#${index}`;

function refuse(test: LitmusTest, why: string, at?: Position): never {
  const place = at === undefined ? '' : ` (line ${at.line})`;
  throw new LoweringError(`${test.name} cannot run perpetually: ${why}${place}`);
}

function straighten(test: LitmusTest, thread: Thread, types: TestTypes): Straight {
  const stores: Store[] = [];
  const loads: Load[] = [];
  const declared: Statement[] = [];
  const name = `P${thread.index}`;
  const location = (expression: Expression | undefined, at: Position): string => {
    if (expression?.kind === 'unary' && expression.operator === '*') return location(expression.operand, at);
    if (expression?.kind === 'name' && thread.parameters.some((one) => one.name === expression.name)) {
      return expression.name;
    }
    return refuse(test, `${name} computes the address of an access`, at);
  };

  const takeStore = (to: string, value: Expression | undefined, at: Position): Expression => {
    const constant = value === undefined ? undefined : constantOf(value);
    if (constant === undefined) refuse(test, `${name} stores a value that it computes`, at);
    const variable = valueName(stores.length);
    const type = valueType(types.locations.get(to) ?? refuse(test, `${to} has no type`, at));
    stores.push({ location: to, constant });
    declared.push({ kind: 'declare', type, name: variable, value: undefined, at });
    return { kind: 'name', name: variable, at };
  };
  const takeLoad = (register: string, value: Expression, at: Position): void => {
    if (loads.some((earlier) => earlier.register === register)) {
      refuse(test, `${name} assigns ${register} twice, and a load that is not seen proves nothing`, at);
    }
    const plain = value.kind === 'unary' && value.operator === '*';
    if (!plain && primitiveOf(value)?.kind !== 'load') refuse(test, `${name} computes ${register}`, at);
    loads.push({ register, location: location(value.kind === 'call' ? locationArgument(value) : value, at) });
  };

  const rewritten = (statement: Statement): Statement => {
    const { at } = statement;
    switch (statement.kind) {
      case 'declare':
        if (statement.value !== undefined) takeLoad(statement.name, statement.value, at);
        return statement;
      case 'assign': {
        if (statement.target.kind === 'name') {
          takeLoad(statement.target.name, statement.value, at);
          return statement;
        }
        return { ...statement, value: takeStore(location(statement.target, at), statement.value, at) };
      }
      case 'evaluate':
        return { ...statement, expression: rewrittenCall(statement.expression, at) };
      case 'if':
        return refuse(test, `${name} branches`, at);
      case 'block':
        return { ...statement, body: statement.body.map(rewritten) };
    }
  };
  const rewrittenCall = (expression: Expression, at: Position): Expression => {
    const primitive = primitiveOf(expression);
    if (primitive?.kind === 'load') refuse(test, `${name} loads what nobody looks at`, at);
    if (expression.kind === 'call' && primitive?.kind === 'fence') return expression;
    if (expression.kind === 'call' && primitive?.kind === 'store' && storesTaken.has(primitive.access)) {
      const [to, value] = expression.arguments;
      return {
        ...expression,
        arguments: [...(to === undefined ? [] : [to]), takeStore(location(to, at), value, at)],
      };
    }
    const what = expression.kind === 'call' ? `calls ${expression.name}()` : 'evaluates an expression';
    return refuse(test, `${name} ${what}, and only loads, stores and fences have a perpetual form`, at);
  };

  const body = thread.body.map(rewritten);
  return { thread, stores, loads, body: [...declared, ...body] };
}

function primitiveOf(expression: Expression): Primitive | undefined {
  return expression.kind === 'call' ? signatures.get(expression.name)?.primitive : undefined;
}

/** The number that the condition wants in each register: a conjunction of equalities, or the test is refused. */
function wantedValues(test: LitmusTest): ReadonlyMap<string, bigint> {
  const { condition, filter, header } = test;
  if (filter !== undefined) refuse(test, 'it has a filter');
  if (header.phases.length > 0) refuse(test, 'it counts phases, and only its condition is counted');
  if (condition.quantifier === 'forall') refuse(test, 'its condition is a "forall"');
  const wanted = new Map<string, bigint>();
  const visit = (part: LitmusTest['condition']['proposition']): void => {
    if (part.kind === 'and') {
      visit(part.left);
      visit(part.right);
      return;
    }
    if (part.kind !== 'atom' || part.relation !== '=' || part.value.kind !== 'number') {
      refuse(test, 'its condition is not a conjunction of registers and their numbers');
    }
    const name = observableName(part.observable);
    if (part.observable.kind === 'location') refuse(test, `its condition is over the final value of ${name}`);
    const before = wanted.get(name);
    if (before !== undefined && before !== part.value.value)
      refuse(test, `its condition wants ${name} to be two numbers`);
    wanted.set(name, part.value.value);
  };
  visit(condition.proposition);
  return wanted;
}

function readingOf(
  test: LitmusTest,
  straight: readonly Straight[],
  thread: Thread,
  load: Load,
  wanted: ReadonlyMap<string, bigint>,
): readonly Reading[] {
  const { location, register } = load;
  const name = nameOf(thread, load);
  const value = wanted.get(name);
  if (value === undefined) refuse(test, `its condition says nothing of ${name}, which is loaded`);
  const [writer, other] = straight.filter(({ stores }) =>
    stores.some((store) => store.location === location),
  );
  if (other !== undefined) {
    refuse(test, `two threads store to ${location}, and what is read does not tell whose store came first`);
  }
  const initial = initialValue(test, location);
  const stores = writer === undefined ? [] : storesTo(straight, writer.thread.index, location);
  const constants = stores.map(({ constant }) => constant);
  if (new Set([initial, ...constants]).size <= constants.length) {
    refuse(test, `two values of ${location} are equal, and a load's value would not tell which it saw`);
  }
  const ordinal = [initial, ...constants].indexOf(value);
  if (ordinal === -1) refuse(test, `nothing stores the ${value} that its condition wants in ${name}`);
  // What nobody stores to always has its initial value.
  if (writer === undefined) return [];
  return [
    { thread: thread.index, register, writer: writer.thread.index, stores: stores.length, wanted: ordinal },
  ];
}

function nameOf({ index }: Thread, { register }: Load): string {
  return observableName({ kind: 'register', thread: index, name: register });
}

function storesTo(straight: readonly Straight[], thread: number, location: string): readonly Store[] {
  return (straight[thread]?.stores ?? []).filter((store) => store.location === location);
}

function initialValue(test: LitmusTest, location: string): bigint {
  const given = test.initial.find((one) => one.kind === 'location' && one.name === location);
  if (given?.kind !== 'location') return 0n;
  if (given.length !== undefined) refuse(test, `${location} is an array`, given.at);
  const [value] = given.values;
  if (value?.kind === 'address') refuse(test, `${location} holds an address`, given.at);
  return value?.value ?? 0n;
}
