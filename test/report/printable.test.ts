import { expect, test } from 'vitest';
import { printable } from '../../src/report/printable.ts';

test('what a terminal obeys or a reader does not see is written out, and all else stays', () => {
  expect(printable('MP+wmb+rmb é 日本 "<&|')).toBe('MP+wmb+rmb é 日本 "<&|');
  expect(printable('\u001B[31m\n\u202E\u2028\uD800')).toBe(
    String.raw`\u{1b}[31m\u{a}\u{202e}\u{2028}\u{d800}`,
  );
});
