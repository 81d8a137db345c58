/** Asks the models about the barriers of many tests in worker threads, until the time for it is up. */

import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { architectures } from '../architecture.ts';
import type { GuardAdvice, ModelNeeds } from '../evidence/advice.ts';
import type { AskedModels } from '../evidence/barrier-answers.ts';
import type { JudgeName } from '../evidence/judges.ts';

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
    | { readonly kind: 'model'; readonly model: JudgeName }
    | { readonly kind: 'graphs'; readonly strategies: readonly string[] }
  );

export type NeedsMessage =
  | { readonly kind: 'guards'; readonly event: string; readonly guards: readonly GuardAdvice[] }
  | { readonly kind: 'model'; readonly needs: ModelNeeds }
  | { readonly kind: 'graph'; readonly graph: DrawnExecution }
  | { readonly kind: 'end' };

const workerFile = fileURLToPath(new URL('../../dist/checking/needs-worker.js', import.meta.url));

const models: readonly JudgeName[] = ['lkmm', ...architectures];
/** A question that takes longer than this share of the time waits until the others were asked. */
const firstShare = 1 / 8;

/**
 * What the models say of each test's barriers, and why, in the order of the tests: ask about those that
 * matter most first. What was not answered when the time was up is absent: nothing at all of a test that
 * was not reached.
 * @param done is called with the number of questions that were answered or given up.
 */
export async function askNeeds(
  tests: readonly QuestionedTest[],
  { timeoutMs, totalMs }: NeedsLimits,
  done: (questions: number, of: number) => void,
): Promise<readonly (Asked | undefined)[]> {
  const answers = tests.map((): Answer => ({ guards: undefined, models: [], graphs: [] }));
  const deadline = performance.now() + totalMs;
  const order = [...tests.keys()];
  const queue: Task[] = [
    ...order.flatMap((index) => models.map((model): Task => ({ index, kind: 'model', model, again: false }))),
    ...order.map((index): Task => ({ index, kind: 'graphs', again: false })),
  ];
  const count = queue.length;
  let finished = 0;
  const lane = async () => {
    let worker: Worker | undefined;
    for (let task = queue.shift(); task !== undefined; task = queue.shift()) {
      const [test, answer] = [tests[task.index], answers[task.index]];
      const leftMs = deadline - performance.now();
      if (test === undefined || answer === undefined || leftMs <= 0) break;
      worker ??= new Worker(workerFile);
      const job = jobOf(task, test, answer, task.again ? leftMs : Math.min(timeoutMs, leftMs));
      const limitMs = task.again ? leftMs : Math.min(leftMs, totalMs * firstShare);
      const ended = await runJob(worker, job, limitMs, (message) => enter(answer, message));
      if (!ended) {
        await worker.terminate();
        worker = undefined;
      }
      if (!task.again && task.kind === 'model' && !isDecided(answer, task.model)) {
        queue.push({ ...task, again: true });
      } else {
        done((finished += 1), count);
      }
    }
    await worker?.terminate();
  };
  await Promise.all(Array.from({ length: Math.min(tests.length, availableParallelism()) }, lane));
  return answers.map(({ guards, models, graphs }) => guards && { ...guards, models, graphs });
}

type Task = { readonly index: number; readonly again: boolean } & (
  { readonly kind: 'model'; readonly model: JudgeName } | { readonly kind: 'graphs' }
);

function jobOf(task: Task, test: QuestionedTest, answer: Answer, timeoutMs: number): NeedsJob {
  return task.kind === 'model'
    ? { ...test, timeoutMs, kind: 'model', model: task.model }
    : { ...test, timeoutMs, kind: 'graphs', strategies: drawnStrategies(answer) };
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
    case 'model': {
      const before = answer.models.findIndex(({ model }) => model === message.needs.model);
      answer.models.splice(before === -1 ? answer.models.length : before, 1, message.needs);
      return;
    }
    case 'graph':
      answer.graphs.push(message.graph);
      return;
    case 'end':
      return;
  }
}

function isDecided({ models }: Answer, asked: JudgeName): boolean {
  const needs = models.find(({ model }) => model === asked);
  return (
    needs !== undefined &&
    [needs.asWritten, ...needs.alone.map(({ finding }) => finding)].every(({ kind }) => kind !== 'undecided')
  );
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
