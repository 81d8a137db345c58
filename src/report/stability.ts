import type { Stability } from '../evidence/stability.ts';
import { layOut, rowLines } from './columns.ts';

const columns = [
  { title: 'test', align: 'left' },
  { title: 'strategy', align: 'left' },
  { title: 'runs', align: 'right' },
  { title: 'verdict', align: 'left' },
  { title: 'reason in the first', align: 'left', grow: true },
] as const;

/** The verdicts that were not the same in all of `runs` ("20 runs of 20s"), and how many there are. */
export function stabilityText({ cells, flips, notReached }: Stability, runs: string, width: number): string {
  const reached =
    notReached === 0 ? '' : ` ${notReached} were not reached in every run: give more --time, or less load.`;
  if (flips.length === 0) return `No flips among ${cells} verdicts in ${runs}.${reached}`;
  const rows = flips.flatMap(({ test, strategy, verdicts }) =>
    verdicts.map(({ verdict, sessions, reason }, index) => [
      ...(index === 0 ? [test, strategy] : ['', '']),
      String(sessions),
      verdict,
      reason,
    ]),
  );
  const layout = layOut(columns, rows, width);
  return [
    ...[columns.map(({ title }) => title), ...rows].flatMap((row) => rowLines(layout, row)),
    '',
    `${flips.length} of ${cells} verdicts were not the same in ${runs}.${reached}`,
  ].join('\n');
}
