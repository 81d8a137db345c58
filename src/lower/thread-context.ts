import type { Position, Thread } from '../language/litmus-test.ts';
import type { Scope } from '../language/types.ts';
import { LoweringError } from './lowering-error.ts';
import type { Code, Label } from './machine-code.ts';
import type { Register } from './primitives.ts';
import type { Registers } from './registers.ts';
import type { Target } from './target.ts';

/** What the lowering of a thread's statements and expressions works with. */
export interface ThreadContext {
  readonly thread: Thread;
  readonly target: Target;
  readonly registers: Registers;
  readonly scope: Scope;
  /** Appends code that came from that line of the test. */
  readonly emit: (code: Code, at: Position) => void;
  /** Where a lock on that line branches when its bounded spin gives up. */
  readonly stuckAt: (at: Position) => Label;
}

/**
 * Expressions keep intermediate values in a stack of temporaries: code that may use those from
 * `depth` on leaves its value in `temporary(depth)`, in a variable's register, or as a constant.
 */
export function temporary(context: ThreadContext, depth: number, at: Position): Register {
  const { temporaries } = context.registers;
  const register = temporaries[depth];
  if (register === undefined) {
    fail(
      context,
      at,
      `the expression needs ${depth + 1} registers for intermediate values, and ${context.target.architecture} ` +
        `has ${temporaries.length} left beside the thread's variables: split the expression or use fewer variables`,
    );
  }
  return register;
}

export function fail(context: ThreadContext, at: Position, message: string): never {
  throw new LoweringError(`P${context.thread.index}, line ${at.line}: ${message}`);
}
