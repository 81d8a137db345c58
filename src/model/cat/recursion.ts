/** The values of `let rec`. */

import { CatError } from './cat-error.ts';
import type { Expression, Statement } from './syntax.ts';
import type { Term, Terms } from './terms.ts';
import { emptyValue, type Locals, type Value } from './values.ts';

export type Bindings = Extract<Statement, { kind: 'let' }>['bindings'];

/** How the values that are bound are found. */
interface Evaluation {
  readonly terms: Terms;
  readonly evaluate: (expression: Expression, locals: Locals | undefined) => Value;
  readonly term: (value: Value, sort: undefined, at: Expression['at'], otherwise: Term['sort']) => Term;
}

type Named = readonly (readonly [string, Value])[];

/** @throws CatError */
export function recursiveValues(bindings: Bindings, locals: Locals | undefined, around: Evaluation): Named {
  const names = bindings.map(({ name, at }) => {
    if (typeof name === 'string') return name;
    throw new CatError('a recursive definition has one name, not a tuple of names', at);
  });
  if (bindings.every(({ value }) => value.kind === 'function')) {
    return recursiveFunctions(names, bindings, locals, around);
  }
  if (startsEmpty(names, bindings, locals, around)) return names.map((name) => [name, emptyValue]);
  return recursiveTerms(names, bindings, locals, around);
}

function recursiveFunctions(
  names: readonly string[],
  bindings: Bindings,
  locals: Locals | undefined,
  { evaluate }: Evaluation,
): Named {
  let inside = locals;
  const frames = names.map((name) => (inside = { name, value: emptyValue, outer: inside }));
  for (const [index, { value }] of bindings.entries()) frames[index]!.value = evaluate(value, inside);
  return frames.map(({ name, value }) => [name, value]);
}

/** Whether nothing comes of a `let rec` from nothing, as of RCU's order in a test without RCU. */
function startsEmpty(
  names: readonly string[],
  bindings: Bindings,
  locals: Locals | undefined,
  { evaluate }: Evaluation,
): boolean {
  const inside = within(
    names,
    names.map(() => emptyValue),
    locals,
  );
  return bindings.every(({ value }) => {
    const body = unlessMistaken(() => evaluate(value, inside));
    if (body instanceof CatError) return false;
    return body.kind === 'empty' || (body.kind === 'term' && body.term.nothing);
  });
}

/** The sort of what is recursive is not written: relations first, and sets where that makes no sense. */
function recursiveTerms(
  names: readonly string[],
  bindings: Bindings,
  locals: Locals | undefined,
  { terms, evaluate, term }: Evaluation,
): Named {
  let sorts: readonly Term['sort'][] = names.map(() => 'relation');
  const tried = new Set<string>();
  for (;;) {
    tried.add(sorts.join());
    const variables = sorts.map((sort) => terms.recursionVariable(sort));
    const values = variables.map((variable): Value => ({ kind: 'term', term: variable }));
    const inside = within(names, values, locals);
    const found = bindings.map(({ value }, index) =>
      unlessMistaken(() => term(evaluate(value, inside), undefined, value.at, sorts[index]!)),
    );
    const wrong = found.findIndex((body, index) => body instanceof CatError || body.sort !== sorts[index]);
    if (wrong === -1) {
      const fixed = terms.fixpoint(variables, found as Term[], bindings[0]!.at);
      return fixed.map((one, index) => [names[index]!, { kind: 'term', term: one }]);
    }
    const next = tried.size > 4 * names.length ? undefined : nextSorts(sorts, found, tried);
    if (next === undefined) {
      const error = found.find((body) => body instanceof CatError);
      const sentence = 'this recursive definition is neither a set nor a relation';
      throw error ?? new CatError(sentence, bindings[wrong]!.at);
    }
    sorts = next;
  }
}

/** Other sorts to try: what the bodies turned out to be, or one more name as a set. */
function nextSorts(
  sorts: readonly Term['sort'][],
  found: readonly (Term | CatError)[],
  tried: ReadonlySet<string>,
): readonly Term['sort'][] | undefined {
  const asFound = sorts.map((sort, index) => {
    const body = found[index]!;
    return body instanceof CatError ? sort : body.sort;
  });
  const withSet = (from: readonly Term['sort'][]) =>
    from.map((_, changed) => from.map((sort, index) => (index === changed ? 'set' : sort)));
  const candidates = [asFound, ...withSet(asFound), ...withSet(sorts)];
  return candidates.find((candidate) => !tried.has(candidate.join()));
}

function within(
  names: readonly string[],
  values: readonly Value[],
  outer: Locals | undefined,
): Locals | undefined {
  let inside = outer;
  for (const [index, name] of names.entries()) inside = { name, value: values[index]!, outer: inside };
  return inside;
}

function unlessMistaken<T>(evaluate: () => T): T | CatError {
  try {
    return evaluate();
  } catch (error) {
    if (error instanceof CatError) return error;
    throw error;
  }
}
