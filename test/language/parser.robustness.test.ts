import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseLitmus } from '../../src/language/parser.ts';
import { longestSource } from '../../src/language/preflight.ts';
import { printLitmus } from '../../src/language/printer.ts';
import { LitmusSyntaxError } from '../../src/language/syntax-error.ts';
import { arbitraryTest } from './arbitrary-test.ts';

/**
 * What is wrong with how the parser ends on a text. It shall end in a test that prints and reads
 * again, or in a LitmusSyntaxError that stands in the text and speaks the user's language. A parser
 * that hangs fails by vitest's own time limit, and any other exception by being thrown.
 */
function wrongWith(source: string): readonly string[] {
  let printed: string;
  try {
    printed = printLitmus(parseLitmus(source, 'fuzz.litmus'));
  } catch (error) {
    if (error instanceof LitmusSyntaxError) return wrongWithMistake(error, source);
    throw error;
  }
  if (printed.length > longestSource) return [];
  const again = printLitmus(parseLitmus(printed, 'printed.litmus'));
  return again === printed ? [] : [`prints as ${printed}, and then as ${again}`];
}

const jargon = /Token|EOF|undefined|NaN|\[object|\n/;

function wrongWithMistake({ sentence, at }: LitmusSyntaxError, source: string): readonly string[] {
  const line = source.split(/\r\n?|\n/)[at.line - 1];
  const isInside = line !== undefined && at.column >= 1 && at.column <= line.length + 1;
  return [
    ...(isInside ? [] : [`${at.line}:${at.column} is not in the text`]),
    ...(jargon.test(sentence) ? [`jargon: ${sentence}`] : []),
  ];
}

/** Words and signs of the language, and some that are not. */
const signs =
  `( ) { } [ ] ; , : = == != * & && | || + - -- ++ ! ~ ^ < << >= / % /\\ \\/ => += -> ? . # " ' \\ §
(* *) /* */ // 0 1 -1 0x 08 1.5 1e3 3UL 99999999999999999999 0:r0 1:r1 P0 P1 P0( P1( x y r0 r1 foo_t a[1] int long
unsigned void struct atomic_t char if else while return const READ_ONCE READ_ONCE(*x) smp_mb(); locations filter
exists ~exists forall not true false final with ATOMIC_INIT`.split(/\s+/);
const phrases = ['\n', '\t', ' * ', 'int *', 'WRITE_ONCE(*x, 1);', '(* Result: Never *)', 'Result: Never'];
const keys = ['Counters: x', 'Phases: a = x=1', 'Controls: a on arm64', 'Question: a'];
const words = fc.constantFrom(...signs, ...phrases, ...keys);
const soup = fc.array(words, { maxLength: 60 }).map((some) => some.join(' '));

const mutated = fc
  .record({
    text: arbitraryTest.map(printLitmus),
    from: fc.nat(),
    length: fc.nat(40),
    by: fc.oneof(soup, words, fc.constant('')),
  })
  .map(({ text, from, length, by }) => {
    const start = from % (text.length + 1);
    return text.slice(0, start) + by + text.slice(start + length);
  });

/** Texts that are random in one place, each with the place's name. */
const places: readonly (readonly [string, fc.Arbitrary<string>])[] = [
  ['random text', fc.string({ unit: 'binary', maxLength: 400 })],
  ['the words of the language in any order', soup],
  [
    'any words in a header',
    soup.map((text) => `C t\n(* ${text} *)\n{}\nP0(int *x) { int r0; }\nexists (x=1)`),
  ],
  ['any words in an initial state', soup.map((text) => `C t\n{ ${text} }\nP0(int *x) { }\nexists (x=1)`)],
  ['any words in a body', soup.map((text) => `C t\n{}\nP0(int *x) { int r0; ${text} }\nexists (x=1)`)],
  ['any words for a condition', soup.map((text) => `C t\n{}\nP0(int *x) { int r0; }\n${text}`)],
  ['a valid test of which a part is cut or replaced', mutated],
];

describe('the parser ends in a test or in a mistake with its place', () => {
  test.each(places)('on %s', (_, texts) => {
    fc.assert(
      fc.property(texts, (text) => {
        expect(wrongWith(text)).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  test.each([
    ['header', '(*', 'C t\n', '\n{}\nP0(int *x) { }\nexists (x=1)'],
    ['header', '\n', 'C t\n(*', '*)\n{}\nP0(int *x) { }\nexists (x=1)'],
    ['initial state', '{', 'C t\n{', '}\nP0(int *x) { }\nexists (x=1)'],
    ['initial state', ';', 'C t\n{', '}\nP0(int *x) { }\nexists (x=1)'],
    ['body', '{', 'C t\n{}\nP0(int *x) {', '}\nexists (x=1)'],
    ['body', '{}', 'C t\n{}\nP0(int *x) {', '}\nexists (x=1)'],
    ['body', '{int b;}', 'C t\n{}\nP0(int *x) {', '}\nexists (x=1)'],
    ['body', '(', 'C t\n{}\nP0(int *x) {', '}\nexists (x=1)'],
    ['body', 'x;', 'C t\n{}\nP0(int *x) {', '}\nexists (x=1)'],
    ['condition', '(', 'C t\n{}\nP0(int *x) { }\nexists ', ''],
    ['condition', '~', 'C t\n{}\nP0(int *x) { }\nexists ', ''],
    ['list of locations', 'x;', 'C t\n{}\nP0(int *x) { }\nlocations [', ']'],
  ])('on a %s as long as a file may be, of nothing but %j', (_, word, before, after) => {
    const text = before + word.repeat((longestSource - 100) / word.length) + after;
    expect(wrongWith(text)).toEqual([]);
  });
});
