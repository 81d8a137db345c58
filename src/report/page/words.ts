import type { CellVerdict } from '../html/page-data.ts';
import { shortCount, shortRate } from '../quantity.ts';
import type { CellView } from './data.ts';

export const verdictWords: Readonly<Record<CellVerdict, string>> = {
  violation: 'violation: seen, though a model forbids it',
  seen: 'seen',
  upheld: 'upheld: forbidden, and never seen while its controls fired',
  unseen: 'unseen: allowed, and never seen',
  inconclusive: 'inconclusive: never seen, and nothing shows that it would have been',
  counted: 'a log of another tool',
  invalid: 'invalid: its counts are not data',
  'not-run': 'not run',
  absent: 'not in the results',
};

/** Of a cell of the heat map: the rate where it was seen, else a sign. */
export function cellSign({ verdict, rate, same }: CellView): string {
  if (rate !== undefined && rate.sightings > 0) {
    const text = shortRate(rate.rate).replace('.0e', 'e');
    return `${verdict === 'violation' ? '‼ ' : ''}${same ? '= ' : ''}${text}`;
  }
  const signs: Readonly<Record<CellVerdict, string>> = {
    violation: '‼',
    seen: 'seen',
    upheld: 'never',
    unseen: 'never',
    inconclusive: 'never ?',
    counted: rate === undefined ? '' : 'never',
    invalid: 'invalid',
    'not-run': '–',
    absent: '',
  };
  return `${same && rate !== undefined ? '= ' : ''}${signs[verdict]}`;
}

/** The same for who hears it. */
export function cellSentence({ verdict, rate, same }: CellView): string {
  const counted =
    rate === undefined ? '' : `; ${shortCount(rate.sightings)} of ${shortCount(rate.iterations)} iterations`;
  return `${verdictWords[verdict]}${counted}${same ? '; the same code as another strategy' : ''}`;
}

/** Of the six shades, by the rate's order of magnitude; 0 where nothing was seen. */
export function shade({ rate }: CellView): number {
  if (rate === undefined || rate.sightings === 0) return 0;
  return Math.max(1, Math.min(6, Math.floor(Math.log10(rate.rate)) + 8));
}
