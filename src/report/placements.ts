import type { ResultsDocument, Row } from '../results/schema.ts';
import { shortCount } from './quantity.ts';

/** What a row showed at each of its places, where it ran at several; else undefined. */
export function placementText({ runs }: Row, { plans }: ResultsDocument): string | undefined {
  const byClass = new Map<string, { witnesses: number; iterations: number }>();
  for (const { plan, witnesses, iterations, invalid } of runs) {
    const placement = plans.find(({ name }) => name === plan)?.placement;
    if (placement === undefined || invalid !== undefined) continue;
    const so = byClass.get(placement) ?? { witnesses: 0, iterations: 0 };
    byClass.set(placement, {
      witnesses: so.witnesses + witnesses,
      iterations: so.iterations + iterations,
    });
  }
  if (byClass.size < 2) return undefined;
  return [...byClass]
    .map(
      ([placement, { witnesses, iterations }]) =>
        `${placement} ${shortCount(witnesses)} of ${shortCount(iterations)}`,
    )
    .join(', ');
}
