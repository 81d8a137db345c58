import type { IRecognitionException, IToken } from 'chevrotain';
import { checkDeclarations } from './check-declarations.ts';
import { checkUses } from './check-uses.ts';
import { completed } from './complete.ts';
import { LitmusGrammar } from './grammar.ts';
import { readHeader, type Pieces } from './header.ts';
import { endOf, positionOf } from './literals.ts';
import type { LitmusTest, Position, Proposition } from './litmus-test.ts';
import { Mistake } from './mistake.ts';
import { longestSource, preflight } from './preflight.ts';
import type { Located } from './proposition-grammar.ts';
import { LitmusSyntaxError } from './syntax-error.ts';
import { lex, type Lexed } from './tokens.ts';

const grammar = new LitmusGrammar();

/**
 * Reads and checks a litmus test in LKMM C.
 *
 * What herd7 leaves implicit is written out in the result: locals that a thread uses without a
 * declaration, locations that it uses without a parameter, compound assignments, `a[i]`, a missing
 * condition (`forall (true)`).
 *
 * @param source the file's text
 * @param file what messages call the file
 * @throws LitmusSyntaxError, and nothing else, whatever the text
 */
export function parseLitmus(source: string, file: string): LitmusTest {
  const text = source.replaceAll(/\r\n?/g, '\n');
  try {
    return read(text);
  } catch (error) {
    if (error instanceof Mistake) throw new LitmusSyntaxError(error.message, error.at, file, text);
    throw error;
  }
}

function read(source: string): LitmusTest {
  if (source.length > longestSource) {
    throw new Mistake(`the file is larger than ${longestSource / 1024} KiB`, { line: 1, column: 1 });
  }
  const tree = parse(lex(source, 'title'), lastPlace(source), () => grammar.test());
  const observed = [...tree.observed, ...tree.locations];
  const { header, counters } = readHeader(
    tree.comments.map((token) => ({ text: token.image, at: positionOf(token) })),
    (pieces) => {
      const found = readProposition(pieces);
      observed.push(...found.observed);
      return found.proposition;
    },
  );
  const asWritten: LitmusTest = {
    name: tree.title.image.slice(1).trim(),
    information: tree.information,
    header,
    initial: tree.initial,
    threads: tree.threads,
    locations: tree.locations.map((located) => located.value),
    filter: tree.filter,
    condition: tree.condition ?? { quantifier: 'forall', proposition: { kind: 'true' } },
  };
  checkDeclarations(asWritten);
  const test = completed(asWritten, observed);
  checkUses(test, { observed, counters });
  return test;
}

/**
 * Reads a proposition alone, `0:r0=0 /\ x=2`, as results keep those of conditions and filters.
 *
 * @param name what messages call the text
 * @throws LitmusSyntaxError
 */
export function parseProposition(text: string, name: string): Proposition {
  try {
    return readProposition([{ text, at: { line: 1, column: 1 } }]).proposition;
  } catch (error) {
    if (error instanceof Mistake) throw new LitmusSyntaxError(error.message, error.at, name, text);
    throw error;
  }
}

interface FoundProposition {
  readonly proposition: Proposition;
  readonly observed: readonly Located<LitmusTest['locations'][number]>[];
}

/** Parses a proposition that stands in a header, a piece a line, and places its tokens in the file. */
function readProposition(pieces: Pieces): FoundProposition {
  const lexed = lex(pieces.map((piece) => piece.text).join('\n'), 'outline');
  const inFile = ({ line, column }: Position): Position => {
    const { at } = pieces[line - 1] ?? pieces[0];
    return { line: at.line, column: at.column + column - 1 };
  };
  for (const token of lexed.tokens) {
    const start = inFile(positionOf(token));
    const end = inFile(endOf(token));
    Object.assign(token, {
      startLine: start.line,
      startColumn: start.column,
      endLine: end.line,
      endColumn: end.column - 1,
    });
  }
  const end = inFile({ line: pieces.length, column: (pieces.at(-1)?.text.length ?? 0) + 1 });
  const stray = lexed.stray && { ...lexed.stray, ...inFile(lexed.stray) };
  return parse({ tokens: lexed.tokens, stray }, end, () => grammar.lonelyProposition());
}

function parse<Tree>(lexed: Lexed, end: Position, rule: () => Tree): Tree {
  preflight(lexed.tokens);
  if (lexed.stray !== undefined) {
    throw new Mistake(`unexpected character '${lexed.stray.character}'`, lexed.stray);
  }
  grammar.input = lexed.tokens;
  const tree = rule();
  const [failure] = grammar.errors;
  if (failure !== undefined) throw new Mistake(failure.message, placeOf(failure, end));
  return tree;
}

/** A mistake is at the token found, but where something is missing after what ended a line, it is there. */
function placeOf(failure: IRecognitionException & { previousToken?: IToken }, end: Position): Position {
  const { token, previousToken: previous } = failure;
  const found = Number.isNaN(token.startOffset) ? end : positionOf(token);
  if (!/ after /.test(failure.message) || !previous?.endLine || previous.endLine === found.line) return found;
  return endOf(previous);
}

function lastPlace(source: string): Position {
  const text = source.trimEnd();
  return { line: text.split('\n').length, column: text.length - text.lastIndexOf('\n') };
}
