import type { LitmusTest } from '../../src/language/litmus-test.ts';
import { holds, type Observation, type Outcome } from '../../src/language/outcome.ts';
import { codeOf, initialState, isOver, outcomeOf, settle, statesFrom, stateKey } from './thread-code.ts';
import type { State, ThreadCode } from './thread-code.ts';

/**
 * Runs a test on a machine that does one access at a time, in every order there is, and collects the
 * final states: an oracle for what needs no reordering.
 */

/** Every final state of the test that its filter lets through: all registers, all locations. */
export function sequentialOutcomes(test: LitmusTest): readonly Outcome[] {
  const code = codeOf(test);
  const next = (state: State) =>
    code.threads.flatMap((threadCode, thread) => step(state, thread, threadCode) ?? []);
  const finals = [...statesFrom(initialState(test, code), next, stateKey)].filter((state) =>
    isOver(state, code),
  );
  const outcomes = new Map(
    finals.map((state) => {
      const outcome = outcomeOf(state, code);
      return [JSON.stringify(outcome), outcome];
    }),
  );
  return [...outcomes.values()].filter((outcome) => test.filter === undefined || holds(test.filter, outcome));
}

/** What herd7 would call the observation. */
export function sequentialObservation(test: LitmusTest): Observation {
  const outcomes = sequentialOutcomes(test);
  const witnesses = outcomes.filter((outcome) => holds(test.condition.proposition, outcome)).length;
  if (witnesses === 0) return 'Never';
  return witnesses === outcomes.length ? 'Always' : 'Sometimes';
}

function step({ positions, frames, memory }: State, thread: number, code: ThreadCode): State | undefined {
  const position = positions[thread]!;
  const instruction = code.code[position];
  if (instruction === undefined) return undefined;
  const frame = [...frames[thread]!];
  const after = [...memory];
  if (instruction.kind === 'shared' && !instruction.run(frame, after)) return undefined;
  const settled = settle(code, position + 1, frame);
  return { positions: positions.with(thread, settled), frames: frames.with(thread, frame), memory: after };
}
