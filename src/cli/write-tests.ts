import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LitmusTest } from '../language/litmus-test.ts';
import { printLitmus } from '../language/printer.ts';
import { UsageError } from './problem.ts';

/**
 * Writes the first `most` tests, a file each, and tells how many there were.
 * @throws UsageError where the folder has files in it and `force` is not given, or cannot be written to.
 */
export function writeTests(
  tests: Iterable<LitmusTest>,
  most: number,
  folder: string,
  force: boolean,
): number {
  let written = 0;
  for (const test of tests) {
    if (written === 0) prepareFolder(folder, force);
    writing(folder, () => writeFileSync(join(folder, `${test.name}.litmus`), printLitmus(test)));
    written += 1;
    if (written === most) break;
  }
  return written;
}

function prepareFolder(folder: string, force: boolean): void {
  const files = writing(folder, () => {
    mkdirSync(folder, { recursive: true });
    return readdirSync(folder);
  });
  if (files.length === 0 || force) return;
  throw new UsageError(
    `${folder} has files in it: name another folder, or give --force to write among them, over those of the same names.`,
  );
}

function writing<Result>(folder: string, act: () => Result): Result {
  try {
    return act();
  } catch (error) {
    throw new UsageError(`cannot write tests to ${folder}: ${(error as Error).message}`);
  }
}
