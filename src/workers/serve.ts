import { parentPort } from 'node:worker_threads';

/** What a worker sends: any messages, then the end of the job. */
export type FromWorker<Message> =
  { readonly kind: 'message'; readonly message: Message } | { readonly kind: 'end' };

/**
 * In a worker's file: does the jobs of the pool that started it, one after another. A job that throws ends
 * the thread.
 */
export function serve<Job, Message>(work: (job: Job, send: (message: Message) => void) => void): void {
  const port = parentPort;
  if (port === null) throw new Error('this file is a worker');
  const post = (message: FromWorker<Message>) => port.postMessage(message);
  port.on('message', (job: Job) => {
    work(job, (message) => post({ kind: 'message', message }));
    post({ kind: 'end' });
  });
}
