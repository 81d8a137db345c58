import type { Column } from '../../evidence/comparison-columns.ts';
import { listed } from '../advice-words.ts';
import type { BarrierGroup } from './answer-words.ts';

/** What the barrier costs, by machine. */
export function priceSentence({ members }: BarrierGroup, columns: readonly Column[]): string {
  const free = columns.filter((_, index) => {
    const dropped = members
      .flatMap(({ answer }) => answer.dropped[index] ?? [])
      .filter(({ kind }) => kind !== 'not-run');
    return dropped.length > 0 && dropped.every(({ kind }) => kind === 'same-code');
  });
  if (free.length === 0) return 'Not measured.';
  const where = free.length > 3 ? `${free.length} machines` : listed(free.map(({ name }) => name));
  const rest = free.length === columns.length ? '' : ' Elsewhere it was not measured.';
  return `Nothing on ${where}: the code is the same without it.${rest}`;
}
