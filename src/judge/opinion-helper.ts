/** A thread that answers questions to the models. */

import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { Target } from '../lower/target.ts';
import type { Answer, Deadline, Question } from './opinion.ts';

export interface Helper {
  /**
   * The answers to some questions, after those to earlier ones; none where it was closed.
   * Rejects where the thread failed.
   */
  readonly ask: (questions: readonly Question[], deadline: Deadline) => Promise<readonly Answer[]>;
  readonly close: () => void;
}

/** Which of the targets. */
export type HelperData = Pick<Target, 'architecture' | 'variant'>;

export interface HelperJob {
  readonly questions: readonly Question[];
  readonly deadline: Deadline;
}

const workerFile = fileURLToPath(new URL('../../dist/judge/opinion-worker.js', import.meta.url));

export function startHelper({ architecture, variant }: Target): Helper {
  const workerData: HelperData = { architecture, variant };
  const worker = new Worker(workerFile, { workerData });
  const waiting: { resolve: (answers: readonly Answer[]) => void; reject: (error: Error) => void }[] = [];
  let [closed, failure]: [boolean, Error | undefined] = [false, undefined];
  worker.on('message', (answers: readonly Answer[]) => waiting.shift()?.resolve(answers));
  worker.on('error', (error) => {
    failure = error;
    for (const { reject } of waiting.splice(0)) reject(error);
  });
  return {
    ask: (questions, deadline) =>
      new Promise((resolve, reject) => {
        if (failure !== undefined) reject(failure);
        else if (closed) resolve([]);
        else {
          waiting.push({ resolve, reject });
          worker.postMessage({ questions, deadline } satisfies HelperJob, []);
        }
      }),
    close: () => {
      closed = true;
      for (const { resolve } of waiting.splice(0)) resolve([]);
      void worker.terminate();
    },
  };
}
