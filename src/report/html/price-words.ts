import type { Column } from '../../evidence/comparison-columns.ts';
import { capital } from '../advice-words.ts';
import { barrierPrice } from '../cost-words.ts';
import type { BarrierGroup } from './answer-words.ts';

const mostMachines = 3;

/** What the barrier costs, by machine: as it was timed, in the first of its tests that was. */
export function priceSentence({ members }: BarrierGroup, columns: readonly Column[]): string {
  const priced = columns.flatMap((column, index) => {
    const timed = members.find(({ answer }) => (answer.prices[index] ?? []).length > 0);
    const words = timed && barrierPrice(timed.answer.prices[index] ?? []);
    return timed === undefined || words === undefined
      ? []
      : [
          {
            column,
            words: members.length > 1 && !words.startsWith(nothing) ? `${words} (in ${timed.test})` : words,
          },
        ];
  });
  const free = columns.filter((column, index) => {
    if (priced.some((one) => one.column === column)) return false;
    const told = members
      .flatMap(({ answer }) => answer.dropped[index] ?? [])
      .filter(({ kind }) => kind !== 'not-run');
    return told.length > 0 && told.every(({ kind }) => kind === 'same-code');
  });
  const all = [
    ...priced,
    ...free.map((column) => ({ column, words: `${nothing}: the code is the same without it` })),
  ];
  if (all.length === 0) return 'Not measured: fencepost cost does.';
  const byWords = new Map<string, string[]>();
  for (const { column, words } of all) byWords.set(words, [...(byWords.get(words) ?? []), column.name]);
  const sentences = [...byWords].map(([words, names]) => {
    const shown = names.slice(0, mostMachines).join(', ');
    const more = names.length > mostMachines ? ` and ${names.length - mostMachines} more` : '';
    return `${capital(words)}, on ${shown}${more}.`;
  });
  const unpriced = columns.length - all.length;
  return [...sentences, ...(unpriced === 0 ? [] : [`Not measured on ${unpriced} more.`])].join(' ');
}

const nothing = 'costs nothing';
