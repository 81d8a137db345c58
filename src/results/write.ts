import { existsSync } from 'node:fs';
import writeFileAtomic from 'write-file-atomic';
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
    writeFileAtomic.sync(path, printResults(document));
  } catch (error) {
    throw new ResultsError(`Cannot write ${path}: ${reasonOf(error)}.`);
  }
}

/** The document as its file has it. */
export function printResults(document: ResultsDocument): string {
  return `${printValue(document, 0)}\n`;
}

/** Holds a block with its counts, so that a file has a line for each. */
const widestLine = 400;

/** JSON with all that fits on a line on one. */
function printValue(value: unknown, depth: number): string {
  const line = JSON.stringify(value);
  if (line.length <= widestLine || typeof value !== 'object' || value === null) return line;
  const parts = Array.isArray(value)
    ? value.map((item) => printValue(item, depth + 1))
    : Object.entries(value)
        .filter(([, item]) => item !== undefined)
        .map(([key, item]) => `${JSON.stringify(key)}: ${printValue(item, depth + 1)}`);
  const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}'];
  const indent = ' '.repeat(depth);
  return `${open}\n${parts.map((part) => `${indent} ${part}`).join(',\n')}\n${indent}${close}`;
}
