/** What a model says of a test: the final states it allows, how many executions lead to each, and the condition. */

import { holds, outcomeKey, type Observation, type Outcome } from '../language/outcome.ts';
import { observableName, type LitmusTest, type Observable } from '../language/litmus-test.ts';
import { shownObservables } from '../language/observables.ts';
import { wrapConditionValues } from '../language/condition-values.ts';
import { executionsOf, type Execution, type Search } from './executions.ts';
import type { LinkedModel } from './cat/linked.ts';
import { withFeasiblePaths } from './feasible-paths.ts';
import type { Program } from './program.ts';
import { structuresOf, type Structure } from './structure.ts';
import { surroundingsOf } from './surroundings.ts';

/** One final state, told of the condition's observables and those of `locations`. */
export interface FinalState {
  readonly outcome: Outcome;
  /** Whether the condition's proposition holds of it. */
  readonly witness: boolean;
  readonly executions: number;
}

export interface CheckResult {
  readonly test: LitmusTest;
  readonly model: string;
  /** In the order of their text. */
  readonly states: readonly FinalState[];
  /** Every final state of everything that the test observes, phases included, as `outcomeKey` tells it. */
  readonly allowed: ReadonlySet<string>;
  /** Executions that satisfy the proposition, and that do not. */
  readonly positive: number;
  readonly negative: number;
  readonly observation: Observation;
  /** Whether the condition, quantifier included, is met. */
  readonly met: boolean;
  readonly flags: readonly string[];
  /** The first execution that satisfies the proposition, and the first that does not. */
  readonly witness: Execution | undefined;
  readonly counterexample: Execution | undefined;
  readonly elapsedMs: number;
}

/** A check that took longer than it was allowed. */
export class CheckTimeout extends Error {
  override readonly name = 'CheckTimeout';
  /** Allowed executions so far. */
  readonly executions: number;

  constructor(test: string, timeoutMs: number, executions: number) {
    super(
      `${test}: not decided within ${timeoutMs / 1000} s (${executions} executions so far): allow more with --timeout`,
    );
    this.executions = executions;
  }
}

export interface CheckLimits {
  readonly timeoutMs: number;
}

/**
 * Checks a test, as a program made from it, under a model.
 * @throws CatError, CheckTimeout
 */
export function checkProgram(
  test: LitmusTest,
  program: Program,
  model: LinkedModel,
  limits: CheckLimits,
): CheckResult {
  const started = performance.now();
  const wrapped = wrapConditionValues(test);
  const shown = shownObservables(wrapped).toSorted(byPlace);
  const states = new Map<string, { outcome: Outcome; witness: boolean; executions: number }>();
  const flags = new Set<string>();
  const allowed = new Set<string>();
  let [positive, negative] = [0, 0];
  let witness: Execution | undefined;
  let counterexample: Execution | undefined;
  const timeout = () => new CheckTimeout(test.name, limits.timeoutMs, positive + negative);
  for (const execution of allExecutions(program, model, started + limits.timeoutMs, timeout, false)) {
    const outcome = outcomeOf(program, execution);
    allowed.add(outcomeKey(outcome));
    if (wrapped.filter !== undefined && !holds(wrapped.filter, outcome)) continue;
    const satisfied = holds(wrapped.condition.proposition, outcome);
    if (satisfied) {
      positive += 1;
      witness ??= execution;
    } else {
      negative += 1;
      counterexample ??= execution;
    }
    for (const flag of execution.flags) flags.add(flag);
    const told = Object.fromEntries(
      shown.map((one) => [observableName(one), outcome[observableName(one)] ?? '0']),
    );
    const key = outcomeKey(told);
    const before = states.get(key);
    if (before === undefined) states.set(key, { outcome: told, witness: satisfied, executions: 1 });
    else before.executions += 1;
  }
  return {
    test,
    model: model.title ?? 'model',
    states: [...states.entries()].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, state]) => state),
    allowed,
    positive,
    negative,
    observation: positive === 0 ? 'Never' : negative === 0 ? 'Always' : 'Sometimes',
    met: isMet(test.condition.quantifier, positive, negative),
    flags: [...flags],
    witness,
    counterexample,
    elapsedMs: performance.now() - started,
  };
}

/** Looking at the clock takes as long as many of the steps between two ticks. */
const ticksBetweenLooks = 32;

/** Every execution of a program that a model allows; with `refused`, those it refuses too. */
export function* allExecutions(
  program: Program,
  model: LinkedModel,
  deadline: number,
  timeout: () => Error,
  refused: boolean,
): Generator<Execution> {
  // What is asked of an execution once all are found takes the time that it takes.
  let searching = true;
  let ticks = 0;
  const tick = () => {
    if (searching && ticks++ % ticksBetweenLooks === 0 && performance.now() > deadline) throw timeout();
  };
  const surround = surroundIn(program, tick);
  try {
    for (const structure of structuresOf(withFeasiblePaths(program), tick)) {
      yield* executionsOf(structure, { model, surround, tick, refused });
    }
  } finally {
    searching = false;
  }
}

/** Makes what a model's names mean in the structures of a program. */
export function surroundIn(program: Program, tick: () => void): Search['surround'] {
  const knownSets = new Set(
    program.threads.flatMap((paths) => paths.flatMap(({ events }) => events.flatMap(({ sets }) => sets))),
  );
  const observed = new Set(
    program.observed.flatMap((one) => (one.kind === 'location' ? [locationName(one)] : [])),
  );
  return (structure, terms) => surroundingsOf(structure, terms, knownSets, observed, tick);
}

function isMet(
  quantifier: LitmusTest['condition']['quantifier'],
  positive: number,
  negative: number,
): boolean {
  switch (quantifier) {
    case 'exists':
      return positive > 0;
    case '~exists':
      return positive === 0;
    case 'forall':
      return negative === 0;
  }
}

/** The first element of an array goes by the array's name. */
function locationName({ name, index }: Extract<Observable, { kind: 'location' }>): string {
  return index === undefined || index === 0 ? name : `${name}[${index}]`;
}

/** Threads' registers first, then locations, each by name. */
function byPlace(left: Observable, right: Observable): number {
  const key = (one: Observable) =>
    one.kind === 'register' ? `0${one.thread} ${one.name}` : `1${observableName(one)}`;
  return key(left) < key(right) ? -1 : 1;
}

/** The final values of everything that a program observes. */
export function outcomeOf(program: Program, execution: Execution): Outcome {
  const { structure, values } = execution;
  const byAddress = new Map(program.locations.map(({ address, name }) => [address, name]));
  const told = (value: bigint): string => byAddress.get(value) ?? value.toString();
  return Object.fromEntries(
    program.observed.map((observable) => {
      if (observable.kind === 'register') {
        const register = structure.paths[observable.thread]?.registers.get(observable.name);
        return [observableName(observable), told(values.ofValue(register, observable.thread) ?? 0n)];
      }
      const name = locationName(observable);
      const location = program.locations.find((one) => one.name === name);
      if (location === undefined) return [observableName(observable), '0'];
      const value = values.ofEvent(lastWrite(structure, execution, name)) ?? 0n;
      const unsigned = location.signed ? value : BigInt.asUintN(8 * location.widthBytes, value);
      return [observableName(observable), told(unsigned)];
    }),
  );
}

/** The write that no other write of its location comes after. */
function lastWrite({ events }: Structure, { co }: Execution, name: string): number {
  const writes = [...events.keys()].filter((index) => {
    const { kind, location } = events[index]!;
    return location?.name === name && (kind === 'write' || kind === 'initial');
  });
  const words = (co.size + 31) >>> 5;
  const last = writes.find((write) =>
    writes.every((other) => ((co.bits[write * words + (other >>> 5)]! >>> (other & 31)) & 1) === 0),
  );
  return last ?? writes[0]!;
}
