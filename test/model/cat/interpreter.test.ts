import { describe, expect, test } from 'vitest';
import { applied, shownTerm, valueOf } from './world.ts';

const edges = 'let edge pair = pair ++ 0';
const map = `let map f = let rec each S = match S with || {} -> {} || e ++ es -> f e ++ each es end in each`;

describe('operators', () => {
  // A = 0 1, B = 1 2, r = 0→1 1→2, s = 1→2 2→0, of the events 0 to 3.
  test.each([
    ['A | B', '0 1 2'],
    ['A & B', '1'],
    ['A \\ B', '0'],
    ['~A', '2 3'],
    ['r | s', '0→1 1→2 2→0'],
    ['r & s', '1→2'],
    ['r \\ s', '0→1'],
    ['r ; s', '0→2 1→0'],
    ['r^-1', '1→0 2→1'],
    ['r+', '0→1 0→2 1→2'],
    ['r?', '0→0 0→1 1→1 1→2 2→2 3→3'],
    ['r*', '0→0 0→1 0→2 1→1 1→2 2→2 3→3'],
    ['A * B', '0→1 0→2 1→1 1→2'],
    ['[A]', '0→0 1→1'],
    ['[A] ; r ; [B]', '0→1 1→2'],
    ['~(_ * _)', ''],
    ['~_', ''],
    ['r | 0', '0→1 1→2'],
    ['0 | A', '0 1'],
    ['A \\ {}', '0 1'],
    ['[0]', ''],
    ['0 ; r', ''],
    ['r & ~id', '0→1 1→2'],
  ])('%s is %s', (text, expected) => {
    expect(valueOf(text)).toBe(expected);
  });
});

describe('names', () => {
  test.each([
    ['let a = A let a = a | B', 'a', '0 1 2'],
    ['let a = A and b = B', 'b | a', '0 1 2'],
    // A definition goes on meaning what it meant where it stood.
    ['let f x = x | A let A = B', 'f {}', '0 1'],
    ['let (x, y) = (A, B)', 'y', '1 2'],
    ['let x, y = A, B', 'x', '0 1'],
    ['let f(x, y) = x \\ y', 'f(A, B)', '0'],
    ['let f x = fun y -> x \\ y', 'f A B', '0'],
    ['let f () = A', 'f()', '0 1'],
    ['let f = fun (x, y) -> y', 'f (A, B)', '1 2'],
    ['let twice f = fun x -> f (f x) and next x = x ; s', 'twice next r', '0→0'],
    ['', 'let a = A in let A = B in a | A', '0 1 2'],
    ['', 'let f x = let g y = x | y in g B in f A', '0 1 2'],
  ])('%s … %s is %s', (before, text, expected) => {
    expect(valueOf(text, before)).toBe(expected);
  });
});

describe('recursion', () => {
  test.each([
    ['relations', '', 'let rec x = r | (x ; x) in x', '0→1 0→2 1→2'],
    ['sets', '', 'let rec x = {} | A | range([x] ; r) in x', '0 1 2'],
    ['both at once', '', 'let rec x = A | range(y) and y = [x] ; r in y', '0→1 1→2'],
    ['at top level', 'let rec x = r | (y ; s) and y = x', 'x', '0→0 0→1 0→2 1→0 1→2'],
    ['of a function of sets', 'let tr(r) = let rec t = r | (t ; t) in t', 'tr s', '1→0 1→2 2→0'],
    [
      'in a recursion',
      'let tr(r) = let rec t = r | (t ; t) in t',
      'let rec x = r | tr(x | s) in x & id',
      '0→0 1→1 2→2',
    ],
    ['that gives nothing', '', '(let rec x = 0 | (x ; r) in x) | (r ; r ; r)', ''],
    ['of functions', `${map} ${edges}`, 'match map edge (r & s) with || e ++ es -> e || {} -> 0 end', '1→2'],
  ])('%s', (_, before, text, expected) => {
    expect(valueOf(text, before)).toBe(expected);
  });

  test('of mutually recursive functions', () => {
    const before =
      'let rec even S = match S with || {} -> A || e ++ es -> odd es end ' +
      'and odd S = match S with || {} -> B || e ++ es -> even es end';
    expect(valueOf('even (A | B)', before)).toBe('1 2');
    expect(valueOf('even A', before)).toBe('0 1');
  });
});

describe('sets of sets', () => {
  const power =
    'let rec power S = match S with || {} -> { {} } || e ++ S -> ' +
    'let rec add_e RR = match RR with || {} -> { } || R ++ RR -> R ++ (e ++ R) ++ add_e RR end in ' +
    'add_e (power S) end';
  const count = 'let rec odd S = match S with || {} -> {} || e ++ es -> A \\ (odd es) end';
  const all = 'let rec all S = match S with || {} -> {} || e ++ es -> e | all es end';

  test.each([
    ['the power set of the manual', power, 'if {A, {}} subset power A then A else B', '0 1'],
    ['has a member for each part', power, 'if power A = {{}, x, A, A & B} then A else B', '0 1'],
    ['| of sets of sets', all, 'all ({A} | {B})', '0 1 2'],
    ['& of sets of sets', all, 'all ({A, B} & {B})', '1 2'],
    ['\\ of sets of sets', all, 'all ({A, B} \\ {B})', '0 1'],
    ['++ adds what is not there yet', count, 'odd (A ++ B ++ A ++ {})', ''],
    ['++ of an event and a set', '', 'match B with || e ++ es -> e ++ A || {} -> {} end', '0 1'],
    ['++ of a pair and a relation', edges, 'match r with || p ++ ps -> edge p || {} -> 0 end', '0→1'],
    ['{event} is a set of events', '', 'match A with || e ++ es -> {e} * es || {} -> 0 end', '0→1'],
    [
      'an event is a set where one is wanted',
      '',
      'match A with || e ++ es -> [e] | (es * e) || {} -> 0 end',
      '0→0 1→0',
    ],
    [
      'a pair is a tuple where one is wanted',
      '',
      'match r with || p ++ ps -> (let (x, y) = p in y ++ {x}) || {} -> {} end',
      '0 1',
    ],
  ])('%s', (_, before, text, expected) => {
    const given = 'let x = match A with || e ++ es -> {e} || {} -> {} end';
    expect(valueOf(text, `${given} ${before}`)).toBe(expected);
  });
});

describe('tags', () => {
  const colours = "enum Colours = 'red || 'green";
  test.each([
    ["match 'red with 'red -> A || 'green -> B end", '0 1'],
    ["match 'green with 'red -> A || _ -> B end", '1 2'],
    ["if 'red in Colours then A else B", '0 1'],
    ["if 'red in (Colours \\ {'red}) then A else B", '1 2'],
    ["if {'red} subset Colours then A else B", '0 1'],
    ["if {'green, 'red} = Colours then A else B", '0 1'],
    // The set of the events with a tag; here it is event 3.
    ['red', '3'],
  ])('%s is %s', (text, expected) => {
    expect(valueOf(text, colours)).toBe(expected);
  });
});

describe('conditions', () => {
  test.each([
    ['if A = A | A then A else B', '0 1'],
    ['if A = B then A else B', '1 2'],
    ['if A & B subset A then A else B', '0 1'],
    ['if A subset B then A else B', '1 2'],
    ['if r & id = 0 then A else B', '0 1'],
    ['try nowhere with A', '0 1'],
    ['try A | r with B', '1 2'],
    ['try A with nowhere', '0 1'],
  ])('%s is %s', (text, expected) => {
    expect(valueOf(text)).toBe(expected);
  });
});

describe('checks', () => {
  test.each([
    ['acyclic r', true],
    ['acyclic r | s', false],
    ['irreflexive r | s', true],
    ['irreflexive (r | s)+', false],
    ['empty r & id', true],
    ['empty A', false],
    ['~empty A', true],
    ['~acyclic r', false],
    ['~irreflexive (r | s)+', true],
    ['flag ~empty A as found', true],
    ['procedure p(x) = let y = x | s in acyclic y end call p(0)', true],
    ['procedure p(x) = let y = x | s in acyclic y end call p(r)', false],
    ['procedure p x = acyclic x end call p (r | s) as named', false],
    ['forall e in A do empty {e} & (A \\ B) end', false],
    ['forall e in B do empty {e} & (A \\ B) end', true],
    ['forall e in A do forall f in B do empty {e} & {f} end end', false],
    ['procedure rec p x = forall e in x do call p (x \\ {e}) end end call p A', true],
  ])('%s: goes on %s', (text, goesOn) => {
    expect(applied(text).ways).toHaveLength(goesOn ? 1 : 0);
  });

  test('on what is chosen later are demands, by their names', () => {
    const [way] = applied('acyclic rf | r as a let x = co irreflexive x flag ~empty rf & id as b').ways;
    expect(way!.checks).toMatchObject([
      { kind: 'acyclic', name: 'a', flag: false, negated: false },
      { kind: 'irreflexive', name: 'irreflexive', flag: false },
      { kind: 'empty', name: 'b', flag: true, negated: true },
    ]);
  });

  test('are flags only where they are raised', () => {
    expect(applied('flag ~empty A as a flag ~empty 0 as b flag empty 0 as c').ways[0]!.checks).toMatchObject([
      { name: 'a' },
      { name: 'c' },
    ]);
  });
});

describe('with NAME from SET', () => {
  test('goes on once with each element', () => {
    const { ways } = applied(`${map} ${edges} with edge-of-r from map edge r`);
    expect(ways.map(({ named }) => shownTerm(named('edge-of-r'))).toSorted()).toEqual(['0→1', '1→2']);
  });

  test('may choose again, and refuse some choices', () => {
    const choose = `${map} ${edges} with x from map edge r with y from map edge s`;
    expect(applied(`${choose} let both = x | y`).ways.map(({ named }) => shownTerm(named('both')))).toEqual([
      '0→1 1→2',
      '0→1 2→0',
      '1→2',
      '1→2 2→0',
    ]);
    expect(applied(`${choose} empty x \\ y`).ways).toHaveLength(1);
  });

  test('has no way to go where the set is empty', () => {
    expect(applied('with x from {}').ways).toHaveLength(0);
  });

  test('does not hold all the elements at once, nor stop where time is over', () => {
    class TimeIsOver extends Error {}
    let ticks = 0;
    const tick = () => {
      if ((ticks += 1) > 1000) throw new TimeIsOver();
    };
    // Two to the thirtieth ways.
    expect(() => applied('with x from unions() acyclic x', tick)).toThrow(TimeIsOver);
  });
});

test('the last definition of a name is the one that is told', () => {
  const [way] = applied('let x = A let x = B').ways;
  expect(shownTerm(way!.named('x'))).toBe('1 2');
});
