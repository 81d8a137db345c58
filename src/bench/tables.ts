import { medianOf } from '../evidence/quantiles.ts';
import { layOut, rowLines, type Column } from '../report/columns.ts';
import { shortCount } from '../report/quantity.ts';
import type { Engine } from './engines.ts';

/** One engine's rates in one round. */
export interface Rates {
  readonly iterationsPerSecond: number;
  readonly relaxedPerRunSecond: number;
  readonly relaxedPerWallSecond: number;
  /** The one of these that engines are compared by. */
  readonly measured: number;
  /** Of what is measured, to the first engine in the same round. */
  readonly ratio: number;
  /** Iterations while the threads run, in the time of a round trip. */
  readonly iterationsPerRoundTrip: number;
}

/** A row for each engine, medians over rounds. */
export function engineTable(
  engines: readonly Engine[],
  measure: 'relaxed' | 'iterations',
  measured: readonly (readonly Rates[])[],
): string {
  const columns = [
    { title: 'plan', align: 'left' },
    { title: 'iterations/s', align: 'right' },
    { title: 'relaxed/s running', align: 'right' },
    { title: 'relaxed/s wall', align: 'right' },
    { title: `ratio of ${measure}`, align: 'right' },
    { title: 'iterations/round trip', align: 'right' },
  ] as const;
  const rows = engines.map(({ name }, index) => {
    const inRounds = (of: (rates: Rates) => number) =>
      medianOf(measured.flatMap((rates) => rates.slice(index, index + 1).map(of)));
    return [
      name,
      shortCount(inRounds((one) => one.iterationsPerSecond)),
      shortCount(inRounds((one) => one.relaxedPerRunSecond)),
      shortCount(inRounds((one) => one.relaxedPerWallSecond)),
      withRange(measured.flatMap((rates) => rates.slice(index, index + 1).map(({ ratio }) => ratio))),
      inRounds((one) => one.iterationsPerRoundTrip).toFixed(1),
    ];
  });
  return text(columns, rows);
}

/** The median of a few numbers, and between which they lie. */
function withRange(values: readonly number[]): string {
  const digits = medianOf(values) < 10 ? 1 : 0;
  const [middle, least, most] = [medianOf(values), Math.min(...values), Math.max(...values)];
  return `${middle.toFixed(digits)} (${least.toFixed(digits)}-${most.toFixed(digits)})`;
}

/** A test whose threads share CPUs, in one round. */
export type CrowdedRates = Pick<Rates, 'iterationsPerSecond' | 'relaxedPerWallSecond'>;

/** Tests whose threads take turns, or run in lanes: medians over rounds. */
export function crowdedTable(
  engines: readonly Engine[],
  measured: readonly (readonly CrowdedRates[])[],
): string {
  const columns = [
    { title: 'test', align: 'left' },
    { title: 'plan', align: 'left' },
    { title: 'iterations/s', align: 'right' },
    { title: 'relaxed/s wall', align: 'right' },
  ] as const;
  const rows = engines.map(({ test, name }, index) => {
    const inRounds = (of: (rates: CrowdedRates) => number) =>
      shortCount(medianOf(measured.flatMap((rates) => rates.slice(index, index + 1).map(of))));
    return [
      test,
      name,
      inRounds((one) => one.iterationsPerSecond),
      inRounds((one) => one.relaxedPerWallSecond),
    ];
  });
  return text(columns, rows);
}

function text(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const layout = layOut(columns, rows, 140);
  return [columns.map(({ title }) => title), ...rows].flatMap((row) => rowLines(layout, row)).join('\n');
}
