import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { RunRequest } from '../../src/run/addon.ts';
import { startRunner } from '../../src/run/runner.ts';
import { describeOnHardware, machineFacts, run, runner, twoCpus } from './on-this-machine.ts';
import { keepRdx, perCell, request } from './x86-64-code.ts';

function onCpus(cpus: readonly number[], given: Partial<RunRequest> = {}): RunRequest {
  const code = perCell(64, 8, keepRdx(0));
  return request({ threads: cpus.map((cpu) => ({ code, cpu, outBytes: 8 })), ...given });
}

/** The threads of a process that may run on that CPU alone. */
function threadsPinnedTo(pid: number, cpu: number): string[] {
  return readdirSync(`/proc/${pid}/task`).filter((thread) =>
    readFileSync(`/proc/${pid}/task/${thread}/status`, 'utf8').includes(`Cpus_allowed_list:\t${cpu}\n`),
  );
}

const taskset = (...args: readonly string[]) => execFileSync('taskset', args, { encoding: 'utf8' });

describeOnHardware('pinning', () => {
  test('threads are found where they were pinned, in either order', async () => {
    const [first, second] = await twoCpus();
    for (const cpus of [[first, second], [second, first], [second]]) {
      const { threads } = await run(onCpus(cpus));
      expect(threads.map(({ cpu }) => cpu)).toEqual(cpus);
      expect(threads.every(({ strayedBatches }) => strayedBatches === 0)).toBe(true);
    }
  });

  test('an unpinned thread is let go again', async () => {
    const [first] = await twoCpus();
    await run(onCpus([first]));
    const pinned = threadsPinnedTo(runner().pid ?? 0, first);
    await run(onCpus([-1]));
    expect(threadsPinnedTo(runner().pid ?? 0, first)).toHaveLength(pinned.length - 1);
  });

  test('a CPU that does not exist is refused by its number', async () => {
    const { allowedCpus } = await machineFacts();
    const cpu = Math.max(...allowedCpus) + 1;
    const outcome = await runner().run(onCpus([...allowedCpus.slice(0, 1), cpu]));
    expect(outcome).toMatchObject({
      kind: 'failed',
      message: expect.stringMatching(`^pin thread 1 to cpu ${cpu}: this process may use cpus [-,0-9]+ only$`),
    });
    await run(onCpus(allowedCpus.slice(0, 1)));
  });

  test('a CPU that was taken from this process when it started is refused', async () => {
    const [first, second] = await twoCpus();
    taskset('-p', '-c', `${first}`, `${process.pid}`); // a child inherits it
    const confined = await startRunner().finally(() =>
      taskset('-p', '-c', [first, second].join(), `${process.pid}`),
    );
    try {
      expect(await confined.machineFacts()).toMatchObject({ reply: { allowedCpus: [first] } });
      const message = `pin thread 0 to cpu ${second}: this process may use cpus ${first} only`;
      expect(await confined.run(onCpus([second]))).toEqual({ kind: 'failed', message });
      expect(await confined.run(onCpus([first, first], { group: 16 }))).toMatchObject({ kind: 'reply' });
    } finally {
      await confined.close();
    }
  });

  test('threads that share a CPU finish', async () => {
    const [first] = await twoCpus();
    const { threads } = await run(onCpus([first, first], { cells: 1024, group: 16, batches: 2 }));
    expect(threads.map(({ cpu }) => cpu)).toEqual([first, first]);
  });

  test('a thread that someone else moves is reported, and is pinned again for the next block', async () => {
    const [first, second] = await twoCpus();
    await run(onCpus([first, second]));
    const pid = runner().pid ?? 0;
    const [moved = ''] = threadsPinnedTo(pid, second);

    const long = runner().run(onCpus([first, second], { group: 8192, batches: 20_000 }));
    await new Promise((resolve) => setTimeout(resolve, 50));
    taskset('-p', '-c', `${first}`, moved);
    const outcome = await long;

    expect(outcome).toMatchObject({ kind: 'reply', reply: { threads: [{ strayedBatches: 0 }, {}] } });
    const strayed = outcome.kind === 'reply' ? outcome.reply.threads[1]?.strayedBatches : undefined;
    expect(strayed).toBeGreaterThan(0);
    const { threads } = await run(onCpus([first, second]));
    expect(threads[1]).toMatchObject({ cpu: second, strayedBatches: 0 });
  });
});
