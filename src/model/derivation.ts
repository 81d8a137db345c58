/**
 * Why a pair of events is in a relation of a model: the definitions in the model's own text are followed
 * down to steps that a reader knows, such as a fence, a dependency or a read from another thread.
 */

import { CatError } from './cat/cat-error.ts';
import type { Binding, Expression } from './cat/syntax.ts';
import type { Locals, Value } from './cat/values.ts';
import type { Reading } from './reading.ts';
import * as r from './relation.ts';
import type { EventSet, Relation } from './relation.ts';
import {
  called,
  cheapest,
  inverted,
  isWeak,
  joined,
  leaf,
  nothing,
  plainName,
  sequel,
  wellKnown,
  type Derivation,
  type Node,
} from './steps.ts';

/** A local name, with what it stands for where that is known. */
interface Frame extends Locals {
  readonly outer: Frame | undefined;
  readonly source: { readonly expression: Expression; readonly within: Frame | undefined } | undefined;
  readonly stage: { readonly of: Recursion; readonly index: number; readonly number: number } | undefined;
}

/** The names of a `let rec`, with what they held after each round of their equations. */
interface Recursion {
  readonly bindings: readonly Binding[];
  /** The first is of empty relations. */
  readonly stages: readonly (Frame | undefined)[];
}

const emptyValue: Value = { kind: 'empty' };
const mostStages = 500;

/** Derives pairs in an execution. */
export class Derivations {
  private readonly reading: Reading;
  private readonly definitions = new Map<
    string,
    { binding: Binding; group: readonly Binding[] | undefined }
  >();
  private readonly latest = new Map<string, string>();
  private readonly bits = new Map<Expression, Map<Frame | undefined, EventSet | Relation | undefined>>();
  private readonly known = new Map<Expression, Map<Frame | undefined, Map<number, Node | undefined>>>();
  private readonly applied = new Map<Expression, Map<Frame | undefined, Frame | undefined>>();
  private readonly recursions = new Map<readonly Binding[], Recursion>();

  constructor(reading: Reading) {
    this.reading = reading;
    for (const statement of reading.model.statements) {
      if (statement.kind === 'with' || statement.kind === 'enum') this.enter(statement.name);
      if (statement.kind !== 'let') continue;
      for (const binding of statement.bindings) {
        if (typeof binding.name !== 'string') {
          binding.name.forEach((name) => this.enter(name));
          continue;
        }
        this.enter(binding.name);
        const group = statement.recursive ? statement.bindings : undefined;
        this.definitions.set(binding.name, { binding, group });
      }
    }
  }

  private enter(name: string): void {
    this.latest.set(plainName(name), name);
  }

  /** A relation by the name it has at the end of the model; undefined where the model has none. */
  named(name: string): Relation | undefined {
    const at = { file: 'the model', line: 1, column: 1 };
    const found = this.bitsOf({ kind: 'variable', name: this.latest.get(name) ?? name, at }, undefined);
    return found?.sort === 'relation' ? found : undefined;
  }

  /** The value of a top-level expression. */
  valueOf(expression: Expression): EventSet | Relation | undefined {
    return this.bitsOf(expression, undefined);
  }

  /** How a pair comes to be in a top-level expression's relation; undefined where it is not in it. */
  derive(expression: Expression, from: number, to: number): Derivation | undefined {
    const node = this.node(expression, undefined, from, to);
    return node === undefined ? undefined : { ...node, steps: joined(node.steps) };
  }

  private node(expression: Expression, frame: Frame | undefined, from: number, to: number): Node | undefined {
    const byPair = entry(entry(this.known, expression), frame);
    const key = from * this.reading.execution.structure.events.length + to;
    if (byPair.has(key)) return byPair.get(key);
    const node = this.holds(expression, frame, from, to)
      ? this.found(expression, frame, from, to)
      : undefined;
    byPair.set(key, node);
    return node;
  }

  private holds(expression: Expression, frame: Frame | undefined, from: number, to: number): boolean {
    const value = this.bitsOf(expression, frame);
    return value?.sort === 'relation' && r.related(value, from, to);
  }

  private bitsOf(expression: Expression, frame: Frame | undefined): EventSet | Relation | undefined {
    const byFrame = entry(this.bits, expression);
    if (byFrame.has(frame)) return byFrame.get(frame);
    const { evaluate, bitsOf } = this.reading;
    let value: EventSet | Relation | undefined;
    try {
      value = bitsOf(evaluate(expression, frame));
    } catch (error) {
      if (!(error instanceof CatError)) throw error;
    }
    byFrame.set(frame, value);
    return value;
  }

  /** Of a pair that the expression's relation holds. */
  private found(expression: Expression, frame: Frame | undefined, from: number, to: number): Node {
    const within = (part: Expression, inFrame = frame) => this.node(part, inFrame, from, to);
    const unnamed = leaf(from, to, undefined);
    switch (expression.kind) {
      case 'variable':
        return this.variable(expression.name, frame, from, to);
      case 'binary': {
        const { operator, left, right } = expression;
        switch (operator) {
          case '|':
            return cheapest([within(left), within(right)]) ?? unnamed;
          case '&': {
            const [first, second] = [within(left), within(right)];
            return first === undefined || (isWeak(first) && second !== undefined)
              ? (second ?? unnamed)
              : first;
          }
          case '\\':
            return within(left) ?? unnamed;
          case ';':
            return this.sequence(left, right, frame, from, to) ?? unnamed;
          case '*':
          case '++':
            return unnamed;
        }
      }
      // falls through: every operator has returned
      case 'postfix': {
        const { operator, operand } = expression;
        if (operator === '^-1') return inverted(this.node(operand, frame, to, from)) ?? unnamed;
        if (operator !== '+' && from === to) return nothing(from);
        return (operator === '?' ? within(operand) : this.path(operand, frame, from, to)) ?? unnamed;
      }
      case 'identity':
        return nothing(from);
      case 'apply':
        return this.application(expression, frame, from, to) ?? unnamed;
      case 'let': {
        const inside = expression.recursive ? undefined : this.localsOf(expression.bindings, frame);
        return inside === undefined ? unnamed : (within(expression.body, inside) ?? unnamed);
      }
      case 'try':
        return within(expression.attempt) ?? within(expression.otherwise) ?? unnamed;
      default:
        return unnamed;
    }
  }

  private variable(name: string, frame: Frame | undefined, from: number, to: number): Node {
    for (let local = frame; local !== undefined; local = local.outer) {
      if (local.name !== name) continue;
      const { source, stage } = local;
      if (source !== undefined)
        return this.node(source.expression, source.within, from, to) ?? leaf(from, to, undefined);
      return stage === undefined
        ? leaf(from, to, undefined)
        : this.recursive(stage.of, stage.index, stage.number, from, to);
    }
    const shown = plainName(name);
    const definition = this.definitions.get(name);
    if (wellKnown.has(shown) || definition === undefined) return leaf(from, to, shown);
    const { binding, group } = definition;
    if (group === undefined) return called(shown, this.node(binding.value, undefined, from, to), from, to);
    const recursion = this.recursionOf(group);
    return this.recursive(recursion, group.indexOf(binding), recursion.stages.length - 1, from, to);
  }

  /** Of a pair that is in a recursive relation by a stage: from the stage before the one that brought it. */
  private recursive(of: Recursion, index: number, last: number, from: number, to: number): Node {
    const binding = of.bindings[index]!;
    const name = binding.name as string;
    const at = binding.at;
    for (let stage = 1; stage <= last; stage++) {
      if (!this.holds({ kind: 'variable', name, at }, of.stages[stage], from, to)) continue;
      return called(plainName(name), this.node(binding.value, of.stages[stage - 1], from, to), from, to);
    }
    return leaf(from, to, plainName(name));
  }

  private recursionOf(bindings: readonly Binding[]): Recursion {
    const before = this.recursions.get(bindings);
    if (before !== undefined) return before;
    const { evaluate, bitsOf, valueOf } = this.reading;
    const stages: (Frame | undefined)[] = [];
    const recursion: Recursion = { bindings, stages };
    const stageOf = (values: readonly Value[]): Frame | undefined =>
      bindings.reduce<Frame | undefined>(
        (outer, { name }, index) => ({
          name: name as string,
          value: values[index]!,
          outer,
          source: undefined,
          stage: { of: recursion, index, number: stages.length },
        }),
        undefined,
      );
    let values: readonly Value[] = bindings.map(() => emptyValue);
    stages.push(stageOf(values));
    for (let settled = false; !settled && stages.length < mostStages;) {
      const inside = stages.at(-1);
      const next = bindings.map(({ value }) => bitsOf(evaluate(value, inside)));
      settled = next.every((bits, index) => sameBits(bits, bitsOf(values[index]!)));
      values = next.map((bits) => (bits === undefined ? emptyValue : valueOf(bits)));
      if (!settled) stages.push(stageOf(values));
    }
    this.recursions.set(bindings, recursion);
    return recursion;
  }

  private sequence(left: Expression, right: Expression, frame: Frame | undefined, from: number, to: number) {
    const [first, second] = [this.bitsOf(left, frame), this.bitsOf(right, frame)];
    if (first?.sort !== 'relation' || second?.sort !== 'relation') return undefined;
    const middles = r.membersOf(r.successors(first, from)).filter((middle) => r.related(second, middle, to));
    return cheapest(
      middles.map((middle) => {
        const [before, after] = [this.node(left, frame, from, middle), this.node(right, frame, middle, to)];
        return before === undefined || after === undefined ? undefined : sequel([before, after], from, to);
      }),
    );
  }

  private path(operand: Expression, frame: Frame | undefined, from: number, to: number): Node | undefined {
    const relation = this.bitsOf(operand, frame);
    const events = relation?.sort === 'relation' ? r.shortestPath(relation, from, to) : undefined;
    const hops = events?.slice(1).map((event, index) => this.node(operand, frame, events[index]!, event));
    if (hops === undefined || hops.some((hop) => hop === undefined)) return undefined;
    return sequel(hops as Node[], from, to);
  }

  private application(
    expression: Extract<Expression, { kind: 'apply' }>,
    frame: Frame | undefined,
    from: number,
    to: number,
  ): Node | undefined {
    const { callee, argument } = expression;
    if (callee.kind !== 'variable') return undefined;
    const definition = this.definitions.get(callee.name);
    if (definition === undefined) return this.primitive(callee.name, argument, frame, from, to);
    const { value } = definition.binding;
    if (value.kind !== 'function' || typeof value.parameter !== 'string' || definition.group !== undefined)
      return undefined;
    const frames = entry(this.applied, expression);
    if (!frames.has(frame)) {
      frames.set(frame, this.local(value.parameter, argument, frame, undefined));
    }
    return this.node(value.body, frames.get(frame), from, to);
  }

  private primitive(name: string, argument: Expression, frame: Frame | undefined, from: number, to: number) {
    if (name !== 'fencerel') return undefined;
    const fences = this.bitsOf(argument, frame);
    if (fences?.sort !== 'set') return undefined;
    const fence = r.membersOf(fences).find((event) => from < event && event < to);
    return fence === undefined
      ? undefined
      : sequel([leaf(from, fence, 'po'), leaf(fence, to, 'po')], from, to);
  }

  private localsOf(bindings: readonly Binding[], frame: Frame | undefined): Frame | undefined {
    const first = bindings[0]!.value;
    const frames = entry(this.applied, first);
    if (frames.has(frame)) return frames.get(frame);
    const inside = bindings.reduce<Frame | undefined>(
      (outer, { name, value }) => (typeof name === 'string' ? this.local(name, value, frame, outer) : outer),
      frame,
    );
    frames.set(frame, inside);
    return inside;
  }

  private local(
    name: string,
    expression: Expression,
    within: Frame | undefined,
    outer: Frame | undefined,
  ): Frame {
    const value = this.reading.evaluate(expression, within);
    return { name, value, outer, source: { expression, within }, stage: undefined };
  }
}

/** The map's map for a key, made where there is none. */
function entry<K, L, V>(map: Map<K, Map<L, V>>, key: K): Map<L, V> {
  const before = map.get(key);
  if (before !== undefined) return before;
  const made = new Map<L, V>();
  map.set(key, made);
  return made;
}

function sameBits(left: EventSet | Relation | undefined, right: EventSet | Relation | undefined): boolean {
  if (left === undefined || right === undefined)
    return (left ?? right) === undefined || r.isEmpty((left ?? right)!);
  return r.equals(left, right);
}
