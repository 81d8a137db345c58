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
  return `${JSON.stringify(document, undefined, 1)}\n`;
}
