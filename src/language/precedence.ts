import type { BinaryOperator } from './litmus-test.ts';

/** C's binary operators, the loosest first; all of them group from the left. */
const looseToTight: readonly (readonly BinaryOperator[])[] = [
  ['||'],
  ['&&'],
  ['|'],
  ['^'],
  ['&'],
  ['==', '!='],
  ['<', '<=', '>', '>='],
  ['<<', '>>'],
  ['+', '-'],
  ['*', '/', '%'],
];

const levels: ReadonlyMap<string, number> = new Map(
  looseToTight.flatMap((operators, level) => operators.map((operator) => [operator, level + 1] as const)),
);

/** How tightly a binary operator binds: 1 for `||` up to 10 for `*`. */
export function precedence(operator: BinaryOperator): number {
  return levels.get(operator) ?? 0;
}

/** What a cast, a prefix operator and their operands bind like. */
export const prefixPrecedence = looseToTight.length + 1;

/** Whether the text of an operator token is a binary operator. */
export function isBinaryOperator(text: string): text is BinaryOperator {
  return levels.has(text);
}

const comparisons: ReadonlySet<BinaryOperator> = new Set(['==', '!=', '<', '<=', '>', '>='] as const);

export function isComparison(operator: BinaryOperator): boolean {
  return comparisons.has(operator);
}
