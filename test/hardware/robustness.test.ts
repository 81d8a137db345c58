import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, expect, test, vi } from 'vitest';
import { parseResults } from '../../src/results/read.ts';
import type { ResultsDocument, Row } from '../../src/results/schema.ts';
import { disturbanceOf } from '../../src/run/disturbance.ts';
import { describeOnHardware, machineFacts, replyOf, runner, twoCpus } from './on-this-machine.ts';
import { keepRdx, perCell, request } from './x86-64-code.ts';

const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const suite = fileURLToPath(new URL('../../litmus/', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'fencepost-robustness-'));
afterAll(() => rmSync(folder, { recursive: true }));

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

const hogs: ChildProcess[] = [];
afterEach(() => {
  for (const hog of hogs.splice(0)) hog.kill('SIGKILL');
});

/** Burns a CPU until the test is over. */
function startHog(cpu: number): void {
  hogs.push(spawn('taskset', ['-c', String(cpu), 'sh', '-c', 'while :; do :; done'], { stdio: 'ignore' }));
}

async function block(batches: number) {
  const code = perCell(64, 8, keepRdx(0));
  const threads = (await twoCpus()).map((cpu) => ({ code, cpu, outBytes: 8 }));
  return request({ threads, batches });
}

describeOnHardware('a block', () => {
  test('of a process that is stopped for longer than it may take ends as ever, and is marked', async () => {
    const pid = runner().pid ?? 0;
    const answer = runner().run({ ...(await block(1e9)), endAfterMs: 300, timeoutMs: 1500 });
    await pause(100);
    process.kill(pid, 'SIGSTOP');
    await pause(2000);
    process.kill(pid, 'SIGCONT');
    const reply = replyOf(await answer);
    expect(reply.timedOut).toBe(false);
    expect(reply.iterations % 8192).toBe(0);
    for (const { offCpuNs } of reply.threads) expect(offCpuNs).toBeGreaterThan(1500e6);
    expect(disturbanceOf({ ...reply, cpus: 2 })).toMatch(/standstill|descheduled/);
    expect(runner().pid).toBe(pid);
  });

  test('beside a program that wants the same CPU is marked', async () => {
    startHog((await twoCpus())[1]);
    await pause(200);
    const reply = replyOf(await runner().run(await block(4000)));
    expect(disturbanceOf({ ...reply, cpus: 2 })).toContain('descheduled: ');
    expect(reply.threads.some(({ involuntarySwitches }) => involuntarySwitches > 0)).toBe(true);
  });
});

interface Ended {
  readonly status: number | null;
  readonly document: ResultsDocument;
}

/** Its header, and a line for each block. */
function linesOfJournal(): number {
  const journal = readdirSync(folder).find((name) => name.endsWith('.ndjson'));
  return journal === undefined ? 0 : readFileSync(join(folder, journal), 'utf8').split('\n').length - 1;
}

/** Runs tests of which each verdict is certain, and does something meanwhile. */
async function runWhile(
  amount: readonly string[],
  meanwhile: (run: ChildProcess) => Promise<void>,
): Promise<Ended> {
  const files = ['classic/SB', 'classic/SB+mbs', 'kvm/C-page-fault'];
  const tests = files.map((name) => join(suite, `${name}.litmus`));
  const options = ['--strategy', 'kernel', ...amount, '--json', '--results', folder];
  const run = spawn(process.execPath, [main, 'run', ...tests, ...options], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let text = '';
  run.stdout.on('data', (data: Buffer) => (text += data.toString()));
  const closed = once(run, 'close');
  await vi.waitUntil(() => linesOfJournal() > 1, { timeout: 60_000 });
  await meanwhile(run);
  const [status] = (await closed) as [number | null];
  return { status, document: parseResults(text, 'stdout') };
}

function expectNothingWrong({ status, document }: Ended): void {
  expect(status).toBe(0);
  const wrong = ({ verdict }: Row) => ['violation', 'invalid', 'not-run'].includes(verdict);
  expect(document.rows.filter(wrong).map(({ reason }) => reason)).toEqual([]);
  const row = document.rows.find(({ test: { name }, strategy }) => name === 'SB' && strategy === 'kernel');
  expect(row?.verdict).toBe('seen');
}

const blocksOf = ({ rows }: ResultsDocument) => rows.flatMap(({ runs }) => runs.flatMap((run) => run.blocks));

/** The process that generated code runs in. */
function childOf({ pid = 0 }: ChildProcess): number {
  return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ')[0]);
}

async function stopForAWhile(pid: number): Promise<void> {
  try {
    process.kill(pid, 'SIGSTOP');
    await pause(400);
    process.kill(pid, 'SIGCONT');
  } catch {
    // The run has gone on to its next launch, in another process, or has ended.
  }
  await pause(50);
}

describeOnHardware('a run', () => {
  test('beside programs that burn all CPUs gives no wrong verdict, ends as ever and says what happened', async () => {
    for (const cpu of (await machineFacts()).allowedCpus) startHog(cpu);
    const ended = await runWhile(['--iterations', '50k'], () => Promise.resolve());
    expectNothingWrong(ended);
    expect(blocksOf(ended.document).some(({ disturbed }) => disturbed?.includes('descheduled: '))).toBe(true);
  });

  test('that is stopped and continued, itself and the process of the tests, goes on', async () => {
    const ended = await runWhile(['--iterations', '2M'], async (run) => {
      for (const pid of [childOf(run), run.pid ?? 0, childOf(run), run.pid ?? 0]) {
        await stopForAWhile(pid);
      }
    });
    expectNothingWrong(ended);
    expect(blocksOf(ended.document).some(({ disturbed }) => disturbed !== undefined)).toBe(true);
  });
});
