import { createToken, Lexer, type CustomPatternMatcherReturn, type IToken } from 'chevrotain';
import { CatError } from './cat-error.ts';

/** The words and signs of the cat language. */

const commentEdge = /\(\*|\*\)/g;

/** `(* … *)` nest; `// …` ends with its line. */
function comment(text: string, offset: number): CustomPatternMatcherReturn | null {
  if (text.startsWith('//', offset)) {
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
  start_chars_hint: ['(', '/'],
});
export const Text = createToken({ name: 'Text', pattern: /"[^"\n]*"/ });
export const Tag = createToken({ name: 'Tag', pattern: /'[A-Za-z_][\w.-]*/ });
export const Word = createToken({ name: 'Word', pattern: /[A-Za-z_][\w.-]*/ });
export const Sign = createToken({
  name: 'Sign',
  pattern: /\^-1|\^\+|\^\*|->|\+\+|\|\||&&|[|;\\&*+?~()[\]{},=0^]/,
});

const lexer = new Lexer([blank, commentToken, Text, Tag, Word, Sign], { positionTracking: 'full' });

/** @throws CatError at a character that begins no word of the language, or a comment without an end */
export function lexCat(source: string, file: string): readonly IToken[] {
  const { tokens, errors } = lexer.tokenize(source);
  const [first] = errors;
  if (first === undefined) return tokens;
  const found = source.slice(first.offset, first.offset + 2);
  const sentence =
    found === '(*' ? 'this comment is never closed' : `unexpected character '${found[0] ?? ''}'`;
  throw new CatError(sentence, { file, line: first.line ?? 1, column: first.column ?? 1 });
}
