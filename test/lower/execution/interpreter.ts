/**
 * What a single-threaded litmus test means, by walking its syntax tree: C's arithmetic on LP64 with
 * wrapping, the kernel's primitives as Documentation/atomic_t.txt defines them. Written without a look
 * at src/lower, to be compared with what the generated code does.
 */

import type { BinaryOperator, CType, Expression, Statement } from '../../../src/language/litmus-test.ts';
import { signatures } from '../../../src/language/primitives.ts';
import type { Primitive, RmwOperation, WriteUnless } from '../../../src/language/primitives.ts';

interface Kind {
  readonly bits: 32 | 64;
  readonly signed: boolean;
  /** Set for pointers: what they point at. */
  readonly pointee: CType | undefined;
}

interface Value {
  readonly number: bigint;
  readonly kind: Kind;
}

/** Memory and variables of the thread, changed as it runs. Addresses are absolute. */
export interface State {
  readonly memory: Map<bigint, bigint>;
  readonly variables: Map<string, bigint>;
  /** Of variables; of parameters too, which are pointers. */
  readonly types: ReadonlyMap<string, CType>;
  readonly addresses: ReadonlyMap<string, bigint>;
}

const int: Kind = { bits: 32, signed: true, pointee: undefined };
const long: Kind = { bits: 64, signed: true, pointee: undefined };

const kinds: Readonly<Record<string, Kind>> = {
  int,
  'unsigned int': { bits: 32, signed: false, pointee: undefined },
  long,
  'unsigned long': { bits: 64, signed: false, pointee: undefined },
  atomic_t: int,
  atomic_long_t: long,
  atomic64_t: long,
  spinlock_t: int,
};

/** Elements of arrays are this far apart, whatever their type. */
const strideBytes = 8n;

export function kindOf(type: CType): Kind {
  if (type.pointers > 0) {
    return { bits: 64, signed: false, pointee: { base: type.base, pointers: type.pointers - 1 } };
  }
  const kind = kinds[type.base];
  if (kind === undefined) throw new Error(`the interpreter does not know ${type.base}`);
  return kind;
}

export function wrap(number: bigint, { bits, signed }: Kind): bigint {
  return signed ? BigInt.asIntN(bits, number) : BigInt.asUintN(bits, number);
}

function value(number: bigint, kind: Kind): Value {
  return { number: wrap(number, kind), kind };
}

export function runStatements(state: State, body: readonly Statement[]): void {
  for (const statement of body) runStatement(state, statement);
}

function runStatement(state: State, statement: Statement): void {
  switch (statement.kind) {
    case 'declare':
      if (statement.value !== undefined) setVariable(state, statement.name, evaluate(state, statement.value));
      return;
    case 'assign': {
      if (statement.target.kind === 'name') {
        setVariable(state, statement.target.name, evaluate(state, statement.value));
        return;
      }
      if (statement.target.kind !== 'unary') throw new Error('not assignable');
      const written = evaluate(state, statement.value);
      const place = placeAt(evaluate(state, statement.target.operand));
      write(state, place, written.number);
      return;
    }
    case 'evaluate':
      evaluate(state, statement.expression);
      return;
    case 'if':
      runStatements(
        state,
        evaluate(state, statement.condition).number === 0n ? statement.otherwise : statement.then,
      );
      return;
    case 'block':
      runStatements(state, statement.body);
  }
}

function setVariable(state: State, name: string, { number }: Value): void {
  state.variables.set(name, wrap(number, kindOf(typeNamed(state, name))));
}

function typeNamed(state: State, name: string): CType {
  const type = state.types.get(name);
  if (type === undefined) throw new Error(`no variable or parameter ${name}`);
  return type;
}

interface Place {
  readonly address: bigint;
  readonly kind: Kind;
}

function placeAt(pointer: Value): Place {
  if (pointer.kind.pointee === undefined) throw new Error('not a pointer');
  return { address: pointer.number, kind: kindOf(pointer.kind.pointee) };
}

function read(state: State, { address, kind }: Place): Value {
  const number = state.memory.get(address);
  if (number === undefined) throw new Error(`nothing lies at ${address}`);
  return value(number, kind);
}

function write(state: State, { address, kind }: Place, number: bigint): void {
  if (!state.memory.has(address)) throw new Error(`nothing lies at ${address}`);
  state.memory.set(address, wrap(number, kind));
}

function evaluate(state: State, expression: Expression): Value {
  switch (expression.kind) {
    case 'number':
      return value(expression.value, BigInt.asIntN(32, expression.value) === expression.value ? int : long);
    case 'name': {
      const kind = kindOf(typeNamed(state, expression.name));
      const address = state.addresses.get(expression.name);
      return value(address ?? state.variables.get(expression.name) ?? 0n, kind);
    }
    case 'cast':
      return value(evaluate(state, expression.operand).number, kindOf(expression.type));
    case 'unary': {
      const operand = evaluate(state, expression.operand);
      switch (expression.operator) {
        case '*':
          return read(state, placeAt(operand));
        case '-':
          return value(-operand.number, operand.kind);
        case '~':
          return value(~operand.number, operand.kind);
        case '!':
          return truth(operand.number === 0n);
      }
    }
    case 'binary': {
      const left = evaluate(state, expression.left);
      if (expression.operator === '&&') {
        return truth(left.number !== 0n && evaluate(state, expression.right).number !== 0n);
      }
      if (expression.operator === '||') {
        return truth(left.number !== 0n || evaluate(state, expression.right).number !== 0n);
      }
      return binary(expression.operator, left, evaluate(state, expression.right));
    }
    case 'call':
      return call(state, expression.name, expression.arguments);
  }
}

function truth(holds: boolean): Value {
  return value(holds ? 1n : 0n, int);
}

function binary(operator: BinaryOperator, left: Value, right: Value): Value {
  if (operator === '<<') return value(left.number << right.number, left.kind);
  if (operator === '>>') return value(left.number >> right.number, left.kind);
  const leftPoints = left.kind.pointee !== undefined;
  const rightPoints = right.kind.pointee !== undefined;
  if (operator === '+' && leftPoints) return value(left.number + right.number * strideBytes, left.kind);
  if (operator === '+' && rightPoints) return value(right.number + left.number * strideBytes, right.kind);
  if (operator === '-' && leftPoints && rightPoints) {
    return value((left.number - right.number) / strideBytes, long);
  }
  if (operator === '-' && leftPoints) return value(left.number - right.number * strideBytes, left.kind);
  const kind = leftPoints ? left.kind : rightPoints ? right.kind : commonKind(left.kind, right.kind);
  const a = wrap(left.number, kind);
  const b = wrap(right.number, kind);
  switch (operator) {
    case '+':
      return value(a + b, kind);
    case '-':
      return value(a - b, kind);
    case '*':
      return value(a * b, kind);
    case '&':
      return value(a & b, kind);
    case '|':
      return value(a | b, kind);
    case '^':
      return value(a ^ b, kind);
    case '==':
      return truth(a === b);
    case '!=':
      return truth(a !== b);
    case '<':
      return truth(a < b);
    case '<=':
      return truth(a <= b);
    case '>':
      return truth(a > b);
    case '>=':
      return truth(a >= b);
    default:
      throw new Error(`the interpreter does not know ${operator}`);
  }
}

/** C11 6.3.1.8 on LP64: the wider; of two of the same width, the unsigned. */
function commonKind(one: Kind, other: Kind): Kind {
  if (one.bits !== other.bits) return one.bits > other.bits ? one : other;
  return one.signed ? other : one;
}

function call(state: State, name: string, args: readonly Expression[]): Value {
  const signature = signatures.get(name);
  if (signature === undefined) throw new Error(`no primitive ${name}`);
  let place: Place = { address: -1n, kind: int };
  const values: bigint[] = [];
  args.forEach((argument, index) => {
    const form = signature.arguments[index];
    if (form === 'value') values.push(evaluate(state, argument).number);
    else if (form === 'pointer') place = placeAt(evaluate(state, argument));
    else if (argument.kind === 'unary') place = placeAt(evaluate(state, argument.operand));
  });
  return perform(state, signature.primitive, place, values);
}

const nothing = value(0n, int);

function perform(state: State, primitive: Primitive, place: Place, values: readonly bigint[]): Value {
  const [first = 0n, second = 0n] = values.map((number) => wrap(number, place.kind));
  const set = (number: bigint) => write(state, place, number);
  switch (primitive.kind) {
    case 'load':
      return read(state, place);
    case 'store':
      set(first);
      return nothing;
    case 'fence':
      return nothing;
    case 'rmw': {
      const old = read(state, place);
      const operand = primitive.byOne ? 1n : first;
      const changed = value(modified(primitive.operation, old.number, operand), place.kind);
      set(changed.number);
      switch (primitive.result) {
        case 'nothing':
          return nothing;
        case 'old':
          return old;
        case 'new':
          return changed;
        case 'zero':
          return truth(changed.number === 0n);
        case 'negative':
          return truth(changed.number < 0n);
      }
    }
    case 'exchange': {
      const old = read(state, place);
      set(first);
      return old;
    }
    case 'compare-exchange': {
      const old = read(state, place);
      if (old.number === first) set(second);
      return old;
    }
    case 'conditional-add': {
      const old = read(state, place);
      const changed = value(old.number + (primitive.addend ?? first), place.kind);
      const writes = !forbids(primitive.unless, old.number, second);
      if (writes) set(changed.number);
      if (primitive.result === 'old') return old;
      return primitive.result === 'new' ? changed : truth(writes);
    }
    case 'lock': {
      const held = read(state, place).number !== 0n;
      switch (primitive.action) {
        case 'lock':
          if (held) throw new Error('deadlock');
          set(1n);
          return nothing;
        case 'unlock':
          set(0n);
          return nothing;
        case 'trylock':
          if (!held) set(1n);
          return truth(!held);
        case 'is-locked':
          return truth(held);
      }
    }
    case 'rcu':
      throw new Error('the interpreter does not know RCU');
  }
}

function modified(operation: RmwOperation, old: bigint, operand: bigint): bigint {
  switch (operation) {
    case 'add':
      return old + operand;
    case 'sub':
      return old - operand;
    case 'and':
      return old & operand;
    case 'or':
      return old | operand;
    case 'xor':
      return old ^ operand;
    case 'andnot':
      return old & ~operand;
  }
}

function forbids(unless: WriteUnless, old: bigint, bound: bigint): boolean {
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
