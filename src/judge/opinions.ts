/** What the models say of the variants that are about to run. */

import { createHash } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { setImmediate } from 'node:timers/promises';
import { printLitmus } from '../language/printer.ts';
import { forEachStatement } from '../language/walk.ts';
import type { Target } from '../lower/target.ts';
import type { PlannedTest, PlannedVariant } from '../plan/experiment.ts';
import { builtWorker, openPool } from '../workers/pool.ts';
import {
  answerTo,
  deadlineOf,
  type Answer,
  type Deadline,
  type OpinionLimits,
  type Opinions,
  type Question,
} from './opinion.ts';

export type { Opinion, OpinionLimits, Opinions } from './opinion.ts';

/** What was answered before for the same target, by question. */
export type KnownAnswers = Map<string, Answer>;

/**
 * Asks both models of every variant that has code; the code of several strategies once. Many questions are
 * shared with threads that help, on the CPUs that wait until the tests run.
 * @param asked is called with the number of questions that are answered.
 * @param known is not asked again, and gets what is decided now.
 */
export async function opinionsOf(
  experiment: readonly PlannedTest[],
  target: Target,
  limits: OpinionLimits,
  asked: (done: number, of: number) => void,
  stopped: AbortSignal,
  known: KnownAnswers = new Map(),
  helperCount?: number,
): Promise<ReadonlyMap<PlannedVariant, Opinions>> {
  const variants = experiment
    .flatMap((planned) => planned.variants)
    .filter(({ problem }) => problem === undefined)
    .toSorted((left, right) => rank(left) - rank(right));
  const questions = variants.map(({ test, sameCodeAs }) => ({ test, ofCode: sameCodeAs === undefined }));
  const keys = questions.map(keyOf);
  const open = questions.flatMap((question, index) => {
    const key = keys[index] ?? '';
    return known.has(key) ? [] : [{ question, key }];
  });
  const helpers = helperCount ?? (limits.totalMs > 0 ? helpersFor(open.length) : 0);
  const answers = await answersTo(
    open.map(({ question }) => question),
    { target, deadline: deadlineOf(limits), asked, stopped, helpers },
  );
  const now = new Map(open.map(({ key }, index) => [key, answers[index]]));
  for (const [key, answer] of now) if (answer !== undefined && isDecided(answer)) known.set(key, answer);
  const answerOf = new Map(
    variants.map((variant, index) => {
      const key = keys[index] ?? '';
      return [variant, now.get(key) ?? known.get(key)];
    }),
  );
  return new Map(
    experiment.flatMap((planned) =>
      planned.variants.flatMap((variant): (readonly [PlannedVariant, Opinions])[] => {
        const twin = planned.variants.find(({ strategy }) => strategy === variant.sameCodeAs) ?? variant;
        const kernel = answerOf.get(variant)?.kernel;
        const architecture = answerOf.get(twin)?.architecture;
        return kernel === undefined || architecture === undefined
          ? []
          : [[variant, { kernel, architecture }]];
      }),
    ),
  );
}

/** A question in all that its answer depends on, but for the target. */
function keyOf({ test, ofCode }: Question): string {
  return createHash('sha256')
    .update(`${ofCode ? 'C and code' : 'C'}\n${printLitmus(test)}`)
    .digest('hex');
}

function isDecided({ kernel, architecture }: Answer): boolean {
  return (
    kernel.observation !== undefined && (architecture === undefined || architecture.observation !== undefined)
  );
}

/** With fewer for each, starting a thread takes longer than it saves. */
const questionsPerThread = 150;

function helpersFor(questions: number): number {
  return Math.min(availableParallelism(), Math.max(1, Math.floor(questions / questionsPerThread))) - 1;
}

/** What is asked early where the time is short: the tests as written, and small tests before large ones. */
function rank({ strategy, test }: PlannedVariant): number {
  let statements = 0;
  for (const { body } of test.threads) forEachStatement(body, () => (statements += 1));
  return strategy === 'kernel' ? statements : statements + 1e6;
}

/** Which of the targets, to a thread that helps. */
export type TargetName = Pick<Target, 'architecture' | 'variant'>;

export interface OpinionJob {
  readonly questions: readonly Question[];
  readonly deadline: Deadline;
}

interface Asking {
  readonly target: Target;
  readonly deadline: Deadline;
  readonly asked: (done: number, of: number) => void;
  readonly stopped: AbortSignal;
  /** How many threads help this one. */
  readonly helpers: number;
}

/** Handed to a helper at once: some tens of milliseconds of most tests. */
const questionsAtOnce = 16;

/** The answers by question; where it was stopped, some are missing. */
async function answersTo(
  questions: readonly Question[],
  { target, deadline, asked, stopped, helpers }: Asking,
): Promise<readonly (Answer | undefined)[]> {
  const answers: (Answer | undefined)[] = questions.map(() => undefined);
  let [next, done] = [0, 0];
  const take = (most: number) => {
    const from = next;
    next = Math.min(questions.length, next + most);
    return { from, part: questions.slice(from, next) };
  };
  const enter = (index: number, answer: Answer) => {
    answers[index] = answer;
    asked((done += 1), questions.length);
  };
  const { architecture, variant }: TargetName = target;
  const data: TargetName = { architecture, variant };
  const pool = openPool<OpinionJob, Answer>(builtWorker('judge/opinion-worker'), {
    count: helpers,
    data,
    stopped,
  });
  const help = () =>
    pool.lend(async (thread) => {
      while (next < questions.length && !stopped.aborted) {
        const { from, part } = take(questionsAtOnce);
        let index = from;
        const ended = await thread.run({ questions: part, deadline }, (answer) => enter(index++, answer));
        if (ended.kind === 'lost') throw new Error(`A thread that asks the models was lost: ${ended.reason}`);
      }
    });
  const answerHere = async () => {
    while (next < questions.length) {
      // Lets signals and the helpers' answers in.
      await setImmediate();
      if (stopped.aborted) return;
      const { from, part } = take(1);
      for (const question of part) enter(from, answerTo(question, target, deadline));
    }
  };
  await Promise.all([answerHere(), ...Array.from({ length: helpers }, help)]).finally(() => pool.close());
  return answers;
}
