import type { TunedFamily } from '../results/tuning-file.ts';
import type { LeftOut, WhyLeftOut } from '../tuning/tune.ts';
import { layOut, rowLines, wrap } from './columns.ts';
import { plural, shortCount } from './quantity.ts';

/** What was found for each group of controls, a row each, beside the best portable plan, and what was not. */
export function tuningText(
  families: readonly TunedFamily[],
  leftOut: readonly LeftOut[],
  width: number,
): string {
  if (families.length + leftOut.length === 0) return 'Nothing to tune: no control vouches for these tests.';
  const found = families.length === 0 ? [] : [foundText(families, width)];
  return [...found, ...leftOutLines(leftOut, width)].join('\n');
}

/** The groups of controls of which nothing was found, a sentence for each reason. */
export function leftOutLines(leftOut: readonly LeftOut[], width: number): readonly string[] {
  return [...new Set(leftOut.map(({ why }) => why))].flatMap((why) => {
    const names = leftOut.filter((one) => one.why === why).map(({ controls }) => controls);
    return wrap(`${reasons[why]}: ${names.join('; ')}.`, width);
  });
}

const reasons: Readonly<Record<WhyLeftOut, string>> = {
  'one-thread': 'Not tuned, for they have one thread',
  'take-turns': 'Not tuned, for they have more threads than there are CPUs',
  'not-run': 'Not tuned, for none of these controls ran here under any plan',
  time: 'Not tuned for want of --time',
  interrupted: 'Not tuned before the interrupt',
};

function foundText(families: readonly TunedFamily[], width: number): string {
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
    ...wrap(
      `${plural(tried, 'plan')} tried. Sightings in a second of wall time, of the control named first, while plans were searched; how many times those of the best portable plan [95 %], by blocks that ran once both were chosen.`,
      width,
    ),
  ].join('\n');
}

function timesText({ ratio, low, high }: NonNullable<TunedFamily['times']>): string {
  const interval = `[${short(low)}, ${high === undefined ? '∞' : short(high)}]`;
  return ratio === undefined ? interval : `${short(ratio)} ${interval}`;
}

const short = (n: number) => (n < 10 ? n.toPrecision(2) : n < 1e6 ? shortCount(n) : n.toExponential(0));
