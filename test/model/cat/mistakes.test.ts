import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CatError } from '../../../src/model/cat/cat-error.ts';
import { parseCat } from '../../../src/model/cat/parser.ts';
import { applied, linked } from './world.ts';

const many = (text: string, times: number) => text.repeat(times);

describe('a mistake in the text is told with its place', () => {
  test.each([
    // What is no text of the language.
    ['let x = A\n (* and (* then *)', '2:2: this comment is never closed'],
    ['include "cos.cat', '1:9: this text is never closed'],
    ['let x = \u0000\u0001', '1:9: unexpected character U+0000'],
    ['let x = \u{1f512}', '1:9: unexpected character U+1F512'],
    ['let x = A %', "1:11: unexpected character '%'"],
    ['let x = 12', "1:9: unexpected character '1'"],
    // What the grammar does not have.
    ['let x', '1:6: expected a name, found the end of the file'],
    ['let x = A |', '1:12: expected an expression, found the end of the file'],
    ['let x = (A | B', "1:15: expected ')', found the end of the file"],
    ['let in = A', "1:5: expected a name, found 'in'"],
    ['x = A', "1:3: expected a statement ('let', 'acyclic', 'include', …), found '='"],
    ['let x = A }', "1:11: expected a statement ('let', 'acyclic', 'include', …), found '}'"],
    ['flag ~empty A let x = B', "1:15: expected 'as' and the flag's name, found 'let'"],
    ['acyclic r as', "1:13: expected the check's name, found the end of the file"],
    ['include cos.cat', "1:9: expected the file's name in quotes, found 'cos.cat'"],
    ['enum E = once', "1:10: expected a tag, as 'once, found 'once'"],
    ['let x = if A then B else A', "1:14: expected '=', 'subset' or 'in', found 'then'"],
    ['let x = match A with || 0 -> A end', "1:25: expected a tag, {}, _ or 'element ++ rest', found '0'"],
    [
      'forall x in A do acyclic r',
      "1:27: expected a statement ('let', 'acyclic', 'include', …), found the end of the file",
    ],
    [
      'let rec x = r when acyclic x',
      "1:15: expected a statement (a 'let rec' cannot have a condition), found 'when'",
    ],
  ])('%s', (text, expected) => {
    const act = () => parseCat(text, 'model.cat');
    expect(act).toThrow(CatError);
    expect(act).toThrow(`model.cat:${expected}`);
  });
});

describe('a mistake in what it means is told with its place and its remedy', () => {
  test.each([
    ['no statement', ''],
    ['no check', 'let x = A'],
  ])('a model with %s', (_, text) => {
    expect(() => linked(text)).toThrow(
      "model.cat:1:1: this model refuses nothing: it needs a check, as 'acyclic po | rf | co | fr as sc'",
    );
  });

  test.each([
    // Names and tags.
    ['acyclic nowhere', "1:9: 'nowhere' is not defined"],
    ['let happens = r acyclic hapens', "1:25: 'hapens' is not defined; did you mean 'happens'?"],
    [
      "enum E = 'acquire acyclic if 'aquire in E then r else 0",
      "1:30: no enum declares 'aquire; did you mean 'acquire'?",
    ],
    ["let x = 'mb empty 0", "1:9: no enum declares 'mb: put enum NAME = 'mb || … in front"],
    [
      "enum E = 'a let x = match 'a with 'zz -> A end empty 0",
      "1:35: no enum declares 'zz: put enum NAME = 'zz || … in front",
    ],
    ["enum E = 'a || 'b let x = match 'b with 'a -> A end", '1:27: no case matches a tag'],
    ['call p(A) empty 0', "1:1: there is no procedure 'p'"],
    // Sorts.
    ['let x = r ; A', '1:11: expected a relation, found a set of events: [ ] around it makes one'],
    ['acyclic A', '1:9: expected a relation, found a set of events: [ ] around it makes one'],
    ['let x = A+', '1:10: expected a relation, found a set of events: [ ] around it makes one'],
    ['let x = [r]', '1:9: expected a set of events, found a relation: domain(…) and range(…) of it are sets'],
    [
      'let x = r * A',
      '1:11: expected a set of events, found a relation: domain(…) and range(…) of it are sets',
    ],
    ['let x = A | r', "1:11: '|' joins a set of events with a relation"],
    ['let x = A r', '1:11: a set of events cannot be applied: is an operator missing?'],
    ['let x = domain A', '1:16: expected a relation'],
    ['let f x = x let x = f | A', '1:23: expected a set or relation, found a function'],
    ["enum E = 'a let x = ~'a", '1:21: expected a set or relation, found a tag'],
    [
      "enum E = 'a let x = E ; E",
      "1:23: ';' does not join a set of sets, relations or tags with a set of sets, relations or tags",
    ],
    ["enum E = 'a let x = 'a ++ A", "1:24: '++' adds a tag to a set of events"],
    ['let (x, y) = A', '1:5: expected a tuple of 2 values, found a set of events'],
    ['let f (x, y) = x let x = f A', '1:28: expected a tuple of 2 values, found a set of events'],
    [
      'let f x = match x with {} -> 0 || e ++ es -> e end let x = f f',
      '1:11: expected a set, found a function',
    ],
    [
      'let x = match rf with {} -> 0 || e ++ es -> 0 end',
      '1:9: this is not known yet: it depends on rf or co, or on what it defines',
    ],
    // Recursion.
    ['let rec f x = f x let y = f A', '1:17: this recursion is 1000 calls deep: does it end?'],
    ['let rec x = r \\ x', '1:9: this recursive definition never settles: it must only grow'],
    ['let rec x = y and y = ~x', '1:9: this recursive definition never settles: it must only grow'],
    ['let rec x = A | r', "1:15: '|' joins a set of events with a relation"],
    ['let rec (x, y) = (y, x)', '1:9: a recursive definition has one name, not a tuple of names'],
    ['let rec x = f and f y = x', '1:19: expected a set or relation, found a function'],
    // Bodies.
    [
      'procedure p() = include "a.cat" end',
      '1:17: "a.cat" is neither in the model\'s folder nor in the library',
    ],
    ['forall x in A do with y from r end', "1:18: 'with' cannot stand inside a body: put it in front"],
  ])('%s', (text, expected) => {
    const act = () => applied(text);
    expect(act).toThrow(CatError);
    expect(act).toThrow(`model.cat:${expected}`);
  });

  test('a missing file by the place that includes it', () => {
    expect(() => linked({ 'a.cat': '\n include "b.cat"', 'model.cat': 'include "a.cat"' })).toThrow(
      'a.cat:2:2: "b.cat" is neither in the model\'s folder nor in the library',
    );
  });

  test.each([
    [{ 'model.cat': 'include "model.cat"' }, 'model.cat:1:1: "model.cat" is included by itself'],
    [
      { 'a.cat': 'include "b.cat"', 'b.cat': 'let x = 0\ninclude "a.cat"', 'model.cat': 'include "a.cat"' },
      'b.cat:2:1: "a.cat" is included by itself, or by what it includes: leave one of them out',
    ],
  ])('files that include each other: %j', (files, expected) => {
    expect(() => linked(files)).toThrow(expected);
  });
});

describe('what is too deep is refused, wherever it is found out', () => {
  test.each([
    ['parentheses', `let x = ${many('(', 100_000)}`],
    ['brackets that are closed', `acyclic ${many('[', 3_000)}A${many(']', 3_000)}`],
    ['complements', `let x = ${many('~', 200_000)}A`],
    ['postfix operators', `acyclic r${many('+', 200_000)}`],
    ['inverses', `acyclic rf${many('^-1', 50_000)}`],
    ['unions', `let x = A${many(' | A', 100_000)}`],
    ['differences', `let x = A${many(' \\ A', 100_000)}`],
    ['sequences of what is chosen', `acyclic rf${many(' ; (co | rf)', 2_000)}`],
    ['definitions one upon another', `let x = rf ${many('let x = x ; co ', 5_000)} acyclic x`],
    ['bodies', `${many('forall x in A do ', 20_000)}`],
    ['conditions', `let x = ${many('if A = A then A else ', 20_000)}A`],
    ['comments that are closed', `${many('(*', 1_000)}${many('*)', 1_000)}%`],
    ['arguments', `let f x = x let y = f ${many('f ', 100_000)}`],
    ['procedures', 'procedure rec p(x) = call p(x) end call p(A)'],
    ['variants', many('if "v" ', 20_000)],
    ['a long file', many('let x = 0\n', 200_000)],
  ])('%s', (_, text) => {
    expect(() => applied(text)).toThrow(CatError);
  });
});

describe('what takes for ever ends, at the latest where time is over', () => {
  class TimeIsOver extends Error {}
  const impatient = () => {
    let ticks = 0;
    return () => {
      if ((ticks += 1) > 20_000) throw new TimeIsOver();
    };
  };

  test.each([
    [
      'calls that double',
      `let twice f = fun x -> f (f x) let next x = x | A let it = ${many('twice (', 40)}next${many(')', 40)} let x = it B`,
    ],
    ['failures that are tried again', 'let rec f x = (try f x with A) | (try f x with B) let x = f A'],
    [
      'a set of all sets',
      'let rec grow S = match S with || {} -> {} || e ++ es -> grow es | grow es | {e} end ' +
        'let x = grow (_ * _)',
    ],
  ])('%s', (_, text) => {
    const ended = (error: unknown) => error instanceof TimeIsOver || error instanceof CatError;
    expect(() => applied(text, impatient())).toThrow(expect.toSatisfy(ended));
  });
});

describe('any text at all', () => {
  const words = fc.constantFrom(
    ...'let rec and in fun match with begin end try if then else do as from acyclic empty flag ~ show include'.split(
      ' ',
    ),
    ...'procedure call forall enum instructions x y A r rf 0 _ ( ) [ ] { } , = -> || | ++ ; & * + ? ^-1 \\ "a"'.split(
      ' ',
    ),
    "'t",
    '(*',
    '*)',
    '//',
    '\n',
  );

  test.each([
    ['words of the language', fc.array(words, { maxLength: 40 }).map((some) => some.join(' '))],
    ['characters', fc.string({ unit: 'binary', maxLength: 60 })],
  ])('of %s is a model or a CatError', (_, texts) => {
    fc.assert(
      fc.property(texts, (text) => {
        try {
          parseCat(text, 'model.cat');
          applied(text);
        } catch (error) {
          expect(error).toBeInstanceOf(CatError);
          expect((error as CatError).message).toMatch(/^[\w.]+:\d+:\d+: \S/);
        }
      }),
      { numRuns: 500 },
    );
  });
});
