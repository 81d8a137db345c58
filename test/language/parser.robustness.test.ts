import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseLitmus } from '../../src/language/parser.ts';
import { longestSource } from '../../src/language/preflight.ts';
import { printLitmus } from '../../src/language/printer.ts';
import { LitmusSyntaxError } from '../../src/language/syntax-error.ts';
import { arbitraryTest } from './arbitrary-test.ts';

/**
 * Whatever is written, the parser ends, and ends in a test or in a LitmusSyntaxError. A parser that
 * hangs fails here by vitest's own time limit.
 */
function endsInWords(source: string): void {
  try {
    const printed = printLitmus(parseLitmus(source, 'fuzz.litmus'));
    if (printed.length > longestSource) return;
    expect(printLitmus(parseLitmus(printed, 'printed.litmus'))).toBe(printed);
  } catch (error) {
    if (!(error instanceof LitmusSyntaxError)) throw error;
    expect(error.file).toBe('fuzz.litmus');
    const lines = source.split(/\r\n?|\n/);
    expect(error.at.line).toBeGreaterThanOrEqual(1);
    expect(error.at.line).toBeLessThanOrEqual(lines.length);
    expect(error.at.column).toBeGreaterThanOrEqual(1);
    expect(error.at.column).toBeLessThanOrEqual((lines[error.at.line - 1]?.length ?? 0) + 1);
    expect(error.sentence).not.toMatch(/Token|EOF|undefined|NaN|\[object|\n/);
  }
}

/** Words and signs of the language, and some that are not. */
const words = fc.constantFrom(
  ...[
    '(',
    ')',
    '{',
    '}',
    '[',
    ']',
    ';',
    ',',
    ':',
    '=',
    '==',
    '!=',
    '*',
    '&',
    '&&',
    '|',
    '||',
    '+',
    '-',
    '--',
    '++',
  ],
  ...[
    '!',
    '~',
    '^',
    '<',
    '<<',
    '>=',
    '/',
    '%',
    '/\\',
    '\\/',
    '=>',
    '+=',
    '->',
    '?',
    '.',
    '#',
    '"',
    "'",
    '\\',
    '§',
  ],
  ...['(*', '*)', '/*', '*/', '//', '\n', '\t', ' ', ' * '],
  ...[
    '0',
    '1',
    '-1',
    '0x',
    '08',
    '1.5',
    '1e3',
    '3UL',
    '99999999999999999999',
    '0:r0',
    '1:r1',
    'P0',
    'P1',
    'P0(',
    'P1(',
  ],
  ...[
    'x',
    'y',
    'r0',
    'r1',
    'foo_t',
    'a[1]',
    'int',
    'int *',
    'long',
    'unsigned',
    'void',
    'struct',
    'atomic_t',
    'char',
  ],
  ...[
    'if',
    'else',
    'while',
    'return',
    'const',
    'READ_ONCE',
    'READ_ONCE(*x)',
    'WRITE_ONCE(*x, 1);',
    'smp_mb();',
  ],
  ...[
    'locations',
    'filter',
    'exists',
    '~exists',
    'forall',
    'not',
    'true',
    'false',
    'final',
    'with',
    'ATOMIC_INIT',
  ],
  ...['Result: Never', 'Counters: x', 'Phases: a = x=1', 'Controls: a on arm64', '(* Result: Never *)'],
);
const soup = fc.array(words, { maxLength: 60 }).map((some) => some.join(' '));

const valid = arbitraryTest.map(printLitmus);

describe('the parser ends in a test or in a mistake with its place', () => {
  test('on random text', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 400 }), endsInWords), { numRuns: 500 });
  });

  test('on the words of the language in any order', () => {
    fc.assert(fc.property(soup, endsInWords), { numRuns: 500 });
    fc.assert(
      fc.property(soup, (text) => endsInWords(`C soup\n{}\nP0(int *x) { int r0; ${text} }\nexists (x=1)`)),
      { numRuns: 1000 },
    );
    fc.assert(
      fc.property(soup, (text) => endsInWords(`C soup\n{ ${text} }\nP0(int *x) { }\nexists (x=1)`)),
      { numRuns: 500 },
    );
    fc.assert(
      fc.property(soup, (text) => endsInWords(`C soup\n{}\nP0(int *x) { int r0; }\n${text}`)),
      { numRuns: 500 },
    );
    fc.assert(
      fc.property(soup, (text) =>
        endsInWords(`C soup\n(* ${text} *)\n{}\nP0(int *x) { int r0; }\nexists (x=1)`),
      ),
      { numRuns: 500 },
    );
  });

  test('on a valid test of which a part is cut, doubled, or replaced', () => {
    const mutated = fc
      .record({ text: valid, from: fc.nat(), length: fc.nat(40), by: fc.oneof(soup, words, fc.constant('')) })
      .map(({ text, from, length, by }) => {
        const start = from % (text.length + 1);
        return text.slice(0, start) + by + text.slice(start + length);
      });
    fc.assert(fc.property(mutated, endsInWords), { numRuns: 500 });
  });

  test('on the same word again and again, up to the longest file', () => {
    for (const word of ['(*', '/*', '{', '{}', '(', 'P0(', 'int r1;', 'x;', '- ', '\n', '0:']) {
      for (const [before, after] of [
        ['C t\n', ''],
        ['C t\n(* ', ' *)\n{}\nP0(int *x) { }\nexists (x=1)'],
        ['C t\n{', '}\nP0(int *x) { }\nexists (x=1)'],
        ['C t\n{}\nP0(int *x) {', '}\nexists (x=1)'],
        ['C t\n{}\nP0(int *x) { }\nexists ', ''],
      ] as const) {
        endsInWords(before + word.repeat((longestSource - 100) / word.length) + after);
      }
    }
  });
});
