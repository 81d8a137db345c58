import type { Expression, Statement } from '../language/litmus-test.ts';
import { signatures } from '../language/primitives.ts';
import { accessedName, nameOf } from './counters.ts';
import { evaluatedExpressions, isDereference, pointerTo, soleCall } from './rewrite.ts';

/** A statement that moves a counter by a fixed amount. */
export interface CounterStep {
  readonly counter: string;
  /** Never 0. */
  readonly amount: bigint;
  /** Where the old value was read into a register, if it came that way. */
  readonly read: CounterRead | undefined;
}

/** `r = READ_ONCE(*c)`, or the declaration that reads so. */
export interface CounterRead {
  readonly register: string;
  readonly counter: string;
  readonly statement: Statement;
}

/** What is known at a point of a thread. */
interface Knowledge {
  /** Values of the counters that no other thread writes. */
  readonly values: Map<string, bigint>;
  /** By register: the counter's value that it holds, and that the thread has not overwritten since. */
  readonly held: Map<string, CounterRead>;
}

/**
 * The statements of a thread that step a counter: `WRITE_ONCE(*c, r + 1)` after `r = READ_ONCE(*c)`,
 * and a write of a constant where the value before is known. `known` are the initial values of the
 * counters that only this thread writes.
 */
export function stepsIn(
  body: readonly Statement[],
  counters: readonly string[],
  known: ReadonlyMap<string, bigint | undefined>,
): ReadonlyMap<Statement, CounterStep> {
  const found = new Map<Statement, CounterStep>();
  const values = new Map<string, bigint>();
  for (const [name, value] of known) if (value !== undefined) values.set(name, value);
  walk(body, counters, { values, held: new Map() }, found);
  return found;
}

function walk(
  body: readonly Statement[],
  counters: readonly string[],
  knowledge: Knowledge,
  found: Map<Statement, CounterStep>,
): void {
  for (const statement of body) {
    switch (statement.kind) {
      case 'if': {
        forget(evaluatedExpressions([{ ...statement, then: [], otherwise: [] }]), knowledge);
        const then = copied(knowledge);
        const otherwise = copied(knowledge);
        walk(statement.then, counters, then, found);
        walk(statement.otherwise, counters, otherwise, found);
        keepCommon(knowledge, then, otherwise);
        break;
      }
      case 'block':
        walk(statement.body, counters, knowledge, found);
        break;
      case 'declare':
      case 'assign':
      case 'evaluate':
        visit(statement, counters, knowledge, found);
    }
  }
}

function visit(
  statement: Statement,
  counters: readonly string[],
  knowledge: Knowledge,
  found: Map<Statement, CounterStep>,
): void {
  const write = writeOf(statement);
  if (write !== undefined && counters.includes(write.counter)) {
    const step = stepOf(write, knowledge);
    if (step !== undefined) found.set(statement, step);
    learnWrite(write, step, knowledge);
    return;
  }
  forget(evaluatedExpressions([statement]), knowledge);
  const register = assigned(statement);
  if (register === undefined) return;
  const source = accessedName(register.value);
  if (source !== undefined && counters.includes(source) && isLoad(register.value)) {
    knowledge.held.set(register.name, { register: register.name, counter: source, statement });
  } else {
    knowledge.held.delete(register.name);
  }
}

interface CounterWrite {
  readonly counter: string;
  readonly value: Expression;
  /** An increment or decrement that is atomic already. */
  readonly by: bigint | undefined;
}

function writeOf(statement: Statement): CounterWrite | undefined {
  if (statement.kind === 'assign' && isDereference(statement.target)) {
    const counter = nameOf(pointerTo(statement.target));
    return counter === undefined ? undefined : { counter, value: statement.value, by: undefined };
  }
  const access = soleCall(statement);
  const counter = access && accessedName(access);
  const primitive = access && signatures.get(access.name)?.primitive;
  if (counter === undefined || access === undefined || primitive === undefined) return undefined;
  const [first, second] = access.arguments;
  if (primitive.kind === 'store' && second !== undefined) return { counter, value: second, by: undefined };
  if (primitive.kind !== 'rmw' || primitive.result !== 'nothing' || first === undefined) return undefined;
  if (primitive.operation !== 'add' && primitive.operation !== 'sub') return undefined;
  const size = primitive.byOne ? 1n : constantOf(first);
  if (size === undefined) return undefined;
  return { counter, value: access, by: primitive.operation === 'add' ? size : -size };
}

function stepOf(write: CounterWrite, { values, held }: Knowledge): CounterStep | undefined {
  const { counter, value, by } = write;
  const step = (amount: bigint, read?: CounterRead) =>
    amount === 0n ? undefined : { counter, amount, read };
  if (by !== undefined) return step(by);
  const sum = sumOf(value);
  if (sum !== undefined) {
    const read = held.get(nameOf(sum.of) ?? '');
    if (read?.counter === counter) return step(sum.plus, read);
    if (accessedName(sum.of) === counter && isLoad(sum.of)) return step(sum.plus);
  }
  const next = constantOf(value);
  const now = values.get(counter);
  return next === undefined || now === undefined ? undefined : step(next - now);
}

function learnWrite({ counter, value }: CounterWrite, step: CounterStep | undefined, knowledge: Knowledge) {
  const { values, held } = knowledge;
  for (const [register, read] of held) if (read.counter === counter) held.delete(register);
  const before = values.get(counter);
  const after =
    constantOf(value) ?? (before === undefined || step === undefined ? undefined : before + step.amount);
  // Without a value before, the counter has other writers, or one whose value cannot be told.
  if (before === undefined) return;
  if (after === undefined) values.delete(counter);
  else values.set(counter, after);
}

/** Other accesses that write a counter leave its value unknown. */
function forget(expressions: readonly Expression[], { values, held }: Knowledge): void {
  for (const expression of expressions) {
    const counter = accessedName(expression);
    if (counter === undefined || isLoad(expression)) continue;
    values.delete(counter);
    for (const [register, read] of held) if (read.counter === counter) held.delete(register);
  }
}

function copied({ values, held }: Knowledge): Knowledge {
  return { values: new Map(values), held: new Map(held) };
}

function keepCommon(into: Knowledge, left: Knowledge, right: Knowledge): void {
  for (const part of ['values', 'held'] as const) {
    into[part].clear();
    for (const [key, value] of left[part]) {
      if (right[part].get(key) === value) (into[part] as Map<string, unknown>).set(key, value);
    }
  }
}

function isLoad(expression: Expression): boolean {
  if (isDereference(expression)) return true;
  return expression.kind === 'call' && signatures.get(expression.name)?.primitive.kind === 'load';
}

function assigned(statement: Statement): { readonly name: string; readonly value: Expression } | undefined {
  if (statement.kind === 'declare') {
    return statement.value && { name: statement.name, value: statement.value };
  }
  if (statement.kind !== 'assign') return undefined;
  const name = nameOf(statement.target);
  return name === undefined ? undefined : { name, value: statement.value };
}

function constantOf(expression: Expression): bigint | undefined {
  return expression.kind === 'number' ? expression.value : undefined;
}

/** `e + 1`, `1 + e` and `e - 1`, of any constant. */
function sumOf(expression: Expression): { readonly of: Expression; readonly plus: bigint } | undefined {
  if (expression.kind !== 'binary') return undefined;
  const { operator, left, right } = expression;
  const first = constantOf(left);
  const second = constantOf(right);
  if (operator === '+' && second !== undefined) return { of: left, plus: second };
  if (operator === '+' && first !== undefined) return { of: right, plus: first };
  return operator === '-' && second !== undefined ? { of: left, plus: -second } : undefined;
}
