/** Asks models whether a test's event can happen: LKMM of its C, an architecture's model of its machine code. */

import type { Architecture } from '../architecture.ts';
import type { TestEvent } from '../judge/expectation.ts';
import { wrapConditionValues } from '../language/condition-values.ts';
import type { LitmusTest } from '../language/litmus-test.ts';
import { holds, type Outcome } from '../language/outcome.ts';
import { programOf } from '../lower/events.ts';
import { cellLayout, leastSpacing } from '../lower/layout.ts';
import { lower, LoweringError } from '../lower/lower.ts';
import { targetFor } from '../lower/targets.ts';
import type { LinkedModel } from '../model/cat/linked.ts';
import { allExecutions, CheckTimeout, outcomeOf } from '../model/check.ts';
import { kernelProgram } from '../model/kernel-program.ts';
import { ModelError } from '../model/model-error.ts';
import { architectureModel, ownKernelModel } from '../model/models.ts';
import type { Program } from '../model/program.ts';
import { witnessPath, type WitnessPath } from '../model/witness-path.ts';
import type { Guard } from '../strategy/guards.ts';

/** What a model says of the event that a test asks about. */
export type Finding =
  /** It cannot happen. `flags`: what the model raises all the same, such as a data race. */
  | { readonly kind: 'forbidden'; readonly flags: readonly string[] }
  /** It can: in this final state, by this path. */
  | { readonly kind: 'allowed'; readonly state: Outcome; readonly path: WitnessPath }
  /** The bound came first. */
  | { readonly kind: 'undecided'; readonly reason: string }
  /** The model has nothing to say of this test. */
  | { readonly kind: 'unasked'; readonly reason: string };

export type JudgeName = 'lkmm' | Architecture;

export interface Judge {
  readonly name: JudgeName;
  /** @param removed what the test lacks of the test as written, for the path. */
  readonly ask: (test: LitmusTest, removed: readonly Guard[]) => Finding;
  /** Whether it has the same code for both; never of C. */
  readonly sameCode: (one: LitmusTest, other: LitmusTest) => boolean;
}

/** @param event of the test as written: a variant has no `Result:` to tell it by. */
export function kernelJudge(event: TestEvent, timeoutMs: number): Judge {
  return {
    name: 'lkmm',
    ask: (test, removed) =>
      asked(() => {
        const { linked, macros } = ownKernelModel('lkmm');
        return found(test, kernelProgram(test, macros), linked, event, timeoutMs, removed);
      }),
    sameCode: () => false,
  };
}

/** The same code has the same answer: a barrier that emits nothing costs no second check. */
export function architectureJudge(architecture: Architecture, event: TestEvent, timeoutMs: number): Judge {
  const target = targetFor(architecture);
  if (target === undefined) throw new Error(`no target for ${architecture}`);
  const byCode = new Map<string, Finding>();
  const codeOf = (test: LitmusTest) =>
    lower(test, target, cellLayout(test, 'packed', leastSpacing(test, 'packed'), 1)).digest;
  return {
    name: architecture,
    ask: (test, removed) =>
      asked(() => {
        const code = codeOf(test);
        const known = byCode.get(code);
        if (known !== undefined) return known;
        const model = architectureModel(architecture);
        const finding = found(test, programOf(test, target), model, event, timeoutMs, removed);
        byCode.set(code, finding);
        return finding;
      }),
    sameCode: (one, other) => codeOf(one) === codeOf(other),
  };
}

function asked(ask: () => Finding): Finding {
  try {
    return ask();
  } catch (error) {
    if (error instanceof CheckTimeout) return { kind: 'undecided', reason: error.message };
    if (error instanceof LoweringError || error instanceof ModelError) {
      return { kind: 'unasked', reason: error.message };
    }
    throw error;
  }
}

/** Of such a test everything is forbidden, and nothing follows from it. */
const noExecution =
  'the test never ends (it takes a lock that is never free), or its filter rejects every end';

/** The first execution in which the event happens ends the search. */
function found(
  test: LitmusTest,
  program: Program,
  model: LinkedModel,
  event: TestEvent,
  timeoutMs: number,
  removed: readonly Guard[],
): Finding {
  const { filter, condition } = wrapConditionValues(test);
  const flags = new Set<string>();
  let [executions, admitted] = [0, 0];
  const timeout = () => new CheckTimeout(test.name, timeoutMs, executions);
  for (const execution of allExecutions(program, model, performance.now() + timeoutMs, timeout, false)) {
    executions += 1;
    const outcome = outcomeOf(program, execution);
    if (filter !== undefined && !holds(filter, outcome)) continue;
    admitted += 1;
    for (const flag of execution.flags) flags.add(flag);
    if (holds(condition.proposition, outcome) === (event === 'witness')) {
      const gaps = removed.map(({ thread, calls }) => ({ thread, lines: calls.map(({ at }) => at.line) }));
      return { kind: 'allowed', state: outcome, path: witnessPath(execution, gaps) };
    }
  }
  if (admitted === 0) return { kind: 'unasked', reason: noExecution };
  return { kind: 'forbidden', flags: [...flags] };
}
