import type { FenceName } from '../../src/language/primitives.ts';
import type { LitmusTest } from '../../src/language/litmus-test.ts';
import type { Outcome } from '../../src/language/outcome.ts';
import {
  codeOf,
  initialState,
  isOver,
  outcomeOf,
  settle,
  stateKey,
  statesFrom,
  type State,
  type TestCode,
} from '../litmus/thread-code.ts';

/**
 * Runs a test on the abstract machine of P. Sewell, S. Sarkar, S. Owens, F. Zappa Nardelli and M. O.
 * Myreen, "x86-TSO: A Rigorous and Usable Programmer's Model for x86 Multiprocessors", CACM 53(7), 2010:
 * each thread's stores wait in a queue of its own, where its own loads find them, and go to memory one
 * after the other, at any time; a fence and a locked instruction wait until the queue is empty.
 */
interface Buffered extends State {
  readonly buffers: readonly (readonly Store[])[];
}

interface Store {
  readonly slot: number;
  readonly value: bigint;
}

/** The fences that are one on x86; the others hold back a compiler at most, or order what is ordered anyway. */
const emptying: ReadonlySet<FenceName> = new Set(['smp_mb', 'mb']);

/** Every final state, once all stores have left their buffers: all registers, all locations. */
export function storeBufferOutcomes(test: LitmusTest): readonly Outcome[] {
  const code = codeOf(test);
  const start: Buffered = { ...initialState(test, code), buffers: code.threads.map(() => []) };
  const next = (state: Buffered) =>
    code.threads.flatMap((_, thread) => [...stepped(state, thread, code), ...oldestWritten(state, thread)]);
  const finals = [...statesFrom(start, next, bufferedKey)].filter(
    (state) => isOver(state, code) && state.buffers.every((buffer) => buffer.length === 0),
  );
  return finals.map((state) => outcomeOf(state, code));
}

function bufferedKey(state: Buffered): string {
  const buffers = state.buffers.map((buffer) => buffer.map(({ slot, value }) => `${slot}=${value}`).join());
  return `${stateKey(state)};${buffers.join(';')}`;
}

/** A thread's next instruction, if it may run now. */
function stepped(state: Buffered, thread: number, { threads }: TestCode): readonly Buffered[] {
  const { positions, frames, memory, buffers } = state;
  const position = positions[thread]!;
  const buffer = buffers[thread]!;
  const instruction = threads[thread]!.code[position];
  const frame = [...frames[thread]!];
  const after = (changed: Partial<Buffered>): readonly Buffered[] => {
    const settled = settle(threads[thread]!, position + 1, frame);
    const moved = { positions: positions.with(thread, settled), frames: frames.with(thread, frame) };
    return [{ ...state, ...moved, ...changed }];
  };
  if (instruction?.kind === 'fence') {
    return buffer.length > 0 && emptying.has(instruction.fence) ? [] : after({});
  }
  if (instruction?.kind !== 'shared') return [];
  switch (instruction.access) {
    case 'load': {
      const seen = [...memory];
      for (const { slot, value } of buffer) seen[slot] = value;
      return instruction.run(frame, seen) ? after({}) : [];
    }
    case 'store': {
      const written: bigint[] = [];
      instruction.run(frame, written);
      const stores = Object.entries(written).map(([slot, value]) => ({ slot: Number(slot), value }));
      return after({ buffers: buffers.with(thread, [...buffer, ...stores]) });
    }
    case 'update': {
      const updated = [...memory];
      return buffer.length === 0 && instruction.run(frame, updated) ? after({ memory: updated }) : [];
    }
  }
}

/** The oldest of a thread's stores goes to memory. */
function oldestWritten(state: Buffered, thread: number): readonly Buffered[] {
  const [oldest, ...rest] = state.buffers[thread]!;
  if (oldest === undefined) return [];
  const memory = state.memory.with(oldest.slot, oldest.value);
  return [{ ...state, memory, buffers: state.buffers.with(thread, rest) }];
}
