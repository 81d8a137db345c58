import type { Position } from './litmus-test.ts';

/** A mistake in a user's file. Its text is `file:line:column: sentence`, the line, and a caret. */
export class LitmusSyntaxError extends Error {
  override readonly name = 'LitmusSyntaxError';
  readonly file: string;
  readonly at: Position;
  readonly sentence: string;

  constructor(sentence: string, at: Position, file: string, source: string) {
    super(printable(`${file}:${at.line}:${at.column}: ${sentence}`) + excerpt(at, source));
    this.file = file;
    this.at = at;
    this.sentence = sentence;
  }
}

const widestExcerpt = 100;

function excerpt(at: Position, source: string): string {
  const line = source.split(/\r?\n/)[at.line - 1];
  if (line === undefined) return '';
  const first = Math.max(0, at.column - 1 - widestExcerpt / 2);
  const shown = line.slice(first, first + widestExcerpt);
  // Keeping tabs keeps the caret under its column whatever the terminal's tab width.
  const indent = line.slice(first, at.column - 1).replace(/[^\t]/g, ' ');
  return `\n${printable(shown)}\n${indent}^`;
}

/** A file's text must not steer the terminal: control characters but the tab are shown as `?`. */
function printable(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]/gu, (character) => (character === '\t' ? character : '?'));
}
