import { CatError } from './cat-error.ts';
import { parseCat } from './parser.ts';
import type { Binding, CatFile, Condition, Expression, Pattern, Statement } from './syntax.ts';

/** Finds the text of a file that a model includes; undefined where there is none. */
export type Loader = (file: string) => { readonly source: string; readonly name: string } | undefined;

/**
 * A model in one piece: its includes in place, and each top-level name told from earlier ones of the same
 * spelling by a number (`addr#1`), for a definition goes on meaning what it meant where it stood.
 */
export interface LinkedModel {
  readonly title: string | undefined;
  readonly statements: readonly Statement[];
}

const deepestInclude = 30;

/** @throws CatError */
export function linkModel(files: readonly string[], load: Loader): LinkedModel {
  const latest = new Map<string, string>();
  const statements: Statement[] = [];
  let title: string | undefined;
  for (const name of files) {
    const found = load(name);
    if (found === undefined) throw new CatError('there is no such file', { file: name, line: 1, column: 1 });
    const file = parseCat(found.source, found.name);
    title = file.title ?? title;
    statements.push(...withIncludes(file, load, 0));
  }
  return { title, statements: statements.map((statement) => renamed(statement, latest)) };
}

function withIncludes({ statements }: CatFile, load: Loader, depth: number): readonly Statement[] {
  return statements.flatMap((statement) => {
    if (statement.kind !== 'include') return [statement];
    if (depth === deepestInclude) throw new CatError('files include each other without an end', statement.at);
    const found = load(statement.file);
    if (found === undefined) {
      throw new CatError(
        `"${statement.file}" is neither in the model's folder nor in the library`,
        statement.at,
      );
    }
    return withIncludes(parseCat(found.source, found.name), load, depth + 1);
  });
}

type Names = ReadonlyMap<string, string>;

function namesOf(pattern: Pattern): readonly string[] {
  return typeof pattern === 'string' ? [pattern] : pattern;
}

/** A statement at top level; what it binds is entered in `latest`. */
function renamed(statement: Statement, latest: Map<string, string>): Statement {
  const enter = (name: string): string => {
    const before = latest.get(name);
    const number = before === undefined ? 1 : Number(before.slice(before.lastIndexOf('#') + 1)) + 1;
    latest.set(name, `${name}#${number}`);
    return `${name}#${number}`;
  };
  const enterPattern = (pattern: Pattern): Pattern =>
    typeof pattern === 'string' ? enter(pattern) : pattern.map(enter);
  switch (statement.kind) {
    case 'let': {
      const inside = statement.recursive ? undefined : new Map(latest);
      const names = statement.bindings.map(({ name }) => enterPattern(name));
      const bindings = statement.bindings.map((binding, index) => ({
        ...binding,
        name: names[index]!,
        value: inNames(binding.value, inside ?? latest),
      }));
      return { ...statement, bindings };
    }
    case 'with': {
      const from = inNames(statement.from, latest);
      return { ...statement, from, name: enter(statement.name) };
    }
    case 'enum':
      return { ...statement, name: enter(statement.name) };
    case 'procedure': {
      const body = inBody(statement.body, without(latest, namesOf(statement.parameter)));
      return { ...statement, body, name: enter(statement.name) };
    }
    default:
      return inStatement(statement, latest);
  }
}

/** Statements of a body, whose own names are local. */
function inBody(statements: readonly Statement[], names: Names): readonly Statement[] {
  let known = names;
  return statements.map((statement) => {
    const result = inStatement(statement, known);
    if (statement.kind === 'let')
      known = without(
        known,
        statement.bindings.flatMap(({ name }) => namesOf(name)),
      );
    return result;
  });
}

function inStatement(statement: Statement, names: Names): Statement {
  switch (statement.kind) {
    case 'let':
      return { ...statement, bindings: inBindings(statement.bindings, statement.recursive, names) };
    case 'check':
      return { ...statement, expression: inNames(statement.expression, names) };
    case 'instructions':
      return { ...statement, tags: inNames(statement.tags, names) };
    case 'call':
      return {
        ...statement,
        name: names.get(statement.name) ?? statement.name,
        argument: inNames(statement.argument, names),
      };
    case 'forall':
      return {
        ...statement,
        of: inNames(statement.of, names),
        body: inBody(statement.body, without(names, [statement.name])),
      };
    case 'with':
    case 'procedure':
    case 'enum':
    case 'include':
      throw new CatError(`'${statement.kind}' cannot stand inside a body`, statement.at);
  }
}

function without(names: Names, local: readonly string[]): Names {
  const rest = new Map(names);
  for (const name of local) rest.delete(name);
  return rest;
}

function inBindings(bindings: readonly Binding[], recursive: boolean, names: Names): readonly Binding[] {
  const inside = recursive
    ? without(
        names,
        bindings.flatMap(({ name }) => namesOf(name)),
      )
    : names;
  return bindings.map((binding) => ({ ...binding, value: inNames(binding.value, inside) }));
}

function inNames(expression: Expression, names: Names): Expression {
  const within = (part: Expression) => inNames(part, names);
  switch (expression.kind) {
    case 'variable':
      return { ...expression, name: names.get(expression.name) ?? expression.name };
    case 'universe':
    case 'empty':
    case 'tag':
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
      return { ...expression, body: inNames(expression.body, without(names, namesOf(expression.parameter))) };
    case 'let': {
      const local = expression.bindings.flatMap(({ name }) => namesOf(name));
      return {
        ...expression,
        bindings: inBindings(expression.bindings, expression.recursive, names),
        body: inNames(expression.body, without(names, local)),
      };
    }
    case 'match':
      return {
        ...expression,
        on: within(expression.on),
        cases: expression.cases.map(({ pattern, body }) => ({
          pattern,
          body:
            pattern.kind === 'add'
              ? inNames(body, without(names, [pattern.element, pattern.rest]))
              : within(body),
        })),
      };
    case 'try':
      return { ...expression, attempt: within(expression.attempt), otherwise: within(expression.otherwise) };
    case 'if':
      return {
        ...expression,
        condition: inCondition(expression.condition, within),
        then: within(expression.then),
        otherwise: within(expression.otherwise),
      };
  }
}

function inCondition(condition: Condition, within: (part: Expression) => Expression): Condition {
  if (condition.kind === 'variant') return condition;
  return { ...condition, left: within(condition.left), right: within(condition.right) };
}
