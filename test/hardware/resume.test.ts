import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { earlierSession } from '../../src/results/recorded-session.ts';
import { readResults } from '../../src/results/read.ts';
import type { ResultsDocument } from '../../src/results/schema.ts';
import { describeOnHardware } from './on-this-machine.ts';

const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const file = fileURLToPath(new URL('../../litmus/classic/SB+mbs.litmus', import.meta.url));
/** More than it gets to run before it is stopped. */
const endless = [file, '--strategy', 'kernel,none', '--iterations', '400M', '--seed', '5'];
const short = [file, '--iterations', '1M', '--seed', '5', '--launches', '2'];

const hasPrlimit = spawnSync('prlimit', ['--version']).status === 0;

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fencepost-resume-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function run(...args: string[]): { status: number | null; stderr: string } {
  return spawnSync(process.execPath, [main, 'run', ...args], { encoding: 'utf8' });
}

const inFolder = (ending: string) =>
  readdirSync(folder)
    .filter((name) => name.endsWith(ending))
    .map((name) => join(folder, name));

const linesOf = (path: string) => readFileSync(path, 'utf8').split('\n').length;

/** Starts an endless run, which has run some blocks when this returns. */
async function started() {
  const child = spawn(process.execPath, [main, 'run', ...endless, '--results', folder], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let text = '';
  child.stderr.on('data', (data: Buffer) => (text += data.toString()));
  const exited = new Promise((resolve) => child.once('exit', resolve));
  while (inFolder('.ndjson').every((path) => linesOf(path) < 20))
    await new Promise((resolve) => setTimeout(resolve, 20));
  return { child, exited, stderr: () => text };
}

const looksOf = ({ session }: ResultsDocument) => session.distance?.looks ?? [];

const blocksOf = ({ rows }: ResultsDocument) =>
  rows
    .flatMap(({ test, strategy, runs }) =>
      runs.flatMap(({ plan, blocks }) =>
        blocks.map((block) => ({ test: test.name, strategy, plan, ...block })),
      ),
    )
    .toSorted((one, other) => (one.endedMs ?? 0) - (other.endedMs ?? 0));

/** What was run, in its order. */
const sequence = (document: ResultsDocument) =>
  blocksOf(document).map(({ test, strategy, plan, launch, seed, cells, batches, copies }) =>
    [test, strategy, plan, launch, seed, cells, batches, copies].join(' '),
  );

describeOnHardware('a run that was stopped', () => {
  it('goes on from its journal after kill -9, whose last line was cut off, and from its results after an interrupt', async () => {
    const { child: killed, exited: gone } = await started();
    killed.kill('SIGKILL');
    await gone;
    const [journal] = inFolder('.ndjson');
    if (journal === undefined) throw new Error('no journal is left');
    truncateSync(journal, statSync(journal).size - 3);
    expect(run(...short, '--results', folder).stderr).toContain(`"fencepost run --resume ${journal}"`);
    rmSync(inFolder('.json')[0] ?? '');

    const left = earlierSession(journal, 'resume').header;
    expect(left.prices?.tests.map(({ test }) => test)).toEqual(['SB+mbs']);
    expect(left.session.distance?.looks.length).toBeGreaterThan(0);

    const child = spawn(process.execPath, [main, 'run', '--resume', journal], { stdio: 'ignore' });
    const exited = new Promise((resolve) => child.once('exit', resolve));
    const before = statSync(journal).size;
    while (statSync(journal).size < before + 4000) await new Promise((resolve) => setTimeout(resolve, 20));
    child.kill('SIGINT');
    expect(await exited).toBe(130);
    expect(existsSync(journal)).toBe(false);
    const [results = ''] = inFolder('.json');
    const once = readResults(results);
    expect(once.session).toMatchObject({ interrupted: true, seed: '5' });
    expect(once.session.resumed?.length).toBe(1);
    expect(once.prices).toEqual(left.prices);
    expect(looksOf(once).slice(0, left.session.distance?.looks.length)).toEqual(left.session.distance?.looks);

    const again = spawn(process.execPath, [main, 'run', '--resume', results], { stdio: 'ignore' });
    const ended = new Promise((resolve) => again.once('exit', resolve));
    while (!existsSync(journal) || statSync(journal).size < before)
      await new Promise((resolve) => setTimeout(resolve, 20));
    await new Promise((resolve) => setTimeout(resolve, 500));
    again.kill('SIGINT');
    expect(await ended).toBe(130);
    const twice = readResults(results);
    expect(twice.session.resumed?.length).toBe(2);
    expect(twice.prices).toEqual(left.prices);
    expect(looksOf(twice).slice(0, looksOf(once).length)).toEqual(looksOf(once));
    expect(looksOf(twice).length).toBeGreaterThan(looksOf(once).length);
    expect(looksOf(twice)).toEqual(looksOf(twice).toSorted((one, other) => one.atMs - other.atMs));
    expect(sequence(twice).slice(0, blocksOf(once).length)).toEqual(sequence(once));
    expect(blocksOf(twice).length).toBeGreaterThan(blocksOf(once).length);
    expect(new Set(blocksOf(twice).map(({ launch }) => launch)).size).toBe(3);
    const seeds = blocksOf(twice).map(({ seed }) => seed);
    expect(new Set(seeds).size).toBe(seeds.length);
  });

  it('is repeated block by block', () => {
    expect(run(...short, '--results', folder).status).toBe(0);
    const [first = ''] = inFolder('.json');
    const others = join(folder, 'others');
    expect(run('--replay', first, '--results', others).status).toBe(0);
    const second = readdirSync(others).find((name) => name.endsWith('.json')) ?? '';
    const repeated = readResults(join(others, second));
    expect(sequence(repeated)).toEqual(sequence(readResults(first)));
    expect(repeated.session.schedule).toMatchObject({ kind: 'recorded', launches: 2 });
  });

  it.skipIf(!hasPrlimit)(
    `says how to go on when its journal cannot grow${hasPrlimit ? '' : ' (skipped: there is no prlimit)'}`,
    async () => {
      const { child, exited, stderr } = await started();
      const [journal = ''] = inFolder('.ndjson');
      // To the program a limit on the size of files is like a disk that is full.
      spawnSync('prlimit', ['--pid', String(child.pid), `--fsize=${statSync(journal).size + 1000}`]);
      expect(await exited).toBe(3);
      expect(stderr()).toContain(`"fencepost run --resume ${journal}" goes on from there`);
      expect(stderr()).toContain(
        `Cannot write the journal ${journal}: the file would be larger than allowed.`,
      );
      expect(earlierSession(journal, 'resume').blocks.length).toBeGreaterThan(5);
    },
  );
});
