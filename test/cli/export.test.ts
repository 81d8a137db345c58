import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseLitmus } from '../../src/language/parser.ts';
import { readSuite } from '../../src/language/test-files.ts';
import { variantsOf } from '../../src/strategy/strategies.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fencepost-export-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function exported(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(root, 'dist/cli/main.js'), 'export', '--klitmus', '-o', join(folder, 'out'), ...args],
    { cwd: root, encoding: 'utf8', env: { ...process.env, NO_COLOR: '1' } },
  );
  return { status, stdout, stderr };
}

describe('fencepost export --klitmus', () => {
  it('writes every strategy of the suite, each in a file of its own that reads back', () => {
    const { status, stdout, stderr } = exported();
    const files = readdirSync(join(folder, 'out'));
    expect({ status, stdout }).toEqual({
      status: 0,
      stdout: `${files.length} tests in ${join(folder, 'out')}.\n`,
    });
    const all = readSuite().flatMap(({ test }) => variantsOf(test, ['all']).variants);
    expect(files.length + stderr.trim().split('\n').length).toBe(all.length);
    for (const file of files) {
      const test = parseLitmus(readFileSync(join(folder, 'out', file), 'utf8'), file);
      expect(`${test.name}.litmus`).toBe(file);
    }
  });

  it('has the strategy in the name, and no barrier that the strategy dropped', () => {
    exported('litmus/classic/SB+mbs.litmus', '--strategy', 'none,kernel');
    expect(readdirSync(join(folder, 'out')).toSorted()).toEqual(['SB+mbs--none.litmus', 'SB+mbs.litmus']);
    const text = (file: string) => readFileSync(join(folder, 'out', file), 'utf8');
    expect(text('SB+mbs.litmus')).toContain('\tsmp_mb();');
    expect(text('SB+mbs--none.litmus')).not.toContain('\tsmp_mb();');
  });

  it('leaves out, by name, what LKMM does not know', () => {
    const { status, stderr } = exported('litmus/controls/MP+nt.litmus', '--strategy', 'kernel');
    expect(status).toBe(2);
    expect(stderr).toMatch(/^MP\+nt is left out: WRITE_ONCE_NT\(\) is no LKMM\n.*Nothing is left to write\./);
    expect(existsSync(join(folder, 'out'))).toBe(false);
  });
});
