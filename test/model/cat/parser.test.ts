import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseCat } from '../../../src/model/cat/parser.ts';
import type { Expression } from '../../../src/model/cat/syntax.ts';
import { shown } from './shown.ts';

/** What `let it = TEXT` binds. */
function parsed(text: string): Expression {
  const [statement] = parseCat(`let it = ${text}`, 'model.cat').statements;
  if (statement?.kind !== 'let') throw new Error('no let');
  return statement.bindings[0]!.value;
}

const kinds = (text: string) => parseCat(text, 'model.cat').statements.map(({ kind }) => kind);

describe('operators bind as in the manual of herd7', () => {
  test.each([
    // From the loosest: | ++ ; \ & *
    ['a | b ++ c', '(a | (b ++ c))'],
    ['a ++ b ; c', '(a ++ (b ; c))'],
    ['a ; b \\ c', '(a ; (b \\ c))'],
    ['a \\ b & c', '(a \\ (b & c))'],
    ['a & b * c', '(a & (b * c))'],
    ['a ; b | c', '((a ; b) | c)'],
    ['a & b \\ c', '((a & b) \\ c)'],
    ['a * b ; c', '((a * b) ; c)'],
    // All but \ to the right.
    ['a | b | c', '(a | (b | c))'],
    ['a ; b ; c', '(a ; (b ; c))'],
    ['a & b & c', '(a & (b & c))'],
    ['a ++ b ++ c', '(a ++ (b ++ c))'],
    ['a \\ b \\ c', '((a \\ b) \\ c)'],
    // Postfix and prefix operators before infix ones.
    ['a ; b+', '(a ; (b+))'],
    ['a+ | b? & c^-1', '((a+) | ((b?) & (c^-1)))'],
    ['~a & b', '((~a) & b)'],
    ['~a^-1', '(~(a^-1))'],
    ['a^-1?+', '(((a^-1)?)+)'],
    ['a^+ ; b^*', '((a+) ; (b*))'],
    // Application before all of them.
    ['f x*', '((f x)*)'],
    ['f x y | z', '(((f x) y) | z)'],
    ['f (x | y) ; z', '((f (x | y)) ; z)'],
    ['f {x} [y]', '((f {x}) [y])'],
    ["f 'once 0 _", "(((f 'once) 0) _)"],
    ['f(x, y)', '(f (x, y))'],
    ['f()', '(f ())'],
    // What keywords begin reaches as far as it can.
    ['fun x -> x | y', '(fun x -> (x | y))'],
    ['fun (x, y) -> x', '(fun (x, y) -> x)'],
    ['let a = b in a | c', '(let a = b in (a | c))'],
    ['let rec a = b and c = d in c', '(let rec a = b and c = d in c)'],
    ['let f x = x in f', '(let f = (fun x -> x) in f)'],
    ['try a with b | c', '(try a with (b | c))'],
    ['if a = b then c else d | e', '(if a = b then c else (d | e))'],
    ['if a subset b then c else d', '(if a subset b then c else d)'],
    ["if 'x in b then c else d", "(if 'x in b then c else d)"],
    ['(if "lkmmv2" then 0 else _)', '(if "lkmmv2" then 0 else _)'],
    ['begin a | b end ; c', '((a | b) ; c)'],
    ['a, b', '(a, b)'],
    ['{a | b, c}', '{(a | b), c}'],
    ['{}', '0'],
    ['[a | b]', '[(a | b)]'],
    ["match t with 'a -> x || 'b -> y || _ -> z end", "(match t with 'a -> x || 'b -> y || _ -> z end)"],
    ['match s with || {} -> 0 || e ++ es -> e end', '(match s with {} -> 0 || e ++ es -> e end)'],
    ['match s with _ ++ es -> es || {} -> 0 end', '(match s with _ ++ es -> es || {} -> 0 end)'],
  ])('%s is %s', (text, expected) => {
    expect(shown(parsed(text))).toBe(expected);
  });

  test.each([
    ['between operands', 'a * b', '(a * b)'],
    ['in front of a set', 'R * {e}', '(R * {e})'],
    ['in front of a complement', 'W * ~R', '(W * (~R))'],
    ['in front of an operator', 'hb* ; pb*', '((hb*) ; (pb*))'],
    ['in front of a closing parenthesis', '(hb*)', '(hb*)'],
    ['in front of another postfix operator', 'hb*^-1', '((hb*)^-1)'],
  ])('* %s: %s', (_, text, expected) => {
    expect(shown(parsed(text))).toBe(expected);
  });

  test('* at the end of a statement is postfix', () => {
    const { statements } = parseCat('let a = hb* ~empty a as b let c = pb*', 'model.cat');
    expect(statements.map(({ kind }) => kind)).toEqual(['let', 'check', 'let']);
  });
});

/** From the loosest, with how three of a kind associate: the table of herd7's modelParser.mly. */
const levels = [
  ['|', 'right'],
  ['++', 'right'],
  [';', 'right'],
  ['\\', 'left'],
  ['&', 'right'],
] as const;

type Sketch = string | { readonly level: number; readonly left: Sketch; readonly right: Sketch };

const sketches = fc.letrec<{ sketch: Sketch }>((tie) => ({
  sketch: fc.oneof(
    { depthSize: 'medium', withCrossShrink: true },
    fc.constantFrom('a', 'b+', '~c', '[d]', 'f x'),
    fc.record({ level: fc.nat({ max: levels.length - 1 }), left: tie('sketch'), right: tie('sketch') }),
  ),
})).sketch;

/** With no more parentheses than the table asks for. */
function sparsely(sketch: Sketch, loosest = 0): string {
  if (typeof sketch === 'string') return sketch;
  const { level, left, right } = sketch;
  const [sign, associates] = levels[level]!;
  const before = sparsely(left, associates === 'left' ? level : level + 1);
  const behind = sparsely(right, associates === 'right' ? level : level + 1);
  const text = `${before} ${sign} ${behind}`;
  return level < loosest ? `(${text})` : text;
}

function fully(sketch: Sketch): string {
  if (typeof sketch === 'string') return sketch;
  return `(${fully(sketch.left)} ${levels[sketch.level]![0]} ${fully(sketch.right)})`;
}

test('parentheses that the precedences make superfluous change nothing', () => {
  fc.assert(
    fc.property(sketches, (sketch) => {
      expect(shown(parsed(sparsely(sketch)))).toBe(shown(parsed(fully(sketch))));
    }),
  );
});

test('what is shown with all its parentheses reads as itself', () => {
  fc.assert(
    fc.property(sketches, (sketch) => {
      const once = shown(parsed(sparsely(sketch)));
      expect(shown(parsed(once))).toBe(once);
    }),
  );
});

describe('comments', () => {
  test('(* … *) may be nested and go over several lines', () => {
    expect(kinds('(* a (* b *) let\n * ** ) *) let x = 0 (**)')).toEqual(['let']);
  });

  test('// and # go to the end of their line', () => {
    expect(kinds('// let y = (\nlet x = 0 // (* \n# "\nlet y = 0')).toEqual(['let', 'let']);
  });
});

describe('a file begins with', () => {
  test.each([
    ['"a title" let x = 0', 'a title'],
    ['name let x = 0', 'name'],
    ['AArch64 "a title" let x = 0', 'a title'],
    ['C name let x = 0', 'name'],
    ['"a title" withco let x = 0', 'a title'],
    ['let x = 0', undefined],
    ['', undefined],
  ])('%s: the title %s', (text, title) => {
    expect(parseCat(text, 'model.cat').title).toBe(title);
  });
});

describe('statements', () => {
  test.each([
    ['let x = 0 and y = 0', ['let']],
    ['let x = 0 in let y = 0', ['let', 'let']],
    ['let (x, y) = z let x, y = z', ['let', 'let']],
    ["let r' = 0 let rf.x-1 = 0", ['let', 'let']],
    ['let f x = x let f(x, y) = x let f () = 0 let rec f x = f x', ['let', 'let', 'let', 'let']],
    ['acyclic a irreflexive a empty a', ['check', 'check', 'check']],
    ['~acyclic a as b flag ~empty a as c', ['check', 'check']],
    ['undefined_unless acyclic a as b', ['check']],
    ['show a, b as c, d | e as f unshow a, b debug a', []],
    ['include "a.cat"', ['include']],
    ['procedure p(x) = let y = x acyclic y end call p(a) as b', ['procedure', 'call']],
    ['procedure p() = end procedure rec p x = call p x end', ['procedure', 'procedure']],
    ['forall x in y do acyclic x let z = x end', ['forall']],
    ['with co from cross(a)', ['with']],
    ["enum E = 'a || 'b enum F = || 'c", ['enum', 'enum']],
    [
      "instructions R[{'a, 'b}] instructions F['a, 'b] default W[E]",
      ['instructions', 'instructions', 'instructions'],
    ],
    ['if variant "v" acyclic a else acyclic b empty c end if "v" end', ['if', 'if']],
  ])('%s', (text, expected) => {
    expect(kinds(text)).toEqual(expected);
  });

  test('a check says whether it is negated, flagged and named', () => {
    const [check, flag, unless] = parseCat(
      '~empty a flag ~acyclic a as b undefined_unless empty a as c',
      'model.cat',
    ).statements;
    expect(check).toMatchObject({ check: 'empty', negated: true, flag: false, name: undefined });
    expect(flag).toMatchObject({ check: 'acyclic', negated: true, flag: true, name: 'b' });
    expect(unless).toMatchObject({ check: 'empty', negated: true, flag: true, name: 'c' });
  });

  test('everything knows its place', () => {
    const [statement] = parseCat('\n  acyclic po |\n    rf', 'model.cat').statements;
    expect(statement).toMatchObject({
      at: { file: 'model.cat', line: 2, column: 3 },
      expression: { at: { line: 2, column: 14 }, right: { at: { line: 3, column: 5 } } },
    });
  });
});
