import { describe, expect, test } from 'vitest';
import type { LinkedModel } from '../../../src/model/cat/linked.ts';
import { shown } from './shown.ts';
import { linked } from './world.ts';

/** Its definitions and checks, as text. */
const lines = ({ statements }: LinkedModel): readonly string[] =>
  statements.flatMap((statement) => {
    if (statement.kind === 'let') {
      return statement.bindings.map(({ name, value }) => `${String(name)} = ${shown(value)}`);
    }
    return statement.kind === 'check' ? [`${statement.check} ${shown(statement.expression)}`] : [];
  });

describe('names at top level are told apart by numbers', () => {
  test.each([
    ['let a = b acyclic a', ['a#1 = b', 'acyclic a#1']],
    ['let a = a let a = a acyclic a', ['a#1 = a', 'a#2 = a#1', 'acyclic a#2']],
    ['let a = 0 and b = a acyclic b', ['a#1 = 0', 'b#1 = a', 'acyclic b#1']],
    ['let rec a = b and b = a acyclic b', ['a#1 = b#1', 'b#1 = a#1', 'acyclic b#1']],
    ['let a = 0 let f a = a acyclic f a', ['a#1 = 0', 'f#1 = (fun a -> a)', 'acyclic (f#1 a#1)']],
    ['let a = 0 acyclic let a = a in a', ['a#1 = 0', 'acyclic (let a = a#1 in a)']],
    ['let a = 0 acyclic let rec a = a in a', ['a#1 = 0', 'acyclic (let rec a = a in a)']],
    [
      'let a = 0 acyclic match a with || {} -> a || a ++ b -> a | b end',
      ['a#1 = 0', 'acyclic (match a#1 with {} -> a#1 || a ++ b -> (a | b) end)'],
    ],
    ['with a from a let a = a acyclic a', ['a#2 = a#1', 'acyclic a#2']],
  ])('%s', (text, expected) => {
    expect(lines(linked(text))).toEqual(expected);
  });

  test('and those that a body binds are its own', () => {
    const [, procedure] = linked(
      'let a = 0 procedure p(b) = let a = a | b acyclic a end call p(a)',
    ).statements;
    expect(procedure).toMatchObject({ name: 'p#1' });
    expect(
      procedure?.kind === 'procedure' && lines({ ...linked('acyclic 0'), statements: procedure.body }),
    ).toEqual(['a = (a#1 | b)', 'acyclic a']);
  });
});

describe('include', () => {
  test('puts a file in its place', () => {
    const model = linked({
      'a.cat': 'let x = 1'.replace('1', '0'),
      'model.cat': 'let x = _ include "a.cat" acyclic x',
    });
    expect(lines(model)).toEqual(['x#1 = _', 'x#2 = 0', 'acyclic x#2']);
  });

  test('puts a file there once only, as herd7 does', () => {
    const model = linked({
      'a.cat': 'let x = 0',
      'b.cat': 'include "a.cat" let y = x',
      'model.cat': 'include "b.cat" include "a.cat" include "b.cat" acyclic y',
    });
    expect(lines(model)).toEqual(['x#1 = 0', 'y#1 = x#1', 'acyclic y#1']);
  });

  test('leaves the title to the model', () => {
    expect(
      linked({ 'a.cat': '"other" let x = 0', 'model.cat': '"this" include "a.cat" acyclic x' }).title,
    ).toBe('this');
  });
});

describe('variants', () => {
  test.each([
    [['v'], ['acyclic a', 'acyclic b', 'acyclic c']],
    [[], ['acyclic 0', 'acyclic 0']],
  ])('%j choose', (variants, expected) => {
    const text = `acyclic if "v" then a else 0
      if variant "v" acyclic b include "c.cat" else acyclic 0 end`;
    expect(lines(linked({ 'c.cat': 'acyclic c', 'model.cat': text }, variants))).toEqual(expected);
  });
});

test('the tags that a model declares are known', () => {
  const model = linked("enum E = 'once || 'mb enum F = 'MB acyclic match 'MB with 'once -> 0 || _ -> 0 end");
  expect([...model.tags]).toEqual(['once', 'mb', 'MB']);
});
