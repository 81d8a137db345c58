import { assemble } from './assemble.ts';
import type { Target } from './target.ts';

/** A function of the same signature as a thread's (machine-code.ts) that returns 0 at once. */
export function lowerNothing(target: Target): Uint8Array {
  const code = [...target.enter(), ...target.leave(0)];
  return assemble(code.map((item) => ({ item, role: 'frame' as const, sourceLine: undefined }))).bytes;
}
