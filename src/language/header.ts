import { isArchitecture, architectures } from '../architecture.ts';
import type { Header, Phase, Position, Proposition, Vouching } from './litmus-test.ts';
import { Mistake } from './mistake.ts';

/** A stretch of a header's text and where it stands in the file. */
export interface Piece {
  readonly text: string;
  readonly at: Position;
}

export type Pieces = readonly [Piece, ...Piece[]];

/** A `Key: value` of a header; the value is the key's own line and those indented deeper below it. */
interface Entry {
  readonly key: Key;
  readonly value: Pieces;
  readonly lines: number;
  /** A line that is text too. */
  readonly text: Piece | undefined;
}

const keys = ['Question', 'Result', 'Counters', 'Struct', 'Phases', 'Vouches-for', 'Controls'] as const;
type Key = (typeof keys)[number];

/** Keys that may come more than once; of the others the first counts, and the rest is text. */
const repeatable: ReadonlySet<Key> = new Set(['Phases', 'Vouches-for', 'Controls'] as const);

const keyLine = new RegExp(`^(\\s*)(${keys.join('|')}):\\s*(.*)$`);

/** Further lines are text again. */
const mostLinesOfEntry = 100;

/** A comment as the lexer found it, delimiters included. */
export interface Comment {
  readonly text: string;
  readonly at: Position;
}

/**
 * What the comments above the initial state say. `readProposition` parses the proposition of a
 * `Phases:` line that stands at these pieces. The counters come with their places. Throws a Mistake
 * for an entry that makes no sense.
 */
export function readHeader(
  comments: readonly Comment[],
  readProposition: (pieces: Pieces) => Proposition,
): { readonly header: Header; readonly counters: readonly Piece[] } {
  const { entries, text } = separated(comments.flatMap((comment, index) => linesOf(comment, index > 0)));
  const valuesOf = (key: Key) => entries.filter((entry) => entry.key === key).map((entry) => entry.value);
  const counters = wordsOf(valuesOf('Counters')[0] ?? []);
  const header = {
    question: valuesOf('Question').map(joined)[0],
    result: valuesOf('Result').map(joined)[0],
    counters: counters.map((word) => word.text),
    struct: wordsOf(valuesOf('Struct')[0] ?? []).map((word) => word.text),
    phases: valuesOf('Phases').map((value) => phase(value, readProposition)),
    vouchesFor: valuesOf('Vouches-for').map(vouching),
    controls: valuesOf('Controls').map(vouching),
    text,
  };
  return { header, counters };
}

/** The lines of a comment without its delimiters, its gutter of `*` and blanks at their ends. */
function linesOf(comment: Comment, apart: boolean): readonly Piece[] {
  const inner = comment.text.startsWith('//') ? comment.text.slice(2) : comment.text.slice(2, -2);
  const lines = inner.split('\n').map((line, index) => {
    const start = line.length - line.replace(index === 0 ? /^\s*/ : /^\s*\* ?/, '').length;
    const column = (index === 0 ? comment.at.column + 2 : 1) + start;
    return { text: line.slice(start).trimEnd(), at: { line: comment.at.line + index, column } };
  });
  const blank: Piece = { text: '', at: comment.at };
  return apart ? [blank, ...trimmed(lines)] : trimmed(lines);
}

/** Without the blank lines at both ends. */
function trimmed(lines: readonly Piece[]): readonly Piece[] {
  const first = lines.findIndex((line) => line.text !== '');
  const last = lines.findLastIndex((line) => line.text !== '');
  return first === -1 ? [] : lines.slice(first, last + 1);
}

function separated(lines: readonly Piece[]): {
  readonly entries: readonly Entry[];
  readonly text: readonly string[];
} {
  const entries: Entry[] = [];
  const seen = new Set<Key>();
  const text: Piece[] = [];
  let taken = 0;
  for (const [index, line] of lines.entries()) {
    if (index < taken) continue;
    const entry = entryAt(line, lines, index);
    if (entry === undefined || (seen.has(entry.key) && !repeatable.has(entry.key))) {
      text.push(line);
    } else {
      entries.push(entry);
      seen.add(entry.key);
      if (entry.text !== undefined) text.push(entry.text);
      taken = index + entry.lines;
    }
  }
  return { entries, text: trimmed(text).map((line) => withoutDelimiters(line.text)) };
}

/** The entry that begins on a line, which is `lines[index]`, or undefined. A value begins on the key's own line. */
function entryAt(line: Piece, lines: readonly Piece[], index: number): Entry | undefined {
  const [, indent = '', key, own = ''] = keyLine.exec(line.text) ?? [];
  if (key === undefined || own === '') return undefined;
  const first = after(line, line.text.length - own.length);
  if (key === 'Result') return resultEntry(line, first);
  const value: [Piece, ...Piece[]] = [...spacedOut(first)];
  let taken = 1;
  for (const next of lines.slice(index + 1, index + 1 + mostLinesOfEntry)) {
    const deeper = indentOf(next.text);
    if (next.text === '' || deeper <= indent.length) break;
    value.push(...spacedOut(after(next, deeper)));
    taken += 1;
  }
  return { key: key as Key, value, lines: taken, text: undefined };
}

/** The value of a `Result:` is one word; with a remark behind it the line is text as well. */
function resultEntry(line: Piece, own: Piece): Entry | undefined {
  const [word] = /^[\w-]+/.exec(own.text) ?? [];
  if (word === undefined) return undefined;
  const hasRemark = /\w/.test(own.text.slice(word.length));
  return { key: 'Result', value: [{ text: word, at: own.at }], lines: 1, text: hasRemark ? line : undefined };
}

/** The rest of a line, from an offset in its text. */
function after({ text, at }: Piece, offset: number): Piece {
  return { text: text.slice(offset), at: { line: at.line, column: at.column + offset } };
}

function indentOf(text: string): number {
  return text.length - text.trimStart().length;
}

function joined(value: readonly Piece[]): string {
  return value.map((piece) => piece.text).join(' ');
}

function wordsOf(value: readonly Piece[]): readonly Piece[] {
  return value.flatMap(({ text, at }) =>
    [...text.matchAll(/\S+/g)].map((match) => ({
      text: match[0],
      at: { line: at.line, column: at.column + match.index },
    })),
  );
}

/** `name = proposition`. */
function phase(value: Pieces, readProposition: (pieces: Pieces) => Proposition): Phase {
  const [first, ...rest] = value;
  const equal = first.text.indexOf('=');
  const name = first.text.slice(0, Math.max(0, equal)).trim();
  if (name === '') throw new Mistake("expected 'Phases: NAME = PROPOSITION'", first.at);
  return { name, proposition: readProposition([after(first, equal + 1), ...rest]) };
}

/** `NAME… [on ARCHITECTURE…] [in LAYOUT…]`. */
function vouching(value: Pieces): Vouching {
  const names: string[] = [];
  let on: string[] | undefined;
  let within: string[] | undefined;
  let current = names;
  for (const { text, at } of wordsOf(value)) {
    if (text === 'on' && on === undefined) current = on = [];
    else if (text === 'in' && within === undefined) current = within = [];
    else if (current === on && !isArchitecture(text)) {
      throw new Mistake(`'${text}' is no architecture: ${architectures.join(', ')}`, at);
    } else current.push(text);
  }
  if (names.length === 0 || on?.length === 0 || within?.length === 0) {
    throw new Mistake('expected NAME… [on ARCHITECTURE…] [in LAYOUT…]', value[0].at);
  }
  return { names, architectures: on?.filter(isArchitecture), layouts: within };
}

/** The lines of a header in canonical form, without a comment's delimiters: keys first, then text. */
export function headerLines(
  header: Header,
  printProposition: (proposition: Proposition) => string,
): readonly string[] {
  const one = (key: Key, value: string | undefined) => (value === undefined ? [] : [`${key}: ${value}`]);
  const list = (key: Key, names: readonly string[]) =>
    names.length === 0 ? [] : [`${key}: ${names.join(' ')}`];
  const entries = [
    ...one('Question', header.question),
    ...one('Result', header.result),
    ...list('Counters', header.counters),
    ...list('Struct', header.struct),
    ...header.phases.map(({ name, proposition }) => `Phases: ${name} = ${printProposition(proposition)}`),
    ...header.vouchesFor.map((line) => `Vouches-for: ${vouchingText(line)}`),
    ...header.controls.map((line) => `Controls: ${vouchingText(line)}`),
  ];
  const between = entries.length > 0 && header.text.length > 0 ? [''] : [];
  return [...entries, ...between, ...header.text].map(withoutDelimiters);
}

const insideDelimiters = /(?<=\()(?=\*)|(?<=\*)(?=\))/;

/** Comments nest: a delimiter in the text would open or close one. */
function withoutDelimiters(line: string): string {
  return line.split(insideDelimiters).join(' ');
}

/** A stretch as it will be printed, in pieces: it is the same when it is read again, and each is in its place. */
function spacedOut(piece: Piece): Pieces {
  const [first = '', ...rest] = piece.text.split(insideDelimiters);
  let offset = first.length;
  const others = rest.map((text) => {
    const at = after(piece, offset).at;
    offset += text.length;
    return { text, at };
  });
  return [{ text: first, at: piece.at }, ...others];
}

function vouchingText({ names, architectures: on, layouts }: Vouching): string {
  return [...names, ...(on ? ['on', ...on] : []), ...(layouts ? ['in', ...layouts] : [])].join(' ');
}
