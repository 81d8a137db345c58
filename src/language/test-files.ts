import { readFileSync, statSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { globSync, isDynamicPattern } from 'tinyglobby';
import type { LitmusTest } from './litmus-test.ts';
import { parseLitmus } from './parser.ts';
import { sharing } from './sharing.ts';

/** A test and the file it was read from, as the user would name it. */
export interface TestFile {
  readonly file: string;
  readonly test: LitmusTest;
}

/** A file or pattern that names nothing, or two tests that cannot be told apart. */
export class TestFileError extends Error {
  override readonly name = 'TestFileError';
}

/** Where the tests shipped with the tool lie. */
export const suiteFolder = fileURLToPath(new URL('../../litmus/', import.meta.url));

/** The tests shipped with the tool: the question it was made for first, what vouches for the answers last. */
export function readSuite(): readonly TestFile[] {
  return readTests(suitePatterns());
}

/** The suite's files, in its order. */
export function suiteFiles(): readonly string[] {
  return filesNamedBy(suitePatterns());
}

function suitePatterns(): readonly string[] {
  return ['kvm', 'classic', 'controls'].map((folder) => join(suiteFolder, folder));
}

/**
 * The files that files, folders (all `.litmus` files below) and glob patterns name, each once, in the
 * order named and then by path.
 * @throws TestFileError for what names none.
 */
export function filesNamedBy(patterns: readonly string[]): readonly string[] {
  return [...new Set(patterns.flatMap(filesOf))];
}

/**
 * Reads the tests of the files that patterns name.
 * @throws TestFileError, LitmusSyntaxError
 */
export function readTests(patterns: readonly string[]): readonly TestFile[] {
  const files = filesNamedBy(patterns);
  const share = sharing();
  const tests = files.map((file) => ({ file, test: share(parseLitmus(readTestFile(file), file)) }));
  const fileByName = new Map<string, string>();
  for (const { file, test } of tests) {
    const twin = fileByName.get(test.name);
    fileByName.set(test.name, file);
    if (twin !== undefined) {
      throw new TestFileError(
        `${twin} and ${file} both name their test "${test.name}": rename one, results go by the name.`,
      );
    }
  }
  return tests;
}

function filesOf(pattern: string): string[] {
  const kind = statSync(pattern, { throwIfNoEntry: false });
  if (kind?.isFile()) return [pattern];
  const found = kind?.isDirectory()
    ? globSync('**/*.litmus', { cwd: pattern, absolute: true })
    : isDynamicPattern(pattern)
      ? globSync(pattern, { absolute: true, expandDirectories: false })
      : [];
  if (found.length === 0) {
    const what = kind?.isDirectory() ? 'has no .litmus file in it' : 'names no file';
    throw new TestFileError(`${pattern} ${what}: give .litmus files, folders of them, or glob patterns.`);
  }
  return found.map((file) => shortPath(file)).toSorted();
}

/** Relative to the working folder where that is shorter. */
function shortPath(file: string): string {
  const absolute = resolve(file);
  const short = relative(process.cwd(), absolute);
  return short.length < absolute.length ? short : absolute;
}

const largestFileBytes = 1 << 20;

/** @throws TestFileError */
export function readTestFile(file: string): string {
  const { size } = statSync(file);
  if (size > largestFileBytes) {
    throw new TestFileError(`${file} is ${size} bytes: a litmus test has at most ${largestFileBytes}.`);
  }
  return readFileSync(file, 'utf8');
}
