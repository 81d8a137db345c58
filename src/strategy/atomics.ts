import type {
  Expression,
  InitialValue,
  LitmusTest,
  Parameter,
  Position,
  Statement,
  Thread,
} from '../language/litmus-test.ts';
import { signatures } from '../language/primitives.ts';
import { forEachStatement } from '../language/walk.ts';
import {
  accessedName,
  accessesTo,
  atomicLocations,
  initialOf,
  nameOf,
  type AtomicLocation,
} from './counters.ts';
import {
  call,
  evaluate,
  evaluatedExpressions,
  isDereference,
  number,
  observedRegisters,
  pointerTo,
  rewriteBody,
} from './rewrite.ts';
import { stepsIn, type CounterStep } from './counter-steps.ts';
import { notApplicable, variant, type Rewrite } from './strategy.ts';
import { withoutBarriers } from './weaken.ts';

/** How a counter is stepped. */
export type Stepping = 'void' | 'value-returning' | 'void, then smp_mb__after_atomic()';

/**
 * The reviewer's question: the counters turned into atomic_t and every barrier dropped. READ_ONCE
 * becomes atomic_read, WRITE_ONCE atomic_set, and a counter's steps the increment and decrement that
 * `stepping` names.
 */
export function withAtomics(test: LitmusTest, stepping: Stepping): Rewrite {
  const chosen = atomicLocations(test);
  if (chosen.kind === 'refused') return notApplicable(chosen.reason);
  const bare = withoutBarriers(test, () => true, 'nothing');
  const locations: Locations = new Map(chosen.locations.map((location) => [location.name, location]));
  const steps = bare.threads.map((thread) => stepsOf(thread, bare, chosen.locations));
  if (stepping !== 'void' && steps.every(({ size }) => size === 0)) {
    return notApplicable('no counter is stepped (the header names them: Counters)');
  }
  const threads = bare.threads.map((thread, index) => {
    const own = steps[index] ?? new Map<Statement, CounterStep>();
    const idle = idleReads(thread, [...own.values()], observedRegisters(test, thread.index));
    const body = rewriteBody(thread.body, {
      statement: (statement, original) => {
        const step = own.get(original);
        const location = locations.get(step?.counter ?? '');
        if (step !== undefined && location !== undefined) {
          return stepped(step, location, stepping, original.at);
        }
        if (idle.has(original))
          return statement.kind === 'declare' ? [{ ...statement, value: undefined }] : [];
        return [plainStoreAsSet(statement, locations)];
      },
      expression: (expression) => asAtomic(expression, locations),
    });
    const parameters = thread.parameters.map((parameter) => atomicParameter(parameter, locations));
    return { ...thread, parameters, body: withoutLostRegisters(body, [...idle.values()]) };
  });
  return variant({ ...bare, initial: bare.initial.map((value) => atomicInitial(value, locations)), threads });
}

type Locations = ReadonlyMap<string, AtomicLocation>;

function atomicParameter(parameter: Parameter, locations: Locations): Parameter {
  const location = locations.get(parameter.name);
  return location === undefined ? parameter : { ...parameter, type: atomicType(location, 1) };
}

function atomicInitial(value: InitialValue, locations: Locations): InitialValue {
  const location = value.kind === 'location' ? locations.get(value.name) : undefined;
  return value.type === undefined || location === undefined
    ? value
    : { ...value, type: atomicType(location, 0) };
}

function stepsOf(
  thread: Thread,
  test: LitmusTest,
  locations: readonly AtomicLocation[],
): ReadonlyMap<Statement, CounterStep> {
  const counters = locations.filter(({ counter }) => counter).map(({ name }) => name);
  const writers = (name: string) =>
    test.threads.filter(({ body }) => accessesTo(body, name).some((access) => !isRead(access)));
  const known = counters
    .filter((name) => writers(name).every((writer) => writer === thread))
    .map((name) => [name, initialNumber(test, name)] as const);
  return stepsIn(thread.body, counters, new Map(known));
}

function isRead(access: Expression | Statement): boolean {
  if (access.kind === 'call') return signatures.get(access.name)?.primitive.kind === 'load';
  return access.kind === 'unary';
}

function initialNumber(test: LitmusTest, name: string): bigint | undefined {
  const initial = initialOf(test, name);
  const value = initial?.kind === 'location' ? initial.values[0] : undefined;
  if (value === undefined) return 0n;
  return value.kind === 'number' ? value.value : undefined;
}

function atomicType({ family }: AtomicLocation, pointers: number) {
  return { base: `${family}_t`, pointers };
}

function stepped(
  { amount }: CounterStep,
  { name, family }: AtomicLocation,
  stepping: Stepping,
  at: Position,
): readonly Statement[] {
  const counter: Expression = { kind: 'name', name, at };
  const size = amount < 0n ? -amount : amount;
  const verb = size === 1n ? (amount < 0n ? 'dec' : 'inc') : amount < 0n ? 'sub' : 'add';
  const args = size === 1n ? [counter] : [number(size, at), counter];
  const returning = stepping === 'value-returning';
  const step = call(`${family}_${verb}${returning ? '_return' : ''}`, args, at);
  if (returning) return [evaluate(step)];
  return stepping === 'void'
    ? [evaluate(step)]
    : [evaluate(step), evaluate(call('smp_mb__after_atomic', [], at))];
}

function asAtomic(access: Expression, locations: Locations): Expression {
  const location = locations.get(accessedName(access) ?? '');
  if (location === undefined) return access;
  const { family, name } = location;
  const counter: Expression = { kind: 'name', name, at: access.at };
  if (isDereference(access)) return call(`${family}_read`, [counter], access.at);
  if (access.kind !== 'call' || access.name.startsWith('atomic')) return access;
  switch (signatures.get(access.name)?.primitive.kind) {
    case 'load':
      return call(`${family}_read`, [counter], access.at);
    case 'store':
      return call(`${family}_set`, [counter, ...access.arguments.slice(1)], access.at);
    default:
      return { ...access, name: `${family}_${access.name}` };
  }
}

function plainStoreAsSet(statement: Statement, locations: Locations): Statement {
  if (statement.kind !== 'assign' || !isDereference(statement.target)) return statement;
  const location = locations.get(nameOf(pointerTo(statement.target)) ?? '');
  if (location === undefined) return statement;
  const counter = pointerTo(statement.target);
  return evaluate(call(`${location.family}_set`, [counter, statement.value], statement.at));
}

/** The reads whose registers nothing looks at but the steps that they led to, by statement. */
function idleReads(
  { body }: Thread,
  steps: readonly CounterStep[],
  observed: ReadonlySet<string>,
): ReadonlyMap<Statement, string> {
  const reads = steps.flatMap(({ read }) => read ?? []);
  const used = evaluatedExpressions(body).flatMap((expression) => nameOf(expression) ?? []);
  const count = (names: readonly string[], name: string) => names.filter((one) => one === name).length;
  const stepping = reads.map(({ register }) => register);
  return new Map(
    reads
      .filter(
        ({ register }) => !observed.has(register) && count(used, register) === count(stepping, register),
      )
      .map(({ statement, register }) => [statement, register]),
  );
}

/** Drops the declarations of registers that a body no longer mentions. */
function withoutLostRegisters(
  body: readonly Statement[],
  registers: readonly string[],
): readonly Statement[] {
  const mentioned = new Set(evaluatedExpressions(body).flatMap((expression) => nameOf(expression) ?? []));
  forEachStatement(body, (statement) => {
    if (statement.kind === 'assign') mentioned.add(nameOf(statement.target) ?? '');
  });
  const lost = new Set(registers.filter((register) => !mentioned.has(register)));
  return rewriteBody(body, {
    statement: (statement) => (statement.kind === 'declare' && lost.has(statement.name) ? [] : [statement]),
  });
}
