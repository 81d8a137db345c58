import { familyOf, isVoid, typeText } from './c-types.ts';
import type { Piece } from './header.ts';
import type {
  Constant,
  Expression,
  LitmusTest,
  Observable,
  Position,
  Statement,
  Thread,
} from './litmus-test.ts';
import { Mistake } from './mistake.ts';
import { suggestion } from './nearest.ts';
import { signatureOf, type Signature } from './primitives.ts';
import type { Located } from './proposition-grammar.ts';
import { declaredLocations, expressionType, scopeOf, type Scope } from './types.ts';

type Call = Extract<Expression, { kind: 'call' }>;

/** What a test keeps no positions of: the observables of its propositions, and the names in its header. */
export interface Places {
  readonly observed: readonly Located<Observable>[];
  readonly counters: readonly Piece[];
}

/** Throws a Mistake at the first use of a name, a primitive or an element that makes no sense. */
export function checkUses(test: LitmusTest, { observed, counters }: Places): void {
  const locations = declaredLocations(test);
  const lengths = new Map(
    test.initial.flatMap((value) =>
      value.kind === 'location' && value.length !== undefined ? [[value.name, value.length] as const] : [],
    ),
  );
  for (const value of test.initial) {
    for (const constant of value.kind === 'location' ? value.values : [value.value]) {
      checkConstant(constant, lengths, value.at);
    }
  }
  for (const thread of test.threads) checkStatements(thread.body, thread, lengths);
  for (const { value, at } of observed) checkObservable(value, at, test, lengths);
  for (const { text, at } of counters) {
    if (!locations.has(text)) {
      throw new Mistake(
        `the counter '${text}' is no location of this test${suggestion(text, locations.keys())}`,
        at,
      );
    }
  }
}

type Lengths = ReadonlyMap<string, number>;

function checkIndex(name: string, index: number | bigint, lengths: Lengths, at: Position): void {
  const length = lengths.get(name);
  if (index >= (length ?? 1) || index < 0) {
    throw new Mistake(
      length === undefined
        ? `'${name}' is no array: declare it in the initial state, as 'int ${name}[${index < 0 ? 2 : BigInt(index) + 1n}];'`
        : `'${name}' has ${length} elements: the last one is ${name}[${length - 1}]`,
      at,
    );
  }
}

function checkConstant(constant: Constant, lengths: Lengths, at: Position): void {
  if (constant.kind === 'address' && constant.index !== undefined) {
    checkIndex(constant.location, constant.index, lengths, at);
  }
}

function checkObservable(observable: Observable, at: Position, test: LitmusTest, lengths: Lengths): void {
  if (observable.kind === 'location') {
    const { name, index } = observable;
    if (index !== undefined) checkIndex(name, index, lengths, at);
    else if (lengths.has(name))
      throw new Mistake(`'${name}' is an array: name an element, as '${name}[0]'`, at);
    return;
  }
  const thread = test.threads[observable.thread];
  if (thread === undefined) throw new Mistake(`there is no thread P${observable.thread}`, at);
  if (thread.parameters.some((parameter) => parameter.name === observable.name)) {
    throw new Mistake(
      `'${observable.name}' is a parameter of P${observable.thread}, no register: write '${observable.name}' for its location`,
      at,
    );
  }
}

function checkStatements(statements: readonly Statement[], thread: Thread, lengths: Lengths): void {
  const scope = scopeOf(thread);
  const checker: Checker = {
    scope,
    lengths,
    parameters: new Set(thread.parameters.map((parameter) => parameter.name)),
  };
  const visit = (statement: Statement): void => {
    switch (statement.kind) {
      case 'declare':
        if (statement.value !== undefined) checkValue(statement.value, checker);
        break;
      case 'assign':
        checkTarget(statement.target, checker);
        checkValue(statement.value, checker);
        break;
      case 'evaluate':
        if (statement.expression.kind === 'call') checkCall(statement.expression, checker);
        else checkValue(statement.expression, checker);
        break;
      case 'if':
        checkValue(statement.condition, checker);
        statement.then.forEach(visit);
        statement.otherwise.forEach(visit);
        break;
      case 'block':
        statement.body.forEach(visit);
    }
  };
  statements.forEach(visit);
}

interface Checker {
  readonly scope: Scope;
  readonly lengths: Lengths;
  readonly parameters: ReadonlySet<string>;
}

function checkTarget(target: Expression, checker: Checker): void {
  if (target.kind === 'name' && checker.parameters.has(target.name)) {
    throw new Mistake(
      `'${target.name}' is the address of its location: assign '*${target.name}', or use WRITE_ONCE(*${target.name}, …)`,
      target.at,
    );
  }
  checkValue(target, checker);
}

/** An expression whose value is used. */
function checkValue(expression: Expression, checker: Checker): void {
  switch (expression.kind) {
    case 'number':
    case 'name':
      return;
    case 'binary':
      checkValue(expression.left, checker);
      checkValue(expression.right, checker);
      return;
    case 'cast': {
      const { type } = expression;
      if (isVoid(type) || familyOf(type) !== 'plain') {
        throw new Mistake(`a value cannot be cast to ${typeText(type)}`, expression.at);
      }
      checkValue(expression.operand, checker);
      return;
    }
    case 'unary':
      checkValue(expression.operand, checker);
      if (expression.operator === '*') checkDereference(expression.operand, checker);
      return;
    case 'call':
      checkCall(expression, checker);
      if (!signatureOf(expression.name).valued) {
        throw new Mistake(`${expression.name} has no value to use`, expression.at);
      }
  }
}

function checkDereference(pointer: Expression, checker: Checker): void {
  if (pointer.kind === 'number') throw new Mistake('a number is no address', pointer.at);
  const { base, pointers } = expressionType(pointer, checker.scope);
  if (base === 'void' && pointers === 1) {
    throw new Mistake("a 'void *' cannot be dereferenced: cast it to a pointer with a type", pointer.at);
  }
  if (pointer.kind !== 'binary' || pointer.operator !== '+') return;
  const { left, right } = pointer;
  if (left.kind === 'name' && checker.parameters.has(left.name) && right.kind === 'number') {
    checkIndex(left.name, right.value, checker.lengths, right.at);
  }
}

function checkCall(call: Call, checker: Checker): void {
  const signature = signatureOf(call.name);
  const wanted = signature.arguments.length;
  const given = call.arguments.length;
  if (wanted !== given) {
    throw new Mistake(
      `${call.name} takes ${counted(wanted)}, but is given ${given === 0 ? 'none' : given}`,
      call.at,
    );
  }
  call.arguments.forEach((argument, index) => checkArgument(argument, index, signature, checker));
}

function counted(argumentCount: number): string {
  if (argumentCount === 0) return 'no arguments';
  return argumentCount === 1 ? '1 argument' : `${argumentCount} arguments`;
}

function checkArgument(argument: Expression, index: number, signature: Signature, checker: Checker): void {
  const { name } = signature;
  const form = signature.arguments[index];
  const dereferences = argument.kind === 'unary' && argument.operator === '*';
  if (form === 'lvalue' && !dereferences) {
    const example = argument.kind === 'name' ? argument.name : 'x';
    throw new Mistake(`${name} takes the location itself: write '*${example}', not its address`, argument.at);
  }
  checkValue(argument, checker);
  if (form !== 'pointer') return;
  const isAddress = argument.kind !== 'number' && !(argument.kind === 'unary' && argument.operator !== '*');
  const type = expressionType(argument, checker.scope);
  if (
    !isAddress ||
    (dereferences && type.pointers === 0 && type.base !== 'intptr_t' && type.base !== 'uintptr_t')
  ) {
    const example = dereferences && argument.operand.kind === 'name' ? argument.operand.name : 'x';
    throw new Mistake(
      `${name} takes the address of a location: write '${example}'${dereferences ? `, not '*${example}'` : ''}`,
      argument.at,
    );
  }
}
