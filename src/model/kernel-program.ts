/**
 * A test as LKMM sees it: its C text walked statement by statement, every primitive as the events of
 * kernel-macros.ts, every other access of memory as a plain one.
 *
 * As in herd7, the operands of && and || are both evaluated, and a control dependency ends with its `if`.
 */

import { int, isSigned, valueType, widthOf } from '../language/c-types.ts';
import type {
  Constant,
  CType,
  Expression,
  LitmusTest,
  Position,
  Statement,
  Thread,
} from '../language/litmus-test.ts';
import { observablesOf } from '../language/observables.ts';
import { printExpression } from '../language/printer.ts';
import { signatureOf } from '../language/primitives.ts';
import { accessedType, expressionType, typesOf, type Scope } from '../language/types.ts';
import { binary, elementStride, unary, wrap } from './c-arithmetic.ts';
import type { Macro, Macros, MacroStep, Operand } from './kernel-macros.ts';
import { ModelError, tooManyPaths } from './model-error.ts';
import {
  computed,
  constant,
  mostPaths,
  readsOf,
  type Path,
  type PathEvent,
  type Program,
  type ProgramLocation,
  type Value,
} from './program.ts';
import { setNamed } from './surroundings.ts';

type Call = Extract<Expression, { kind: 'call' }>;

/** @throws ModelError where a primitive has no meaning in the model. */
export function kernelProgram(test: LitmusTest, macros: Macros): Program {
  const types = typesOf(test);
  const locations = locationsIn(test);
  const observed = observablesOf(test);
  const threads = test.threads.map((thread, index) => {
    const registers = observed.flatMap((observable) =>
      observable.kind === 'register' && observable.thread === index ? [observable.name] : [],
    );
    const scope = types.scopes[index];
    if (scope === undefined) throw new Error(`P${index} has no scope`);
    return new ThreadWalk(test, thread, scope, locations, macros).paths(registers);
  });
  return { name: test.name, locations: [...locations.values()].flat(), threads, observed };
}

/** Low enough for an `int` to hold one, odd enough to be no number that a test uses. */
const firstAddress = 0x2d5a_0000n;
const addressStep = 0x1000n;

/** Each location's elements. */
function locationsIn(test: LitmusTest): ReadonlyMap<string, readonly ProgramLocation[]> {
  const given = new Map(
    test.initial.flatMap((value) => (value.kind === 'location' ? [[value.name, value]] : [])),
  );
  const { locations } = typesOf(test);
  const bases = new Map(
    [...locations.keys()].map((name, index) => [name, firstAddress + BigInt(index) * addressStep]),
  );
  const content = (value: Constant | undefined, widthBytes: number): bigint => {
    if (value === undefined) return 0n;
    if (value.kind === 'number') return BigInt.asIntN(widthBytes * 8, value.value);
    return (bases.get(value.location) ?? 0n) + BigInt(value.index ?? 0) * elementStride;
  };
  return new Map(
    [...locations].map(([name, type]) => {
      const initial = given.get(name);
      const widthBytes = widthOf(type);
      const elements = Array.from({ length: initial?.length ?? 1 }, (_, index) => ({
        name: index === 0 ? name : `${name}[${index}]`,
        address: bases.get(name)! + BigInt(index) * elementStride,
        initial: content(initial?.values[index], widthBytes),
        widthBytes,
        signed: isSigned(type),
      }));
      return [name, elements];
    }),
  );
}

/** A path as far as it has come. */
interface Walk {
  readonly variables: ReadonlyMap<string, Value>;
  readonly events: readonly PathEvent[];
  readonly conditions: readonly Value[];
  /** Reads that decide whether the statement is executed. */
  readonly control: readonly number[];
}

/** What an expression comes to, one way or another. */
interface Evaluated {
  readonly walk: Walk;
  readonly value: Value;
}

class ThreadWalk {
  private readonly test: LitmusTest;
  private readonly thread: Thread;
  private readonly scope: Scope;
  private readonly locations: ReadonlyMap<string, readonly ProgramLocation[]>;
  private readonly macros: Macros;

  constructor(
    test: LitmusTest,
    thread: Thread,
    scope: Scope,
    locations: ReadonlyMap<string, readonly ProgramLocation[]>,
    macros: Macros,
  ) {
    this.test = test;
    this.thread = thread;
    this.scope = scope;
    this.locations = locations;
    this.macros = macros;
  }

  paths(registers: readonly string[]): readonly Path[] {
    const start: Walk = { variables: this.initialVariables(), events: [], conditions: [], control: [] };
    return this.statements([start], this.thread.body).map(({ events, conditions, variables }) => ({
      events,
      conditions,
      registers: new Map(registers.map((name) => [name, variables.get(name) ?? constant(0n)])),
    }));
  }

  private initialVariables(): ReadonlyMap<string, Value> {
    const variables = new Map<string, Value>();
    for (const { name } of this.thread.parameters) {
      const location = this.locations.get(name)?.[0];
      if (location !== undefined) variables.set(name, constant(location.address));
    }
    for (const value of this.test.initial) {
      if (value.kind !== 'register' || value.thread !== this.thread.index) continue;
      variables.set(value.name, constant(this.constantValue(value.value)));
    }
    return variables;
  }

  private constantValue(value: Constant): bigint {
    if (value.kind === 'number') return value.value;
    const location = this.locations.get(value.location)?.[value.index ?? 0];
    if (location === undefined) throw new Error(`there is no location ${value.location}`);
    return location.address;
  }

  private statements(walks: readonly Walk[], body: readonly Statement[]): readonly Walk[] {
    return body.reduce((before, statement) => {
      if (before.length > mostPaths) throw tooManyPaths(this.thread);
      return before.flatMap((walk) => this.statement(walk, statement));
    }, walks);
  }

  private statement(walk: Walk, statement: Statement): readonly Walk[] {
    switch (statement.kind) {
      case 'declare':
        return statement.value === undefined ? [walk] : this.assigned(walk, statement.name, statement.value);
      case 'assign':
        return statement.target.kind === 'name'
          ? this.assigned(walk, statement.target.name, statement.value)
          : this.plainStore(walk, statement.target, statement.value, statement.at);
      case 'evaluate':
        return this.evaluate(walk, statement.expression).map((evaluated) => evaluated.walk);
      case 'if':
        return this.evaluate(walk, statement.condition).flatMap(({ walk: decided, value }) => {
          const { yes, no } = forked(decided, value);
          const inside = (arm: Walk | undefined, body: readonly Statement[]) =>
            arm === undefined
              ? []
              : this.statements([{ ...arm, control: merged(walk.control, readsOf(value)) }], body);
          return [...inside(yes, statement.then), ...inside(no, statement.otherwise)].map((after) => ({
            ...after,
            control: walk.control,
          }));
        });
      case 'block':
        return this.statements([walk], statement.body);
    }
  }

  private assigned(walk: Walk, name: string, expression: Expression): readonly Walk[] {
    const type = this.scope.lookup(name) ?? int;
    return this.evaluate(walk, expression).map(({ walk: after, value }) => ({
      ...after,
      variables: new Map(after.variables).set(
        name,
        computed([value], (number) => wrap(number, type)),
      ),
    }));
  }

  private plainStore(walk: Walk, target: Expression, expression: Expression, at: Position): readonly Walk[] {
    if (target.kind !== 'unary') throw new Error('not assignable');
    const type = expressionType(target, this.scope);
    const text = `${printExpression(target)} = ${printExpression(expression)}`;
    return this.evaluateAll(walk, [expression, target.operand]).map(
      ({ walk: after, values: [value, address] }) =>
        withEvent(after, {
          ...blank(after, at, text),
          kind: 'write',
          sets: [],
          ...addressed(address!),
          ...written(value!, type),
        }),
    );
  }

  private evaluateAll(
    walk: Walk,
    expressions: readonly Expression[],
  ): readonly { readonly walk: Walk; readonly values: readonly Value[] }[] {
    return expressions.reduce<readonly { readonly walk: Walk; readonly values: readonly Value[] }[]>(
      (before, expression) =>
        before.flatMap(({ walk: current, values }) =>
          this.evaluate(current, expression).map(({ walk: after, value }) => ({
            walk: after,
            values: [...values, value],
          })),
        ),
      [{ walk, values: [] }],
    );
  }

  private evaluate(walk: Walk, expression: Expression): readonly Evaluated[] {
    const type = expressionType(expression, this.scope);
    switch (expression.kind) {
      case 'number':
        return [{ walk, value: constant(expression.value) }];
      case 'name':
        return [{ walk, value: walk.variables.get(expression.name) ?? constant(0n) }];
      case 'cast':
        return this.evaluate(walk, expression.operand).map(({ walk: after, value }) => ({
          walk: after,
          value: computed([value], (number) => wrap(number, type)),
        }));
      case 'unary': {
        const { operator, operand, at } = expression;
        return this.evaluate(walk, operand).map(({ walk: after, value }) => {
          if (operator !== '*') {
            return { walk: after, value: computed([value], (number) => unary(operator, number, type)) };
          }
          const event = { ...blank(after, at, printExpression(expression)), kind: 'read' as const, sets: [] };
          return loaded(after, { ...event, ...addressed(value) }, type);
        });
      }
      case 'binary': {
        const { operator, left, right } = expression;
        const [leftType, rightType] = [expressionType(left, this.scope), expressionType(right, this.scope)];
        return this.evaluateAll(walk, [left, right]).map(({ walk: after, values }) => ({
          walk: after,
          value: computed(values, (one, other) =>
            binary(operator, { value: one!, type: leftType }, { value: other!, type: rightType }, type),
          ),
        }));
      }
      case 'call':
        return this.call(walk, expression);
    }
  }

  private call(walk: Walk, call: Call): readonly Evaluated[] {
    const macro = this.macros.get(call.name);
    if (macro === undefined) {
      throw new ModelError(`${call.name}() has no meaning in this model`, call.at);
    }
    const forms = signatureOf(call.name).arguments;
    const accessed = accessedType(call, this.scope);
    const type = accessed === undefined ? int : valueType(accessed);
    const parts = call.arguments.map((argument, index) =>
      forms[index] === 'lvalue' && argument.kind === 'unary' ? argument.operand : argument,
    );
    return this.evaluateAll(walk, parts).flatMap(({ walk: after, values }) =>
      performed(after, macro, { values, type, at: call.at, text: printExpression(call) }),
    );
  }
}

/** A primitive's call with its arguments evaluated. */
interface EvaluatedCall {
  readonly values: readonly Value[];
  /** Of the location's content. */
  readonly type: CType;
  readonly at: Position;
  readonly text: string;
}

function performed(walk: Walk, { steps, test }: Macro, call: EvaluatedCall): readonly Evaluated[] {
  const evaluated = steps.reduce<readonly Evaluated[]>(
    (before, step) => before.flatMap(({ walk: current }) => perform(current, step, call)),
    [{ walk, value: constant(0n) }],
  );
  if (test === undefined) return evaluated;
  return evaluated.map(({ walk: after, value }) => ({
    walk: after,
    value: computed([value], (number) =>
      BigInt(test.relation === '==' ? number === test.with : number < test.with),
    ),
  }));
}

function perform(walk: Walk, step: MacroStep, call: EvaluatedCall): readonly Evaluated[] {
  const { at, text, type } = call;
  const event = (current: Walk) => blank(current, at, text);
  const place = 'at' in step ? addressed(call.values[step.at]!) : undefined;
  const operand = (one: Operand): Value =>
    'number' in one
      ? constant(one.number)
      : computed([call.values[one.argument]!], (value) => wrap(value, type));
  const nothing = constant(0n);
  switch (step.kind) {
    case 'load':
      return [loaded(walk, { ...event(walk), kind: 'read', sets: [setNamed(step.tag)], ...place! }, type)];
    case 'store': {
      const write = { ...event(walk), kind: 'write' as const, sets: [setNamed(step.tag)], ...place! };
      return [{ walk: withEvent(walk, { ...write, ...written(operand(step.value), type) }), value: nothing }];
    }
    case 'fence':
      return [{ walk: withFence(walk, step.tag, event(walk)), value: nothing }];
    case 'rmw': {
      const changed = (old: Value) =>
        computed([old, operand(step.operand)], (a, b) => modified(step.operation, a!, b!, type));
      const { walk: after, old, value } = readModifyWrite(walk, step.tag, place!, changed, call);
      return [
        { walk: after, value: step.result === 'nothing' ? nothing : step.result === 'old' ? old : value },
      ];
    }
    case 'compare-exchange': {
      const expected = operand(step.expected);
      return conditionalWrite(
        walk,
        step.tag,
        place!,
        (old) => computed([old, expected], (a, b) => BigInt(a === b)),
        () => operand(step.desired),
        call,
      ).map(({ walk: after, old }) => ({ walk: after, value: old }));
    }
    case 'conditional-add': {
      const addend = operand(step.addend);
      const bound = step.bound === undefined ? constant(0n) : operand(step.bound);
      const sum = (old: Value) => computed([old, addend], (a, b) => wrap(a! + b!, type));
      return conditionalWrite(
        walk,
        step.tag,
        place!,
        (old) => computed([old, bound], (a, b) => BigInt(!forbids(step.unless, a!, b!))),
        sum,
        call,
      ).map(({ walk: after, old, wrote }) => ({
        walk: after,
        value: { old, new: sum(old), written: computed([old], () => BigInt(wrote)) }[step.result],
      }));
    }
    case 'lock':
      return [{ walk: taken(walk, place!, event), value: nothing }];
    case 'unlock':
      return [
        {
          walk: withEvent(walk, { ...event(walk), sets: ['UL'], ...place!, value: constant(0n) }),
          value: nothing,
        },
      ];
    case 'trylock': {
      const success = taken(walk, place!, event);
      const failure = withEvent(walk, { ...event(walk), sets: ['LF'], ...place!, value: constant(1n) });
      return [
        { walk: success, value: computed([eventBefore(success, 2)], () => 1n) },
        { walk: failure, value: computed([eventBefore(failure, 1)], () => 0n) },
      ];
    }
    case 'is-locked':
      return (['RL', 'RU'] as const).map((set) => {
        const value = constant(BigInt(set === 'RL'));
        const after = withEvent(walk, { ...event(walk), sets: [set], ...place!, value });
        return { walk: after, value: eventBefore(after, 1) };
      });
    case 'srcu': {
      const value = step.value === undefined ? constant(0n) : operand(step.value);
      const own = { ...place!, value, data: readsOf(value), sets: [setNamed(step.tag)] };
      const after = withEvent(walk, { ...event(walk), ...own });
      return [{ walk: after, value: eventBefore(after, 1) }];
    }
  }
}

function blank(walk: Walk, { line }: Position, text: string): PathEvent {
  return {
    kind: 'other',
    sets: [],
    address: undefined,
    value: undefined,
    addr: [],
    data: [],
    ctrl: walk.control,
    rmw: undefined,
    line,
    text,
  };
}

function addressed(address: Value): Pick<PathEvent, 'address' | 'addr'> {
  return { address, addr: readsOf(address) };
}

/** Memory holds signed numbers, whatever the type. */
function written(value: Value, type: CType): Pick<PathEvent, 'value' | 'data'> {
  const bits = widthOf(type) * 8;
  return { value: computed([value], (number) => BigInt.asIntN(bits, number)), data: readsOf(value) };
}

function withEvent(walk: Walk, event: PathEvent): Walk {
  return { ...walk, events: [...walk.events, event] };
}

function withFence(walk: Walk, tag: string, event: PathEvent): Walk {
  return withEvent(walk, { ...event, sets: ['F', setNamed(tag)] });
}

/** The value of an event that is `back` events before the path's end. */
function eventBefore({ events }: Walk, back: number): Value {
  return { kind: 'read', read: events.length - back };
}

function loaded(walk: Walk, event: PathEvent, type: CType): Evaluated {
  const after = withEvent(walk, event);
  return { walk: after, value: computed([eventBefore(after, 1)], (number) => wrap(number, type)) };
}

function merged(left: readonly number[], right: readonly number[]): readonly number[] {
  return [...new Set([...left, ...right])].toSorted((one, other) => one - other);
}

/** The walk both ways, as far as constants leave it open. */
function forked(
  walk: Walk,
  condition: Value,
): { readonly yes: Walk | undefined; readonly no: Walk | undefined } {
  if (condition.kind === 'constant') {
    return condition.value === 0n ? { yes: undefined, no: walk } : { yes: walk, no: undefined };
  }
  const opposite = computed([condition], (value) => BigInt(value === 0n));
  return {
    yes: { ...walk, conditions: [...walk.conditions, condition] },
    no: { ...walk, conditions: [...walk.conditions, opposite] },
  };
}

/** How the tags of a read-modify-write are shared out, as long as a model has none of its own for them. */
const rmwTags: Readonly<Record<string, { readonly read: string; readonly write: string }>> = {
  once: { read: 'once', write: 'once' },
  acquire: { read: 'acquire', write: 'once' },
  release: { read: 'once', write: 'release' },
  mb: { read: 'once', write: 'once' },
  noreturn: { read: 'noreturn', write: 'once' },
};

function readModifyWrite(
  walk: Walk,
  tag: string,
  place: Pick<PathEvent, 'address' | 'addr'>,
  changed: (old: Value) => Value,
  { at, text, type }: EvaluatedCall,
): { readonly walk: Walk; readonly old: Value; readonly value: Value } {
  const tags = rmwTags[tag] ?? { read: tag, write: tag };
  const fenced = (current: Walk) =>
    tag === 'mb' ? withFence(current, 'mb', blank(current, at, text)) : current;
  const before = fenced(walk);
  const read = before.events.length;
  const { walk: between, value: old } = loaded(
    before,
    { ...blank(before, at, text), kind: 'read', sets: [setNamed(tags.read), 'RMW'], ...place },
    type,
  );
  const value = changed(old);
  const store = written(value, type);
  const after = withEvent(between, {
    ...blank(between, at, text),
    kind: 'write',
    sets: [setNamed(tags.write), 'RMW'],
    ...place,
    ...store,
    data: store.data.filter((one) => one !== read),
    rmw: read,
  });
  return { walk: fenced(after), old, value };
}

/** A read-modify-write where its condition on the old value holds; else a read that orders nothing. */
function conditionalWrite(
  walk: Walk,
  tag: string,
  place: Pick<PathEvent, 'address' | 'addr'>,
  writes: (old: Value) => Value,
  changed: (old: Value) => Value,
  call: EvaluatedCall,
): readonly { readonly walk: Walk; readonly old: Value; readonly wrote: boolean }[] {
  const success = readModifyWrite(walk, tag, place, changed, call);
  const yes = forked(success.walk, writes(success.old)).yes;
  const readTag = tag in rmwTags ? 'once' : tag;
  const failure = loaded(
    walk,
    { ...blank(walk, call.at, call.text), kind: 'read', sets: [setNamed(readTag), 'RMW'], ...place },
    call.type,
  );
  const no = forked(failure.walk, writes(failure.value)).no;
  return [
    ...(yes === undefined ? [] : [{ walk: yes, old: success.old, wrote: true }]),
    ...(no === undefined ? [] : [{ walk: no, old: failure.value, wrote: false }]),
  ];
}

function taken(
  walk: Walk,
  place: Pick<PathEvent, 'address' | 'addr'>,
  event: (current: Walk) => PathEvent,
): Walk {
  const read = withEvent(walk, { ...event(walk), sets: ['LKR'], ...place, value: constant(0n) });
  return withEvent(read, { ...event(read), sets: ['LKW'], ...place, value: constant(1n) });
}

function modified(
  operation: Extract<MacroStep, { kind: 'rmw' }>['operation'],
  old: bigint,
  operand: bigint,
  type: CType,
): bigint {
  switch (operation) {
    case 'add':
      return wrap(old + operand, type);
    case 'sub':
      return wrap(old - operand, type);
    case 'and':
      return wrap(old & operand, type);
    case 'or':
      return wrap(old | operand, type);
    case 'xor':
      return wrap(old ^ operand, type);
    case 'andnot':
      return wrap(old & ~operand, type);
    case 'exchange':
      return wrap(operand, type);
  }
}

function forbids(
  unless: Extract<MacroStep, { kind: 'conditional-add' }>['unless'],
  old: bigint,
  bound: bigint,
): boolean {
  switch (unless) {
    case 'equal':
      return old === bound;
    case 'zero':
      return old === 0n;
    case 'negative':
      return old < 0n;
    case 'positive':
      return old > 0n;
    case 'not-positive':
      return old <= 0n;
  }
}
