/** What the models say of the variants that are about to run. */

import { createHash } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { setImmediate } from 'node:timers/promises';
import { printLitmus } from '../language/printer.ts';
import { sharing } from '../language/sharing.ts';
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

/** Questions that are being answered. */
export interface Asking {
  /**
   * What the models say, as soon as all is answered; from now on this thread answers too.
   * @param asked is called with the number of questions that are answered.
   */
  opinions(asked: (done: number, of: number) => void): Promise<ReadonlyMap<PlannedVariant, Opinions>>;
}

/**
 * Asks both models of every variant that has code; the code of several strategies once. Many questions are
 * shared with threads that help, which begin at once.
 * @param known is not asked again, and gets what is decided now.
 */
export function askModels(
  experiment: readonly PlannedTest[],
  target: Target,
  limits: OpinionLimits,
  stopped: AbortSignal,
  known: KnownAnswers = new Map(),
  helperCount?: number,
): Asking {
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
  const answering = startAnswering(
    open.map(({ question }) => question),
    { target, deadline: deadlineOf(limits), stopped, helpers },
  );
  return {
    opinions: async (asked) => {
      const answers = await answering(asked);
      const now = new Map(open.map(({ key }, index) => [key, answers[index]]));
      for (const [key, answer] of now) if (answer !== undefined && isDecided(answer)) known.set(key, answer);
      const answerOf = new Map(
        variants.map((variant, index) => {
          const key = keys[index] ?? '';
          return [variant, now.get(key) ?? known.get(key)];
        }),
      );
      return opinionsBy(answerOf, experiment);
    },
  };
}

/** By variant; none of those that were not answered. */
function opinionsBy(
  answerOf: ReadonlyMap<PlannedVariant, Answer | undefined>,
  experiment: readonly PlannedTest[],
): ReadonlyMap<PlannedVariant, Opinions> {
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

interface Answering {
  readonly target: Target;
  readonly deadline: Deadline;
  readonly stopped: AbortSignal;
  /** How many threads help this one. */
  readonly helpers: number;
}

/** What an answer needs is little and soon forgotten: with Node's 48 a thread takes 30 MB more, and as long. */
const youngMegabytes = 6;

/** Handed to a helper at once: some tens of milliseconds of most tests. */
const questionsAtOnce = 16;

/**
 * Sets helpers to work, and returns what joins them and waits for the answers, by question; where it was
 * stopped, some are missing.
 */
function startAnswering(
  questions: readonly Question[],
  { target, deadline, stopped, helpers }: Answering,
): (asked: (done: number, of: number) => void) => Promise<readonly (Answer | undefined)[]> {
  const answers: (Answer | undefined)[] = questions.map(() => undefined);
  let [next, done] = [0, 0];
  let tell: (done: number, of: number) => void = () => {};
  const take = (most: number) => {
    const from = next;
    next = Math.min(questions.length, next + most);
    return { from, part: questions.slice(from, next) };
  };
  const share = sharing();
  const enter = (index: number, answer: Answer) => {
    answers[index] = share(answer);
    tell((done += 1), questions.length);
  };
  const { architecture, variant }: TargetName = target;
  const data: TargetName = { architecture, variant };
  const pool = openPool<OpinionJob, Answer>(builtWorker('judge/opinion-worker'), {
    count: helpers,
    data,
    limits: { maxYoungGenerationSizeMb: youngMegabytes },
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
  const helped = Promise.all(Array.from({ length: helpers }, help)).finally(() => pool.close());
  helped.catch(() => {}); // told to who asks for the answers
  return async (asked) => {
    tell = asked;
    while (next < questions.length) {
      // Lets signals and the helpers' answers in.
      await setImmediate();
      if (stopped.aborted) break;
      const { from, part } = take(1);
      for (const question of part) enter(from, answerTo(question, target, deadline));
    }
    await helped;
    return answers;
  };
}
