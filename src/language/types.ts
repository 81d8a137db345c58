import { int, isSigned, long, pointee, pointerTo, valueType, widthOf } from './c-types.ts';
import type { Constant, CType, Expression, LitmusTest, Observable, Thread } from './litmus-test.ts';
import { isComparison } from './precedence.ts';
import { signatures, type Primitive } from './primitives.ts';
import { atomsOfTest, forEachExpressionIn, forEachStatement, locationNames } from './walk.ts';

export { familyOf, isSigned, isVoid, pointee, pointerTo, typeText, valueType, widthOf } from './c-types.ts';

type Call = Extract<Expression, { kind: 'call' }>;

/** The types of a thread's names: a parameter is a pointer to its location, a local what it holds. */
export interface Scope {
  readonly lookup: (name: string) => CType | undefined;
}

export interface TestTypes {
  /** The type of each location that anything in the test names; an array's is that of its elements. */
  readonly locations: ReadonlyMap<string, CType>;
  /** By thread. */
  readonly scopes: readonly Scope[];
}

/** The types as one thread declares them. */
export function scopeOf(thread: Thread): Scope {
  const types = new Map(thread.parameters.map(({ name, type }) => [name, type] as const));
  forEachStatement(thread.body, (statement) => {
    if (statement.kind === 'declare') types.set(statement.name, statement.type);
  });
  return { lookup: (name) => types.get(name) };
}

/** The type of an expression's value, by C's rules where herd7 does not allow more than C. */
export function expressionType(expression: Expression, scope: Scope): CType {
  switch (expression.kind) {
    case 'number':
      return numberType(expression.value);
    case 'name':
      return scope.lookup(expression.name) ?? int;
    case 'cast':
      return expression.type;
    case 'call':
      return callType(expression, scope);
    case 'unary': {
      const operand = expressionType(expression.operand, scope);
      if (expression.operator === '*') return valueType(pointee(operand));
      return expression.operator === '!' ? int : integer(operand);
    }
    case 'binary': {
      const { operator } = expression;
      if (isComparison(operator) || operator === '&&' || operator === '||') return int;
      const left = expressionType(expression.left, scope);
      const right = expressionType(expression.right, scope);
      if (operator === '<<' || operator === '>>') return integer(left);
      if (operator === '+' && left.pointers > 0) return left;
      if (operator === '+' && right.pointers > 0) return right;
      if (operator === '-' && left.pointers > 0 && right.pointers === 0) return left;
      return common(integer(left), integer(right));
    }
  }
}

/** The argument that is, or points at, the location that a primitive accesses. */
export function locationArgument(call: Call): Expression | undefined {
  const forms = signatures.get(call.name)?.arguments ?? [];
  return call.arguments[forms.findIndex((form) => form !== 'value')];
}

/** The type of the location that a primitive accesses; undefined for one that accesses none. */
export function accessedType(call: Call, scope: Scope): CType | undefined {
  const argument = locationArgument(call);
  if (argument === undefined) return undefined;
  const isLvalue = argument.kind === 'unary' && argument.operator === '*';
  const takesLvalue = signatures.get(call.name)?.arguments.includes('lvalue') === true;
  return pointee(expressionType(isLvalue && takesLvalue ? argument.operand : argument, scope));
}

function callType(call: Call, scope: Scope): CType {
  const primitive = signatures.get(call.name)?.primitive;
  const accessed = accessedType(call, scope);
  return primitive !== undefined && accessed !== undefined && givesContent(primitive)
    ? valueType(accessed)
    : int;
}

/** Whether a primitive's value is of the type of the location's content, rather than a truth value. */
function givesContent(primitive: Primitive): boolean {
  switch (primitive.kind) {
    case 'load':
    case 'exchange':
    case 'compare-exchange':
      return true;
    case 'rmw':
      return primitive.result === 'old' || primitive.result === 'new';
    case 'conditional-add':
      return primitive.result !== 'written';
    default:
      return false;
  }
}

function numberType(value: bigint): CType {
  if (BigInt.asIntN(32, value) === value) return int;
  return BigInt.asIntN(64, value) === value ? long : { base: 'unsigned long', pointers: 0 };
}

/** A pointer as the integer that herd7 lets arithmetic take it for. */
function integer(type: CType): CType {
  return type.pointers > 0 ? { base: 'intptr_t', pointers: 0 } : type;
}

/** C's usual arithmetic conversions. */
function common(left: CType, right: CType): CType {
  if (widthOf(left) !== widthOf(right)) return widthOf(left) > widthOf(right) ? left : right;
  return isSigned(left) ? right : left;
}

/**
 * The types of a whole test. A location is of the widest type that the initial state or a parameter
 * gives it, and int where nothing does.
 *
 * herd7's values have no width, and tests in the archives keep addresses in locations and registers of
 * type int. Such a test is read as if each of its 4-byte integers were an `intptr_t`.
 */
export function typesOf(test: LitmusTest): TestTypes {
  if (latest?.test !== test) latest = { test, types: foundTypes(test) };
  return latest.types;
}

/** A test does not change, and is asked about many times before the next one: of all, types would take as much room as the tests. */
let latest: { readonly test: LitmusTest; readonly types: TestTypes } | undefined;

function foundTypes(test: LitmusTest): TestTypes {
  const locations = declaredLocations(test);
  const scopes = test.threads.map((thread) => withLocations(scopeOf(thread), thread, locations));
  if (!keepsAddressInInt(test, { locations, scopes })) return { locations, scopes };
  return {
    locations: new Map([...locations].map(([name, type]) => [name, widened(type)])),
    scopes: scopes.map((scope) => ({
      lookup: (name) => {
        const type = scope.lookup(name);
        return type && widened(type);
      },
    })),
  };
}

/** The locations that anything in the test names, by the widest type that it declares for them, or int. */
export function declaredLocations(test: LitmusTest): ReadonlyMap<string, CType> {
  const locations = new Map<string, CType>();
  const add = (name: string, type: CType) => {
    const before = locations.get(name);
    if (before === undefined || widthOf(before) < widthOf(type)) locations.set(name, type);
  };
  for (const value of test.initial) {
    if (value.kind === 'location' && value.type !== undefined) add(value.name, value.type);
  }
  for (const { parameters } of test.threads) {
    for (const { name, type } of parameters) add(name, pointee(type));
  }
  for (const name of locationNames(test)) if (!locations.has(name)) locations.set(name, int);
  return locations;
}

function withLocations(scope: Scope, thread: Thread, locations: ReadonlyMap<string, CType>): Scope {
  const parameters = new Set(thread.parameters.map((parameter) => parameter.name));
  return {
    lookup: (name) => {
      const location = parameters.has(name) ? locations.get(name) : undefined;
      return location === undefined ? scope.lookup(name) : pointerTo(location);
    },
  };
}

const wide: Readonly<Record<string, string>> = {
  int: 'intptr_t',
  s32: 'intptr_t',
  __s32: 'intptr_t',
  int32_t: 'intptr_t',
  'unsigned int': 'uintptr_t',
  u32: 'uintptr_t',
  __u32: 'uintptr_t',
  uint32_t: 'uintptr_t',
};

function widened(type: CType): CType {
  return { ...type, base: wide[type.base] ?? type.base };
}

/** Whether an address may be in a value of this type, rather than in one too narrow for it. */
function holdsAddresses(type: CType): boolean {
  return type.pointers > 0 || type.base === 'intptr_t' || type.base === 'uintptr_t';
}

function isNarrow(type: CType | undefined): boolean {
  return type !== undefined && widthOf(type) === 4;
}

function keepsAddressInInt(test: LitmusTest, { locations, scopes }: TestTypes): boolean {
  const typeOfObservable = (observable: Observable) =>
    observable.kind === 'location'
      ? locations.get(observable.name)
      : scopes[observable.thread]?.lookup(observable.name);
  const inInitial = test.initial.some((value) =>
    value.kind === 'location'
      ? value.values.some(isAddress) && isNarrow(locations.get(value.name))
      : isAddress(value.value) && isNarrow(scopes[value.thread]?.lookup(value.name)),
  );
  const inConditions = atomsOfTest(test).some(
    ({ observable, value }) => isAddress(value) && isNarrow(typeOfObservable(observable)),
  );
  const inThreads = test.threads.some((thread) => {
    const scope = scopes[thread.index];
    return scope !== undefined && threadDoes(thread, scope);
  });
  return inInitial || inConditions || inThreads;
}

function isAddress(value: Constant | Observable): boolean {
  return value.kind === 'address';
}

/** Whether a thread stores what may be an address in 4 bytes, or uses 4 bytes as one. */
function threadDoes(thread: Thread, scope: Scope): boolean {
  let found = false;
  const typeOf = (expression: Expression) => expressionType(expression, scope);
  const stores = (into: CType | undefined, value: Expression) => {
    if (isNarrow(into) && holdsAddresses(typeOf(value))) found = true;
  };
  forEachStatement(thread.body, (statement) => {
    if (statement.kind === 'declare' && statement.value !== undefined)
      stores(statement.type, statement.value);
    if (statement.kind === 'assign') stores(typeOf(statement.target), statement.value);
  });
  forEachExpressionIn(thread.body, (part) => {
    if (part.kind === 'unary' && part.operator === '*' && isNarrow(typeOf(part.operand))) found = true;
    if (part.kind !== 'call') return;
    const forms = signatures.get(part.name)?.arguments ?? [];
    const accessed = accessedType(part, scope);
    part.arguments.forEach((argument, index) => {
      if (forms[index] === 'value') stores(accessed, argument);
      if (forms[index] === 'pointer' && isNarrow(typeOf(argument))) found = true;
    });
  });
  return found;
}
