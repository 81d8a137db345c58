import { typeText } from './c-types.ts';
import { headerLines } from './header.ts';
import {
  observableName,
  type Constant,
  type CType,
  type Expression,
  type InitialValue,
  type LitmusTest,
  type Observable,
  type Proposition,
  type Statement,
  type Thread,
} from './litmus-test.ts';
import { isComparison, precedence, prefixPrecedence } from './precedence.ts';
import { signatures } from './primitives.ts';

/**
 * A test as canonical text, which herd7 reads where it knows the primitives: tabs, one statement a
 * line, one comment. `parseLitmus` of it is the same test but for positions.
 */
export function printLitmus(test: LitmusTest): string {
  const parts = [
    [`C ${test.name}`, ...test.information].join('\n'),
    printHeader(test),
    printInitialState(test.initial),
    ...test.threads.map(printThread),
    printConditions(test),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function printHeader(test: LitmusTest): string {
  const lines = headerLines(test.header, printProposition);
  if (lines.length === 0) return '';
  return ['(*', ...lines.map((line) => (line === '' ? ' *' : ` * ${line}`)), ' *)'].join('\n');
}

function printInitialState(values: readonly InitialValue[]): string {
  return values.length === 0
    ? '{}'
    : ['{', ...values.map((value) => `\t${printInitial(value)};`), '}'].join('\n');
}

function printInitial(value: InitialValue): string {
  const points = value.type !== undefined && value.type.pointers > 0;
  if (value.kind === 'register') {
    return `${printDeclarator(value.type, `${value.thread}:${value.name}`)} = ${printConstant(value.value, points)}`;
  }
  const values = value.values.map((constant) => printConstant(constant, points));
  const zeros = value.values.every((constant) => constant.kind === 'number' && constant.value === 0n);
  if (value.length !== undefined) {
    const array = printDeclarator(value.type, `${value.name}[${value.length}]`);
    return zeros ? array : `${array} = {${values.join(', ')}}`;
  }
  const scalar = printDeclarator(value.type, value.name);
  const [first = '0'] = values;
  switch (value.type?.base) {
    case 'atomic_t':
    case 'atomic_long_t':
    case 'atomic64_t':
      return points ? `${scalar} = ${first}` : `${scalar} = ATOMIC_INIT(${first})`;
    case 'spinlock_t':
    case 'struct srcu_struct':
      return zeros ? scalar : `${scalar} = ${first}`;
    default:
      return `${scalar} = ${first}`;
  }
}

/** `int *x`: a type and what is of it. */
function printDeclarator(type: CType | undefined, name: string): string {
  if (type === undefined) return name;
  return `${type.base} ${'*'.repeat(type.pointers)}${name}`;
}

/** herd7 takes `&` only where the type is written as a pointer's. */
function printConstant(constant: Constant, withAmpersand = false): string {
  if (constant.kind === 'number') return constant.value.toString();
  const { location: name, index } = constant;
  return `${withAmpersand ? '&' : ''}${observableName({ kind: 'location', name, index })}`;
}

function printThread(thread: Thread): string {
  const parameters = thread.parameters.map(({ type, name }) => printDeclarator(type, name)).join(', ');
  return [`P${thread.index}(${parameters})`, '{', ...printBody(thread.body), '}'].join('\n');
}

/** The lines of a thread's body, with a blank one after its first declarations. */
function printBody(body: readonly Statement[]): readonly string[] {
  const first = body.findIndex((statement) => statement.kind !== 'declare');
  const declarations = first === -1 ? body : body.slice(0, first);
  const rest = body.slice(declarations.length);
  const blank = declarations.length > 0 && rest.length > 0 ? [''] : [];
  return [...printStatements(declarations, '\t'), ...blank, ...printStatements(rest, '\t')];
}

function printStatements(statements: readonly Statement[], indent: string): readonly string[] {
  return statements.flatMap((statement) => statementLines(statement, indent));
}

/** A statement as lines of text, without a line break at the end. */
export function printStatement(statement: Statement): string {
  return statementLines(statement, '').join('\n');
}

function statementLines(statement: Statement, indent: string): readonly string[] {
  switch (statement.kind) {
    case 'declare': {
      const declarator = printDeclarator(statement.type, statement.name);
      const value = statement.value === undefined ? '' : ` = ${printExpression(statement.value)}`;
      return [`${indent}${declarator}${value};`];
    }
    case 'assign':
      return [`${indent}${printExpression(statement.target)} = ${printExpression(statement.value)};`];
    case 'evaluate':
      return [`${indent}${printEvaluated(statement.expression)};`];
    case 'block':
      return [`${indent}{`, ...printStatements(statement.body, `${indent}\t`), `${indent}}`];
    case 'if':
      return ifLines(statement, indent);
  }
}

function ifLines(statement: Extract<Statement, { kind: 'if' }>, indent: string): readonly string[] {
  const lines: string[] = [];
  let opening = indent;
  for (let current = statement; ;) {
    lines.push(`${opening}if (${printExpression(current.condition)}) {`);
    lines.push(...printStatements(current.then, `${indent}\t`));
    const [only] = current.otherwise;
    if (current.otherwise.length !== 1 || only?.kind !== 'if') {
      if (current.otherwise.length > 0) {
        lines.push(`${indent}} else {`, ...printStatements(current.otherwise, `${indent}\t`));
      }
      return [...lines, `${indent}}`];
    }
    opening = `${indent}} else `;
    current = only;
  }
}

/** herd7 takes a call with a value as a statement only behind `(void)`. */
function printEvaluated(expression: Expression): string {
  const isVoidCall = expression.kind === 'call' && signatures.get(expression.name)?.valued === false;
  return isVoidCall ? printExpression(expression) : `(void)${printOperand(expression, prefixPrecedence)}`;
}

const callPrecedence = prefixPrecedence + 1;
/** herd7 orders no comparison before another. */
const tighterThanComparisons = precedence('<<');

/** An expression with the parentheses that C and herd7 need, and no others. */
export function printExpression(expression: Expression): string {
  switch (expression.kind) {
    case 'number':
      return expression.value.toString();
    case 'name':
      return expression.name;
    case 'call':
      return `${expression.name}(${expression.arguments.map(printExpression).join(', ')})`;
    case 'cast':
      return `(${typeText(expression.type)})${printOperand(expression.operand, prefixPrecedence)}`;
    case 'unary':
      return `${expression.operator}${printUnaryOperand(expression)}`;
    case 'binary': {
      const own = precedence(expression.operator);
      const compares = isComparison(expression.operator);
      const left = printOperand(expression.left, compares ? tighterThanComparisons : own);
      const right = printOperand(expression.right, compares ? tighterThanComparisons : own + 1);
      return `${left} ${expression.operator} ${right}`;
    }
  }
}

/** `-1` stays a literal and `--` no operator; herd7 dereferences names and parentheses only. */
function printUnaryOperand(expression: Extract<Expression, { kind: 'unary' }>): string {
  const { operator, operand } = expression;
  const bare =
    operator === '*'
      ? operand.kind === 'name'
      : operand.kind === 'name' ||
        operand.kind === 'call' ||
        (operand.kind === 'unary' && operand.operator !== operator);
  return bare ? printExpression(operand) : `(${printExpression(operand)})`;
}

function printOperand(expression: Expression, least: number): string {
  const text = printExpression(expression);
  return bindingOf(expression) < least ? `(${text})` : text;
}

function bindingOf(expression: Expression): number {
  switch (expression.kind) {
    case 'binary':
      return precedence(expression.operator);
    case 'unary':
    case 'cast':
      return prefixPrecedence;
    default:
      return callPrecedence;
  }
}

function printConditions(test: LitmusTest): string {
  const lines: string[] = [];
  if (test.locations.length > 0) {
    lines.push(
      `locations [${test.locations.map((observable) => `${observableName(observable)};`).join(' ')}]`,
    );
  }
  if (test.filter !== undefined) lines.push(`filter (${printProposition(test.filter)})`);
  lines.push(`${test.condition.quantifier} (${printProposition(test.condition.proposition)})`);
  return lines.join('\n');
}

/** A proposition as conditions write it, without parentheses around the whole. */
export function printProposition(proposition: Proposition): string {
  switch (proposition.kind) {
    case 'true':
    case 'false':
      return proposition.kind;
    case 'atom':
      return `${observableName(proposition.observable)}${proposition.relation}${printObserved(proposition.value)}`;
    case 'not':
      return `~(${printProposition(proposition.operand)})`;
    case 'and':
      return `${printJunct(proposition.left, ['or'])} /\\ ${printJunct(proposition.right, ['or', 'and'])}`;
    case 'or':
      return `${printJunct(proposition.left, [])} \\/ ${printJunct(proposition.right, ['or'])}`;
  }
}

function printObserved(value: Constant | Observable): string {
  switch (value.kind) {
    case 'register':
      return observableName(value);
    case 'location':
      return `*${observableName(value)}`;
    default:
      return printConstant(value);
  }
}

/** A side of a connective, in parentheses where it is of one of these kinds. */
function printJunct(proposition: Proposition, enclosed: readonly Proposition['kind'][]): string {
  const text = printProposition(proposition);
  return enclosed.includes(proposition.kind) ? `(${text})` : text;
}
