/**
 * Reads expressions of the cat language. Operators by precedence rather than a grammar's levels, because
 * `*` is a postfix or an infix by what follows it and an argument follows its function without a sign.
 * The precedences are those of herd7's manual, section "Expressions", and of its parser (lib/modelParser.mly).
 */

import type { TokenStream } from './token-stream.ts';
import type {
  BinaryOperator,
  Binding,
  Condition,
  Expression,
  MatchCase,
  Pattern,
  PostfixOperator,
} from './syntax.ts';

interface Infix {
  readonly operator: BinaryOperator;
  readonly level: number;
  readonly associates: 'left' | 'right';
}

/** From the loosest to the tightest. */
const infix: ReadonlyMap<string, Infix> = new Map(
  (
    [
      { operator: '|', level: 1, associates: 'right' },
      { operator: '++', level: 2, associates: 'right' },
      { operator: ';', level: 3, associates: 'right' },
      { operator: '\\', level: 4, associates: 'left' },
      { operator: '&', level: 5, associates: 'right' },
      { operator: '*', level: 6, associates: 'right' },
    ] as const
  ).map((one) => [one.operator, one]),
);

const postfix: ReadonlyMap<string, PostfixOperator> = new Map([
  ['+', '+'],
  ['*', '*'],
  ['?', '?'],
  ['^-1', '^-1'],
  ['^+', '+'],
  ['^*', '*'],
]);

export const checkWords: ReadonlySet<string> = new Set(['acyclic', 'irreflexive', 'empty']);

/** An expression, or several with commas between, which make a tuple. */
export function expression(stream: TokenStream): Expression {
  const at = stream.at();
  const members = stream.list(() => operand(stream));
  return members.length === 1 ? members[0]! : { kind: 'tuple', members, at };
}

/** An expression that a comma ends. */
export function operand(stream: TokenStream, level = 1): Expression {
  let left = prefixed(stream);
  for (;;) {
    const found = infix.get(stream.peek());
    if (found === undefined || found.level < level) return left;
    const at = stream.at();
    stream.take();
    const right = operand(stream, found.associates === 'right' ? found.level : found.level + 1);
    left = { kind: 'binary', operator: found.operator, left, right, at };
  }
}

function prefixed(stream: TokenStream): Expression {
  const at = stream.at();
  if (stream.accept('~')) return { kind: 'complement', operand: prefixed(stream), at };
  return postfixed(stream);
}

function postfixed(stream: TokenStream): Expression {
  let result = applied(stream);
  for (;;) {
    const at = stream.at();
    const operator = postfix.get(stream.peek());
    const isInfix = stream.peek() === '*' && beginsOperand(stream);
    if (operator === undefined || isInfix) return result;
    stream.take();
    result = { kind: 'postfix', operator, operand: result, at };
  }
}

/** Whether what comes behind the next word begins an operand; `~empty` begins a statement. */
function beginsOperand(stream: TokenStream): boolean {
  if (stream.peek(1) === '~') return !checkWords.has(stream.peek(2));
  return beginsSimple(stream, 1);
}

function beginsSimple(stream: TokenStream, ahead: number): boolean {
  const begins = ['(', '[', '{', '0', 'begin'].includes(stream.peek(ahead));
  return begins || stream.isName(ahead) || stream.isTag(ahead);
}

/** A function and its arguments, each behind the other. */
function applied(stream: TokenStream): Expression {
  let result = simple(stream);
  const isCallee = (of: Expression) => of.kind === 'variable' || of.kind === 'apply';
  while (isCallee(result) && beginsSimple(stream, 0)) {
    const at = stream.at();
    result = { kind: 'apply', callee: result, argument: simple(stream), at };
  }
  return result;
}

/** What needs no parentheses as an argument, and what a keyword begins. */
export function simple(stream: TokenStream): Expression {
  const at = stream.at();
  if (stream.isTag()) return { kind: 'tag', name: stream.tag(), at };
  if (stream.isName()) {
    const name = stream.take();
    return name === '_' ? { kind: 'universe', at } : { kind: 'variable', name, at };
  }
  switch (stream.peek()) {
    case '0':
      stream.take();
      return { kind: 'empty', at };
    case '(':
    case 'begin':
      return parenthesised(stream);
    case '[': {
      stream.take();
      const set = expression(stream);
      stream.expect(']');
      return { kind: 'identity', set, at };
    }
    case '{': {
      stream.take();
      if (stream.accept('}')) return { kind: 'empty', at };
      const members = stream.list(() => operand(stream));
      stream.expect('}');
      return { kind: 'set', members, at };
    }
    case 'let': {
      const { recursive, bindings } = letBindings(stream);
      stream.expect('in');
      return { kind: 'let', recursive, bindings, body: expression(stream), at };
    }
    case 'fun': {
      stream.take();
      const parameter = pattern(stream);
      stream.expect('->');
      return { kind: 'function', parameter, body: expression(stream), at };
    }
    case 'match':
      return match(stream);
    case 'try': {
      stream.take();
      const attempt = expression(stream);
      stream.expect('with');
      return { kind: 'try', attempt, otherwise: expression(stream), at };
    }
    case 'if':
      return conditional(stream);
    default:
      return stream.fail('an expression');
  }
}

/** `( … )` and `begin … end`. */
function parenthesised(stream: TokenStream): Expression {
  const at = stream.at();
  const close = stream.take() === '(' ? ')' : 'end';
  if (stream.accept(close)) return { kind: 'tuple', members: [], at };
  const inside = expression(stream);
  stream.expect(close);
  return inside;
}

/** `let` or `let rec`, and what it binds. */
export function letBindings(stream: TokenStream): {
  readonly recursive: boolean;
  readonly bindings: readonly Binding[];
} {
  stream.expect('let');
  const recursive = stream.accept('rec');
  const bindings = [binding(stream)];
  while (stream.accept('and')) bindings.push(binding(stream));
  return { recursive, bindings };
}

/** `f x = e` and `f(x, y) = e` bind a function. */
function binding(stream: TokenStream): Binding {
  const at = stream.at();
  const isTuple = stream.peek() === '(' || stream.peek(1) === ',';
  const name = isTuple ? tuplePattern(stream) : stream.name('a name');
  if (isTuple || stream.peek() === '=') {
    stream.expect('=');
    return { name, value: expression(stream), at };
  }
  const parameter = pattern(stream);
  stream.expect('=');
  return { name, value: { kind: 'function', parameter, body: expression(stream), at }, at };
}

/** A name, or a tuple of names in parentheses. */
export function pattern(stream: TokenStream): Pattern {
  return stream.peek() === '(' ? tuplePattern(stream) : stream.name('a name');
}

function tuplePattern(stream: TokenStream): Pattern {
  const closed = stream.accept('(');
  const none = closed && stream.peek() === ')';
  const names = none ? [] : stream.list(() => stream.name('a name'));
  if (closed) stream.expect(')');
  return names.length === 1 ? names[0]! : names;
}

function match(stream: TokenStream): Expression {
  const at = stream.at();
  stream.take();
  const on = expression(stream);
  stream.expect('with');
  stream.accept('||');
  const cases = [matchCase(stream)];
  while (stream.accept('||')) cases.push(matchCase(stream));
  stream.expect('end');
  return { kind: 'match', on, cases, at };
}

function matchCase(stream: TokenStream): MatchCase {
  const found = matchPattern(stream);
  stream.expect('->');
  return { pattern: found, body: expression(stream) };
}

function matchPattern(stream: TokenStream): MatchCase['pattern'] {
  const at = stream.at();
  if (stream.isTag()) return { kind: 'tag', name: stream.tag(), at };
  if (stream.accept('{')) {
    stream.expect('}');
    return { kind: 'empty' };
  }
  const element = stream.name("a tag, {}, _ or 'element ++ rest'");
  if (element === '_' && stream.peek() !== '++') return { kind: 'any' };
  stream.expect('++');
  return { kind: 'add', element, rest: stream.name('a name for the rest of the set') };
}

function conditional(stream: TokenStream): Expression {
  const at = stream.at();
  stream.take();
  const condition = conditionOf(stream);
  stream.expect('then');
  const then = expression(stream);
  stream.expect('else');
  return { kind: 'if', condition, then, otherwise: expression(stream), at };
}

function conditionOf(stream: TokenStream): Condition {
  if (stream.isText()) return { kind: 'variant', name: stream.text('a variant') };
  const left = expression(stream);
  const [word, kind] =
    [['=', 'equal'] as const, ['subset', 'subset'] as const, ['in', 'in'] as const].find(
      ([sign]) => stream.peek() === sign,
    ) ?? stream.fail("'=', 'subset' or 'in'");
  stream.expect(word);
  return { kind, left, right: expression(stream) };
}
