import type { IToken } from 'chevrotain';
import { positionOf } from './literals.ts';
import { Mistake } from './mistake.ts';
import { isPrimitive } from './primitives.ts';
import { refusal, unknownPrimitive } from './refusals.ts';
import * as t from './tokens.ts';

/**
 * What is refused before the grammar sees it: constructs that herd7 or C has and we have not, and a
 * size or depth that recursive functions (here and in all that reads the test) would not survive.
 */

/** In UTF-16 units; the largest tests of the kernel's archives have some 10,000. */
export const longestSource = 256 * 1024;
export const deepestNesting = 64;
/** A statement's expression is at most as deep as it has tokens, a chain of else-ifs as long as it has ifs. */
export const mostTokensOfStatement = 500;
export const mostIfsOfThread = 128;
export const mostTokensOfProposition = 6000;
export const mostThreads = 64;

const opening = new Set([
  t.InitialOpen,
  t.ElementsOpen,
  t.BodyOpen,
  t.BlockOpen,
  t.LeftParenthesis,
  t.LeftBracket,
]);
const closing = new Set([
  t.InitialClose,
  t.ElementsClose,
  t.BlockClose,
  t.ParametersClose,
  t.RightParenthesis,
  t.RightBracket,
]);
const prefixing = new Set([t.Tilde, t.NotWord]);
const separating = new Set([
  t.Semicolon,
  t.BodyOpen,
  t.BlockOpen,
  t.BlockClose,
  t.InitialOpen,
  t.InitialClose,
]);

/** Throws a Mistake at a token that may not stand there. */
export function preflight(tokens: readonly IToken[]): void {
  for (const token of tokens) {
    const refused = refusal(token);
    if (refused !== undefined) throw new Mistake(refused, positionOf(token));
  }
  checkDepth(tokens);
  checkSizes(tokens);
  checkNames(tokens);
}

function checkDepth(tokens: readonly IToken[]): void {
  let depth = 0;
  let prefixes = 0;
  for (const token of tokens) {
    const type = token.tokenType;
    if (opening.has(type)) depth += 1;
    if (closing.has(type)) depth -= 1;
    prefixes = prefixing.has(type) || type.CATEGORIES?.includes(t.PrefixOperator) ? prefixes + 1 : 0;
    if (depth > deepestNesting) {
      throw new Mistake(`nested more than ${deepestNesting} deep`, positionOf(token));
    }
    if (prefixes > deepestNesting) {
      throw new Mistake(`more than ${deepestNesting} operators before an operand`, positionOf(token));
    }
  }
}

function checkSizes(tokens: readonly IToken[]): void {
  let ofStatement = 0;
  let ifs = 0;
  let threads = 0;
  for (const { token, part } of withParts(tokens)) {
    const type = token.tokenType;
    ofStatement = separating.has(type) ? 0 : ofStatement + 1;
    if (type === t.If) ifs += 1;
    if (type === t.ThreadHead) {
      threads += 1;
      ifs = 0;
    }
    const limit = (count: number, most: number, sentence: string) => {
      if (count > most) throw new Mistake(sentence, positionOf(token));
    };
    limit(threads, mostThreads, `more than ${mostThreads} threads`);
    limit(ifs, mostIfsOfThread, `a thread with more than ${mostIfsOfThread} ifs`);
    const [most, what] =
      part === 'outline' ? [mostTokensOfProposition, 'condition'] : [mostTokensOfStatement, 'statement'];
    limit(ofStatement, most, `a ${what} of more than ${most} words and signs`);
  }
}

/** Unknown primitives, and types: two names at the beginning of a statement. */
function checkNames(tokens: readonly IToken[]): void {
  let [before, last]: readonly (IToken | undefined)[] = [];
  for (const { token, part } of withParts(tokens)) {
    const type = token.tokenType;
    if (last?.tokenType === t.Name && part !== 'outline') {
      if (type === t.Name && before !== undefined && separating.has(before.tokenType)) {
        throw new Mistake(`unknown type '${last.image}'`, positionOf(last));
      }
      if (type === t.LeftParenthesis && part === 'body' && !isPrimitive(last.image)) {
        throw new Mistake(unknownPrimitive(last.image), positionOf(last));
      }
    }
    [before, last] = [last, token];
  }
}

interface Part {
  readonly token: IToken;
  readonly part: 'initial' | 'outline' | 'body';
}

/** Each token with the part of the file that it stands in; an opening brace is in the part it opens. */
function* withParts(tokens: readonly IToken[]): Generator<Part> {
  let part: Part['part'] = 'outline';
  let blocks = 0;
  for (const token of tokens) {
    const type = token.tokenType;
    if (type === t.InitialOpen) part = 'initial';
    if (type === t.BodyOpen || type === t.BlockOpen) {
      part = 'body';
      blocks += 1;
    }
    yield { token, part };
    if (type === t.BlockClose) blocks -= 1;
    if (type === t.InitialClose || (type === t.BlockClose && blocks === 0)) part = 'outline';
  }
}
