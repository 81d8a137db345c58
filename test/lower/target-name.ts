import type { Target } from '../../src/lower/target.ts';

/** A target's architecture, and its variant where it has one. */
export function targetName({ architecture, variant }: Target): string {
  return variant === undefined ? architecture : `${architecture} ${variant}`;
}
