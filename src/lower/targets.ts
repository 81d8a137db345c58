import type { Architecture } from '../architecture.ts';
import { arm64Llsc, arm64Lse } from './arm64/target.ts';
import { ppc64le } from './ppc64le/target.ts';
import type { Target } from './target.ts';
import { riscv64 } from './riscv64/target.ts';
import { s390x } from './s390x/target.ts';
import { x86_64 } from './x86-64/target.ts';

/** Every target; an architecture's default comes first among its own. */
export const targets: readonly Target[] = [x86_64, arm64Llsc, arm64Lse, ppc64le, s390x, riscv64];

/** An architecture's target: the default, or that of a variant. */
export function targetFor(architecture: Architecture | undefined, variant?: string): Target | undefined {
  return targets.find(
    (target) => target.architecture === architecture && (variant === undefined || target.variant === variant),
  );
}
