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

/** Throws a Mistake at the first token that may not stand there. */
export function preflight(tokens: readonly IToken[]): void {
  let depth = 0;
  let ofStatement = 0;
  let ifs = 0;
  let threads = 0;
  let prefixes = 0;
  let inCode = false;
  let previous: IToken | undefined;
  for (const token of tokens) {
    const type = token.tokenType;
    const refused = refusal(token);
    if (refused !== undefined) throw new Mistake(refused, positionOf(token));

    if (opening.has(type)) depth += 1;
    if (closing.has(type)) depth -= 1;
    if (depth > deepestNesting) {
      throw new Mistake(`nested more than ${deepestNesting} deep`, positionOf(token));
    }

    if (type === t.InitialOpen || type === t.BodyOpen) inCode = true;
    else if (depth <= 0) inCode = false;
    ofStatement = separating.has(type) ? 0 : ofStatement + 1;
    if (inCode && ofStatement === 2 && type === t.Name && previous?.tokenType === t.Name) {
      throw new Mistake(`unknown type '${previous.image}'`, positionOf(previous));
    }
    if (
      inCode &&
      type === t.LeftParenthesis &&
      previous?.tokenType === t.Name &&
      !isPrimitive(previous.image)
    ) {
      throw new Mistake(unknownPrimitive(previous.image), positionOf(previous));
    }
    prefixes = prefixing.has(type) || type.CATEGORIES?.includes(t.PrefixOperator) ? prefixes + 1 : 0;
    if (prefixes > deepestNesting) {
      throw new Mistake(`more than ${deepestNesting} operators before an operand`, positionOf(token));
    }
    if (ofStatement > (inCode ? mostTokensOfStatement : mostTokensOfProposition)) {
      throw new Mistake(
        inCode
          ? `a statement of more than ${mostTokensOfStatement} words and signs`
          : `a condition of more than ${mostTokensOfProposition} words and signs`,
        positionOf(token),
      );
    }

    if (type === t.ThreadHead) {
      threads += 1;
      ifs = 0;
      if (threads > mostThreads) throw new Mistake(`more than ${mostThreads} threads`, positionOf(token));
    }
    if (type === t.If) {
      ifs += 1;
      if (ifs > mostIfsOfThread) {
        throw new Mistake(`a thread with more than ${mostIfsOfThread} ifs`, positionOf(token));
      }
    }
    previous = token;
  }
}
