import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ResultsError } from '../../src/results/results-error.ts';
import { prepareResultsFolder, sessionPaths } from '../../src/results/results-folder.ts';
import { canMountSmallDisk, smallDiskReason, withSmallDisk } from './small-disk.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fencepost-folder-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Runs with no right to write where only the owner may: root gives up its own for a while. */
function withoutPrivileges(work: () => void): void {
  const isRoot = process.geteuid?.() === 0;
  if (isRoot) process.seteuid?.(65534);
  try {
    work();
  } finally {
    if (isRoot) process.seteuid?.(0);
  }
}

describe('the folder for results is prepared before the run', () => {
  test('it is made, with its parents, and left empty', () => {
    const path = join(folder, 'results', 'local');
    prepareResultsFolder(path);
    prepareResultsFolder(path);
    expect(readdirSync(path)).toEqual([]);
  });

  test('where a file is in the way, it is said', () => {
    const path = join(folder, 'taken');
    writeFileSync(path, '');
    expect(() => prepareResultsFolder(path)).toThrow(
      new ResultsError(
        `Cannot create the results folder ${path}: a file has this name. Choose another with --results DIR.`,
      ),
    );
    expect(() => prepareResultsFolder(join(path, 'sub'))).toThrow(
      /a part of the path is a file, not a folder/,
    );
  });

  test.skipIf(process.platform !== 'linux')(
    'where the system makes no folders (/proc, skipped elsewhere), it is said',
    () => {
      expect(() => prepareResultsFolder('/proc/none/results')).toThrow(
        new ResultsError(
          'Cannot create the results folder /proc/none/results: there is no such file or folder. ' +
            'Choose another with --results DIR.',
        ),
      );
    },
  );

  test('where it may not be made, it is said', () => {
    chmodSync(folder, 0o755);
    const path = join(folder, 'sub');
    withoutPrivileges(() => {
      if (statSync(folder).uid === process.geteuid?.()) chmodSync(folder, 0o555);
      expect(() => prepareResultsFolder(path)).toThrow(
        new ResultsError(
          `Cannot create the results folder ${path}: permission denied. Choose another with --results DIR.`,
        ),
      );
    });
    chmodSync(folder, 0o755);
  });

  test('where it may not be written to, it is said', () => {
    chmodSync(folder, 0o755);
    const path = join(folder, 'sub');
    mkdirSync(path, { mode: 0o555 });
    withoutPrivileges(() => {
      expect(() => prepareResultsFolder(path)).toThrow(
        new ResultsError(
          `Cannot write in the results folder ${path}: permission denied. Choose another with --results DIR.`,
        ),
      );
    });
  });
});

test.skipIf(!canMountSmallDisk)(`a full disk is said before the run${smallDiskReason}`, () => {
  withSmallDisk((disk) => {
    expect(() => prepareResultsFolder(disk)).toThrow(
      new ResultsError(
        `Cannot write in the results folder ${disk}: no space is left on the device. ` +
          'Free some space, or choose another with --results DIR.',
      ),
    );
    expect(readdirSync(disk)).toEqual([]);
  });
});

describe("a session's files", () => {
  const startedAt = new Date('2025-01-02T03:04:05.678Z');

  test('are named after the machine and the time', () => {
    expect(sessionPaths(folder, 'amd-epyc-2cpu-x86-64-kvm', startedAt)).toEqual({
      results: join(folder, 'amd-epyc-2cpu-x86-64-kvm-20250102T030405Z.json'),
      journal: join(folder, 'amd-epyc-2cpu-x86-64-kvm-20250102T030405Z.journal.ndjson'),
    });
  });

  test('never have the name of a file that exists', () => {
    writeFileSync(join(folder, 'm-20250102T030405Z.json'), '');
    writeFileSync(join(folder, 'm-20250102T030405Z-2.journal.ndjson'), '');
    expect(sessionPaths(folder, 'm', startedAt).results).toBe(join(folder, 'm-20250102T030405Z-3.json'));
  });
});
