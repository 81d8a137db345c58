import type { Architecture } from '../architecture.ts';
import type { Target } from './target.ts';
import { x86_64 } from './x86-64/target.ts';

/** Every target; an architecture's default comes first among its own. */
export const targets: readonly Target[] = [x86_64];

export function targetFor(architecture: Architecture): Target | undefined {
  return targets.find((target) => target.architecture === architecture);
}
