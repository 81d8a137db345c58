import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseResults } from '../../src/results/read.ts';
import type { ResultsDocument } from '../../src/results/schema.ts';
import type { Tuning } from '../../src/results/tuning-file.ts';
import { describeOnHardware } from './on-this-machine.ts';

const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const classic = fileURLToPath(new URL('../../litmus/classic/SB+mbs.litmus', import.meta.url));

let folder: string;
/** A test by another name than that of the suite, which may have been tuned on this machine. */
let litmus: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'fencepost-tune-'));
  litmus = join(folder, 'untuned.litmus');
  writeFileSync(litmus, readFileSync(classic, 'utf8').replace('C SB+mbs', 'C untuned'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function fencepost(...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [main, ...args, '--json', '--results', folder],
    { encoding: 'utf8', maxBuffer: 1 << 28 },
  );
  if (status !== 0) throw new Error(`${status}: ${stderr}`);
  return { stdout, stderr };
}

function run(...args: readonly string[]): { stderr: string; document: ResultsDocument } {
  const { stdout, stderr } = fencepost('run', litmus, '--strategy', 'kernel', ...args);
  return { stderr, document: parseResults(stdout, 'stdout') };
}

const shapeOf = ({ plans, rows }: ResultsDocument) => [
  plans,
  rows.map(({ test: { name }, strategy, runs }) => [
    name,
    strategy,
    runs.map(({ plan, iterations }) => [plan, iterations]),
  ]),
];
const isTuned = ({ name }: { readonly name: string }) => name.startsWith('tuned-');

/** The file of this machine, with a plan for its first family whether or not one was better. */
function tuningFile(): string {
  const machine = readdirSync(folder).find((name) => existsSync(join(folder, name, 'tuning.json')));
  return join(folder, machine ?? '', 'tuning.json');
}

describeOnHardware('tuning', () => {
  test('finds plans by controls alone, and keeps them with what was tried', () => {
    const tuning = JSON.parse(fencepost('tune', litmus, '--time', '2s', '--seed', '5').stdout) as Tuning;
    expect(JSON.parse(readFileSync(tuningFile(), 'utf8'))).toEqual(tuning);
    const [family, ...others] = tuning.families;
    expect(others).toEqual([]);
    expect(family).toMatchObject({ controls: 'SB-two, untuned none', objective: 'untuned none', seed: '5' });
    expect(family?.tried.length).toBeGreaterThan(1);
    for (const { perSecond, low, high } of family?.tried ?? []) {
      expect(low).toBeLessThanOrEqual(perSecond * 1.001);
      expect(high).toBeGreaterThanOrEqual(perSecond * 0.999);
    }
    const best = family?.tried.find(({ plan }) => isTuned(plan))?.plan;
    writeFileSync(tuningFile(), JSON.stringify({ ...tuning, families: [{ ...family, best }] }));
  });

  test('is used by runs, which with the same seed and number of iterations do the same', () => {
    const args = ['--iterations', '200001', '--seed', '11'];
    const [once, again] = [run(...args), run(...args)];
    expect(shapeOf(again.document)).toEqual(shapeOf(once.document));
    expect(once.document.plans.filter(isTuned)).toHaveLength(1);
    expect(once.document.plans.map(({ name }) => name)).toContain('split-deadline@0,1');
    expect(once.stderr).toContain('Tuned for this machine: 1 of 1');
    const kernel = once.document.rows.find(({ strategy }) => strategy === 'kernel');
    expect(kernel?.iterations).toBe(200_001);
  });

  test('is shown, as run has it, on the CPUs where it has it', () => {
    const shown = spawnSync(
      process.execPath,
      [main, 'show', litmus, '--stage', 'plan', '--results', folder],
      {
        encoding: 'utf8',
      },
    ).stdout;
    const titles = [...shown.matchAll(/^(\S+)\n  CPUs +([\d,]+) /gm)].map(
      ([, name, cpus]) => `${name}@${cpus}`,
    );
    const { document } = run('--iterations', '200001');
    expect(titles.some((name) => isTuned({ name }))).toBe(true);
    expect(titles.toSorted()).toEqual(document.plans.map(({ name }) => name).toSorted());
  });

  test('is left out where it is not wanted', () => {
    const { document } = run('--iterations', '10000', '--tuning', 'none');
    expect(document.plans.filter(isTuned)).toEqual([]);
  });

  test('is not stood in for where its file is broken: the run is refused', () => {
    const broken = join(folder, 'broken.json');
    writeFileSync(broken, '{"format": "fencepost-tuning", "ver');
    expect(() => run('--iterations', '10000', '--tuning', broken)).toThrow(
      `2: fencepost: --tuning: ${broken} is not JSON.`,
    );
  });

  test('that is interrupted ends with 130, and says what it had no time for', async () => {
    const args = [main, 'tune', litmus, '--time', '60s', '--results', join(folder, 'interrupted')];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'] });
    let text = '';
    child.stdout.on('data', (data: Buffer) => (text += data.toString()));
    const ended = new Promise((resolve) => child.once('close', resolve));
    // Once there is a child that fires controls, signals are listened to.
    const children = `/proc/${child.pid}/task/${child.pid}/children`;
    while (readFileSync(children, 'utf8') === '') await new Promise((resolve) => setTimeout(resolve, 20));
    child.kill('SIGINT');
    expect(await ended).toBe(130);
    expect(text).toBe('Not tuned before the interrupt: SB-two, untuned none.\n');
  });

  test('takes a small part of the time of a run on a machine not met before, and is kept', () => {
    rmSync(tuningFile());
    const { stderr } = run('--time', '4s');
    expect(stderr).toContain('Looking for the plans under which');
    const tuning = JSON.parse(readFileSync(tuningFile(), 'utf8')) as Tuning;
    expect(tuning.families.map(({ controls }) => controls)).toEqual(['SB-two, untuned none']);
    // A search that found nothing better in three seconds is over.
    const families = tuning.families.map((family) => ({ ...family, spentMs: 3000 }));
    writeFileSync(tuningFile(), JSON.stringify({ ...tuning, families }));
    expect(run('--time', '4s').stderr).not.toContain('Looking for');
  });
});
