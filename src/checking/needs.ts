/** Asks the models about the barriers of many tests in worker threads, until the time for it is up. */

import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { GuardAdvice, ModelNeeds } from '../evidence/advice.ts';
import type { AskedModels } from '../evidence/barrier-answers.ts';

/** A test to ask about, as text: it is parsed where it is asked about. */
export interface QuestionedTest {
  readonly file: string;
  readonly source: string;
}

/** An execution under LKMM that shows why the test's event is allowed, or what forbids it. */
export interface DrawnExecution {
  /** `kernel` for the test as written, or the ablation that makes the event possible. */
  readonly strategy: string;
  readonly kind: 'witness' | 'refusal';
  readonly svg: string;
  /** The same in words. */
  readonly text: string;
}

export interface Asked extends AskedModels {
  readonly graphs: readonly DrawnExecution[];
}

export interface NeedsLimits {
  /** For a single question. */
  readonly timeoutMs: number;
  /** For all of them together. */
  readonly totalMs: number;
}

export type NeedsJob = QuestionedTest & { readonly timeoutMs: number } & (
    { readonly kind: 'needs' } | { readonly kind: 'graphs'; readonly strategies: readonly string[] }
  );

export type NeedsMessage =
  | { readonly kind: 'guards'; readonly event: string; readonly guards: readonly GuardAdvice[] }
  | { readonly kind: 'model'; readonly needs: ModelNeeds }
  | { readonly kind: 'graph'; readonly graph: DrawnExecution }
  | { readonly kind: 'end' };

const workerFile = fileURLToPath(new URL('../../dist/checking/needs-worker.js', import.meta.url));

/** One test that is hard to decide leaves time for the others. */
const mostShare = 5;

/**
 * What the models say of each test's barriers, and why, in the order of the tests. What was not answered
 * when the time was up is absent: nothing at all of a test that was not reached.
 * @param done is called with the number of tests that need no more asking.
 */
export async function askNeeds(
  tests: readonly QuestionedTest[],
  { timeoutMs, totalMs }: NeedsLimits,
  done: (tests: number) => void,
): Promise<readonly (Asked | undefined)[]> {
  const answers = tests.map((): Answer => ({ guards: undefined, models: [], graphs: [] }));
  const deadline = performance.now() + totalMs;
  const queue = tests.map((_, index): Task => ({ index, kind: 'needs' }));
  let finished = 0;
  const lane = async () => {
    let worker: Worker | undefined;
    for (let task = queue.shift(); task !== undefined; task = queue.shift()) {
      const [test, answer] = [tests[task.index], answers[task.index]];
      const leftMs = deadline - performance.now();
      if (test === undefined || answer === undefined || leftMs <= 0) break;
      worker ??= new Worker(workerFile);
      const strategies = task.kind === 'graphs' ? drawnStrategies(answer) : [];
      const job: NeedsJob = { ...test, kind: task.kind, strategies, timeoutMs: Math.min(timeoutMs, leftMs) };
      if (
        !(await runJob(worker, job, Math.min(leftMs, totalMs / mostShare), (message) =>
          enter(answer, message),
        ))
      ) {
        await worker.terminate();
        worker = undefined;
      }
      if (task.kind === 'needs') queue.push({ ...task, kind: 'graphs' });
      else done((finished += 1));
    }
    await worker?.terminate();
  };
  await Promise.all(Array.from({ length: Math.min(tests.length, availableParallelism()) }, lane));
  return answers.map(({ guards, models, graphs }) => guards && { ...guards, models, graphs });
}

interface Task {
  readonly index: number;
  readonly kind: NeedsJob['kind'];
}

/** As it comes in. */
interface Answer {
  guards: Pick<AskedModels, 'event' | 'guards'> | undefined;
  readonly models: ModelNeeds[];
  readonly graphs: DrawnExecution[];
}

function enter(answer: Answer, message: NeedsMessage): void {
  switch (message.kind) {
    case 'guards':
      answer.guards = { event: message.event, guards: message.guards };
      return;
    case 'model':
      answer.models.push(message.needs);
      return;
    case 'graph':
      answer.graphs.push(message.graph);
      return;
    case 'end':
      return;
  }
}

/** As written, and without each barrier that LKMM needs. */
function drawnStrategies({ models }: Answer): readonly string[] {
  const lkmm = models.find(({ model }) => model === 'lkmm');
  const needed = lkmm?.alone.filter(({ finding }) => finding.kind === 'allowed') ?? [];
  return ['kernel', ...needed.map(({ guard }) => guard)];
}

/** Resolves with whether the worker came to the end of the job; without it, it is of no more use. */
function runJob(
  worker: Worker,
  job: NeedsJob,
  limitMs: number,
  receive: (message: NeedsMessage) => void,
): Promise<boolean> {
  return new Promise((resolve) => {
    const over = (ended: boolean): void => {
      clearTimeout(timer);
      worker.off('message', message).off('error', failed).off('exit', failed);
      resolve(ended);
    };
    const failed = () => over(false);
    const timer = setTimeout(failed, limitMs);
    const message = (received: NeedsMessage) => {
      receive(received);
      if (received.kind === 'end') over(true);
    };
    worker.on('message', message).on('error', failed).on('exit', failed);
    worker.postMessage(job, []);
  });
}
