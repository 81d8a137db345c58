import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { problemOf } from './document-check.ts';
import { reasonOf, ResultsError } from './results-error.ts';
import type { ResultsDocument } from './schema.ts';

/**
 * Writes a results file: all of it or nothing, and never over another.
 * @param completed the session's own file, which it may stand in for.
 * @throws ResultsError
 */
export function writeResults(path: string, document: ResultsDocument, completed?: string): void {
  // What is not valid could not be read again; the journal still has the counts.
  const problem = problemOf(document);
  if (problem !== undefined)
    throw new ResultsError(`Cannot write ${path}: the results are not valid: ${problem}.`);
  if (path !== completed && existsSync(path))
    throw new ResultsError(`Cannot write ${path}: it exists already.`);
  try {
    writeWhole(path, closedBy('\n', printed(document, '')));
  } catch (error) {
    throw new ResultsError(`Cannot write ${path}: ${reasonOf(error)}.`);
  }
}

/** Writes a file that is there whole or not at all. Its text is never there as a whole: that would be as much again as what it tells. */
export function writeWhole(path: string, pieces: Iterable<string>): void {
  const draft = `${path}.${process.pid}`;
  const file = openSync(draft, 'w');
  try {
    for (const part of inParts(pieces)) writeFileSync(file, part);
    fsyncSync(file);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  } finally {
    closeSync(file);
  }
  renameSync(draft, path);
}

const partCharacters = 2 ** 16;

/** Pieces together, so that each part is worth a call to the system. */
function* inParts(pieces: Iterable<string>): Generator<string> {
  let part = '';
  for (const piece of pieces) {
    part += piece;
    if (part.length < partCharacters) continue;
    yield part;
    part = '';
  }
  yield part;
}

function* closedBy(end: string, pieces: Iterable<string>): Generator<string> {
  yield* pieces;
  yield end;
}

/** Holds a block with its counts, so that a file has a line for each. */
const widestLine = 400;

/** JSON with all that fits on a line on one. */
function* printed(value: unknown, indent: string): Generator<string> {
  const line = isWide(value) ? undefined : JSON.stringify(value);
  if (typeof value !== 'object' || value === null || (line !== undefined && line.length <= widestLine)) {
    yield line ?? JSON.stringify(value);
    return;
  }
  const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}'];
  let before = open;
  for (const [key, item] of Object.entries(value)) {
    if (item === undefined) continue;
    yield `${before}\n${indent} ${Array.isArray(value) ? '' : `${JSON.stringify(key)}: `}`;
    yield* printed(item, `${indent} `);
    before = ',';
  }
  yield `\n${indent}${close}`;
}

/** Whether its JSON is certain not to fit on a line: found without making it, which for the whole of a document would take as much time and room as all its parts. */
function isWide(value: unknown): boolean {
  return leastWidth(value, widestLine) > widestLine;
}

function leastWidth(value: unknown, enough: number): number {
  if (value === undefined) return 0;
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null) return 1;
  let width = 2;
  for (const part of Object.values(value)) {
    width += leastWidth(part, enough - width);
    if (width > enough) break;
  }
  return width;
}
