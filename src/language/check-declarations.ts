import { familyOf, isVoid, typeText } from './c-types.ts';
import type {
  CType,
  InitialValue,
  LitmusTest,
  Parameter,
  Position,
  Statement,
  Thread,
} from './litmus-test.ts';
import { Mistake } from './mistake.ts';

/** Throws a Mistake at the first declaration that makes no sense: of a thread, a location or a local. */
export function checkDeclarations(test: LitmusTest): void {
  if (/\p{Cc}/u.test(test.name)) {
    throw new Mistake("the test's name has a control character in it", { line: 1, column: 1 });
  }
  test.threads.forEach(checkThread);
  checkInitial(test.initial, test.threads.length);
}

function checkThread(thread: Thread, index: number): void {
  if (thread.index !== index) {
    throw new Mistake(
      `expected P${index}, found P${thread.index}: threads are numbered P0, P1, … in order`,
      thread.at,
    );
  }
  const names = new Set<string>();
  for (const parameter of thread.parameters) {
    if (names.has(parameter.name)) {
      throw new Mistake(`'${parameter.name}' is already a parameter of P${index}`, parameter.at);
    }
    names.add(parameter.name);
    checkParameter(parameter);
  }
  checkLocals(thread);
}

function checkParameter({ name, type, at }: Parameter): void {
  if (name === '__proto__') throw new Mistake(`'${name}' cannot name a location: choose another`, at);
  if (type.pointers === 0) {
    throw new Mistake(`the parameter '${name}' must point to its location: '${typeText(type)} *${name}'`, at);
  }
  if (type.base === 'void' && type.pointers === 1) {
    throw new Mistake(`the location '${name}' cannot be of type void`, at);
  }
}

/**
 * Registers have a name for the whole thread: one inside a block must not hide one outside. Declared once
 * more in the same block, it is the same register, as herd7 has it.
 */
function checkLocals(thread: Thread): void {
  const types = new Map<string, string>();
  const parameters = new Set(thread.parameters.map((parameter) => parameter.name));
  const visit = (statements: readonly Statement[], outside: ReadonlySet<string>): void => {
    const visible = new Set(outside);
    for (const statement of statements) {
      if (statement.kind === 'block') visit(statement.body, visible);
      if (statement.kind === 'if') {
        visit(statement.then, visible);
        visit(statement.otherwise, visible);
      }
      if (statement.kind !== 'declare') continue;
      const { name, at } = statement;
      const type = typeText(statement.type);
      checkLocalType(statement.type, name, at);
      if (parameters.has(name)) throw new Mistake(`'${name}' is already a parameter of P${thread.index}`, at);
      if (outside.has(name)) throw new Mistake(`'${name}' is already declared in P${thread.index}`, at);
      if ((types.get(name) ?? type) !== type) {
        throw new Mistake(`'${name}' is already declared in P${thread.index} with another type`, at);
      }
      visible.add(name);
      types.set(name, type);
    }
  };
  visit(thread.body, new Set());
}

function checkLocalType(type: CType, name: string, at: Position): void {
  if (isVoid(type) || familyOf(type) !== 'plain') {
    throw new Mistake(
      `the local '${name}' cannot be of type ${typeText(type)}: it is a number or a pointer`,
      at,
    );
  }
}

function checkInitial(values: readonly InitialValue[], threads: number): void {
  const names = new Set<string>();
  for (const value of values) {
    const name = value.kind === 'register' ? `${value.thread}:${value.name}` : value.name;
    if (names.has(name)) throw new Mistake(`'${name}' already has an initial value`, value.at);
    names.add(name);
    if (value.kind === 'register') {
      if (value.thread >= threads) throw new Mistake(`there is no thread P${value.thread}`, value.at);
      if (value.type !== undefined) checkLocalType(value.type, name, value.at);
    } else if (value.type !== undefined && isVoid(value.type)) {
      throw new Mistake(`the location '${name}' cannot be of type void`, value.at);
    }
  }
}
