import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const suite = fileURLToPath(new URL('../../litmus/', import.meta.url));

function check(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, 'check', ...args], {
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1' },
  });
  return { status, stdout, stderr };
}

let folder: string;
let wrong: string;
let broken: string;
const good = join(suite, 'classic/MP+wmb+rmb.litmus');
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'fencepost-check-'));
  wrong = join(folder, 'wrong.litmus');
  writeFileSync(wrong, readFileSync(good, 'utf8').replace('Result: Never', 'Result: Sometimes'));
  broken = join(folder, 'broken.litmus');
  writeFileSync(broken, 'C broken\n{}\nP0(int *x)\n{\n\tWRITE_ONCE(*x 1);\n}\nexists (x=1)\n');
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('fencepost check', () => {
  it('of one model prints what herd7 does, and ends with 0', () => {
    const { status, stdout, stderr } = check(good);
    expect(stdout).toMatch(/^Test MP\+wmb\+rmb Allowed\nStates 3\n1:r0=0; 1:r1=0;\n/);
    expect(stdout).toContain('\nObservation MP+wmb+rmb Never 0 3\n');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });

  it('agrees with every Result: line of the suite', () => {
    const { status, stderr } = check();
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });

  it('of several models and strategies prints one table, and takes their names in a row', () => {
    const { stdout } = check(good, '-m', 'lkmm', '-m', 'x86-tso', '-s', 'kernel,none');
    expect(stdout).toMatch(/^test +lkmm +x86-tso\n/);
    expect(stdout).toMatch(/\nMP\+wmb\+rmb\/none +Sometimes +Never\n/);
  });

  it('ends with 1 on a wrong Result: line, with 2 on a file that does not parse, and checks the others', () => {
    const { status, stdout, stderr } = check(broken, wrong, good);
    expect(status).toBe(1);
    expect(stderr).toContain('wrong.litmus:5: "Result: Sometimes" is wrong');
    expect(stderr).toContain('broken.litmus:5:16:');
    expect(stdout.match(/^Observation/gm)).toHaveLength(2);
    expect(check(broken, good).status).toBe(2);
  });

  it('ends with 2 on wrong usage and on a mistake in a model, with its place', () => {
    const cat = join(folder, 'broken.cat');
    writeFileSync(cat, '"broken"\nlet a = rf |\nacyclic a\n');
    expect(check(good, '-m', cat)).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('broken.cat:3:1:'),
    });
    expect(check(good, '--timeout', '0').status).toBe(2);
    expect(check(good, '-s', 'kernle').status).toBe(2);
    expect(check(good, '-m', 'lkmm', '-m', 'sc', '--svg', join(folder, 'two.svg')).status).toBe(2);
  });

  it('ends with 3 where the time is too short, and goes on with the next test', () => {
    const slow = join(suite, 'kvm/J-nested.litmus');
    const { status, stdout } = check(slow, good, '--timeout', '50ms');
    expect(status).toBe(3);
    expect(stdout).toMatch(/Not decided within 0\.05 s, \d+ executions so far/);
    expect(stdout).toContain('Observation MP+wmb+rmb Never');
  });

  it('explains, and draws what it explains', () => {
    const [svg, dot] = [join(folder, 'MP.svg'), join(folder, 'MP.dot')];
    const { status, stdout } = check(good, '--explain', '--svg', svg, '--dot', dot);
    expect(status).toBe(0);
    expect(stdout).toContain('ppo: rmb (smp_rmb(), line 25)');
    expect(readFileSync(svg, 'utf8')).toMatch(/^<svg [^]*<\/svg>\n$/);
    expect(readFileSync(dot, 'utf8')).toMatch(/^digraph /);
  });

  it('prints one document for scripts', () => {
    const { status, stdout } = check(good, broken, '--json', '-m', 'lkmm', '-m', 'sc');
    expect(status).toBe(2);
    const document = JSON.parse(stdout) as { checks: { model: string }[]; unreadable: unknown[] };
    expect(document).toMatchObject({ format: 'fencepost-check', version: 1, interrupted: false });
    expect(document.checks.map(({ model }) => model)).toEqual(['lkmm', 'sc']);
    expect(document.unreadable).toHaveLength(1);
  });

  it('stops at once on Ctrl-C, with 130, and keeps what it printed', async () => {
    const slow = join(folder, 'slow.litmus');
    writeFileSync(slow, manyStores(10));
    const child = spawn(process.execPath, [main, 'check', good, slow]);
    let printed = '';
    child.stdout.on('data', (text: Buffer) => {
      printed += text.toString();
      if (printed.includes('Observation')) child.kill('SIGINT');
    });
    const status = await new Promise((resolve) => child.on('close', resolve));
    expect(status).toBe(130);
    expect(printed).toContain('Observation MP+wmb+rmb Never');
  });
});

/** A test whose coherence orders are too many to be counted. */
function manyStores(threads: number): string {
  const bodies = Array.from(
    { length: threads },
    (_, index) => `P${index}(int *x)\n{\n\tWRITE_ONCE(*x, ${index + 1});\n}`,
  );
  return `C slow\n\n{}\n\n${bodies.join('\n\n')}\n\nexists (x=1)\n`;
}
