import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import yargs from 'yargs';
import { compareCommand } from '../../src/cli/compare.ts';
import { endingOf, UsageError } from '../../src/cli/problem.ts';
import type { RecordedFile } from '../../src/results/recorded-files.ts';
import { block, onBareXeon, rowOf, session, type SessionRow } from '../evidence/recorded-session.ts';

const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

const before = process.cwd();
let folder: string;

/** A process of its own, as users have it. */
function spawned(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, 'compare', ...args], {
    encoding: 'utf8',
    cwd: folder,
    env: { ...process.env, NO_COLOR: '1' },
  });
  return { status, stdout, stderr };
}

/** The command alone, in this process, which takes a tenth of the time. */
function compare(...args: string[]) {
  const written: string[] = [];
  const stdout = vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    written.push(String(text));
    return true;
  });
  process.exitCode = 0;
  try {
    yargs(['compare', ...args])
      .command(compareCommand)
      .strict()
      .fail((message: string | null, error: Error | undefined) => {
        throw error ?? new UsageError(message ?? 'wrong usage');
      })
      .parseSync();
    return { status: process.exitCode, stdout: written.join(''), stderr: '' };
  } catch (error) {
    const { text, exitCode } = endingOf(error);
    return { status: exitCode, stdout: written.join(''), stderr: text };
  } finally {
    stdout.mockRestore();
    process.exitCode = 0;
  }
}

const write = (file: RecordedFile) => {
  if (file.kind === 'results') writeFileSync(join(folder, file.file), JSON.stringify(file.document));
};

const rows = (full: Partial<SessionRow>): readonly SessionRow[] => [
  { test: 'SB', blocks: [block(10, 1000), block(12, 1000)] },
  { test: 'SB', strategy: 'full', verdict: 'upheld', blocks: [block(0, 1000), block(0, 1000)], ...full },
];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'fencepost-compare-'));
  for (const name of ['mixed', 'good']) mkdirSync(join(folder, name));
  write(session('epyc.json', rows({})));
  write(session('xeon.json', rows({}), onBareXeon));
  write(session('vain.json', rows({ verdict: 'inconclusive' }), onBareXeon));
  write(session('broken.json', rows({ verdict: 'violation', blocks: [block(9, 1000)] }), onBareXeon));
  write(session('good/epyc.json', rows({})));
  write(session('mixed/epyc.json', rows({})));
  writeFileSync(join(folder, 'mixed/cut.json'), '{"format":"fencepost-results","ver');
  process.chdir(folder);
});
afterAll(() => {
  process.chdir(before);
  rmSync(folder, { recursive: true });
});

describe('fencepost compare', () => {
  it('puts machines side by side and ends with 0, whatever they show', () => {
    const { status, stdout, stderr } = spawned('epyc.json', 'broken.json');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout.split('\n')[0]).toBe('2 columns, 2 rows: verdicts differ in 1.');
    expect(stdout).toMatch(/A: amd-epyc-2cpu-x86-64-kvm\n {2}virtual/);
    expect(stdout).toContain('B: intel-xeon-2cpu-x86-64\n');
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });

  it('ends with 1 on what --fail-on names', () => {
    expect(
      compare('epyc.json', 'xeon.json', '--fail-on', 'difference', '--fail-on', 'violation').status,
    ).toBe(0);
    expect(compare('epyc.json', 'broken.json', '--fail-on', 'violation').status).toBe(1);
    expect(compare('epyc.json', 'broken.json', '--fail-on', 'difference').status).toBe(1);
    expect(compare('epyc.json', 'broken.json', '--fail-on', 'inconclusive').status).toBe(0);
    expect(
      compare('epyc.json', 'vain.json', '--fail-on', 'violation', '--fail-on', 'inconclusive').status,
    ).toBe(1);
    expect(compare('epyc.json', 'broken.json', '-s', 'kernel', '--fail-on', 'violation').status).toBe(0);
  });

  it('leaves out what errata name, and says so; a damaged list ends with 2', () => {
    mkdirSync(join(folder, 'doubted'));
    write(session('doubted/broken.json', rows({ verdict: 'violation', blocks: [block(9, 1000)] })));
    const [, doubted] = rows({}).map((row) => rowOf(row));
    const erratum = { date: '2026-11-23', reason: 'its fence was lost', variant: doubted?.variantDigest };
    const errata = { format: 'fencepost-errata', version: 1, errata: [erratum] };
    expect(compare('doubted', '--fail-on', 'violation').status).toBe(1);
    writeFileSync(join(folder, 'doubted/errata.json'), JSON.stringify(errata));
    const { status, stdout } = compare('doubted', '--fail-on', 'violation');
    expect(status).toBe(0);
    expect(stdout).toContain('1 cell left out by errata (2026-11-23): its fence was lost.');
    expect(stdout).toMatch(/SB full +invalid/);
    writeFileSync(join(folder, 'doubted/errata.json'), JSON.stringify(errata).slice(0, -9));
    expect(compare('doubted')).toMatchObject({
      status: 2,
      stdout: '',
      stderr: expect.stringMatching(/doubted\/errata\.json is not a valid list of errata/) as unknown,
    });
  });

  it('ends with 2 and writes nothing where a file cannot be read, and names each', () => {
    const { status, stdout, stderr } = spawned('good', 'mixed', 'nowhere.json', '-o', 'never.txt');
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(/nowhere\.json: there is no such file/);
    expect(stderr).toMatch(/cut\.json is not a valid results file: it was cut short/);
    expect(readdirSync(folder)).not.toContain('never.txt');
  });

  it('ends with 2 on wrong usage, and never writes over what it compares', () => {
    expect(compare().status).toBe(2);
    expect(compare('epyc.json', '--format', 'html').status).toBe(2);
    expect(compare('epyc.json', '--fail-on', 'anything').status).toBe(2);
    const bytes = readFileSync(join(folder, 'epyc.json'), 'utf8');
    const { status, stderr } = compare('good', 'epyc.json', '-o', './epyc.json');
    expect(status).toBe(2);
    expect(stderr).toContain('is one of the files to compare');
    expect(readFileSync(join(folder, 'epyc.json'), 'utf8')).toBe(bytes);
    expect(compare('epyc.json', '-o', 'no/such/folder.txt')).toMatchObject({ status: 2, stdout: '' });
  });

  it.each([
    ['markdown', /^\*\*2 columns/],
    ['json', /^\{\n "format": "fencepost-comparison"/],
    ['csv', /^test,strategies,difference,column/],
    ['junit', /^<\?xml version="1\.0" encoding="UTF-8"\?>\n<testsuites /],
  ])('writes %s, to a file just the same', (format, beginning) => {
    const { status, stdout } = compare('epyc.json', 'xeon.json', '--format', format);
    expect(status).toBe(0);
    expect(stdout).toMatch(beginning);
    expect(compare('epyc.json', 'xeon.json', '--format', format, '-o', `out.${format}`).stdout).toBe('');
    expect(readFileSync(join(folder, `out.${format}`), 'utf8')).toBe(stdout);
  });

  it('writes a log of one machine, a folder of logs of several, and reads them', () => {
    expect(compare('epyc.json', '--format', 'litmus7', '-o', 'epyc.log').status).toBe(0);
    const { stdout } = compare('epyc.json', 'epyc.log', '--format', 'csv');
    const cells = stdout.split('\r\n').filter((line) => line.startsWith('SB,kernel,'));
    expect(cells.map((line) => line.split(',').slice(3, 11).join(' '))).toEqual([
      'amd-epyc-2cpu-x86-64-kvm x86-64 virtual true seen witness 22 2000',
      'epyc.log  unknown true  witness 22 2000',
    ]);
    expect(compare('epyc.json', 'xeon.json', '--format', 'litmus7')).toMatchObject({ status: 2, stdout: '' });
    expect(compare('epyc.json', 'xeon.json', '--format', 'litmus7', '-o', 'logs').status).toBe(0);
    expect(readdirSync(join(folder, 'logs'))).toEqual([
      '1-amd-epyc-2cpu-x86-64-kvm.log',
      '2-intel-xeon-2cpu-x86-64.log',
    ]);
  });

  it('has a help text that fits 80 columns', () => {
    const { status, stdout } = spawned('--help');
    expect(status).toBe(0);
    expect(stdout).toContain('Examples:');
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });
});
