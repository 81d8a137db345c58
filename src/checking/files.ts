/** Checks files in worker threads: one that gets stuck, or out of memory, costs the check in flight alone. */

import { availableParallelism } from 'node:os';
import type { CheckRow } from '../report/check.ts';
import type { Refusal } from '../strategy/strategies.ts';
import { builtWorker, openPool, type WorkerThread } from '../workers/pool.ts';
import type { CheckRequest } from './checks.ts';
import type { CheckJob, CheckMessage } from './worker.ts';

/** What became of one file. */
export interface FileReport {
  readonly file: string;
  readonly rows: readonly CheckRow[];
  /** Strategies that do not apply to its test. */
  readonly refused: readonly (Refusal & { readonly test: string })[];
  /** Checks that ended with the worker they ran in, each in a sentence. */
  readonly lost: readonly string[];
  /** Why the file is no test; undefined where it is one. */
  readonly unreadable: string | undefined;
}

export interface CheckWatcher {
  /** The check that has begun last, and how many files are done. */
  readonly progress: (test: string, filesDone: number) => void;
  readonly stopped: AbortSignal;
}

/** How long after its own limit a check that gives no answer is ended. */
const marginMs = 10_000;
const filesPerWorker = 12;

/** Checks files and reports on them in their order, up to where it is stopped. */
export async function* checkFiles(
  files: readonly string[],
  request: CheckRequest,
  watcher: CheckWatcher,
): AsyncGenerator<FileReport> {
  let done = 0;
  const pool = openPool<CheckJob, CheckMessage>(builtWorker('checking/worker'), {
    count: Math.max(1, Math.min(availableParallelism(), Math.ceil(files.length / filesPerWorker))),
    data: request,
    stopped: watcher.stopped,
  });
  const limitMs = request.timeoutMs * (request.explain ? 2 : 1) + marginMs;
  const reports = files.map((file) =>
    pool
      .lend((thread) => reportOn(file, thread, limitMs, (test) => watcher.progress(test, done)))
      .finally(() => (done += 1)),
  );
  // One that fails is met below, at its turn; until then it is no unhandled rejection.
  for (const report of reports) report.catch(() => {});
  try {
    for (const report of reports) {
      const finished = await report;
      if (finished === undefined) return;
      yield finished;
    }
  } finally {
    await pool.close();
  }
}

/** Checks a file; what is lost with its thread is left out. Undefined where it was stopped. */
async function reportOn(
  file: string,
  thread: WorkerThread<CheckJob, CheckMessage>,
  limitMs: number,
  begun: (test: string) => void,
): Promise<FileReport | undefined> {
  const rows: CheckRow[] = [];
  const lost: string[] = [];
  let refused: FileReport['refused'] = [];
  let unreadable: string | undefined;
  let inFlight = file;
  const receive = (message: CheckMessage): void => {
    switch (message.kind) {
      case 'begin':
        inFlight = `${message.test} (${message.strategy}) under ${message.model}`;
        begun(message.test);
        return;
      case 'row':
        rows.push(message.row);
        return;
      case 'refused':
        refused = message.refused.map((one) => ({ ...one, test: message.test }));
        return;
      case 'unreadable':
        unreadable = message.message;
        return;
    }
  };
  for (;;) {
    const before = inFlight;
    const ended = await thread.run({ file, done: rows.length + lost.length }, receive, () => limitMs);
    if (ended.kind === 'stopped') return undefined;
    if (ended.kind === 'done') return { file, rows, refused, lost, unreadable };
    lost.push(`${inFlight}: ${ended.reason}`);
    // Not even begun: it would end that way again.
    if (before === inFlight) return { file, rows, refused, lost, unreadable };
  }
}
