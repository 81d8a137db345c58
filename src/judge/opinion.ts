/** What the models say of one variant: LKMM of its C, the architecture's of its code. */

import type { LitmusTest } from '../language/litmus-test.ts';
import type { Observation } from '../language/outcome.ts';
import { programOf } from '../lower/events.ts';
import { LoweringError } from '../lower/lower.ts';
import type { Target } from '../lower/target.ts';
import { CheckTimeout, checkProgram, type CheckResult } from '../model/check.ts';
import { kernelProgram } from '../model/kernel-program.ts';
import { ModelError } from '../model/model-error.ts';
import { architectureModel, architectureModelNames, ownKernelModel } from '../model/models.ts';

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

/** What is asked of a variant. */
export interface Question {
  readonly test: LitmusTest;
  /** Its code may be another's, of which the architecture's model is asked once. */
  readonly ofCode: boolean;
}

export type Answer = Pick<Opinions, 'kernel'> & Partial<Opinions>;

/** What the models say, each in the time that is left for it. */
export function answerTo({ test, ofCode }: Question, target: Target, deadline: Deadline): Answer {
  const kernel = askKernelModel(test, timeLeftMs(deadline));
  return ofCode
    ? { kernel, architecture: askArchitectureModel(test, target, timeLeftMs(deadline)) }
    : { kernel };
}

/** The limits as a time by which all is to be answered, which other threads understand. */
export interface Deadline {
  readonly timeoutMs: number;
  readonly atMs: number;
}

export function deadlineOf({ timeoutMs, totalMs }: OpinionLimits): Deadline {
  return { timeoutMs, atMs: nowMs() + totalMs };
}

/** How long the next question may take. */
export function timeLeftMs({ timeoutMs, atMs }: Deadline): number {
  return Math.min(timeoutMs, atMs - nowMs());
}

/** One clock for all threads of the process. */
const nowMs = () => performance.timeOrigin + performance.now();

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
