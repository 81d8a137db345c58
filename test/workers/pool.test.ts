import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import { openPool, type Pool, type PoolOptions, type WorkerThread } from '../../src/workers/pool.ts';

interface Job {
  readonly sends?: readonly string[];
  readonly then?: 'end' | 'data' | 'throw' | 'exit' | 'hang';
}

const workerFile = fileURLToPath(new URL('worker.mjs', import.meta.url));
const pools: Pool<Job, unknown>[] = [];

function poolOf(options: PoolOptions): Pool<Job, unknown> {
  const pool = openPool<Job, unknown>(workerFile, options);
  pools.push(pool);
  return pool;
}

afterEach(async () => {
  await Promise.all(pools.splice(0).map((pool) => pool.close()));
});

/** How a job ended, behind what it sent. */
const run =
  (job: Job, limitMs = 60_000) =>
  async (thread: WorkerThread<Job, unknown>) => {
    const sent: unknown[] = [];
    let asked = 0;
    const ended = await thread.run(
      job,
      (message) => sent.push(message),
      // A thread may be slow to start.
      () => (asked++ === 0 ? 60_000 : limitMs),
    );
    return [...sent, ended.kind === 'lost' ? ended.reason : ended.kind];
  };

test('a job sends messages in order and then ends', async () => {
  const pool = poolOf({ count: 1, data: 'given' });
  expect(await pool.lend(run({ sends: ['one', 'two'] }))).toEqual(['one', 'two', 'done']);
  expect(await pool.lend(run({ then: 'data' }))).toEqual(['given', 'done']);
});

test('threads are lent in the order of the calls, no more of them than there are', async () => {
  const pool = poolOf({ count: 2 });
  const begun: number[] = [];
  let [lent, most] = [0, 0];
  const works = Array.from({ length: 9 }, (_, index) =>
    pool.lend(async (thread) => {
      begun.push(index);
      most = Math.max(most, (lent += 1));
      const answer = await run({ sends: [`job ${index}`] })(thread);
      lent -= 1;
      return answer[0];
    }),
  );
  expect(await Promise.all(works)).toEqual(works.map((_, index) => `job ${index}`));
  expect(begun).toEqual([...begun].toSorted((one, other) => one - other));
  expect(most).toBe(2);
});

test.each([
  ['throws', { then: 'throw' }, /^Error: on purpose\n/],
  ['ends its thread', { then: 'exit' }, /^its thread ended$/],
  ['stays silent', { then: 'hang' }, /^no answer within 0\.5 s$/],
] as const)(
  'a job that %s is lost, what it sent is not, and the next has a new thread',
  async (_, job, reason) => {
    const pool = poolOf({ count: 1 });
    const limitMs = job.then === 'hang' ? 500 : 60_000;
    const answer = await pool.lend(run({ sends: ['sent'], ...job }, limitMs));
    expect(answer).toEqual(['sent', expect.stringMatching(reason)]);
    expect(await pool.lend(run({}))).toEqual(['done']);
  },
);

test('a stop ends what is in flight, and nothing is begun after it', async () => {
  const stop = new AbortController();
  const pool = poolOf({ count: 1, stopped: stop.signal });
  const inFlight = pool.lend((thread) => {
    const ended = thread.run({ sends: ['begun'], then: 'hang' }, () => stop.abort());
    return ended;
  });
  const waiting = pool.lend(run({}));
  expect(await inFlight).toEqual({ kind: 'stopped' });
  expect(await waiting).toEqual(['stopped']);
});

test('what is in flight when a pool is closed is stopped', async () => {
  const pool = poolOf({ count: 1 });
  const ended = await pool.lend((thread) =>
    thread.run({ sends: ['begun'], then: 'hang' }, () => void pool.close()),
  );
  expect(ended).toEqual({ kind: 'stopped' });
});

test('what its receiver throws reaches who borrowed the thread', async () => {
  const pool = poolOf({ count: 1 });
  const failing = pool.lend((thread) =>
    thread.run({ sends: ['one'] }, () => {
      throw new Error('not expected');
    }),
  );
  await expect(failing).rejects.toThrow('not expected');
});
