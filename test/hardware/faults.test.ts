import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test, vi } from 'vitest';
import type { RunRequest } from '../../src/run/addon.ts';
import { startRunner } from '../../src/run/runner.ts';
import { describeOnHardware, run, runner, twoCpus } from './on-this-machine.ts';
import { endless, giveUp, keepRdx, perCell, request, storeNull, ud2 } from './x86-64-code.ts';

const harmless = perCell(64, 8, keepRdx(0));

async function withThreads(
  codes: readonly Uint8Array[],
  given: Partial<RunRequest> = {},
): Promise<RunRequest> {
  const cpus = await twoCpus();
  return request({
    threads: codes.map((code, index) => ({ code, cpu: cpus[index] ?? -1, outBytes: 8 })),
    ...given,
  });
}

async function expectNextBlockToRun(): Promise<void> {
  await run(await withThreads([harmless, harmless]));
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

describeOnHardware('faults', () => {
  const faults = [
    { what: 'an undefined instruction', code: ud2, signal: 'SIGILL' },
    { what: 'a store to address 0', code: storeNull, signal: 'SIGSEGV' },
  ];
  for (const { what, code, signal } of faults) {
    test(`${what} costs its own block and no other`, async () => {
      const outcome = await runner().run(await withThreads([harmless, Uint8Array.from(code)]));
      expect(outcome).toMatchObject({ kind: 'crashed', signal, message: expect.stringContaining(signal) });
      await expectNextBlockToRun();
    });
  }

  test('a child killed from outside costs its own block and no other', async () => {
    const pid = runner().pid ?? 0;
    const answer = runner().run(await withThreads([Uint8Array.from(endless)]));
    await pause(100);
    process.kill(pid, 'SIGKILL');
    expect(await answer).toMatchObject({ kind: 'crashed', signal: 'SIGKILL' });
    await expectNextBlockToRun();
    expect(runner().pid).not.toBe(pid);
  });

  test('a child killed between two blocks is replaced', async () => {
    const pid = runner().pid ?? 0;
    process.kill(pid, 'SIGKILL');
    await pause(100);
    await expectNextBlockToRun();
    expect(runner().pid).not.toBe(pid);
  });

  test('interrupts from the terminal are left to the parent', async () => {
    const pid = runner().pid ?? 0;
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.kill(pid, signal);
    await pause(100);
    await expectNextBlockToRun();
    expect(runner().pid).toBe(pid);
  });

  test('a lock that is never released ends the block, and names the thread and the lock', async () => {
    for (const rendezvous of ['spin', 'deadline'] as const) {
      const outcome = await runner().run(await withThreads([harmless, giveUp(3)], { rendezvous }));
      expect(outcome).toMatchObject({
        kind: 'reply',
        reply: { stuck: { thread: 1, status: 3 }, timedOut: false },
      });
    }
    await expectNextBlockToRun();
  });

  test('a block that takes longer than it may is ended', async () => {
    for (const rendezvous of ['spin', 'deadline'] as const) {
      const given = { rendezvous, batches: 1e9, timeoutMs: 50 };
      const outcome = await runner().run(await withThreads([harmless, harmless], given));
      expect(outcome).toMatchObject({ kind: 'reply', reply: { timedOut: true, stuck: undefined } });
    }
    await expectNextBlockToRun();
  });

  test('code that never comes back is killed with its child', async () => {
    const code = [harmless, Uint8Array.from(endless)];
    const outcome = await runner().run(await withThreads(code, { timeoutMs: 50 }));
    expect(outcome).toMatchObject({
      kind: 'crashed',
      message: expect.stringContaining('gave no answer within'),
    });
    await expectNextBlockToRun();
  });

  test('more memory than there is gives an error, and the next block runs', async () => {
    const outcome = await runner().run(await withThreads([harmless], { memoryBytes: 2 ** 46 }));
    expect(outcome).toMatchObject({
      kind: 'failed',
      message: expect.stringMatching(/^map \d+ bytes of test memory: Cannot allocate memory$/),
    });
    await expectNextBlockToRun();
  });

  const mistakes: { readonly what: string; readonly given: Partial<RunRequest>; readonly message: string }[] =
    [
      { what: 'no threads', given: { threads: [] }, message: 'run request: no threads' },
      {
        what: 'an initial value outside the memory',
        given: { initial: [{ offsetBytes: 64, widthBytes: 4, value: 0n, pointer: false }] },
        message: 'run request: an initial value lies outside the test memory',
      },
      {
        what: 'an observed value outside the out records',
        given: { observed: [{ thread: 0, offsetBytes: 8, widthBytes: 8, signed: true, pointer: false }] },
        message: "run request: an observed value lies outside its thread's out records",
      },
      { what: 'half a batch', given: { batches: 0.5 }, message: 'batches must be a whole number' },
    ];
  for (const { what, given, message } of mistakes) {
    test(`${what} is refused`, async () => {
      expect(await runner().run(await withThreads([harmless], given))).toEqual({ kind: 'failed', message });
    });
  }

  test('a closed runner says so, and what was in flight is answered', async () => {
    const closing = await startRunner();
    const inFlight = closing.run(await withThreads([Uint8Array.from(endless)]));
    await pause(100);
    await closing.close();
    expect(await inFlight).toMatchObject({ kind: 'crashed', signal: 'SIGKILL' });
    expect(await closing.machineFacts()).toEqual({ kind: 'failed', message: 'the runner is closed' });
  });

  test('the child ends with its parent, whatever it was doing', async () => {
    const script = fileURLToPath(new URL('parent-of-endless-code.mjs', import.meta.url));
    const parent = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] });
    const child = Number(String((await once(parent.stdout, 'data'))[0]));
    expect(existsSync(`/proc/${child}`)).toBe(true);
    await pause(100);
    parent.kill('SIGKILL');
    await vi.waitUntil(() => !existsSync(`/proc/${child}`), { timeout: 20_000 });
  }, 60_000);

  test('an addon that is missing is named when the runner starts, with the remedy', async () => {
    process.env.FENCEPOST_PREBUILD = '/nonexistent'; // where node-gyp-build looks instead
    try {
      await expect(startRunner()).rejects.toThrow(/^load the addon: no addon for linux x64 .*npm run build/);
    } finally {
      delete process.env.FENCEPOST_PREBUILD;
    }
  });
});
