import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  continueJournal,
  openJournal,
  readJournal,
  type JournalBlock,
  type JournalHeader,
} from '../../src/results/journal.ts';
import { ResultsError } from '../../src/results/results-error.ts';
import { sampleDocument } from './sample-document.ts';
import { canMountSmallDisk, smallDiskReason, withSmallDisk } from './small-disk.ts';

const { tool, machine, plans, rows, session } = sampleDocument;

const header: JournalHeader = {
  format: 'fencepost-journal',
  version: 1,
  tool,
  machine,
  session: { startedAt: session.startedAt, seed: session.seed, arguments: session.arguments },
  plans,
  variants: rows.map(
    ({ role, test: { name, digest, threads, quantifier }, strategy, variantDigest, expectation }) => ({
      role,
      test: { name, digest, threads, quantifier },
      strategy,
      variantDigest,
      expectation,
    }),
  ),
};

const block = (iterations: number): JournalBlock => ({
  test: 'SB',
  strategy: 'kernel',
  plan: 'split-deadline@0,1',
  seed: '18446744073709551615',
  iterations,
  outcomes: [{ values: { '0:r0': '0' }, count: iterations }],
  runNs: 1.5,
  wallNs: 2,
  strayed: 0,
  switches: 0,
});

let folder = '';
let path = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fencepost-journal-'));
  path = join(folder, 'a.journal.ndjson');
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A journal of three blocks, as text. */
function writtenJournal(): string {
  const journal = openJournal(path, header);
  for (const iterations of [1, 2, 3]) journal.append(block(iterations));
  journal.close();
  return readFileSync(path, 'utf8');
}

test('a journal is read back as it was written', () => {
  writtenJournal();
  expect(readJournal(path)).toEqual({
    header,
    blocks: [block(1), block(2), block(3)],
    resumed: [],
    processId: undefined,
    truncated: false,
  });
});

test('every line is in the file when append returns, so that a killed session keeps it', () => {
  const journal = openJournal(path, header);
  expect(readJournal(path).blocks).toEqual([]);
  journal.append(block(1));
  expect(readJournal(path).blocks).toEqual([block(1)]);
  journal.close();
});

test('a journal that was cut off anywhere has all its whole lines', () => {
  const text = writtenJournal();
  const firstLine = text.indexOf('\n') + 1;
  fc.assert(
    fc.property(fc.integer({ min: firstLine, max: text.length }), (length) => {
      const kept = text.slice(0, length);
      writeFileSync(path, kept);
      const { blocks, truncated } = readJournal(path);
      expect(blocks).toEqual([block(1), block(2), block(3)].slice(0, kept.split('\n').length - 2));
      expect(truncated).toBe(!kept.endsWith('\n'));
    }),
  );
});

test('a journal is gone on with behind its last whole line, wherever it was cut off', () => {
  const text = writtenJournal();
  const firstLine = text.indexOf('\n') + 1;
  const resumed = { startedAt: session.startedAt, arguments: ['run', '--resume'] };
  fc.assert(
    fc.property(fc.integer({ min: firstLine, max: text.length }), (length) => {
      const kept = text.slice(0, length);
      writeFileSync(path, kept);
      const journal = continueJournal(path, resumed);
      journal.append(block(9));
      journal.close();
      const whole = [block(1), block(2), block(3)].slice(0, kept.split('\n').length - 2);
      expect(readJournal(path)).toEqual({
        header,
        blocks: [...whole, block(9)],
        resumed: [resumed],
        processId: process.pid,
        truncated: false,
      });
    }),
  );
});

describe('a journal is not opened', () => {
  test('over another', () => {
    writeFileSync(path, 'precious');
    expect(() => openJournal(path, header)).toThrow(
      new ResultsError(`Cannot create the journal ${path}: it exists already.`),
    );
    expect(readFileSync(path, 'utf8')).toBe('precious');
  });

  test('in a folder that is not there', () => {
    expect(() => openJournal(join(folder, 'none', 'a'), header)).toThrow(/there is no such file or folder/);
  });
});

test('a closed journal takes no more lines', () => {
  const journal = openJournal(path, header);
  journal.close();
  journal.close();
  expect(() => journal.append(block(1))).toThrow(
    new ResultsError(`Cannot write the journal ${path}: it is closed.`),
  );
});

describe('a file that is no journal is refused', () => {
  test.each([
    ['nothing', '', 'is not a journal: it has no complete line.'],
    [
      'a header that was cut off',
      '{"format":"fencepost-journal"',
      'is not a journal: it has no complete line.',
    ],
    ['something else', '{"format":"x"}\n', 'is not a Fencepost journal: its "format" is "x".'],
    ['null', 'null\n', 'is not a Fencepost journal: its "format" is undefined.'],
    [
      'a future version',
      '{"format":"fencepost-journal","version":2}\n',
      'has version 2 of the journal format; this Fencepost reads up to version 1: use a newer one.',
    ],
  ])('%s', (_, text, problem) => {
    writeFileSync(path, text);
    expect(() => readJournal(path)).toThrow(new ResultsError(`${path} ${problem}`));
  });

  test('a line in the middle that was damaged, by its number', () => {
    const lines = writtenJournal().split('\n');
    writeFileSync(path, [lines[0], lines[1], lines[2]?.slice(20), lines[3], ''].join('\n'));
    expect(() => readJournal(path)).toThrow(
      new ResultsError(`${path}:3 is not JSON: the journal was damaged there.`),
    );
  });

  test('a block with a wrong field, by its number', () => {
    writtenJournal();
    appendFileSync(path, `${JSON.stringify({ ...block(4), strayed: -1 })}\n`);
    expect(() => readJournal(path)).toThrow(
      new ResultsError(`${path}:5 is not a valid block: strayed: must be >= 0, found -1.`),
    );
  });
});

test.skipIf(!canMountSmallDisk)(
  `a disk that gets full is said, and what was written is kept${smallDiskReason}`,
  () => {
    withSmallDisk((disk) => {
      const onDisk = join(disk, 'a.journal.ndjson');
      const journal = openJournal(onDisk, header);
      const appendMany = () => {
        for (let iterations = 1; iterations < 100_000; iterations++) journal.append(block(iterations));
      };
      expect(appendMany).toThrow(
        new ResultsError(`Cannot write the journal ${onDisk}: no space is left on the device.`),
      );
      expect(() => journal.append(block(1))).toThrow(/it is closed/);
      expect(readJournal(onDisk).blocks.length).toBeGreaterThan(1000);
    });
  },
);
