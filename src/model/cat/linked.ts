import { suggestion } from '../../language/nearest.ts';
import { CatError, withinBounds, type Place } from './cat-error.ts';
import { parseCat } from './parser.ts';
import type { Binding, Condition, Expression, MatchCase, Pattern, Statement } from './syntax.ts';

/** Finds the text of a file that a model includes; undefined where there is none. */
export type Loader = (file: string) => { readonly source: string; readonly name: string } | undefined;

/**
 * A model in one piece: its includes in place, what its variants choose chosen, and each top-level name told
 * from earlier ones of the same spelling by a number (`addr#1`), for a definition goes on meaning what it
 * meant where it stood.
 */
export interface LinkedModel {
  readonly title: string | undefined;
  readonly statements: readonly Statement[];
  /** Those that it declares. */
  readonly tags: ReadonlySet<string>;
}

/**
 * Files that make up a model, each after what it needs.
 * @param variants the switches of herd7's (`-variant lkmmv2`) that are on
 * @throws CatError
 */
export function linkModel(
  files: readonly string[],
  load: Loader,
  variants: ReadonlySet<string> = new Set(),
): LinkedModel {
  const scope: TopScope = { names: new Map(), tags: new Set(), variants };
  const read: Reading = { load, variants, included: new Set() };
  const statements: Statement[] = [];
  let title: string | undefined;
  let start: Place = { file: files.at(-1) ?? '', line: 1, column: 1 };
  for (const name of files) {
    start = { file: name, line: 1, column: 1 };
    const found = load(name);
    if (found === undefined) throw new CatError('there is no such file', start);
    start = { ...start, file: found.name };
    read.included.add(found.name);
    const file = parseCat(found.source, found.name);
    title = file.title ?? title;
    statements.push(...inlined(file.statements, read, [found.name]));
  }
  if (!statements.some(isOrHasCheck)) {
    throw new CatError(
      "this model refuses nothing: it needs a check, as 'acyclic po | rf | co | fr as sc'",
      start,
    );
  }
  return {
    title,
    statements: statements.map((statement) =>
      withinBounds(
        () => renamed(statement, scope),
        () => statement.at,
      ),
    ),
    tags: scope.tags,
  };
}

function isOrHasCheck(statement: Statement): boolean {
  return statement.kind === 'check' || ('body' in statement && statement.body.some(isOrHasCheck));
}

interface Reading {
  readonly load: Loader;
  readonly variants: ReadonlySet<string>;
  readonly included: Set<string>;
}

/**
 * Statements with those of the files that they include, and of the variants that they choose by. A file
 * that comes up again is left out, as in herd7.
 * @param within the files that these statements are in, the outermost first
 */
function inlined(
  statements: readonly Statement[],
  reading: Reading,
  within: readonly string[],
): readonly Statement[] {
  return statements.flatMap((statement): readonly Statement[] => {
    switch (statement.kind) {
      case 'if': {
        const { variant, then, otherwise } = statement;
        return inlined(reading.variants.has(variant) ? then : otherwise, reading, within);
      }
      case 'include':
        return included(statement, reading, within);
      case 'forall':
      case 'procedure':
        return [{ ...statement, body: inlined(statement.body, reading, within) }];
      default:
        return [statement];
    }
  });
}

function included(
  { file, at }: Extract<Statement, { kind: 'include' }>,
  reading: Reading,
  within: readonly string[],
): readonly Statement[] {
  const found = reading.load(file);
  if (found === undefined) {
    throw new CatError(`"${file}" is neither in the model's folder nor in the library`, at);
  }
  if (within.includes(found.name)) {
    throw new CatError(`"${file}" is included by itself, or by what it includes: leave one of them out`, at);
  }
  if (reading.included.has(found.name)) return [];
  reading.included.add(found.name);
  return inlined(parseCat(found.source, found.name).statements, reading, [...within, found.name]);
}

/** What the words of a model mean at some place in it. */
interface Scope {
  readonly names: ReadonlyMap<string, string>;
  readonly tags: ReadonlySet<string>;
  readonly variants: ReadonlySet<string>;
}

/** At top level, where it grows statement by statement. */
interface TopScope extends Scope {
  readonly names: Map<string, string>;
  readonly tags: Set<string>;
}

function namesOf(pattern: Pattern): readonly string[] {
  return typeof pattern === 'string' ? [pattern] : pattern;
}

/** A statement at top level; what it binds is entered in `scope`. */
function renamed(statement: Statement, scope: TopScope): Statement {
  const { names, tags } = scope;
  const enter = (name: string): string => {
    const before = names.get(name);
    const number = before === undefined ? 1 : Number(before.slice(before.lastIndexOf('#') + 1)) + 1;
    names.set(name, `${name}#${number}`);
    return `${name}#${number}`;
  };
  const enterPattern = (pattern: Pattern): Pattern =>
    typeof pattern === 'string' ? enter(pattern) : pattern.map(enter);
  switch (statement.kind) {
    case 'let': {
      const before = { ...scope, names: new Map(names) };
      const entered = statement.bindings.map(({ name }) => enterPattern(name));
      const bindings = statement.bindings.map((binding, index) => ({
        ...binding,
        name: entered[index]!,
        value: inScope(binding.value, statement.recursive ? scope : before),
      }));
      return { ...statement, bindings };
    }
    case 'with': {
      const from = inScope(statement.from, scope);
      return { ...statement, from, name: enter(statement.name) };
    }
    case 'enum':
      for (const tag of statement.tags) tags.add(tag);
      return { ...statement, name: enter(statement.name) };
    case 'procedure': {
      const outside = { ...scope, names: new Map(names) };
      const name = enter(statement.name);
      const around = statement.recursive ? scope : outside;
      return {
        ...statement,
        body: inBody(statement.body, without(around, namesOf(statement.parameter))),
        name,
      };
    }
    default:
      return inStatement(statement, scope);
  }
}

/** Statements of a body, whose own names are local. */
function inBody(statements: readonly Statement[], scope: Scope): readonly Statement[] {
  let inside = scope;
  return statements.map((statement) => {
    const result = inStatement(statement, inside);
    if (statement.kind === 'let') {
      inside = without(
        inside,
        statement.bindings.flatMap(({ name }) => namesOf(name)),
      );
    }
    return result;
  });
}

function inStatement(statement: Statement, scope: Scope): Statement {
  switch (statement.kind) {
    case 'let':
      return { ...statement, bindings: inBindings(statement.bindings, statement.recursive, scope) };
    case 'check':
      return { ...statement, expression: inScope(statement.expression, scope) };
    case 'instructions':
      return { ...statement, tags: statement.tags.map((tags) => inScope(tags, scope)) };
    case 'call':
      return {
        ...statement,
        name: scope.names.get(statement.name) ?? statement.name,
        argument: inScope(statement.argument, scope),
      };
    case 'forall':
      return {
        ...statement,
        of: inScope(statement.of, scope),
        body: inBody(statement.body, without(scope, [statement.name])),
      };
    case 'with':
    case 'procedure':
    case 'enum':
    case 'include':
    case 'if':
      throw new CatError(`'${statement.kind}' cannot stand inside a body: put it in front`, statement.at);
  }
}

function without(scope: Scope, local: readonly string[]): Scope {
  const names = new Map(scope.names);
  for (const name of local) names.delete(name);
  return { ...scope, names };
}

function inBindings(bindings: readonly Binding[], recursive: boolean, scope: Scope): readonly Binding[] {
  const local = bindings.flatMap(({ name }) => namesOf(name));
  const inside = recursive ? without(scope, local) : scope;
  return bindings.map((binding) => ({ ...binding, value: inScope(binding.value, inside) }));
}

function inScope(expression: Expression, scope: Scope): Expression {
  const within = (part: Expression) => inScope(part, scope);
  switch (expression.kind) {
    case 'variable':
      return { ...expression, name: scope.names.get(expression.name) ?? expression.name };
    case 'tag':
      checkDeclared(expression, scope);
      return expression;
    case 'universe':
    case 'empty':
      return expression;
    case 'set':
    case 'tuple':
      return { ...expression, members: expression.members.map(within) };
    case 'identity':
      return { ...expression, set: within(expression.set) };
    case 'complement':
    case 'postfix':
      return { ...expression, operand: within(expression.operand) };
    case 'binary':
      return { ...expression, left: within(expression.left), right: within(expression.right) };
    case 'apply':
      return { ...expression, callee: within(expression.callee), argument: within(expression.argument) };
    case 'function':
      return { ...expression, body: inScope(expression.body, without(scope, namesOf(expression.parameter))) };
    case 'let': {
      const local = expression.bindings.flatMap(({ name }) => namesOf(name));
      return {
        ...expression,
        bindings: inBindings(expression.bindings, expression.recursive, scope),
        body: inScope(expression.body, without(scope, local)),
      };
    }
    case 'match':
      return {
        ...expression,
        on: within(expression.on),
        cases: expression.cases.map((one) => inCase(one, scope)),
      };
    case 'try':
      return { ...expression, attempt: within(expression.attempt), otherwise: within(expression.otherwise) };
    case 'if':
      return ofCondition(expression, scope);
  }
}

function inCase({ pattern, body }: MatchCase, scope: Scope): MatchCase {
  if (pattern.kind === 'tag') checkDeclared(pattern, scope);
  const local = pattern.kind === 'add' ? [pattern.element, pattern.rest] : [];
  return { pattern, body: inScope(body, without(scope, local)) };
}

/** A variant is on or off for good; what else is asked depends on the execution. */
function ofCondition(expression: Extract<Expression, { kind: 'if' }>, scope: Scope): Expression {
  const { condition, then, otherwise } = expression;
  if (condition.kind === 'variant')
    return inScope(scope.variants.has(condition.name) ? then : otherwise, scope);
  const asked: Condition = {
    ...condition,
    left: inScope(condition.left, scope),
    right: inScope(condition.right, scope),
  };
  return {
    ...expression,
    condition: asked,
    then: inScope(then, scope),
    otherwise: inScope(otherwise, scope),
  };
}

function checkDeclared({ name, at }: { readonly name: string; readonly at: Place }, { tags }: Scope): void {
  if (tags.has(name)) return;
  const meant = suggestion(name, tags);
  throw new CatError(
    `no enum declares '${name}${meant === '' ? `: put enum NAME = '${name} || … in front` : meant}`,
    at,
  );
}
