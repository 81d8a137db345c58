/** Checks files in worker threads: one that gets stuck, or out of memory, costs the check in flight alone. */

import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { CheckRow } from '../report/check.ts';
import type { Refusal } from '../strategy/strategies.ts';
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

const workerFile = fileURLToPath(new URL('../../dist/checking/worker.js', import.meta.url));

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
  const count = Math.max(1, Math.min(availableParallelism(), Math.ceil(files.length / filesPerWorker)));
  const lanes = Array.from({ length: count }, () => new Lane(request, watcher.stopped));
  const reports = files.map((file, index) =>
    (lanes[index % count] as Lane)
      .check(file, (test) => watcher.progress(test, done))
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
    await Promise.all(lanes.map((lane) => lane.close()));
  }
}

/** A worker thread, and another where that one ends. */
class Lane {
  private readonly request: CheckRequest;
  private readonly stopped: AbortSignal;
  private worker: Worker | undefined;
  private last: Promise<unknown> = Promise.resolve();

  constructor(request: CheckRequest, stopped: AbortSignal) {
    this.request = request;
    this.stopped = stopped;
  }

  /** Checks a file after those that came before. Undefined where it was stopped. */
  check(file: string, begun: (test: string) => void): Promise<FileReport | undefined> {
    const report = this.last.then(() => this.reportOn(file, begun));
    this.last = report.catch(() => {});
    return report;
  }

  private async reportOn(file: string, begun: (test: string) => void): Promise<FileReport | undefined> {
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
        case 'end':
          return;
      }
    };
    for (;;) {
      if (this.stopped.aborted) return undefined;
      this.worker ??= new Worker(workerFile, { workerData: this.request });
      const before = inFlight;
      const end = await this.answer(this.worker, { file, done: rows.length + lost.length }, receive);
      if (end === 'end') return { file, rows, refused, lost, unreadable };
      await this.close();
      if (end === 'stopped') return undefined;
      lost.push(`${inFlight}: ${end}`);
      // Not even begun: it would end that way again.
      if (before === inFlight) return { file, rows, refused, lost, unreadable };
    }
  }

  /** Hands a job to a worker. Resolves at its end, or with why there is none. */
  private answer(worker: Worker, job: CheckJob, receive: (message: CheckMessage) => void): Promise<string> {
    const limitMs = this.request.timeoutMs * (this.request.explain ? 2 : 1) + marginMs;
    return new Promise((resolve) => {
      const over = (why: string): void => {
        clearTimeout(timer);
        worker.off('message', message).off('error', error).off('exit', exit);
        this.stopped.removeEventListener('abort', stop);
        resolve(why);
      };
      const stop = () => over('stopped');
      const stuck = () => over(`no answer within ${limitMs / 1000} s`);
      const error = ({ code, stack, message }: NodeJS.ErrnoException) =>
        over(code === 'ERR_WORKER_OUT_OF_MEMORY' ? 'it ran out of memory' : (stack ?? message));
      const exit = () => over('its thread ended');
      let timer = setTimeout(stuck, limitMs);
      const message = (received: CheckMessage) => {
        clearTimeout(timer);
        timer = setTimeout(stuck, limitMs);
        receive(received);
        if (received.kind === 'end') over('end');
      };
      this.stopped.addEventListener('abort', stop);
      worker.on('message', message).on('error', error).on('exit', exit);
      worker.postMessage(job, []);
    });
  }

  async close(): Promise<void> {
    await this.worker?.terminate();
    this.worker = undefined;
  }
}
