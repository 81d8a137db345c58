import { baseTypes } from '../language/c-types.ts';
import type { Expression, InitialValue, LitmusTest, Statement } from '../language/litmus-test.ts';
import { signatures } from '../language/primitives.ts';
import { evaluatedExpressions, isDereference, pointerTo, type Assignment, type Call } from './rewrite.ts';

/** A location that a strategy turns into an atomic, or keeps as one. */
export interface AtomicLocation {
  readonly name: string;
  /** The prefix of its primitives, and with `_t` its type. */
  readonly family: AtomicFamily;
  /** Named in `Counters:`, so that its steps become increments and decrements. */
  readonly counter: boolean;
}

export type AtomicFamily = 'atomic' | 'atomic_long' | 'atomic64';

export type AtomicLocations =
  | { readonly kind: 'found'; readonly locations: readonly AtomicLocation[] }
  | { readonly kind: 'refused'; readonly reason: string };

/**
 * The locations that `Counters:` names; without such a line, every integer that is accessed by
 * READ_ONCE, WRITE_ONCE, acquires and releases only. One that cannot become an atomic_t is refused
 * when it was named, and otherwise left alone.
 */
export function atomicLocations(test: LitmusTest): AtomicLocations {
  const { counters } = test.header;
  if (counters.length > 0) {
    const obstacles = counters.flatMap((name) => obstacleTo(test, name, convertibleAccess) ?? []);
    return obstacles.length > 0
      ? { kind: 'refused', reason: obstacles.join('; ') }
      : { kind: 'found', locations: counters.flatMap((name) => located(test, name, true)) };
  }
  const integers = [...new Set(test.threads.flatMap(({ parameters }) => parameters.map(({ name }) => name)))]
    .filter((name) => baseTypes[baseOf(test, name) ?? '']?.family === 'plain')
    .filter((name) => obstacleTo(test, name, onceAccess) === undefined);
  return integers.length > 0
    ? { kind: 'found', locations: integers.flatMap((name) => located(test, name, false)) }
    : { kind: 'refused', reason: 'the test has no integer that READ_ONCE and WRITE_ONCE alone access' };
}

function located(test: LitmusTest, name: string, counter: boolean): readonly AtomicLocation[] {
  const family = familyOf(baseOf(test, name));
  return family === undefined ? [] : [{ name, family, counter }];
}

function familyOf(base: string | undefined): AtomicFamily | undefined {
  switch (base) {
    case 'atomic_t':
      return 'atomic';
    case 'atomic_long_t':
      return 'atomic_long';
    case 'atomic64_t':
      return 'atomic64';
    default: {
      const facts = baseTypes[base ?? ''];
      if (facts?.family !== 'plain') return undefined;
      return facts.width === 4 ? 'atomic' : 'atomic_long';
    }
  }
}

/** The type of what a parameter points to, where that is no pointer. */
function baseOf(test: LitmusTest, name: string): string | undefined {
  const parameter = test.threads.flatMap(({ parameters }) => parameters).find((one) => one.name === name);
  return parameter?.type.pointers === 1 ? parameter.type.base : undefined;
}

/** Why a location cannot become an atomic_t, or undefined. */
function obstacleTo(
  test: LitmusTest,
  name: string,
  accepted: (access: LocatedAccess) => boolean,
): string | undefined {
  if (familyOf(baseOf(test, name)) === undefined) return `${name} is no integer of any thread`;
  const initial = initialOf(test, name);
  if (initial?.kind === 'location' && initial.length !== undefined) return `${name} is an array`;
  if (addressTaken(test, name)) return `the address of ${name} is used as a value`;
  const odd = test.threads.flatMap(({ body }) => accessesTo(body, name)).find((access) => !accepted(access));
  return odd && `${name} is accessed on line ${odd.at.line} as no atomic_t can be`;
}

/** A call, a plain load, or a plain store. */
type LocatedAccess = Expression | Assignment;

function onceAccess(access: LocatedAccess): boolean {
  const primitive = access.kind === 'call' ? signatures.get(access.name)?.primitive : undefined;
  if (primitive?.kind === 'load') return true;
  return primitive?.kind === 'store' && ['WRITE_ONCE', 'smp_store_release'].includes(primitive.access);
}

function convertibleAccess(access: LocatedAccess): boolean {
  const primitive = access.kind === 'call' ? signatures.get(access.name)?.primitive : undefined;
  if (primitive?.kind === 'lock' || primitive?.kind === 'rcu') return false;
  return primitive?.kind !== 'store' || primitive.access !== 'WRITE_ONCE_NT';
}

/** The calls, plain loads and plain stores of a body that access a location by its name. */
export function accessesTo(body: readonly Statement[], name: string): readonly LocatedAccess[] {
  const reads = evaluatedExpressions(body).filter((expression) => accessedName(expression) === name);
  return [...reads, ...plainStores(body).filter(({ target }) => nameOf(pointerTo(target)) === name)];
}

/** The location that a call or a plain load accesses by its name. */
export function accessedName(expression: Expression): string | undefined {
  if (isDereference(expression)) return nameOf(expression.operand);
  return expression.kind === 'call' ? accessedByCall(expression) : undefined;
}

function accessedByCall(access: Call): string | undefined {
  const forms = signatures.get(access.name)?.arguments ?? [];
  const index = forms.findIndex((form) => form !== 'value');
  const place = access.arguments[index];
  if (place === undefined) return undefined;
  return nameOf(isDereference(place) ? place.operand : place);
}

export function nameOf(expression: Expression): string | undefined {
  return expression.kind === 'name' ? expression.name : undefined;
}

function plainStores(body: readonly Statement[]): readonly Assignment[] {
  return body.flatMap((statement) => {
    switch (statement.kind) {
      case 'assign':
        return isDereference(statement.target) ? [statement] : [];
      case 'if':
        return [...plainStores(statement.then), ...plainStores(statement.otherwise)];
      case 'block':
        return plainStores(statement.body);
      default:
        return [];
    }
  });
}

/** Whether a location's name stands anywhere but where a primitive, a load or a store names the place. */
function addressTaken(test: LitmusTest, name: string): boolean {
  const inInitialState = test.initial.some((initial) =>
    (initial.kind === 'location' ? initial.values : [initial.value]).some(
      (value) => value.kind === 'address' && value.location === name,
    ),
  );
  return (
    inInitialState ||
    test.threads.some(({ body }) => {
      const named = evaluatedExpressions(body).filter((expression) => nameOf(expression) === name).length;
      return named > accessesTo(body, name).length;
    })
  );
}

export function initialOf(test: LitmusTest, name: string): InitialValue | undefined {
  return test.initial.find((initial) => initial.kind === 'location' && initial.name === name);
}
