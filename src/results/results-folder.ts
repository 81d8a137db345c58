import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { errataName } from './errata.ts';
import { codeOf, reasonOf, ResultsError } from './results-error.ts';

/** Where fresh runs go; git ignores it. */
export const defaultResultsFolder = join('results', 'local');

/** The results files of a folder, the last written first; none where there is no such folder. */
export function newestFirst(folder: string): readonly string[] {
  if (!isFolder(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json') && name !== errataName)
    .map((name) => join(folder, name))
    .map((path) => ({ path, writtenMs: statSync(path).mtimeMs }))
    .toSorted((one, other) => other.writtenMs - one.writtenMs)
    .map(({ path }) => path);
}

/** More than the journal and the document of an ordinary session need together. */
const probeBytes = 8 * 1024 ** 2;

/**
 * Makes the folder for results and tries to write there as much as a session does, so that a full
 * disk or a folder without permission is an error before the run.
 * @throws ResultsError
 */
export function prepareResultsFolder(folder: string): void {
  try {
    makeFolder(folder);
  } catch (error) {
    const reason = codeOf(error) === 'EEXIST' ? 'a file has this name' : reasonOf(error);
    throw new ResultsError(`Cannot create the results folder ${folder}: ${reason}. ${remedy(error)}`);
  }
  const probe = join(folder, `.probe-${process.pid}`);
  try {
    writeProbe(probe);
  } catch (error) {
    throw new ResultsError(
      `Cannot write in the results folder ${folder}: ${reasonOf(error)}. ${remedy(error)}`,
    );
  } finally {
    rmSync(probe, { force: true });
  }
}

/** With its parents. Node's own `recursive` never ends where the kernel says ENOENT below a folder that exists (/proc/x). */
function makeFolder(path: string): void {
  if (isFolder(path)) return;
  const parent = dirname(path);
  if (!existsSync(parent)) makeFolder(parent);
  try {
    mkdirSync(path);
  } catch (error) {
    // Another session may have made it meanwhile.
    if (!isFolder(path)) throw error;
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function writeProbe(path: string): void {
  const file = openSync(path, 'w');
  try {
    const bytes = Buffer.alloc(probeBytes, 'x');
    for (let written = 0; written < bytes.length;) written += writeSync(file, bytes, written);
    // Some file systems find out that they are full only now.
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function remedy(error: unknown): string {
  const full = ['ENOSPC', 'EDQUOT'].includes(codeOf(error) ?? '');
  return full
    ? 'Free some space, or choose another with --results DIR.'
    : 'Choose another with --results DIR.';
}

/** The paths of a session's files, of which neither exists yet. */
export interface SessionPaths {
  readonly results: string;
  readonly journal: string;
}

const journalEnding = '.journal.ndjson';

/** The paths of the session that a results file or a journal belongs to. */
export function pathsOfSession(path: string): SessionPaths {
  const stem = path.endsWith(journalEnding)
    ? path.slice(0, -journalEnding.length)
    : path.replace(/\.json$/, '');
  return { results: `${stem}.json`, journal: `${stem}${journalEnding}` };
}

/** The journals in a folder: of sessions that still run, or that were killed. */
export function journalsIn(folder: string): readonly string[] {
  if (!isFolder(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith(journalEnding))
    .toSorted()
    .map((name) => join(folder, name));
}

/**
 * Names for a session's files: `<machine>-<UTC time>.json`, and beside it `.journal.ndjson`; with a
 * number where another session of the same second has them.
 */
export function sessionPaths(folder: string, machine: string, startedAt: Date): SessionPaths {
  const time = startedAt.toISOString().replaceAll(/[-:]|\.\d+/g, '');
  for (let number = 1; ; number++) {
    const stem = join(folder, `${machine}-${time}${number === 1 ? '' : `-${number}`}`);
    const paths = pathsOfSession(`${stem}.json`);
    if (!existsSync(paths.results) && !existsSync(paths.journal)) return paths;
  }
}
