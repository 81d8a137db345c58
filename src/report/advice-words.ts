/** How advice names things: guards, models, states, and what a machine showed. */

import type { GuardAdvice, ModelAdvice, Need } from '../evidence/advice.ts';
import type { Finding } from '../evidence/judges.ts';
import type { Recorded } from '../evidence/recorded.ts';
import { wrap } from './columns.ts';
import { shortCount } from './quantity.ts';

/** As wide as the longest architecture's name, and two blanks. */
export const modelColumn = 9;

const titles: Readonly<Record<string, string>> = { lkmm: 'LKMM' };

export function titleOf({ model }: Pick<ModelAdvice, 'model'>): string {
  return titles[model] ?? model;
}

export function needIn({ alone }: ModelAdvice, { name }: GuardAdvice): Need {
  return alone.find(({ guard }) => guard === name)?.need ?? 'unknown';
}

export function isSection({ kind }: Pick<GuardAdvice, 'kind'>): boolean {
  return kind === 'lock' || kind === 'reader';
}

/** `the snapshot's smp_rmb (P1 line 60)`; without a comment of the test's own, by where it stands. */
export function called(guard: GuardAdvice): string {
  const { place } = guard;
  if (place.comment !== undefined) return `${place.comment} (${where(guard)})`;
  if (isSection(guard)) return `${nounOf(guard)} (${where(guard)})`;
  return `${nounOf(guard)} (${where(guard)}, ${place.position})`;
}

export function nounOf({ kind, place }: GuardAdvice): string {
  switch (kind) {
    case 'acquire':
    case 'release':
      return `the ${kind}`;
    case 'full':
      return 'the full order';
    case 'lock':
    case 'reader':
      return place.text.replace(/ … .*/, '');
    default:
      return place.text;
  }
}

export function where({ place: { thread, lines } }: GuardAdvice): string {
  const [first, last] = [lines[0], lines.at(-1)];
  return `P${thread} ${first === last ? `line ${first}` : `lines ${first}-${last}`}`;
}

/** What a machine showed, as recorded: the verdict, and how often the event was seen. */
export function shown({ witnesses, iterations, verdict, sameCodeAs, emulated, event }: Recorded): string {
  const seen = event === 'witness' ? witnesses : iterations - witnesses;
  const same = sameCodeAs === undefined ? '' : `; the same code as ${sameCodeAs}`;
  const counts = `seen ${shortCount(seen)} times in ${shortCount(iterations)}`;
  return `${verdict}, ${counts}${same}${emulated ? '; emulated, so no evidence' : ''}`;
}

export function stateText({ state }: Extract<Finding, { kind: 'allowed' }>): string {
  return Object.entries(state)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ');
}

/** Text after a head, its further lines under its first. */
export function hanging(head: string, text: string, width: number): readonly string[] {
  const indent = ' '.repeat(head.length);
  return wrap(text, width - head.length).map((line, index) =>
    `${index === 0 ? head : indent}${line}`.trimEnd(),
  );
}

export function listed(texts: readonly string[]): string {
  if (texts.length < 2) return texts[0] ?? '';
  return `${texts.slice(0, -1).join(', ')} and ${texts.at(-1)}`;
}

export function capital(text: string): string {
  return /^[a-z]\w*\(/.test(text) ? text : text.charAt(0).toUpperCase() + text.slice(1);
}
