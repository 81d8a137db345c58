import { statSync } from 'node:fs';
import { basename, relative, resolve } from 'node:path';
import { globSync, isDynamicPattern } from 'tinyglobby';
import type { LeftOut } from './believed.ts';
import { sharing, type Share } from '../language/sharing.ts';
import { errataName } from './errata.ts';
import { lean } from './lean.ts';
import { isLitmus7Log, parseLitmus7Log, type Litmus7Test } from './litmus7-log.ts';
import { readWhole } from './read.ts';
import { believedText } from './read-believed.ts';
import { ResultsError } from './results-error.ts';
import type { ResultsDocument } from './schema.ts';
import { tuningFileName } from './tuning-file.ts';

/** A file of what a machine did: our own, or the log of another tool. */
export type RecordedFile =
  | {
      readonly kind: 'results';
      readonly file: string;
      /** Less what errata say of it, and what nobody reads beside others (`lean`). */
      readonly document: ResultsDocument;
      readonly leftOut: readonly LeftOut[];
    }
  | { readonly kind: 'litmus7'; readonly file: string; readonly tests: readonly Litmus7Test[] };

/** Files that cannot be read or believed, each with a line of its own. */
export class RecordedFileError extends Error {
  override readonly name = 'RecordedFileError';
}

/** What a folder has beside results: the schema of the format, tunings, and what is no longer to be believed. */
const isBesideResults = (file: string) =>
  file.endsWith('.schema.json') || [errataName, tuningFileName].includes(basename(file));

/**
 * Reads the results files and litmus7 logs that files, folders (all `.json` and `.log` files below) and
 * glob patterns name, less what errata say of them.
 * @throws RecordedFileError naming every one that cannot be read.
 */
export function readRecordedFiles(patterns: readonly string[]): readonly RecordedFile[] {
  const problems: string[] = [];
  const attempt = <Result>(act: () => readonly Result[]): readonly Result[] => {
    try {
      return act();
    } catch (error) {
      if (!(error instanceof ResultsError)) throw error;
      problems.push(error.message);
      return [];
    }
  };
  const files = new Set(patterns.flatMap((pattern) => attempt(() => filesOf(pattern))));
  const share = sharing();
  const recorded = [...files].flatMap((file) => attempt(() => [readRecordedFile(file, share)]));
  if (problems.length > 0) throw new RecordedFileError(problems.join('\n'));
  return recorded;
}

function filesOf(pattern: string): readonly string[] {
  const kind = statSync(pattern, { throwIfNoEntry: false });
  // A name that leads nowhere is left to the reader, who says why.
  if (!kind?.isDirectory() && !(kind === undefined && isDynamicPattern(pattern))) return [pattern];
  const found =
    kind === undefined
      ? globSync(pattern, { absolute: true, expandDirectories: false })
      : globSync(['**/*.json', '**/*.log'], { cwd: pattern, absolute: true });
  const results = found.filter((file) => !isBesideResults(file));
  if (results.length === 0) {
    const what = kind === undefined ? 'names no file' : 'has no results file in it';
    throw new ResultsError(`${pattern} ${what}: give results files, folders of them, or glob patterns.`);
  }
  return results.map(shortPath).toSorted();
}

/** Relative to the working folder where that is shorter. */
function shortPath(file: string): string {
  const absolute = resolve(file);
  const short = relative(process.cwd(), absolute);
  return short.length < absolute.length ? short : absolute;
}

function readRecordedFile(file: string, share: Share): RecordedFile {
  const text = readWhole(file);
  if (isLitmus7Log(text)) return { kind: 'litmus7', file, tests: parseLitmus7Log(text, file) };
  const { document, leftOut } = believedText(text, file);
  return { kind: 'results', file, document: lean(document, share), leftOut };
}
