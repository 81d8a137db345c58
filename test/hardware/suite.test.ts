import { spawn, spawnSync, type ChildProcessByStdio } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hostArchitecture } from '../../src/architecture.ts';
import { parseResults, readResults } from '../../src/results/read.ts';
import type { ResultsDocument, Row } from '../../src/results/schema.ts';

const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const suite = fileURLToPath(new URL('../../litmus/', import.meta.url));
const architecture = hostArchitecture();

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'fencepost-suite-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function run(...args: string[]): { status: number | null; stderr: string; document: ResultsDocument } {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [main, 'run', ...args, '--json', '--results', folder],
    { encoding: 'utf8', maxBuffer: 1 << 28 },
  );
  return { status, stderr, document: parseResults(stdout, 'stdout') };
}

function row({ rows }: ResultsDocument, test: string, strategy: string): Row {
  const found = rows.find((one) => one.test.name === test && one.strategy === strategy);
  if (found === undefined) throw new Error(`no row for ${test} ${strategy}`);
  return found;
}

/** A line of progress through the tests comes with a block; before that, the models are asked. */
function untilFirstBlock(child: ChildProcessByStdio<null, Readable, Readable>): Promise<void> {
  const { stderr } = child;
  let text = '';
  return new Promise((resolve, reject) => {
    child.once('exit', () => reject(new Error(`it ended before its first block: ${text}`)));
    stderr.on('data', (data: Buffer) => {
      text += data.toString();
      if (/^\[\d+\/\d+.*\]/m.test(text)) resolve();
    });
  });
}

const file = (...names: string[]) => names.map((name) => join(suite, `${name}.litmus`));

describe('a run on this machine', () => {
  it('writes a document that reads back the same, with totals that add up', () => {
    const { status, document } = run(...file('classic/SB+mbs', 'classic/CoRR'), '--time', '8s');
    expect(status).toBe(0);
    const written = readdirSync(folder).find((name) => name.endsWith('.json'));
    expect(readResults(join(folder, written ?? ''))).toEqual(document);
    expect(readdirSync(folder).filter((name) => name.includes('journal'))).toEqual([]);
    for (const { runs } of document.rows) {
      for (const { outcomes, other = 0, iterations, filtered, blocks } of runs) {
        const sum = (numbers: readonly number[]) => numbers.reduce((total, n) => total + n, 0);
        expect(sum(outcomes.map(({ count }) => count)) + other).toBe(iterations + filtered);
        expect(sum(blocks.map((block) => block.iterations))).toBe(iterations);
      }
    }
    expect(row(document, 'SB+mbs', 'kernel')).toMatchObject({ witnesses: 0 });
    expect(row(document, 'SB+mbs', 'none').witnesses).toBeGreaterThan(0);
    expect(row(document, 'CoRR', 'kernel').witnesses).toBe(0);
  });

  it('says beforehand that it takes longer than the time it was given, where getting ready does', () => {
    const { stderr, document } = run(...file('classic/SB'), '--time', '20ms', '--strategy', 'kernel');
    expect(stderr).toMatch(
      /^The time is little for \d+ tests: getting ready alone took [\d.]+ s, so that the run will take about [\d.]+ s; /m,
    );
    expect(document.rows.length).toBeGreaterThan(0);
  });

  it('runs exactly the iterations asked for', () => {
    const { document } = run(...file('classic/MP'), '--iterations', '100003', '--strategy', 'kernel');
    expect(row(document, 'MP', 'kernel').iterations).toBe(100_003);
  });

  it('brings along the controls without which a "never" says nothing', () => {
    const { document } = run(...file('kvm/K-vcpu-request'), '--iterations', '2M', '--strategy', 'kernel');
    const kernel = row(document, 'K-vcpu-request', 'kernel');
    expect(kernel.witnesses).toBe(0);
    expect(kernel.controls.map(({ name }) => name)).toContain('SB-two');
    expect(row(document, 'SB-two', 'kernel').witnesses).toBeGreaterThan(0);
    expect(kernel.verdict).toBe('upheld');
  });

  it('says that a test which cannot be lowered did not run, and runs the rest', () => {
    const rcu = join(folder, 'rcu.litmus');
    writeFileSync(
      rcu,
      'C rcu\n{}\nP0(int *x)\n{\n\trcu_read_lock();\n\tWRITE_ONCE(*x, 1);\n\trcu_read_unlock();\n}\nexists (x=2)\n',
    );
    const { status, document } = run(rcu, ...file('classic/CoWW'), '--iterations', '1000');
    expect(status).toBe(3);
    expect(row(document, 'rcu', 'kernel')).toMatchObject({ verdict: 'not-run', iterations: 0 });
    expect(row(document, 'rcu', 'kernel').reason).toMatch(/rcu_read_lock/);
    expect(row(document, 'CoWW', 'kernel').iterations).toBeGreaterThan(0);
  });

  it('reports a deadlock with its line, and goes on', () => {
    const deadlock = join(folder, 'deadlock.litmus');
    writeFileSync(
      deadlock,
      'C deadlock\n{}\nP0(spinlock_t *l, int *x)\n{\n\tspin_lock(l);\n\tspin_lock(l);\n\tWRITE_ONCE(*x, 1);\n}\nexists (x=1)\n',
    );
    const { status, document } = run(
      deadlock,
      ...file('classic/CoWW'),
      '--iterations',
      '1000',
      '--strategy',
      'kernel',
    );
    expect(row(document, 'deadlock', 'kernel').verdict).toBe('invalid');
    expect(row(document, 'deadlock', 'kernel').reason).toMatch(/deadlock: P0 .* line 6/);
    expect(row(document, 'CoWW', 'kernel').iterations).toBeGreaterThan(0);
    expect(status).toBe(3);
  });

  it('keeps what it has when it is interrupted', async () => {
    const child = spawn(process.execPath, [main, 'run', '--time', '60s', '--json', '--results', folder], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    child.stdout.on('data', (data: Buffer) => (stdout += data.toString()));
    await untilFirstBlock(child);
    child.kill('SIGINT');
    const status = await new Promise((resolve) => child.once('exit', resolve));
    expect(status).toBe(130);
    const document = parseResults(stdout, 'stdout');
    expect(document.session.interrupted).toBe(true);
    expect(document.rows.some(({ iterations }) => iterations > 0)).toBe(true);
    expect(document.rows.some(({ verdict }) => verdict === 'not-run')).toBe(true);
  });

  it('reports the test whose child is killed, and goes on with the next block', async () => {
    const child = spawn(
      process.execPath,
      [
        main,
        'run',
        join(suite, 'classic'),
        '--strategy',
        'kernel',
        '--time',
        '20s',
        '--json',
        '--results',
        folder,
      ],
      { stdio: ['ignore', 'pipe', 'pipe'] },
    );
    let stdout = '';
    child.stdout.on('data', (data: Buffer) => (stdout += data.toString()));
    const exited = new Promise((resolve) => child.once('exit', resolve));
    await untilFirstBlock(child);
    // A kill between two blocks costs nothing, so several are needed for one to fall into a block.
    for (let kill = 0; kill < 8; kill++) {
      spawnSync('pkill', ['-9', '-P', String(child.pid)]);
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
    expect(await exited).toBe(3);
    const runs = parseResults(stdout, 'stdout').rows.flatMap((one) => one.runs);
    const invalid = runs.flatMap((one) => one.invalid ?? []);
    expect(invalid.length).toBeGreaterThan(0);
    for (const reason of invalid) expect(reason).toContain('SIGKILL');
    expect(runs.filter((one) => one.invalid === undefined).length).toBeGreaterThan(invalid.length);
  });

  it('refuses CPUs that are not there or not ours, each with its sentence', () => {
    const refusal = (...args: string[]) =>
      spawnSync(process.execPath, [main, 'run', ...file('classic/SB'), '--results', folder, ...args], {
        encoding: 'utf8',
      });
    const absent = refusal('--cpus', '0,4095');
    expect(absent.status).toBe(2);
    expect(absent.stderr).toContain('4095');
  });

  it('runs two threads on one CPU when there is only one, and says so', () => {
    const { status, document, stderr } = run(
      ...file('classic/SB+mbs'),
      '--cpus',
      '0',
      '--iterations',
      '100k',
    );
    expect(status).toBe(0);
    expect(document.plans.every(({ oversubscribed }) => oversubscribed)).toBe(true);
    expect(stderr).toContain('take turns');
  });
});

describe.skipIf(architecture !== 'x86-64')('x86-64 (skipped elsewhere: what a chip shows is its own)', () => {
  it('shows non-temporal stores passing smp_wmb(), and never wmb()', () => {
    const { document } = run(
      ...file('controls/MP+nt', 'controls/MP+nt+wmb'),
      '--strategy',
      'kernel',
      '--iterations',
      '2M',
    );
    expect(row(document, 'MP+nt', 'kernel').witnesses).toBeGreaterThan(0);
    expect(row(document, 'MP+nt+wmb', 'kernel').witnesses).toBe(0);
  });

  it('shows K without smp_mb(), and finds smp_rmb() and smp_wmb() to be no code', () => {
    const { document } = run(...file('kvm/K-vcpu-request'), '--iterations', '2M');
    expect(row(document, 'K-vcpu-request', 'none').witnesses).toBeGreaterThan(0);
    expect(row(document, 'K-vcpu-request', 'kernel').witnesses).toBe(0);
    const other = run(...file('kvm/A-retry-check'), '--iterations', '100k').document;
    expect(row(other, 'A-retry-check', 'none').sameCodeAs).toBe('kernel');
    expect(
      other.rows
        .filter(({ test }) => test.name === 'A-retry-check')
        .every(({ witnesses }) => witnesses === 0),
    ).toBe(true);
  });
});

const corpus = process.env.LITMUS_CORPUS;

describe.skipIf(corpus === undefined)(
  `the corpus${corpus === undefined ? ' (skipped: LITMUS_CORPUS is not set)' : ''}`,
  () => {
    it.each(['lkmm', 'kvm'])('%s: nothing that LKMM forbids is seen', (name) => {
      const lines = readFileSync(join(corpus ?? '', name, 'verdicts.tsv'), 'utf8')
        .trim()
        .split('\n')
        .slice(1);
      const never = new Set(
        lines
          .map((line) => line.split('\t'))
          .filter(([, verdict]) => verdict === 'Never')
          .map(([test]) => test),
      );
      const { document } = run(join(corpus ?? '', name), '--strategy', 'kernel', '--iterations', '200k');
      const ran = document.rows.filter(({ role }) => role === 'asked');
      const notRun = ran.filter(({ verdict }) => verdict === 'not-run');
      expect(notRun.filter(({ reason }) => !/rcu/.test(reason))).toEqual([]);
      expect(
        ran
          .filter(({ verdict }) => verdict === 'invalid')
          .map(({ test, reason }) => `${test.name}: ${reason}`),
      ).toEqual([]);
      const forbidden = ran.filter(({ test }) => never.has(test.file?.split('/').at(-1) ?? ''));
      expect(forbidden.length).toBeGreaterThan(10);
      expect(forbidden.filter(({ witnesses }) => witnesses > 0).map(({ test }) => test.name)).toEqual([]);
    });
  },
);
