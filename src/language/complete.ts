import { int, pointerTo } from './c-types.ts';
import type { LitmusTest, Observable, Parameter, Position, Statement, Thread } from './litmus-test.ts';
import { Mistake } from './mistake.ts';
import { suggestion } from './nearest.ts';
import type { Located } from './proposition-grammar.ts';
import { declaredLocations } from './types.ts';
import { expressionsOf, forEachExpression, forEachStatement } from './walk.ts';

/**
 * Writes out what herd7 lets a test leave implicit, so that in all that follows each thread declares
 * every name it uses and every register that the initial state or a condition names:
 *
 * - a location that a thread uses without a parameter becomes its parameter (herd7 may take it for a
 *   register that nobody set: the kernel's litmus-tests.txt calls that a common bug of tests);
 * - a register becomes a local: one that the initial state or a condition names, one with a register's
 *   name (r1, r9a), and whatever is assigned in a thread that declares nothing at all;
 * - a local that its block declares once more is assigned there, or left alone where no value is given.
 *
 * Any other name is a Mistake.
 */
export function completed(test: LitmusTest, observed: readonly Located<Observable>[]): LitmusTest {
  const types = declaredLocations(test);
  return { ...test, threads: test.threads.map((thread) => completedThread(thread, test, observed, types)) };
}

const registerName = /^r[a-z_]*\d\w*$/;

function completedThread(
  thread: Thread,
  test: LitmusTest,
  observed: readonly Located<Observable>[],
  types: ReadonlyMap<string, Parameter['type']>,
): Thread {
  const declared = declaredNames(thread);
  const named = new Map<string, Position>();
  for (const value of test.initial) {
    if (value.kind === 'register' && value.thread === thread.index) named.set(value.name, value.at);
  }
  for (const { value, at } of observed) {
    if (value.kind === 'register' && value.thread === thread.index) named.set(value.name, at);
  }
  const used = usedNames(thread);
  const assigned = assignedNames(thread);
  const declaresNothing = declared.size === thread.parameters.length;
  const parameters: Parameter[] = [];
  const locals: Statement[] = [];
  const addLocal = (name: string, at: Position) =>
    locals.push({ kind: 'declare', type: int, name, value: undefined, at });

  for (const [name, at] of used) {
    if (declared.has(name)) continue;
    const type = types.get(name);
    if (named.has(name)) addLocal(name, at);
    else if (type !== undefined && !assigned.has(name)) parameters.push({ name, type: pointerTo(type), at });
    else if (registerName.test(name) || (assigned.has(name) && declaresNothing)) addLocal(name, at);
    else {
      const known = [...declared, ...types.keys()];
      throw new Mistake(`'${name}' is not declared in P${thread.index}${suggestion(name, known)}`, at);
    }
  }
  for (const [name, at] of named) {
    if (!declared.has(name) && !used.has(name)) addLocal(name, at);
  }
  return {
    ...thread,
    parameters: [...thread.parameters, ...parameters],
    body: [...locals, ...declaredOnce(thread.body)],
  };
}

function declaredOnce(statements: readonly Statement[]): readonly Statement[] {
  const declared = new Set<string>();
  return statements.flatMap((statement): readonly Statement[] => {
    switch (statement.kind) {
      case 'declare': {
        const { name, value, at } = statement;
        if (!declared.has(name)) {
          declared.add(name);
          return [statement];
        }
        return value === undefined ? [] : [{ kind: 'assign', target: { kind: 'name', name, at }, value, at }];
      }
      case 'if':
        return [
          {
            ...statement,
            then: declaredOnce(statement.then),
            otherwise: declaredOnce(statement.otherwise),
          },
        ];
      case 'block':
        return [{ ...statement, body: declaredOnce(statement.body) }];
      default:
        return [statement];
    }
  });
}

function declaredNames(thread: Thread): ReadonlySet<string> {
  const names = new Set(thread.parameters.map((parameter) => parameter.name));
  forEachStatement(thread.body, (statement) => {
    if (statement.kind === 'declare') names.add(statement.name);
  });
  return names;
}

/** Every name in an expression, with its first place. */
function usedNames(thread: Thread): ReadonlyMap<string, Position> {
  const names = new Map<string, Position>();
  forEachStatement(thread.body, (statement) => {
    for (const expression of expressionsOf(statement)) {
      forEachExpression(expression, (part) => {
        if (part.kind === 'name' && !names.has(part.name)) names.set(part.name, part.at);
      });
    }
  });
  return names;
}

function assignedNames(thread: Thread): ReadonlySet<string> {
  const names = new Set<string>();
  forEachStatement(thread.body, (statement) => {
    if (statement.kind === 'assign' && statement.target.kind === 'name') names.add(statement.target.name);
  });
  return names;
}
