import { int, long, valueType, widthOf } from '../language/c-types.ts';
import { signatures } from '../language/primitives.ts';
import type { BinaryOperator, CType, Expression, Position } from '../language/litmus-test.ts';
import { accessedType, expressionType } from '../language/types.ts';
import { elementStrideBytes } from './locations.ts';
import { label } from './machine-code.ts';
import type { Label } from './machine-code.ts';
import { emitPrimitive } from './primitive-calls.ts';
import type { Address, Operand, Register } from './primitives.ts';
import { negated } from './target.ts';
import type { Arithmetic, Relation, ValueType } from './target.ts';
import { fail, temporary } from './thread-context.ts';
import type { ThreadContext } from './thread-context.ts';
import { constantOf, convertImmediate, immediate, inRegister, machineType } from './values.ts';
import type { Value } from './values.ts';

type Call = Extract<Expression, { kind: 'call' }>;
type Binary = Extract<Expression, { kind: 'binary' }>;

/**
 * Evaluates an expression by data flow, as written: nothing is folded, merged or left out. The value
 * is a constant, or in a variable's register, or newly computed in `preferred`, which defaults to
 * `temporary(depth)` and is not written before everything in the expression has been read.
 */
export function evaluate(
  context: ThreadContext,
  expression: Expression,
  depth: number,
  preferred?: Register,
): Value {
  const type = typeOf(context, expression);
  const constant = constantOf(expression);
  if (constant !== undefined) return { operand: immediate(constant, type), type };
  const variable = expression.kind === 'name' ? context.registers.variables.get(expression.name) : undefined;
  if (variable !== undefined) return { operand: inRegister(variable.register), type };
  if (expression.kind === 'cast') {
    return { operand: evaluateAs(context, expression.operand, type, depth, preferred), type };
  }
  const destination = preferred ?? temporary(context, depth, expression.at);
  compute(context, expression, destination, depth);
  return { operand: inRegister(destination), type };
}

/** The value of an expression, converted to a type. */
function evaluateAs(
  context: ThreadContext,
  expression: Expression,
  type: CType,
  depth: number,
  preferred?: Register,
): Operand {
  const value = evaluate(context, expression, depth, preferred);
  if (value.operand.kind === 'immediate') return convertImmediate(value.operand.value, value.type, type);
  if (widthOf(value.type) === widthOf(type)) return value.operand;
  const destination = preferred ?? temporary(context, depth, expression.at);
  const { register } = value.operand;
  context.emit(
    context.target.convert(destination, register, machineType(value.type), machineType(type)),
    expression.at,
  );
  return inRegister(destination);
}

/** The same in a register, whatever it is. */
function evaluateInRegister(
  context: ThreadContext,
  expression: Expression,
  type: CType,
  depth: number,
): Register {
  const operand = evaluateAs(context, expression, type, depth);
  if (operand.kind === 'register') return operand.register;
  const destination = temporary(context, depth, expression.at);
  context.emit(context.target.constant(destination, operand.value, widthOf(type)), expression.at);
  return destination;
}

/** Leaves the value, converted, in a variable's register; the variable may occur in the expression. */
export function evaluateInto(
  context: ThreadContext,
  expression: Expression,
  destination: Register,
  type: CType,
): void {
  const { target, emit } = context;
  const operand = evaluateAs(context, expression, type, 0, destination);
  if (operand.kind === 'immediate') {
    emit(target.constant(destination, operand.value, widthOf(type)), expression.at);
  } else if (operand.register !== destination) {
    emit(target.move(destination, operand.register), expression.at);
  }
}

/** Evaluates for the effects alone. */
export function evaluateAndDiscard(context: ThreadContext, expression: Expression): void {
  if (expression.kind === 'call') emitCall(context, expression, undefined, 0);
  else evaluate(context, expression, 0);
}

/** Branches to `ifFalse` where the condition is zero, else goes on; `&&` and `||` are branches, as C has them. */
export function branchUnless(
  context: ThreadContext,
  condition: Expression,
  ifFalse: Label,
  depth: number,
): void {
  branchOn(context, condition, false, ifFalse, depth);
}

/** Branches where the condition's truth is `wanted`. */
function branchOn(
  context: ThreadContext,
  condition: Expression,
  wanted: boolean,
  to: Label,
  depth: number,
): void {
  if (condition.kind === 'unary' && condition.operator === '!') {
    branchOn(context, condition.operand, !wanted, to, depth);
  } else if (condition.kind === 'binary' && isLogical(condition.operator)) {
    const decidedBy = condition.operator === '||';
    if (wanted === decidedBy) {
      branchOn(context, condition.left, wanted, to, depth);
      branchOn(context, condition.right, wanted, to, depth);
    } else {
      const decided = label('decided');
      branchOn(context, condition.left, decidedBy, decided, depth);
      branchOn(context, condition.right, wanted, to, depth);
      context.emit([decided], condition.at);
    }
  } else {
    const { relation, left, right, type } = comparisonOf(context, condition, depth);
    const taken = wanted ? relation : negated[relation];
    context.emit(context.target.branchIf(taken, left, right, type, to), condition.at);
  }
}

interface Comparison {
  readonly relation: Relation;
  readonly left: Register;
  readonly right: Operand;
  readonly type: ValueType;
}

/** A condition as the comparison that it is, or as the comparison with 0 that C makes of it. */
function comparisonOf(context: ThreadContext, condition: Expression, depth: number): Comparison {
  if (condition.kind === 'binary' && isRelation(condition.operator)) {
    // C compares in the type that the bitwise operators would compute in.
    const type = typeOf(context, { ...condition, operator: '|' });
    const { left, right } = operands(context, condition, type, type, depth);
    return { relation: condition.operator, left, right, type: machineType(type) };
  }
  const type = typeOf(context, condition);
  const left = evaluateInRegister(context, condition, type, depth);
  return { relation: '!=', left, right: immediate(0n, type), type: machineType(type) };
}

/** Both operands of a binary operator, left first; the left one in a register. */
function operands(
  context: ThreadContext,
  { left, right }: Binary,
  leftType: CType,
  rightType: CType,
  depth: number,
): { readonly left: Register; readonly right: Operand } {
  const first = evaluateInRegister(context, left, leftType, depth);
  const next = depthAfter(context, first, depth);
  const second = evaluateAs(context, right, rightType, next);
  return { left: first, right: second };
}

/** The next free depth where `register` may be the temporary of this one. */
function depthAfter(context: ThreadContext, register: Register, depth: number): number {
  return register === context.registers.temporaries[depth] ? depth + 1 : depth;
}

/** Computes into `destination`, which is written last: it may be a source, or hold a source's address. */
function compute(context: ThreadContext, expression: Expression, destination: Register, depth: number): void {
  const { target, emit } = context;
  switch (expression.kind) {
    case 'name':
      emit(target.address(destination, addressOf(context, expression, depth)), expression.at);
      return;
    case 'unary':
      computeUnary(context, expression, destination, depth);
      return;
    case 'binary':
      computeBinary(context, expression, destination, depth);
      return;
    case 'call':
      emitCall(context, expression, destination, depth);
      return;
    case 'number':
    case 'cast':
      throw new Error(`a ${expression.kind} needs no computing`);
  }
}

function computeUnary(
  context: ThreadContext,
  expression: Extract<Expression, { kind: 'unary' }>,
  destination: Register,
  depth: number,
): void {
  const { target, emit } = context;
  const { operator, operand, at } = expression;
  const type = typeOf(context, expression);
  switch (operator) {
    case '*': {
      const from = addressOf(context, operand, depth);
      emit(target.primitives.loads.plain_load(destination, from, widthOf(type)), at);
      return;
    }
    case '!': {
      const { relation, left, right, type: compared } = comparisonOf(context, operand, depth);
      emit(target.compare(negated[relation], destination, left, right, compared), at);
      return;
    }
    case '~': {
      const source = evaluateInRegister(context, operand, type, depth);
      emit(target.arithmetic('^', destination, source, immediate(-1n, type), machineType(type)), at);
      return;
    }
    case '-': {
      const source = evaluateInRegister(context, operand, type, depth);
      const zero = temporary(context, depthAfter(context, source, depth), at);
      emit(target.constant(zero, 0n, widthOf(type)), at);
      emit(target.arithmetic('-', destination, zero, inRegister(source), machineType(type)), at);
    }
  }
}

function computeBinary(
  context: ThreadContext,
  expression: Binary,
  destination: Register,
  depth: number,
): void {
  const { target, emit } = context;
  const { operator, at } = expression;
  if (isLogical(operator)) {
    computeLogical(context, expression, destination, depth);
  } else if (isRelation(operator)) {
    const { relation, left, right, type } = comparisonOf(context, expression, depth);
    emit(target.compare(relation, destination, left, right, type), at);
  } else if (operator === '/' || operator === '%') {
    fail(context, at, `no target divides (${operator}): write the result, or use a shift or a mask`);
  } else {
    if (isPointerArithmetic(context, expression)) {
      computePointer(context, expression, destination, depth);
      return;
    }
    const type = typeOf(context, expression);
    const { left, right } = operands(context, expression, type, type, depth);
    emit(target.arithmetic(operator, destination, left, right, machineType(type)), at);
  }
}

/** The value of `&&` and `||`: 0 or 1 by the branches that C's short circuit is. */
function computeLogical(
  context: ThreadContext,
  expression: Binary,
  destination: Register,
  depth: number,
): void {
  const isFalse = label('false');
  const end = label('end');
  branchUnless(context, expression, isFalse, depth);
  const { target } = context;
  context.emit([...target.constant(destination, 1n, 4), target.jump(end)], expression.at);
  context.emit([isFalse, ...target.constant(destination, 0n, 4), end], expression.at);
}

/** A pointer and a number of elements, in either order, or the number of elements between two pointers. */
function computePointer(
  context: ThreadContext,
  { operator, left, right, at }: Binary,
  destination: Register,
  depth: number,
): void {
  const [leftType, rightType] = [typeOf(context, left), typeOf(context, right)];
  const [leftPoints, rightPoints] = [leftType.pointers > 0, rightType.pointers > 0];
  if (operator === '+' && leftPoints && rightPoints) fail(context, at, 'two pointers have no sum');
  const emit = (row: Arithmetic, to: Register, one: Register, other: Operand) =>
    context.emit(context.target.arithmetic(row, to, one, other, pointerSized), at);
  const inBytes = (elements: Register, free: number): Register => {
    const bytes = temporary(context, free, at);
    emit('<<', bytes, elements, strideShift);
    return bytes;
  };
  const written = evaluateInRegister(context, left, leftPoints ? leftType : long, depth);
  const first = leftPoints ? written : inBytes(written, depth);
  const next = depthAfter(context, first, depth);
  const second = evaluateAs(context, right, rightPoints ? rightType : long, next);
  const row = operator === '-' ? '-' : '+';
  if (rightPoints) {
    emit(row, destination, first, second);
    if (leftPoints) emit('>>', destination, destination, strideShift);
  } else if (second.kind === 'immediate') {
    emit(row, destination, first, immediate(second.value * BigInt(elementStrideBytes), long));
  } else {
    emit(row, destination, first, inRegister(inBytes(second.register, next)));
  }
}

const pointerSized: ValueType = { width: 8, signed: true };
const strideShift: Operand = { kind: 'immediate', value: BigInt(Math.log2(elementStrideBytes)) };

/** Where a pointer expression points: a named location's own place, or a computed register. */
function addressOf(context: ThreadContext, pointer: Expression, depth: number): Address {
  switch (pointer.kind) {
    case 'name': {
      const place = context.registers.places.get(pointer.name);
      if (place !== undefined) return place;
      break;
    }
    case 'cast':
      return addressOf(context, pointer.operand, depth);
    case 'binary': {
      const element = elementAddress(context, pointer);
      if (element !== undefined) return element;
      break;
    }
    case 'number':
    case 'unary':
    case 'call':
      break;
  }
  return { base: evaluateInRegister(context, pointer, long, depth), displacement: 0 };
}

/** `a + 1`, of an array's name and a constant, has a place of its own, if a displacement reaches it. */
function elementAddress(context: ThreadContext, { operator, left, right }: Binary): Address | undefined {
  if (operator !== '+' || left.kind !== 'name') return undefined;
  const place = context.registers.places.get(left.name);
  const index = constantOf(right);
  if (place === undefined || index === undefined) return undefined;
  const displacement = place.displacement + Number(index) * elementStrideBytes;
  const { least, most } = context.target.displacement;
  return displacement < least || displacement > most ? undefined : { base: place.base, displacement };
}

/** Where a plain assignment `*p = …` stores. */
export function emitPlainStore(
  context: ThreadContext,
  target: Expression,
  value: Expression,
  at: Position,
): void {
  if (target.kind !== 'unary' || target.operator !== '*') {
    fail(context, at, 'only a variable or a location (*x) can be assigned to');
  }
  const type = typeOf(context, target);
  const stored = evaluateAs(context, value, type, 0);
  const depth = stored.kind === 'register' ? depthAfter(context, stored.register, 0) : 0;
  const to = addressOf(context, target.operand, depth);
  const { plain_store } = context.target.primitives.stores;
  if ('unsupported' in plain_store) fail(context, at, plain_store.unsupported);
  context.emit(plain_store(to, stored, widthOf(type)), at);
}

/** A primitive's arguments, evaluated in order, then the primitive itself. */
function emitCall(
  context: ThreadContext,
  call: Call,
  destination: Register | undefined,
  depth: number,
): void {
  const signature = signatures.get(call.name);
  if (signature === undefined) {
    fail(context, call.at, `there is no primitive ${call.name}: see the list of primitives in the README`);
  }
  if (destination !== undefined && !signature.valued) {
    fail(context, call.at, `${call.name}() has no value: write it as a statement of its own`);
  }
  const accessed = accessedType(call, context.scope);
  const type = accessed === undefined ? int : valueType(accessed);
  let at: Address | undefined;
  let free = depth;
  const values: Operand[] = [];
  call.arguments.forEach((argument, index) => {
    const form = signature.arguments[index];
    if (form === 'value') {
      const value = evaluateAs(context, argument, type, free);
      values.push(value);
      if (value.kind === 'register') free = depthAfter(context, value.register, free);
    } else {
      at = addressOf(context, form === 'lvalue' ? pointerTo(context, argument) : argument, free);
      free = depthAfter(context, at.base, free);
    }
  });
  emitPrimitive(context, { call, signature, at, values, type: machineType(type), depth: free }, destination);
}

/** The pointer behind an lvalue argument: `x` of `READ_ONCE(*x)`. */
function pointerTo(context: ThreadContext, lvalue: Expression): Expression {
  if (lvalue.kind === 'unary' && lvalue.operator === '*') return lvalue.operand;
  return fail(context, lvalue.at, 'this argument must be a location, written *x');
}

/** Whether C counts in elements here: a pointer plus or minus a number, or the distance of two pointers. */
function isPointerArithmetic(context: ThreadContext, { operator, left, right }: Binary): boolean {
  const isPointer = (operand: Expression) => typeOf(context, operand).pointers > 0;
  return (operator === '+' && (isPointer(left) || isPointer(right))) || (operator === '-' && isPointer(left));
}

function typeOf(context: ThreadContext, expression: Expression): CType {
  return expressionType(expression, context.scope);
}

function isLogical(operator: BinaryOperator): operator is '&&' | '||' {
  return operator === '&&' || operator === '||';
}

function isRelation(operator: BinaryOperator): operator is Relation {
  return operator in negated;
}
