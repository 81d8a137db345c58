import { readFileSync, statSync } from 'node:fs';
import { problemOf } from './document-check.ts';
import { migrated } from './migrate.ts';
import { quoted, reasonOf, ResultsError } from './results-error.ts';
import { resultsFormat, resultsVersion, type ResultsDocument } from './schema.ts';

/** Far above what a session writes; a larger file would only exhaust the memory. */
const largestFileBytes = 256 * 1024 ** 2;

/**
 * Reads a results file.
 * @throws ResultsError naming the file and, of a file that is not a results document of this version,
 * the place in it and what was expected there.
 */
export function readResults(path: string): ResultsDocument {
  return parseResults(readWhole(path), path);
}

/** The text of a regular file of reasonable size. */
export function readWhole(path: string): string {
  try {
    const found = statSync(path);
    if (!found.isFile()) throw new ResultsError(`Cannot read ${path}: it is not a regular file.`);
    if (found.size > largestFileBytes) {
      throw new ResultsError(`Cannot read ${path}: ${found.size} bytes are more than any results file has.`);
    }
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof ResultsError) throw error;
    throw new ResultsError(`Cannot read ${path}: ${reasonOf(error)}.`);
  }
}

/**
 * The results document in a text.
 * @param name how errors call it.
 * @throws ResultsError as `readResults` does.
 */
export function parseResults(text: string, name: string): ResultsDocument {
  const read = parseJson(text, name);
  const { format, version } = (read ?? {}) as { format?: unknown; version?: unknown };
  if (format !== resultsFormat) {
    throw new ResultsError(
      `${name} is not a Fencepost results file: its "format" is ${quoted(format)}, not "${resultsFormat}".`,
    );
  }
  if (typeof version === 'number' && Number.isInteger(version) && version > resultsVersion) {
    throw new ResultsError(
      `${name} has version ${version} of the results format; this Fencepost reads up to version ${resultsVersion}: use a newer one.`,
    );
  }
  const value = migrated(read, resultsVersion);
  const problem = problemOf(value);
  if (problem !== undefined) throw new ResultsError(`${name} is not a valid results file: ${problem}.`);
  return value as ResultsDocument;
}

/** @throws ResultsError saying where the text stops being JSON. */
function parseJson(text: string, name: string): unknown {
  if (text.trim() === '') throw new ResultsError(`${name} is empty.`);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ResultsError(`${name} is not a valid results file: ${complaintOf(error as Error, text)}.`);
  }
}

/** V8 gives a position with most of its messages, but not with all. */
function complaintOf({ message }: Error, text: string): string {
  const position = /at position (\d+)/.exec(message)?.[1];
  if (/end of JSON|Unterminated/.test(message) || Number(position) >= text.trimEnd().length) {
    return 'it was cut short';
  }
  if (position === undefined) return 'it is not JSON';
  return `it stops being JSON in line ${text.slice(0, Number(position)).split('\n').length}`;
}
