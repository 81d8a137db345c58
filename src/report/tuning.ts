import type { TunedFamily } from '../results/tuning-file.ts';
import { layOut, rowLines } from './columns.ts';
import { plural, shortCount } from './quantity.ts';

/** What was found for each group of controls, a row each, beside the best portable plan. */
export function tuningText(families: readonly TunedFamily[], width: number): string {
  if (families.length === 0)
    return 'Nothing to tune: no control of these tests runs with a CPU for each thread.';
  const hadChoice = families.some(({ placements }) => placements !== undefined);
  const columns = [
    { title: 'controls', align: 'left', grow: true },
    { title: 'plan', align: 'left', grow: true },
    ...(hadChoice ? [{ title: 'threads', align: 'left' } as const] : []),
    { title: 'sightings/s', align: 'right' },
    { title: 'times portable', align: 'right' },
  ] as const;
  const rows = families.map(({ controls, objective, best, placement, times, tried }) => {
    const trial = tried.find(({ plan }) => plan.name === best?.name) ?? tried[0];
    const where = best?.placement ?? placement;
    return [
      controls.includes(', ') ? `${objective} of ${controls}` : controls,
      best?.name.replace(/^tuned-/, '').replace(`-${where}`, '') ?? 'the portable ones',
      ...(hadChoice ? [where] : []),
      trial === undefined ? '-' : shortCount(trial.perSecond),
      times === undefined ? '-' : timesText(times),
    ];
  });
  const layout = layOut(columns, rows, width);
  const tried = families.reduce((sum, family) => sum + family.tried.length, 0);
  return [
    ...[columns.map(({ title }) => title), ...rows].flatMap((row) => rowLines(layout, row)),
    '',
    `${plural(tried, 'plan')} tried. Sightings in a second of wall time, of the control named first; [95 %].`,
  ].join('\n');
}

function timesText({ ratio, low, high }: NonNullable<TunedFamily['times']>): string {
  const interval = `[${short(low)}, ${high === undefined ? '∞' : short(high)}]`;
  return ratio === undefined ? interval : `${short(ratio)} ${interval}`;
}

const short = (n: number) => (n < 10 ? n.toPrecision(2) : n < 1e6 ? shortCount(n) : n.toExponential(0));
