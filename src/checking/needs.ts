/** Asks the models about the barriers of many tests in worker threads, until the time for it is up. */

import { availableParallelism } from 'node:os';
import { architectures } from '../architecture.ts';
import type { GuardAdvice, ModelNeeds } from '../evidence/advice.ts';
import type { AskedModels } from '../evidence/barrier-answers.ts';
import type { JudgeName } from '../evidence/judges.ts';
import { builtWorker, openPool } from '../workers/pool.ts';

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
  | { readonly kind: 'graph'; readonly graph: DrawnExecution };

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
  const deadline = performance.now() + totalMs;
  const leftMs = () => deadline - performance.now();
  const asked = tests.map((test): AskedTest => ({
    test,
    answer: { guards: undefined, models: [], graphs: [] },
  }));
  const questions: readonly Question[] = [
    ...asked.flatMap((one) => models.map((model): Question => ({ ...one, kind: 'model', model }))),
    ...asked.map((one): Question => ({ ...one, kind: 'graphs' })),
  ];
  const count = Math.min(tests.length, availableParallelism());
  const pool = openPool<NeedsJob, NeedsMessage>(builtWorker('checking/needs-worker'), { count });
  /** As long as it may take, and as long as its thread waits for it to find out that it did. */
  const askWithin = (question: Question, timeoutMs: () => number, patienceMs: number) =>
    pool.lend(async (thread) => {
      if (leftMs() <= 0) return;
      const endMs = performance.now() + Math.min(leftMs(), patienceMs);
      await thread.run(
        jobOf(question, timeoutMs()),
        (message) => enter(question.answer, message),
        () => endMs - performance.now(),
      );
    });
  let finished = 0;
  const ask = async (question: Question) => {
    await askWithin(question, () => Math.min(timeoutMs, leftMs()), totalMs * firstShare);
    if (!isDecided(question) && leftMs() > 0) await askWithin(question, leftMs, Number.POSITIVE_INFINITY);
    done((finished += 1), questions.length);
  };
  await Promise.all(questions.map(ask)).finally(() => pool.close());
  return asked.map(({ answer: { guards, models, graphs } }) => guards && { ...guards, models, graphs });
}

interface AskedTest {
  readonly test: QuestionedTest;
  readonly answer: Answer;
}

type Question = AskedTest &
  ({ readonly kind: 'model'; readonly model: JudgeName } | { readonly kind: 'graphs' });

function jobOf(question: Question, timeoutMs: number): NeedsJob {
  const { test, answer } = question;
  return question.kind === 'model'
    ? { ...test, timeoutMs, kind: 'model', model: question.model }
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
  }
}

/** Whether there is nothing to ask once more. */
function isDecided(question: Question): boolean {
  if (question.kind === 'graphs') return true;
  const needs = question.answer.models.find(({ model }) => model === question.model);
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
