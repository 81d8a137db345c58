import { createHash } from 'node:crypto';
import type { PlanRecord } from './schema.ts';

/** SHA-256 in hex. */
export function sha256(bytes: string | Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Of a plan what says where and on what it ran rather than how. */
const placement: ReadonlySet<string> = new Set([
  'name',
  'digest',
  'cpus',
  'copies',
  'stress',
  'placement',
  'oversubscribed',
  'pinned',
]);

/** SHA-256 of how a plan runs, as JSON with sorted keys: the same on every machine that it ran on. */
export function planDigest(plan: Omit<PlanRecord, 'digest'>): string {
  const parameters = Object.entries(plan).filter(([key]) => !placement.has(key));
  return sha256(JSON.stringify(parameters.toSorted(([one], [other]) => (one < other ? -1 : 1))));
}
