import { typeWords } from './c-types.ts';
import type { CustomPatternMatcherReturn, IToken, TokenType } from 'chevrotain';
import { createToken, Lexer } from './chevrotain.ts';

/**
 * The words and signs of a litmus file. A file has five parts with different words (`(*` opens a
 * comment everywhere but in a body, where it is code), so the lexer has a mode for each: the title,
 * the header, the initial state, the outline (thread heads and the condition), the bodies.
 */

const parts: { token: TokenType; modes: readonly Mode[] }[] = [];
type Mode = 'title' | 'header' | 'initial' | 'elements' | 'outline' | 'parameters' | 'body';

const outsideBodies: readonly Mode[] = ['initial', 'elements', 'outline', 'parameters'];
const everywhere: readonly Mode[] = [...outsideBodies, 'body'];

interface Options {
  readonly label?: string;
  readonly categories?: TokenType[];
  readonly group?: string;
  readonly push_mode?: Mode;
  readonly pop_mode?: boolean;
  readonly start_chars_hint?: string[];
}

/** Adds a token to the modes; of two that match, the one added first wins. */
function token(
  name: string,
  modes: readonly Mode[],
  pattern: RegExp | ((text: string, offset: number) => CustomPatternMatcherReturn | null),
  options: Options = {},
): TokenType {
  const made = createToken({ name, pattern, line_breaks: spansLines.has(name), ...options });
  parts.push({ token: made, modes });
  return made;
}

const spansLines = new Set([
  'Blank',
  'Comment',
  'HeaderComment',
  'BodyComment',
  'UnclosedComment',
  'UnclosedBodyComment',
]);

const flatComment = /\/\/[^\r\n]*|\/\*[^]*?\*\//y;
const nestedCommentEdge = /\(\*|\*\)/g;

/** Matches a comment of any of the three kinds; `(* *)` nest, as in herd7. */
function comment(text: string, offset: number): CustomPatternMatcherReturn | null {
  if (!text.startsWith('(*', offset)) {
    flatComment.lastIndex = offset;
    const [found] = flatComment.exec(text) ?? [];
    return found === undefined ? null : [found];
  }
  let depth = 0;
  nestedCommentEdge.lastIndex = offset;
  for (;;) {
    const [edge] = nestedCommentEdge.exec(text) ?? [];
    if (edge === undefined) return null;
    depth += edge === '(*' ? 1 : -1;
    if (depth === 0) return [text.slice(offset, nestedCommentEdge.lastIndex)];
  }
}

/** A word that must not run on into a longer name. */
function word(...spellings: readonly string[]): RegExp {
  return new RegExp(`(?:${spellings.join('|')})(?!\\w)`);
}

token('Blank', ['title', 'header', ...everywhere], /\s+/, { group: Lexer.SKIPPED });
export const HeaderComment = token('HeaderComment', ['title', 'header'], comment, {
  start_chars_hint: ['(', '/'],
});
token('Comment', outsideBodies, comment, { group: Lexer.SKIPPED, start_chars_hint: ['(', '/'] });
token('BodyComment', ['body'], /\/\/[^\r\n]*|\/\*[^]*?\*\//, { group: Lexer.SKIPPED });
/** Takes the rest of the file with it, so that many of them are not searched for their ends one by one. */
export const UnclosedComment = token(
  'UnclosedComment',
  ['title', 'header', ...outsideBodies],
  /(?:\(\*|\/\*)[^]*/,
);
export const UnclosedBodyComment = token('UnclosedBodyComment', ['body'], /\/\*[^]*/);

export const Title = token('Title', ['title'], /C[ \t]+(?!\(\*)\S(?:[^\r\n(]|\((?!\*))*/, {
  push_mode: 'header',
});
/** A first line that is not `C name`. */
export const OtherTitle = token('OtherTitle', ['title'], /[^\s][^\r\n]*/, { push_mode: 'header' });
/** `"PodWR Fre"` or `Cycle=…`: a line between the title and the initial state. */
export const Information = token('Information', ['header'], /(?:[^\r\n{(/]|\((?!\*)|\/(?![*/]))+/);

export const InitialOpen = token('InitialOpen', ['header'], /\{/, { label: "'{'", push_mode: 'initial' });
export const InitialClose = token('InitialClose', ['initial'], /\}/, {
  label: "'}'",
  pop_mode: true,
  push_mode: 'outline',
});
export const ElementsOpen = token('ElementsOpen', ['initial'], /\{/, { label: "'{'", push_mode: 'elements' });
export const ElementsClose = token('ElementsClose', ['elements'], /\}/, { label: "'}'", pop_mode: true });

export const ThreadHead = token('ThreadHead', ['outline'], /P\d+(?=\s*\()/, {
  label: 'a thread',
  push_mode: 'parameters',
});
export const BodyOpen = token('BodyOpen', ['outline'], /\{/, { label: "'{'", push_mode: 'body' });
export const StrayClose = token('StrayClose', ['outline', 'parameters', 'title'], /\}/, { label: "'}'" });
export const BlockOpen = token('BlockOpen', ['body'], /\{/, { label: "'{'", push_mode: 'body' });
export const BlockClose = token('BlockClose', ['body'], /\}/, { label: "'}'", pop_mode: true });

export const Locations = token('Locations', ['outline'], word('locations'), { label: "'locations'" });
export const Filter = token('Filter', ['outline'], word('filter'), { label: "'filter'" });
export const Exists = token('Exists', ['outline'], word('exists', 'final'), { label: "'exists'" });
export const Forall = token('Forall', ['outline'], word('forall'), { label: "'forall'" });
export const NotWord = token('NotWord', ['outline'], word('not'), { label: "'not'" });
export const True = token('True', ['outline'], word('true'), { label: "'true'" });
export const False = token('False', ['outline'], word('false'), { label: "'false'" });
export const AtomicInit = token('AtomicInit', ['initial', 'elements'], word('ATOMIC(?:_LONG|64)?_INIT'), {
  label: 'ATOMIC_INIT',
});
/** `P0` where a thread's number may stand. */
export const ThreadName = token('ThreadName', ['initial', 'elements', 'outline'], word('P\\d+'), {
  label: 'a thread',
});

/** What follows a type in a cast to a pointer to it, or in a pointer to such a pointer. */
const toPointer = String.raw`\s*\*\s*[*)]`;

/** Constructs that Fencepost refuses by name (refusals.ts). */
export const RefusedWord = token(
  'RefusedWord',
  everywhere,
  word(
    'while|for|do|goto|switch|case|default|break|continue|return|sizeof|typeof|__typeof__|asm|__asm__',
    'typedef|union|enum|static|extern|register|auto|inline|_Atomic|float|double|short|bool|_Bool',
    `char(?!${toPointer})`,
    'u8|s8|__u8|__s8|u?int8_t|u16|s16|__u16|__s16|u?int16_t|rwlock_t|raw_spinlock_t|mtx_t|refcount_t',
  ),
);
export const RefusedClause = token('RefusedClause', ['outline'], word('observed', 'with'));
export const RefusedNumber = token(
  'RefusedNumber',
  everywhere,
  /\d+\.\d*(?:[eE][+-]?\d+)?[fFlL]?|\d+[eE][+-]?\d+/,
);
export const RefusedSymbol = token('RefusedSymbol', everywhere, /->|[?.#"'@$`\\](?!\/)/);
export const RefusedConnective = token('RefusedConnective', ['outline'], /&&|\|\|/);

export const If = token('If', ['body'], word('if'), { label: "'if'" });
export const Else = token('Else', ['body'], word('else'), { label: "'else'" });
/** `char *` is another spelling of `void *`: herd7's archives cast to it, and no cell is a byte. */
export const Void = token('Void', everywhere, word('void', `char(?=${toPointer})`), { label: "'void'" });
export const Qualifier = token('Qualifier', everywhere, word('const', 'volatile', '__rcu'), {
  label: 'a qualifier',
});
export const Struct = token('Struct', everywhere, word('struct'), { label: "'struct'" });
export const TypeWord = token('TypeWord', everywhere, word(...typeWords), { label: 'a type' });
export const Name = token('Name', everywhere, /[A-Za-z_]\w*/, { label: 'a name' });
export const NumberToken = token('NumberToken', everywhere, /(?:0[xX][0-9a-fA-F]+|\d+)[uUlL]*/, {
  label: 'a number',
});

export const AssignOperator = token('AssignOperator', ['body'], /(?:<<|>>|[-+*/%&|^])=/, {
  label: 'an assignment',
});
export const Step = token('Step', ['body'], /\+\+|--/, { label: "'++' or '--'" });
/** What may stand between two operands, and what before one: `-`, `+`, `&` and `*` are both. */
export const BinaryOperator = createToken({
  name: 'BinaryOperator',
  pattern: Lexer.NA,
  label: 'an operator',
});
export const PrefixOperator = createToken({
  name: 'PrefixOperator',
  pattern: Lexer.NA,
  label: 'an operator',
});
token('BinaryOnly', ['body'], /<<|>>|<=|>=|==|!=|&&|\|\||[<>/%|^]/, { categories: [BinaryOperator] });
token('BinaryOrPrefix', ['body'], /[-+&]/, { categories: [BinaryOperator, PrefixOperator] });
token('PrefixOnly', ['body'], /[~!]/, { categories: [PrefixOperator] });

export const Conjunction = token('Conjunction', ['outline'], /\/\\/, { label: "'/\\'" });
export const Disjunction = token('Disjunction', ['outline'], /\\\//, { label: "'\\/'" });
export const Implication = token('Implication', ['outline'], /=>/, { label: "'=>'" });
export const NotEqual = token('NotEqual', ['outline'], /!=/, { label: "'!='" });
export const DoubleEqual = token('DoubleEqual', ['outline'], /==/, { label: "'=='" });
export const Tilde = token('Tilde', ['outline'], /~/, { label: "'~'" });
export const Ampersand = token('Ampersand', ['initial', 'elements', 'outline'], /&/, { label: "'&'" });
export const Minus = token('Minus', ['initial', 'elements', 'outline'], /-/, { label: "'-'" });
export const Star = token('Star', everywhere, /\*/, {
  label: "'*'",
  categories: [BinaryOperator, PrefixOperator],
});
export const Equal = token('Equal', ['initial', 'outline', 'body'], /=/, { label: "'='" });
export const LeftParenthesis = token('LeftParenthesis', everywhere, /\(/, { label: "'('" });
export const ParametersClose = token('ParametersClose', ['parameters'], /\)/, {
  label: "')'",
  pop_mode: true,
});
export const RightParenthesis = token('RightParenthesis', ['initial', 'elements', 'outline', 'body'], /\)/, {
  label: "')'",
});
export const LeftBracket = token('LeftBracket', everywhere, /\[/, { label: "'['" });
export const RightBracket = token('RightBracket', everywhere, /\]/, { label: "']'" });
export const Comma = token('Comma', everywhere, /,/, { label: "','" });
export const Semicolon = token('Semicolon', everywhere, /;/, { label: "';'" });
export const Colon = token('Colon', everywhere, /:/, { label: "':'" });

const modes: readonly Mode[] = ['title', 'header', ...everywhere];

export const allTokens: readonly TokenType[] = [
  BinaryOperator,
  PrefixOperator,
  ...parts.map((part) => part.token),
];

const lexer = new Lexer(
  {
    modes: Object.fromEntries(
      modes.map((mode) => [
        mode,
        parts.filter((part) => part.modes.includes(mode)).map((part) => part.token),
      ]),
    ),
    defaultMode: 'title',
  },
  { positionTracking: 'full', recoveryEnabled: false },
);

export interface Lexed {
  readonly tokens: IToken[];
  /** Offset, line and column of the first character that begins no token. */
  readonly stray: { readonly character: string; readonly line: number; readonly column: number } | undefined;
}

/** The tokens of a whole file, or (`mode` outline) of a proposition alone. */
export function lex(source: string, mode: 'title' | 'outline'): Lexed {
  const { tokens, errors } = lexer.tokenize(source, mode);
  const first = errors[0];
  const stray =
    first === undefined
      ? undefined
      : { character: source[first.offset] ?? '', line: first.line ?? 1, column: first.column ?? 1 };
  return { tokens, stray };
}
