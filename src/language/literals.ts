import type { IToken } from 'chevrotain';
import { canonicalBase } from './c-types.ts';
import type { Expression, Position } from './litmus-test.ts';
import { Mistake } from './mistake.ts';

/** What single tokens say: places, numbers, names of types. */

// As integers: the lexer's are floating-point numbers to V8, which keeps each of them as an object.
export function positionOf(token: IToken): Position {
  return { line: (token.startLine ?? 1) | 0, column: (token.startColumn ?? 1) | 0 };
}

/** The place right behind a token. */
export function endOf(token: IToken): Position {
  return { line: token.endLine ?? 1, column: (token.endColumn ?? 0) + 1 };
}

const largest = 2n ** 64n - 1n;

/** The value of a decimal, hexadecimal or octal literal, its suffix aside. */
export function numberOf(token: IToken): bigint {
  const digits = token.image.replace(/[uUlL]+$/, '');
  const octal = /^0[0-9]/.test(digits);
  if (octal && /[89]/.test(digits)) throw new Mistake(`'${digits}' is no octal number`, positionOf(token));
  if (digits.length > 24) throw new Mistake('the number does not fit in 64 bits', positionOf(token));
  const value = BigInt(octal ? `0o${digits.slice(1)}` : digits);
  if (value > largest) throw new Mistake('the number does not fit in 64 bits', positionOf(token));
  return value;
}

/** A literal; one with a suffix is a cast to the type that the suffix names. */
export function numberExpression(token: IToken): Expression {
  const at = positionOf(token);
  const number: Expression = { kind: 'number', value: numberOf(token), at };
  const suffix = (/[uUlL]+$/.exec(token.image)?.[0] ?? '').toLowerCase();
  if (suffix === '') return number;
  const longs = suffix.replaceAll('u', '').length;
  const unsigneds = suffix.length - longs;
  const words = [
    ...Array.from({ length: unsigneds }, () => 'unsigned'),
    ...Array.from({ length: longs }, () => 'long'),
  ];
  const base = canonicalBase(words);
  if (base === undefined) throw new Mistake(`'${token.image}' has no valid suffix`, at);
  return { kind: 'cast', type: { base, pointers: 0 }, operand: number, at };
}

/** The base type that these words name; `first` is the first of them. */
export function baseOf(first: IToken, more: readonly IToken[]): string {
  const words = [first, ...more].map((token) => token.image);
  const base = canonicalBase(words);
  if (base === undefined) throw new Mistake(`'${words.join(' ')}' is no type`, positionOf(first));
  return base;
}

/** `struct srcu_struct`, the only struct that a litmus test knows. */
export function structBase(name: IToken): string {
  if (name.image === 'srcu_struct') return 'struct srcu_struct';
  throw new Mistake(
    `'struct ${name.image}' is not supported: of the structs, a litmus test has only srcu_struct`,
    positionOf(name),
  );
}

const mostElements = 4096;

/** The number of a thread or an element, written as `digits` in the token. */
export function smallNumber(token: IToken, digits: string, what: string): number {
  const value = /^\d{1,6}$/.test(digits) ? Number(digits) : undefined;
  if (value === undefined || value > mostElements) {
    throw new Mistake(
      `'${token.image}' is no number for ${what}: at most ${mostElements}`,
      positionOf(token),
    );
  }
  return value;
}
