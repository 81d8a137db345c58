import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readResults } from '../../src/results/read.ts';
import { ResultsError } from '../../src/results/results-error.ts';
import type { ResultsDocument } from '../../src/results/schema.ts';
import { writeResults } from '../../src/results/write.ts';
import { arbitraryDocument } from './arbitrary-document.ts';
import { sampleDocument } from './sample-document.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fencepost-write-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** The text of the file that a document becomes. */
function written(document: ResultsDocument): string {
  const path = join(folder, 'written.json');
  rmSync(path, { force: true });
  writeResults(path, document);
  return readFileSync(path, 'utf8');
}

test('what is written is read back the same, and nothing else is left in the folder', () => {
  let number = 0;
  fc.assert(
    fc.property(arbitraryDocument, (document) => {
      const path = join(folder, `${number++}.json`);
      writeResults(path, document);
      expect(readResults(path)).toEqual(document);
    }),
    { numRuns: 30 },
  );
  expect(readdirSync(folder)).toHaveLength(number);
});

test('a file is JSON of short lines, one for each block', () => {
  fc.assert(
    fc.property(arbitraryDocument, (document) => {
      const text = written(document);
      expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(document)));
    }),
    { numRuns: 30 },
  );
  const blocks = sampleDocument.rows.flatMap(({ runs }) => runs.flatMap((run) => run.blocks));
  const lines = written(sampleDocument).split('\n');
  for (const block of blocks) {
    expect(lines.some((line) => line.includes(JSON.stringify(block)))).toBe(true);
  }
});

/** As it is said: what fits on a line is on one, and else its parts are on lines of their own. */
function plainly(value: unknown, indent: string): string {
  const line = JSON.stringify(value);
  if (line.length <= 400 || typeof value !== 'object' || value === null) return line;
  const parts = Array.isArray(value)
    ? value.map((item) => plainly(item, `${indent} `))
    : Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}: ${plainly(item, `${indent} `)}`);
  const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}'];
  return `${open}\n${parts.map((part) => `${indent} ${part}`).join(',\n')}\n${indent}${close}`;
}

test('printing in pieces leaves nothing out, and breaks lines where the whole would', () => {
  fc.assert(
    fc.property(arbitraryDocument, (document) => {
      const plain: unknown = JSON.parse(JSON.stringify(document));
      expect(written(document)).toBe(`${plainly(plain, '')}\n`);
    }),
    { numRuns: 50 },
  );
});

test('a file that exists is not written over', () => {
  const path = join(folder, 'a.json');
  writeResults(path, sampleDocument);
  const before = readFileSync(path, 'utf8');
  const other = { ...sampleDocument, rows: [] };
  expect(() => writeResults(path, other)).toThrow(
    new ResultsError(`Cannot write ${path}: it exists already.`),
  );
  expect(readFileSync(path, 'utf8')).toBe(before);
});

test('what could not be read again is not written', () => {
  const path = join(folder, 'a.json');
  expect(() => writeResults(path, { ...sampleDocument, plans: [] })).toThrow(
    new ResultsError(
      `Cannot write ${path}: the results are not valid: rows[0].runs[0].plan: no plan is named "split-deadline@0,1".`,
    ),
  );
  expect(readdirSync(folder)).toEqual([]);
});

test('a folder that is not there is named', () => {
  const path = join(folder, 'none', 'a.json');
  expect(() => writeResults(path, sampleDocument)).toThrow(
    new ResultsError(`Cannot write ${path}: there is no such file or folder.`),
  );
});
