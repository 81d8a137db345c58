import type { CustomPatternMatcherReturn, IToken } from 'chevrotain';
import { createToken, Lexer } from '../../language/chevrotain.ts';
import { CatError } from './cat-error.ts';

/** The words and signs of the cat language. */

const commentEdge = /\(\*|\*\)/g;

/** `(* … *)` nest; `// …` and `# …` end with their line. */
function comment(text: string, offset: number): CustomPatternMatcherReturn | null {
  if (text.startsWith('//', offset) || text.startsWith('#', offset)) {
    const end = text.indexOf('\n', offset);
    return [text.slice(offset, end === -1 ? text.length : end)];
  }
  if (!text.startsWith('(*', offset)) return null;
  let depth = 0;
  commentEdge.lastIndex = offset;
  for (;;) {
    const [edge] = commentEdge.exec(text) ?? [];
    if (edge === undefined) return null;
    depth += edge === '(*' ? 1 : -1;
    if (depth === 0) return [text.slice(offset, commentEdge.lastIndex)];
  }
}

const blank = createToken({ name: 'Blank', pattern: /\s+/, group: Lexer.SKIPPED, line_breaks: true });
const commentToken = createToken({
  name: 'Comment',
  pattern: comment,
  group: Lexer.SKIPPED,
  line_breaks: true,
  start_chars_hint: ['(', '/', '#'],
});
export const Text = createToken({ name: 'Text', pattern: /"[^"\n]*"/ });
export const Tag = createToken({ name: 'Tag', pattern: /'[A-Za-z_](?:[\w.]|-(?!>))*/ });
export const Word = createToken({ name: 'Word', pattern: /[A-Za-z_](?:[\w.]|-(?!>))*'?/ });
export const Sign = createToken({
  name: 'Sign',
  pattern: /\^-1|\^\+|\^\*|->|\+\+|\|\||[|;\\&*+?~()[\]{},=0]/,
});

/** What opens something that nothing closes, as the patterns above did not match. */
const Unclosed = createToken({ name: 'Unclosed', pattern: /\(\*|"/ });

const lexer = new Lexer([blank, commentToken, Text, Tag, Word, Unclosed, Sign], { positionTracking: 'full' });

/** Longer by far than any model. */
const longestFile = 1_000_000;

/** @throws CatError at a character that begins no word of the language, or a comment or text without an end */
export function lexCat(source: string, file: string): readonly IToken[] {
  if (source.length > longestFile) {
    throw new CatError('this file is too long for a model', { file, line: 1, column: 1 });
  }
  const { tokens, errors } = lexer.tokenize(source);
  const unclosed = tokens.find(({ tokenType }) => tokenType === Unclosed);
  const error = errors[0];
  if (unclosed !== undefined && (error === undefined || unclosed.startOffset < error.offset)) {
    const what = unclosed.image === '"' ? 'text' : 'comment';
    const [line = 1, column = 1] = [unclosed.startLine, unclosed.startColumn];
    throw new CatError(`this ${what} is never closed`, { file, line, column });
  }
  if (error === undefined) return tokens;
  const character = String.fromCodePoint(source.codePointAt(error.offset) ?? 0);
  throw new CatError(`unexpected character ${shown(character)}`, {
    file,
    line: error.line ?? 1,
    column: error.column ?? 1,
  });
}

function shown(character: string): string {
  if (/[!-~]/.test(character)) return `'${character}'`;
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}
