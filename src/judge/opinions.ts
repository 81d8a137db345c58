/** What the models say of the variants that are about to run: LKMM of their C, the architecture's of their code. */

import { setImmediate } from 'node:timers/promises';
import type { LitmusTest } from '../language/litmus-test.ts';
import type { Observation } from '../language/outcome.ts';
import { forEachStatement } from '../language/walk.ts';
import { programOf } from '../lower/events.ts';
import { LoweringError } from '../lower/lower.ts';
import type { Target } from '../lower/target.ts';
import { CheckTimeout, checkProgram, type CheckResult } from '../model/check.ts';
import { kernelProgram } from '../model/kernel-program.ts';
import { ModelError } from '../model/model-error.ts';
import { architectureModel, architectureModelNames, ownKernelModel } from '../model/models.ts';
import type { PlannedTest, PlannedVariant } from '../plan/experiment.ts';

/** What one model says of one variant. */
export interface Opinion {
  /** `LKMM`, or the name of an architecture's model. */
  readonly model: string;
  /** How the condition's proposition may fare; undefined where the model was not asked, or gave no answer. */
  readonly observation: Observation | undefined;
  /** Why there is no answer. */
  readonly problem: string | undefined;
  /** The outcomes it allows, as `outcomeKey` tells them; undefined without an answer. */
  readonly allowed: ReadonlySet<string> | undefined;
}

/** Both models' opinions of a variant. */
export interface Opinions {
  readonly kernel: Opinion;
  readonly architecture: Opinion;
}

export interface OpinionLimits {
  /** For one question. */
  readonly timeoutMs: number;
  /** For all of them together. */
  readonly totalMs: number;
}

/**
 * Asks both models of every variant that has code; the code of several strategies once.
 * @param asked is called before each question with the number of those answered.
 */
export async function opinionsOf(
  experiment: readonly PlannedTest[],
  target: Target,
  limits: OpinionLimits,
  asked: (done: number, of: number) => void,
  stopped: AbortSignal,
): Promise<ReadonlyMap<PlannedVariant, Opinions>> {
  const deadline = performance.now() + limits.totalMs;
  const opinions = new Map<PlannedVariant, Opinions>();
  const questions = experiment
    .flatMap((planned) => planned.variants.map((variant) => ({ planned, variant })))
    .filter(({ variant }) => variant.problem === undefined)
    .toSorted((left, right) => rank(left.variant) - rank(right.variant));
  for (const [index, { planned, variant }] of questions.entries()) {
    asked(index, questions.length);
    // Lets a signal in between two questions.
    await setImmediate();
    if (stopped.aborted) break;
    const timeoutMs = () => Math.min(limits.timeoutMs, deadline - performance.now());
    const twin = planned.variants.find(({ strategy }) => strategy === variant.sameCodeAs);
    const sameCode = twin === undefined ? undefined : opinions.get(twin)?.architecture;
    opinions.set(variant, {
      kernel: askKernelModel(variant.test, timeoutMs()),
      architecture: sameCode ?? askArchitectureModel(variant.test, target, timeoutMs()),
    });
  }
  return opinions;
}

/** What is asked early where the time is short: the tests as written, and small tests before large ones. */
function rank({ strategy, test }: PlannedVariant): number {
  let statements = 0;
  for (const { body } of test.threads) forEachStatement(body, () => (statements += 1));
  return strategy === 'kernel' ? statements : statements + 1e6;
}

/** What LKMM says of a test. */
export function askKernelModel(test: LitmusTest, timeoutMs: number): Opinion {
  const { linked, macros } = ownKernelModel('lkmm');
  return ask('LKMM', timeoutMs, () => checkProgram(test, kernelProgram(test, macros), linked, { timeoutMs }));
}

/** What the architecture's model says of a test's code. */
export function askArchitectureModel(test: LitmusTest, target: Target, timeoutMs: number): Opinion {
  const { architecture } = target;
  return ask(architectureModelNames[architecture], timeoutMs, () =>
    checkProgram(test, programOf(test, target), architectureModel(architecture), { timeoutMs }),
  );
}

function ask(model: string, timeoutMs: number, check: () => CheckResult): Opinion {
  const none = (problem: string): Opinion => ({ model, observation: undefined, problem, allowed: undefined });
  if (timeoutMs <= 0) return none('not asked: no time was left for it');
  try {
    const { observation, allowed } = check();
    return { model, observation, problem: undefined, allowed };
  } catch (error) {
    if (error instanceof CheckTimeout) return none('not decided in the time that was left for it');
    if (error instanceof ModelError || error instanceof LoweringError) return none(error.message);
    throw error;
  }
}
