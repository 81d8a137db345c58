import type { Expression } from '../language/litmus-test.ts';
import type { Primitive, Signature, WriteUnless } from '../language/primitives.ts';
import { label } from './machine-code.ts';
import type { Address, Operand, Register } from './primitives.ts';
import { negated } from './target.ts';
import type { Relation, ValueType } from './target.ts';
import { fail, temporary } from './thread-context.ts';
import type { ThreadContext } from './thread-context.ts';

/** A primitive's call with its arguments evaluated. */
export interface EvaluatedCall {
  readonly call: Extract<Expression, { kind: 'call' }>;
  readonly signature: Signature;
  /** The location, for primitives that have one. */
  readonly at: Address | undefined;
  readonly values: readonly Operand[];
  /** Of the accessed value. */
  readonly type: ValueType;
  /** The first temporary that no argument occupies. */
  readonly depth: number;
}

/** Reduces a primitive to rows of the target's table. `destination` is undefined where the value is not used. */
export function emitPrimitive(
  context: ThreadContext,
  evaluated: EvaluatedCall,
  destination: Register | undefined,
): void {
  const { primitives } = context.target;
  const { call, type, depth } = evaluated;
  const { primitive } = evaluated.signature;
  const emit = (code: Parameters<ThreadContext['emit']>[0]) => context.emit(code, call.at);
  const result = () => destination ?? temporary(context, depth, call.at);
  switch (primitive.kind) {
    case 'load':
      emit(primitives.loads[primitive.access](result(), addressIn(evaluated), type.width));
      return;
    case 'store': {
      const store = primitives.stores[primitive.access];
      if ('unsupported' in store) fail(context, call.at, `${call.name}(): ${store.unsupported}`);
      emit(store(addressIn(evaluated), valueIn(evaluated, 0), type.width));
      return;
    }
    case 'fence':
      emit(primitives.fences[primitive.fence]());
      return;
    case 'rmw':
      emitReadModifyWrite(context, evaluated, primitive, destination);
      return;
    case 'exchange': {
      const exchange = primitives.exchanges[`xchg${orderSuffixes[primitive.order]}`];
      emit(exchange(result(), addressIn(evaluated), valueIn(evaluated, 0), type.width));
      return;
    }
    case 'compare-exchange': {
      const compareExchange = primitives.compareExchanges[`cmpxchg${orderSuffixes[primitive.order]}`];
      const expected = valueIn(evaluated, 0);
      const desired = valueIn(evaluated, 1);
      emit(compareExchange(result(), addressIn(evaluated), expected, desired, type.width));
      return;
    }
    case 'conditional-add':
      emitConditionalAdd(context, evaluated, primitive, destination);
      return;
    case 'lock': {
      const at = addressIn(evaluated);
      const { spin_lock, spin_unlock, spin_trylock, spin_is_locked } = primitives.locks;
      switch (primitive.action) {
        case 'lock':
          emit(spin_lock(at, context.stuckAt(call.at)));
          return;
        case 'unlock':
          emit(spin_unlock(at));
          return;
        case 'trylock':
          emit(spin_trylock(result(), at));
          return;
        case 'is-locked':
          emit(spin_is_locked(result(), at));
          return;
      }
    }
    case 'rcu':
      fail(
        context,
        call.at,
        `${call.name}() is ${primitive.what.toUpperCase()}, which no target lowers, since a ` +
          'grace period is not a few instructions: run a test without it',
      );
  }
}

const orderSuffixes = { full: '', relaxed: '_relaxed', acquire: '_acquire', release: '_release' } as const;

function emitReadModifyWrite(
  context: ThreadContext,
  evaluated: EvaluatedCall,
  { operation, byOne, result, order }: Extract<Primitive, { kind: 'rmw' }>,
  destination: Register | undefined,
): void {
  const { target, emit } = context;
  const { call, type, depth } = evaluated;
  const at = addressIn(evaluated);
  const operand: Operand = byOne ? { kind: 'immediate', value: 1n } : valueIn(evaluated, 0);
  if (order === 'none') {
    emit(target.primitives.voidRmws[`atomic_${operation}`](at, operand, type.width), call.at);
    return;
  }
  const fetch = target.primitives.fetchRmws[`atomic_fetch_${operation}${orderSuffixes[order]}`];
  const kept = operand.kind === 'register' && operand.register === destination;
  const before = destination === undefined || kept ? temporary(context, depth, call.at) : destination;
  emit(fetch(before, at, operand, type.width), call.at);
  if (result === 'old' || result === 'nothing') {
    if (kept) emit(target.move(operand.register, before), call.at);
    return;
  }
  if (operation !== 'add' && operation !== 'sub') {
    throw new Error(`${call.name}: only additions and subtractions return the new value`);
  }
  const after = destination ?? before;
  emit(target.arithmetic(operation === 'add' ? '+' : '-', after, before, operand, type), call.at);
  if (result === 'new') return;
  const relation = result === 'zero' ? '==' : '<';
  const zero: Operand = { kind: 'immediate', value: 0n };
  emit(target.compare(relation, after, after, zero, { ...type, signed: true }), call.at);
}

/** When the old value forbids the write, as a relation between it and an operand. */
const refusals: Readonly<Record<Exclude<WriteUnless, 'equal'>, Relation>> = {
  zero: '==',
  negative: '<',
  positive: '>',
  'not-positive': '<=',
};

/**
 * atomic_add_unless and its kin, as include/linux/atomic/atomic-arch-fallback.h has them: a loop of
 * READ_ONCE and a fully ordered cmpxchg, which orders nothing when the old value forbids the write.
 */
function emitConditionalAdd(
  context: ThreadContext,
  evaluated: EvaluatedCall,
  { unless, addend, result }: Extract<Primitive, { kind: 'conditional-add' }>,
  destination: Register | undefined,
): void {
  const { target } = context;
  const { call, type, depth } = evaluated;
  const emit = (code: Parameters<ThreadContext['emit']>[0]) => context.emit(code, call.at);
  const at = addressIn(evaluated);
  const added: Operand = addend === undefined ? valueIn(evaluated, 0) : { kind: 'immediate', value: addend };
  const bound: Operand = unless === 'equal' ? valueIn(evaluated, 1) : { kind: 'immediate', value: 0n };
  const refused = unless === 'equal' ? '==' : refusals[unless];
  const old = temporary(context, depth, call.at);
  const next = temporary(context, depth + 1, call.at);
  const retry = label('retry');
  const done = label('done');
  emit(target.primitives.loads.READ_ONCE(old, at, type.width));
  emit([retry]);
  emit(target.branchIf(refused, old, bound, type, done));
  emit(target.arithmetic('+', next, old, added, type));
  const expected: Operand = { kind: 'register', register: old };
  const desired: Operand = { kind: 'register', register: next };
  emit(target.primitives.compareExchanges.cmpxchg(next, at, expected, desired, type.width));
  emit(target.branchIf('==', next, expected, type, done));
  emit(target.move(old, next));
  emit([target.jump(retry), done]);
  if (destination === undefined) return;
  switch (result) {
    case 'old':
      emit(target.move(destination, old));
      return;
    case 'written':
      emit(target.compare(negated[refused], destination, old, bound, type));
      return;
    case 'new':
      emit(target.arithmetic('+', destination, old, added, type));
  }
}

function addressIn({ call, at }: EvaluatedCall): Address {
  if (at === undefined) throw new Error(`${call.name}() is called without a location`);
  return at;
}

function valueIn({ call, values }: EvaluatedCall, index: number): Operand {
  const value = values[index];
  if (value === undefined) throw new Error(`${call.name}() is called with too few values`);
  return value;
}
