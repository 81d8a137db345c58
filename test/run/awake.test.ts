import { spawn, type ChildProcess } from 'node:child_process';
import { afterEach, describe, expect, test } from 'vitest';
import { afterAwake } from '../../src/run/awake.ts';

const reason = process.platform === 'linux' ? '' : ' (skipped: only Linux tells by /proc who is stopped)';
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

let child: ChildProcess | undefined;
afterEach(() => child?.kill('SIGKILL'));

function sleeper(): ChildProcess & { readonly pid: number } {
  child = spawn('sleep', ['60'], { stdio: 'ignore' });
  if (child.pid === undefined) throw new Error('no sleep');
  return child as ChildProcess & { readonly pid: number };
}

describe('patience with a process', () => {
  test('ends when its time has passed', async () => {
    const { pid } = sleeper();
    const ends = [pid, undefined].map(
      (one) => new Promise<string>((resolve) => afterAwake(one, 300, () => resolve('over'))),
    );
    expect(await Promise.all(ends)).toEqual(['over', 'over']);
  });

  test('does not end once it is cancelled', async () => {
    let ended = false;
    afterAwake(sleeper().pid, 100, () => (ended = true))();
    await pause(500);
    expect(ended).toBe(false);
  });

  test.skipIf(process.platform !== 'linux')(`lasts while the process is stopped${reason}`, async () => {
    const { pid } = sleeper();
    process.kill(pid, 'SIGSTOP');
    let ended = false;
    const end = new Promise<void>((resolve) => afterAwake(pid, 300, resolve)).then(() => (ended = true));
    await pause(1200);
    expect(ended).toBe(false);
    process.kill(pid, 'SIGCONT');
    await end;
  });

  test('a process that is gone is waited for no longer', async () => {
    const { pid } = sleeper();
    process.kill(pid, 'SIGKILL');
    expect(await new Promise<string>((resolve) => afterAwake(pid, 300, () => resolve('over')))).toBe('over');
  });
});
