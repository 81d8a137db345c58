/** Charts, drawn by Observable Plot. Each has its numbers in words too, for whoever cannot see it. */

import type * as PlotLibrary from '@observablehq/plot';
import { useEffect, useRef } from 'preact/hooks';

/** A script of its own in the page. */
declare const Plot: typeof PlotLibrary;

interface ChartProps {
  readonly label: string;
  readonly options: PlotLibrary.PlotOptions;
}

function Chart({ label, options }: ChartProps) {
  const holder = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const drawn = Plot.plot({
      ...options,
      style: { background: 'transparent', fontSize: '12px', overflow: 'visible' },
      ariaLabel: label,
    });
    drawn.setAttribute('role', 'img');
    // To who hears it the label is all there is: its parts have none.
    for (const part of drawn.querySelectorAll('g[aria-label]')) part.removeAttribute('aria-label');
    holder.current?.replaceChildren(drawn);
  });
  return <div class="chart" ref={holder} />;
}

export interface RatePoint {
  readonly name: string;
  readonly rate: number;
  readonly low: number;
  readonly high: number;
  readonly seen: boolean;
  readonly chosen: boolean;
  readonly title: string;
}

/** Rates with their intervals on a log scale; of what was never seen, up to where it would have shown. */
export function RateChart({
  label,
  points,
}: {
  readonly label: string;
  readonly points: readonly RatePoint[];
}) {
  const least = Math.min(...points.map(({ low, high, seen }) => (seen && low > 0 ? low : high))) / 3;
  const rows = points.map((point) => ({
    ...point,
    start: point.seen && point.low > 0 ? point.low : least,
  }));
  const tone = ({ chosen }: { readonly chosen: boolean }) => (chosen ? 'var(--accent)' : 'currentColor');
  return (
    <Chart
      label={label}
      options={{
        width: 760,
        height: 70 + 22 * points.length,
        marginLeft: 250,
        marginBottom: 44,
        marginRight: 30,
        x: {
          type: 'log',
          domain: [least, Math.min(1, 5 * Math.max(...points.map(({ high }) => high)))],
          ticks: 5,
          label: 'rate per iteration (log)',
          grid: true,
          tickFormat: tickOf,
        },
        y: {
          label: null,
          domain: rows.map(({ name }) => name),
          tickFormat: (name: string) => shortened(name, 32),
        },
        marks: [
          Plot.ruleY(rows, {
            y: 'name',
            x1: 'start',
            x2: 'high',
            stroke: tone,
            strokeWidth: 2,
            strokeDasharray: '3 3',
            filter: ({ seen }: RatePoint) => !seen,
          }),
          Plot.tickX(rows, {
            x: 'high',
            y: 'name',
            stroke: tone,
            filter: ({ seen }: RatePoint) => !seen,
            title: 'title',
            insetTop: 5,
            insetBottom: 5,
          }),
          Plot.ruleY(rows, {
            y: 'name',
            x1: 'start',
            x2: 'high',
            stroke: tone,
            strokeWidth: 3,
            filter: ({ seen }: RatePoint) => seen,
          }),
          Plot.dot(rows, {
            x: 'rate',
            y: 'name',
            fill: tone,
            r: 4.5,
            filter: ({ seen }: RatePoint) => seen,
            title: 'title',
          }),
        ],
      }}
    />
  );
}

export interface CountBar {
  readonly name: string;
  readonly count: number;
  readonly marked: boolean;
}

/** Counts on a log scale, so that what is rare can be seen beside what is not. */
export function CountChart({ label, bars }: { readonly label: string; readonly bars: readonly CountBar[] }) {
  const most = Math.max(...bars.map(({ count }) => count));
  return (
    <Chart
      label={label}
      options={{
        width: 760,
        height: 70 + 22 * bars.length,
        marginLeft: 330,
        marginBottom: 44,
        marginRight: 60,
        x: {
          type: 'log',
          domain: [0.7, Math.max(10, most * 1.3)],
          label: 'count (log)',
          grid: true,
          ticks: 5,
          tickFormat: tickOf,
        },
        y: {
          label: null,
          domain: bars.map(({ name }) => name),
          tickFormat: (name: string) => shortened(name, 50),
        },
        marks: [
          Plot.barX(bars, {
            x1: () => 0.7,
            x2: 'count',
            y: 'name',
            fill: ({ marked }: CountBar) => (marked ? 'var(--event)' : 'var(--bar)'),
            insetTop: 2,
            insetBottom: 2,
            filter: ({ count }: CountBar) => count > 0,
          }),
          Plot.text(bars, {
            x: ({ count }: CountBar) => Math.max(count, 0.7),
            y: 'name',
            text: ({ count, marked }: CountBar) => `${count.toLocaleString('en')}${marked ? ' *' : ''}`,
            textAnchor: 'start',
            dx: 5,
          }),
        ],
      }}
    />
  );
}

export interface BlockPoint {
  readonly series: string;
  readonly place: number;
  readonly rate: number;
}

/** Rates of blocks in the order in which they ran. */
export function BlockChart({
  label,
  points,
}: {
  readonly label: string;
  readonly points: readonly BlockPoint[];
}) {
  return (
    <Chart
      label={label}
      options={{
        width: 760,
        height: 200,
        marginLeft: 70,
        marginBottom: 44,
        x: { label: 'blocks, in the order in which they ran →' },
        y: { label: '↑ rate per iteration', grid: true, zero: true, tickFormat: tickOf },
        marks: [
          Plot.ruleY([0]),
          Plot.line(points, { x: 'place', y: 'rate', z: 'series', strokeOpacity: 0.5 }),
          Plot.dot(points, { x: 'place', y: 'rate', r: 2, fill: 'currentColor' }),
        ],
      }}
    />
  );
}

function tickOf(value: number): string {
  if (value === 0) return '0';
  return value >= 0.01 && value < 10_000 ? String(Number(value.toPrecision(3))) : value.toExponential(0);
}

function shortened(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}
