import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseLitmus } from '../../src/language/parser.ts';
import { printLitmus } from '../../src/language/printer.ts';

const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fencepost-generate-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function generate(output: string, ...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, 'generate', '-o', output, ...args], {
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1' },
  });
  return { status, stdout, stderr };
}

const contents = (path: string) =>
  readdirSync(path).map((file) => [file, readFileSync(join(path, file), 'utf8')] as const);

describe('fencepost generate', () => {
  it('writes a thousand tests, each in a file of its name that reads and prints unchanged', () => {
    const output = join(folder, 'new', 'many');
    expect(generate(output)).toEqual({ status: 0, stdout: `1000 tests in ${output}.\n`, stderr: '' });
    const files = contents(output);
    expect(files).toHaveLength(1000);
    for (const [file, text] of files) {
      const test = parseLitmus(text, file);
      expect(`${test.name}.litmus`).toBe(file);
      expect(printLitmus(test)).toBe(text);
    }
  });

  it('writes the same for the same seed, and other tests for another', () => {
    const [first, again, other] = ['first', 'again', 'other'].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ];
    generate(first, '--count', '60', '--seed', '5');
    generate(again, '--count', '60', '--seed', '5');
    generate(other, '--count', '60', '--seed', '6');
    expect(contents(again)).toEqual(contents(first));
    expect(readdirSync(other)).not.toEqual(readdirSync(first));
  });

  it('writes what the edges and threads allow, and says where that is less than asked for', () => {
    const output = join(folder, 'mp');
    const { stdout } = generate(
      output,
      '--threads',
      '2',
      '--edges',
      'Rfe,Fre',
      '--edges',
      'WmbdWW,PodRR,RmbdRR',
    );
    expect(readdirSync(output).toSorted()).toEqual(['MP+wmb+po.litmus', 'MP+wmb+rmb.litmus']);
    expect(stdout).toBe(`2 tests in ${output}, fewer than --count 1000: there are no more of these.\n`);
  });

  it('leaves a folder with files in it alone unless told to write there', () => {
    writeFileSync(join(folder, 'mine.txt'), 'mine');
    writeFileSync(join(folder, 'MP.litmus'), 'old');
    const { status, stderr } = generate(folder, '--count', '3');
    expect(status).toBe(2);
    expect(stderr).toContain(`${folder} has files in it: name another folder, or give --force`);
    expect(readdirSync(folder).toSorted()).toEqual(['MP.litmus', 'mine.txt']);

    expect(generate(folder, '--threads', '2', '--edges', 'Rfe,Fre,PodWW,PodRR', '--force').status).toBe(0);
    expect(readFileSync(join(folder, 'MP.litmus'), 'utf8')).toMatch(/^C MP\n/);
    expect(readFileSync(join(folder, 'mine.txt'), 'utf8')).toBe('mine');
  });

  it.each([
    [['--edges', 'Rfe,PodRX'], "there is no edge 'PodRX'; did you mean 'PodRR'?"],
    [['--edges', 'Rfe,PodWW'], 'these edges close no cycle of 2 or 3 or 4 threads'],
    [['--count', '0'], '--count 0: give a whole number from 1 to 1000000.'],
    [['--seed=-1'], '--seed -1: give a whole number from 0 to'],
    [['--threads', '5'], "--threads 5: give a number from 2 to 4, or two with '..' between them, as 2..4."],
  ])('ends with 2 on %j, names the remedy and makes no folder', (args, message) => {
    const output = join(folder, 'none');
    const { status, stderr } = generate(output, ...args);
    expect(status).toBe(2);
    expect(stderr).toContain(message);
    expect(existsSync(output)).toBe(false);
  });

  it('ends with 2 where it cannot write, or is not told where', () => {
    const file = join(folder, 'file');
    writeFileSync(file, '');
    const unwritten = generate(join(file, 'below'));
    expect(unwritten.status).toBe(2);
    expect(unwritten.stderr).toContain('cannot write tests to');
    const { status, stderr } = spawnSync(process.execPath, [main, 'generate'], { encoding: 'utf8' });
    expect(status).toBe(2);
    expect(stderr).toContain('output');
  });
});
