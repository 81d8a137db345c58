import { describe, expect, test } from 'vitest';
import type { Header } from '../../src/language/litmus-test.ts';
import { parseLitmus } from '../../src/language/parser.ts';

function headerOf(...comments: readonly string[]): Header {
  return parseLitmus(
    `C t\n${comments.join('\n')}\n{}\nP0(int *seq, int *inprog) { int r0; }\nexists (seq=1)`,
    't.litmus',
  ).header;
}

const empty: Header = {
  question: undefined,
  result: undefined,
  counters: [],
  struct: [],
  phases: [],
  vouchesFor: [],
  controls: [],
  text: [],
};

test('a test without comments has an empty header', () => {
  expect(headerOf()).toEqual(empty);
});

test('a kernel file has its result and its text, without the gutter of stars', () => {
  const comment = '(*\n * Result: Never\n *\n * Does it hold?\n *   indented\n *\n * Yes.\n *)';
  expect(headerOf(comment)).toEqual({
    ...empty,
    result: 'Never',
    text: ['Does it hold?', '  indented', '', 'Yes.'],
  });
});

describe('keys', () => {
  test('each has its own form', () => {
    const comment = `(*
 * Question: may it
 *   be seen?
 * Result: Sometimes
 * Counters: seq inprog
 * Struct: seq inprog start end
 * Phases: retried for seq = 0:r0=1 /\\
 *   seq=2
 * Phases: other = true
 * Vouches-for: A B
 * Controls: C on arm64 ppc64le in split packed
 * Controls: D in kernel
 *)`;
    expect(headerOf(comment)).toEqual({
      question: 'may it be seen?',
      result: 'Sometimes',
      counters: ['seq', 'inprog'],
      struct: ['seq', 'inprog', 'start', 'end'],
      phases: [
        {
          name: 'retried for seq',
          proposition: {
            kind: 'and',
            left: {
              kind: 'atom',
              observable: { kind: 'register', thread: 0, name: 'r0' },
              relation: '=',
              value: { kind: 'number', value: 1n },
            },
            right: {
              kind: 'atom',
              observable: { kind: 'location', name: 'seq', index: undefined },
              relation: '=',
              value: { kind: 'number', value: 2n },
            },
          },
        },
        { name: 'other', proposition: { kind: 'true' } },
      ],
      vouchesFor: [{ names: ['A', 'B'], architectures: undefined, layouts: undefined }],
      controls: [
        { names: ['C'], architectures: ['arm64', 'ppc64le'], layouts: ['split', 'packed'] },
        { names: ['D'], architectures: undefined, layouts: ['kernel'] },
      ],
      text: [],
    });
  });

  test('are read from every comment above the initial state, of any kind', () => {
    const header = headerOf('(* Result: Never *)', '// Question: why?', '/* Counters: seq */', '(* more *)');
    expect(header).toEqual({
      ...empty,
      result: 'Never',
      question: 'why?',
      counters: ['seq'],
      text: ['more'],
    });
  });

  test('of which there is one count where they come first, and are text after', () => {
    const header = headerOf('(*\n * Result: Never\n * Result: Always\n *)');
    expect(header).toEqual({ ...empty, result: 'Never', text: ['Result: Always'] });
  });

  test('without a value are text', () => {
    expect(headerOf('(* Question: *)')).toEqual({ ...empty, text: ['Question:'] });
  });

  test('a remark behind the result stays in the text', () => {
    const header = headerOf('(* Result: Sometimes, but see below. *)');
    expect(header).toEqual({
      ...empty,
      result: 'Sometimes',
      text: ['Result: Sometimes, but see below.'],
    });
  });
});

test('a comment may stand behind the name, which ends there', () => {
  const parsed = parseLitmus('C name (f) (* Result: Never *)\n{}\nP0(int *x) { }\nexists (x=1)', 't.litmus');
  expect(parsed.name).toBe('name (f)');
  expect(parsed.header.result).toBe('Never');
});

test('several comments are apart by a blank line', () => {
  expect(headerOf('(* one *)', '(*\n * two\n *)').text).toEqual(['one', '', 'two']);
});

test('comments inside a comment are text that opens none', () => {
  expect(headerOf('(* a (* b *) c *)').text).toEqual(['a ( * b * ) c']);
});

test('a mistake behind a delimiter of comments is told in its place', () => {
  const comment = '// Controls: A(*b)*) on mips';
  const column = comment.indexOf('mips') + 1;
  expect(() => headerOf(comment)).toThrow(expect.objectContaining({ at: { line: 2, column } }));
});
