/**
 * A test as LKMM sees it: its C text walked statement by statement, every primitive as the events of
 * kernel-macros.ts, every other access of memory as a plain one.
 *
 * As in herd7, the operands of && and || are both evaluated, and a control dependency ends with its `if`.
 */

import { int, isSigned, valueType, widthOf } from '../language/c-types.ts';
import type {
  Constant,
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
import type { Macros } from './kernel-macros.ts';
import { performed } from './kernel-steps.ts';
import {
  addressed,
  blank,
  forked,
  loaded,
  merged,
  withEvent,
  written,
  type Evaluated,
  type Walk,
} from './kernel-walk.ts';
import { ModelError, tooManyPaths } from './model-error.ts';
import {
  computed,
  constant,
  mostPaths,
  readsOf,
  type Path,
  type Program,
  type ProgramLocation,
  type Value,
} from './program.ts';

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
