import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const suite = fileURLToPath(new URL('../../litmus/', import.meta.url));

function fencepost(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], {
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1' },
  });
  return { status, stdout, stderr };
}

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'fencepost-cli-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('the command line', () => {
  it('ends with 2 and names the remedy on wrong usage', () => {
    expect(fencepost('run', '--tiem', '5s')).toMatchObject({ status: 2, stdout: '' });
    expect(fencepost('run', '--time', 'soon').stderr).toContain(
      '--time soon: give a time above zero, such as 20s',
    );
    expect(fencepost('run', '--iterations', '0').stderr).toContain('give a whole number above zero');
    expect(fencepost('run', '--time', '1s', '--iterations', '5').status).toBe(2);
    expect(fencepost('run', '--strategy', 'kernle').stderr).toMatch(/kernle.*kernel/s);
    expect(fencepost('show', join(suite, 'classic/SB.litmus'), '--arch', 'pdp11').status).toBe(2);
  });

  it('takes nothing beside a session that is gone on with or repeated but its files', () => {
    for (const act of ['--resume', '--replay']) {
      for (const fixed of [
        ['--tuning', 'none'],
        ['--placement', 'all'],
      ]) {
        const { status, stderr } = fencepost('run', act, 'nowhere.json', ...fixed);
        expect({ status, stderr }).toMatchObject({ status: 2 });
        expect(stderr).toContain(`${act.slice(2)} and ${fixed[0]?.slice(2)} are mutually exclusive`);
      }
    }
    expect(fencepost('run', '--resume', 'nowhere.json', '--results', folder).status).toBe(2);
  });

  it('ends with 2 on a file that is not there or that does not parse, with the place', () => {
    expect(fencepost('run', 'nowhere.litmus')).toMatchObject({ status: 2 });
    const file = join(folder, 'broken.litmus');
    writeFileSync(file, 'C broken\n{}\nP0(int *x)\n{\n\tWRITE_ONCE(*x 1);\n}\nexists (x=1)\n');
    const { status, stderr } = fencepost('show', file);
    expect(status).toBe(2);
    expect(stderr).toContain('broken.litmus:5:');
    expect(stderr).toContain('\tWRITE_ONCE(*x 1);\n');
    expect(stderr).toContain('^');
  });

  it('gives every command a help text with examples that fits 80 columns', () => {
    for (const command of [['run'], ['show'], ['list'], ['machine']]) {
      const { status, stdout } = fencepost(...command, '--help');
      expect(status).toBe(0);
      expect(stdout).toContain('Examples:');
      expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
    }
    expect(fencepost('--help').stdout).toContain('fencepost run [files..]');
  });

  it('lists the suite, one question a test', () => {
    const { status, stdout } = fencepost('list', join(suite, 'kvm'));
    expect(status).toBe(0);
    expect(stdout).toContain('C-page-fault');
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });

  it('shows each stage of a test', () => {
    const file = join(suite, 'classic/SB+mbs.litmus');
    expect(fencepost('show', file, '--stage', 'parse').stdout).toMatch(/^C SB\+mbs\n/);
    expect(fencepost('show', file, '--stage', 'plan').stdout).toContain('rendezvous');
    expect(fencepost('show', file, '--arch', 'x86-64').stdout).toContain('lock addl $0x0,-0x4(%rsp)');
  });

  it('writes a variant that parses again as a test, what was changed in its comment', () => {
    const { stdout } = fencepost(
      'show',
      join(suite, 'kvm/C-page-fault.litmus'),
      '--stage',
      'strategy',
      '-s',
      'none',
    );
    const file = join(folder, 'C-none.litmus');
    writeFileSync(file, stdout);
    const again = fencepost('show', file, '--stage', 'parse');
    expect(again.status).toBe(0);
    expect(again.stdout).not.toMatch(/^\t+smp_rmb\(\);$/m);
    expect(stdout).toMatch(/^ \*.*-\t+smp_rmb\(\);$/m);
  });
});
