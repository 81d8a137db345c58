/** Worker threads: what is computed in them can be stopped at any time, and uses the other CPUs. */

import { fileURLToPath } from 'node:url';
import { Worker, type ResourceLimits } from 'node:worker_threads';
import type { FromWorker } from './serve.ts';

/** How a job ended: `lost` with its thread, for a reason that completes "it was lost:". */
export type Ended =
  | { readonly kind: 'done' }
  | { readonly kind: 'stopped' }
  | { readonly kind: 'lost'; readonly reason: string };

/** One thread, and another in its place where a job ended with it. It is started by its first job. */
export interface WorkerThread<Job, Message> {
  /**
   * Does a job, and hands on what it sends. At most one at a time.
   * @param limitMs how long the next message, or the end, may take; asked at the start and with each message.
   */
  run(job: Job, receive: (message: Message) => void, limitMs?: () => number): Promise<Ended>;
}

export interface Pool<Job, Message> {
  /** Lends a thread as soon as one is free, in the order of the calls. */
  lend<Result>(work: (thread: WorkerThread<Job, Message>) => Promise<Result>): Promise<Result>;
  /** Ends all threads; jobs in flight are stopped. */
  close(): Promise<void>;
}

export interface PoolOptions {
  /** Of threads, at most. */
  readonly count: number;
  /** Handed to each thread, which finds it as `workerData`. */
  readonly data?: unknown;
  /** Of each thread's memory; absent: Node's own. */
  readonly limits?: ResourceLimits;
  /** Ends jobs in flight, and begins no more. */
  readonly stopped?: AbortSignal;
}

/** A worker's file as it was built, by its path below src/ without an ending. */
export function builtWorker(path: string): string {
  return fileURLToPath(new URL(`../../dist/${path}.js`, import.meta.url));
}

/** @param file of a worker that calls `serve`. */
export function openPool<Job, Message>(
  file: string,
  { count, data, limits, stopped }: PoolOptions,
): Pool<Job, Message> {
  const lanes = Array.from({ length: count }, () => new Lane<Job, Message>(file, data, limits));
  const free = [...lanes];
  const waiting: ((lane: Lane<Job, Message>) => void)[] = [];
  const stop = () => lanes.forEach((lane) => lane.stop());
  if (stopped?.aborted === true) stop();
  stopped?.addEventListener('abort', stop);
  return {
    lend: async (work) => {
      const lane = free.shift() ?? (await new Promise<Lane<Job, Message>>((take) => waiting.push(take)));
      try {
        return await work(lane);
      } finally {
        const next = waiting.shift();
        if (next === undefined) free.push(lane);
        else next(lane);
      }
    },
    close: async () => {
      stopped?.removeEventListener('abort', stop);
      stop();
      await Promise.all(lanes.map((lane) => lane.end()));
    },
  };
}

class Lane<Job, Message> implements WorkerThread<Job, Message> {
  readonly #file: string;
  readonly #data: unknown;
  readonly #limits: ResourceLimits | undefined;
  #worker: Worker | undefined;
  #stopped = false;
  /** Ends the job in flight. */
  #stopJob = () => {};

  constructor(file: string, data: unknown, limits: ResourceLimits | undefined) {
    this.#file = file;
    this.#data = data;
    this.#limits = limits;
  }

  async run(
    job: Job,
    receive: (message: Message) => void,
    limitMs: () => number = () => Number.POSITIVE_INFINITY,
  ): Promise<Ended> {
    if (this.#stopped) return { kind: 'stopped' };
    const worker = (this.#worker ??= new Worker(this.#file, {
      workerData: this.#data,
      ...(this.#limits === undefined ? {} : { resourceLimits: this.#limits }),
    }));
    let ended: Ended | undefined;
    try {
      ended = await this.#endOf(job, worker, receive, limitMs);
    } finally {
      if (ended?.kind !== 'done') await this.end();
    }
    return ended;
  }

  /** The job in flight, and every later one, is stopped. */
  stop(): void {
    this.#stopped = true;
    this.#stopJob();
  }

  /** Ends the thread; another job gets another. */
  async end(): Promise<void> {
    const worker = this.#worker;
    this.#worker = undefined;
    await worker?.terminate();
  }

  #endOf(
    job: Job,
    worker: Worker,
    receive: (message: Message) => void,
    limitMs: () => number,
  ): Promise<Ended> {
    return new Promise((resolve, reject) => {
      const over = (settle: () => void): void => {
        clearTimeout(timer);
        worker.off('message', onMessage).off('error', onError).off('exit', onExit);
        this.#stopJob = () => {};
        settle();
      };
      const lost = (reason: string) => over(() => resolve({ kind: 'lost', reason }));
      const patience = (): NodeJS.Timeout | undefined => {
        const ms = limitMs();
        return ms === Number.POSITIVE_INFINITY
          ? undefined
          : setTimeout(() => lost(`no answer within ${ms / 1000} s`), ms);
      };
      const onMessage = (sent: FromWorker<Message>): void => {
        if (sent.kind === 'end') {
          over(() => resolve({ kind: 'done' }));
          return;
        }
        clearTimeout(timer);
        timer = patience();
        try {
          receive(sent.message);
        } catch (error) {
          over(() => reject(error as Error));
        }
      };
      const onError = ({ code, stack, message }: NodeJS.ErrnoException) =>
        lost(code === 'ERR_WORKER_OUT_OF_MEMORY' ? 'it ran out of memory' : (stack ?? message));
      const onExit = () => lost('its thread ended');
      let timer = patience();
      this.#stopJob = () => over(() => resolve({ kind: 'stopped' }));
      worker.on('message', onMessage).on('error', onError).on('exit', onExit);
      worker.postMessage(job, []);
    });
  }
}
