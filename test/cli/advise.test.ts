import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseLitmus } from '../../src/language/parser.ts';
import { digestOf } from '../../src/results/document.ts';
import { sampleDocument } from '../results/sample-document.ts';

const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const suite = fileURLToPath(new URL('../../litmus/', import.meta.url));

const source = `C SB+mbs
{}
P0(int *x, int *y)
{
	int r0;
	WRITE_ONCE(*x, 1);
	smp_mb();
	r0 = READ_ONCE(*y);
}
P1(int *x, int *y)
{
	int r0;
	WRITE_ONCE(*y, 1);
	smp_mb();
	r0 = READ_ONCE(*x);
}
exists (0:r0=0 /\\ 1:r0=0)
`;

let folder: string;
let file: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'fencepost-advise-'));
  file = join(folder, 'SB.litmus');
  writeFileSync(file, source);
});
afterAll(() => rmSync(folder, { recursive: true }));

/** In a folder of its own, where no session ever ran. */
function advise(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, 'advise', ...args], {
    encoding: 'utf8',
    cwd: folder,
    env: { ...process.env, NO_COLOR: '1' },
  });
  return { status, stdout, stderr };
}

function resultsFile(name: string, digest: string): string {
  const [row] = sampleDocument.rows;
  if (row === undefined) throw new Error('the sample has no row');
  const test = { ...row.test, name: 'SB+mbs', digest };
  const rows = ['kernel', 'no-smp_mb@7'].map((strategy) => ({ ...row, test, strategy }));
  const path = join(folder, name);
  writeFileSync(path, JSON.stringify({ ...sampleDocument, rows }));
  return path;
}

describe('fencepost advise', () => {
  it('answers first, and ends with 0', () => {
    const { status, stdout, stderr } = advise(file);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout.split('\n')[0]).toBe('SB+mbs: LKMM forbids 0:r0=0 /\\ 1:r0=0 as the test is written.');
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });

  it('takes several tests, and prints them as JSON', () => {
    const { status, stdout } = advise(file, join(suite, 'classic/MP+wmb+rmb.litmus'), '--json');
    const tests = JSON.parse(stdout) as { test: string; models: { model: string }[] }[];
    expect(status).toBe(0);
    expect(tests.map(({ test }) => test)).toEqual(['SB+mbs', 'MP+wmb+rmb']);
    expect(tests[0]?.models.map(({ model }) => model)).toEqual([
      'lkmm',
      'x86-64',
      'arm64',
      'ppc64le',
      's390x',
      'riscv64',
    ]);
  });

  it('quotes results files of the very test', () => {
    const digest = digestOf(parseLitmus(source, file));
    const { stdout } = advise(file, '--results', resultsFile('of-it.json', digest));
    expect(stdout).toMatch(/without it: seen, seen 1000 times in 8192/);
    expect(stdout).toContain('as written: seen, seen 1000 times');
    expect(advise(file, '--results', resultsFile('of-another.json', '0'.repeat(64))).stdout).not.toContain(
      'seen 1000',
    );
  });

  it('ends with 3 where a check is not decided in time, and says so', () => {
    const { status, stdout } = advise(join(suite, 'kvm/J-nested.litmus'), '--timeout', '1ms');
    expect(status).toBe(3);
    expect(stdout).toContain('--timeout');
  });

  it('ends with 2 on wrong usage, with 3 on results that cannot be read', () => {
    const soon = advise(file, '--timeout', 'soon');
    expect(soon).toMatchObject({ status: 2, stdout: '' });
    expect(soon.stderr).toContain('--timeout soon: give a time above zero');
    expect(advise()).toMatchObject({ status: 2 });
    expect(advise(file, '--results', join(folder, 'nowhere.json')).status).toBe(3);
  });
});
