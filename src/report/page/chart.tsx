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

interface RowChartProps {
  readonly label: string;
  /** Of the rows, from the top. */
  readonly names: readonly string[];
  /** What is left of the axis. */
  readonly marginLeft: number;
  /** Of the logarithmic axis. */
  readonly x: { readonly label: string; readonly domain: readonly [number, number] };
  readonly marks: PlotLibrary.Markish[];
}

const pixelsOfLetter = 7;

/** A row for each name, along a logarithmic axis. */
function RowChart({ label, names, marginLeft, x, marks }: RowChartProps) {
  const room = Math.floor(marginLeft / pixelsOfLetter) - 2;
  return (
    <Chart
      label={label}
      options={{
        width: 760,
        height: 70 + 22 * names.length,
        marginLeft,
        marginBottom: 44,
        marginRight: 60,
        x: { ...x, type: 'log', ticks: 5, grid: true, tickFormat: tickOf },
        y: { label: null, domain: names, tickFormat: (name: string) => shortened(name, room) },
        marks,
      }}
    />
  );
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

export interface RateChartProps {
  readonly label: string;
  readonly points: readonly RatePoint[];
  /** What to say where there is no point. */
  readonly absent: string;
}

/** Rates with their intervals on a log scale; of what was never seen, up to where it would have shown. */
export function RateChart({ label, points, absent }: RateChartProps) {
  if (points.length === 0) return <p>{absent}</p>;
  const least = Math.min(...points.map(({ low, high, seen }) => (seen && low > 0 ? low : high))) / 3;
  const most = Math.max(...points.map(({ high }) => high));
  const rows = points.map((point) => ({ ...point, start: point.seen && point.low > 0 ? point.low : least }));
  const seen = rows.filter((row) => row.seen);
  const never = rows.filter((row) => !row.seen);
  const stroke = ({ chosen }: RatePoint) => (chosen ? 'var(--accent)' : 'currentColor');
  const line = { y: 'name', x1: 'start', x2: 'high', stroke };
  return (
    <RowChart
      label={label}
      names={points.map(({ name }) => name)}
      marginLeft={250}
      x={{ label: 'rate per iteration (log)', domain: [least, Math.min(1, 5 * most)] }}
      marks={[
        Plot.ruleY(never, { ...line, strokeWidth: 2, strokeDasharray: '3 3' }),
        Plot.tickX(never, { x: 'high', y: 'name', stroke, title: 'title', insetTop: 5, insetBottom: 5 }),
        Plot.ruleY(seen, { ...line, strokeWidth: 3 }),
        Plot.dot(seen, { x: 'rate', y: 'name', fill: stroke, r: 4.5, title: 'title' }),
      ]}
    />
  );
}

export interface CountBar {
  readonly name: string;
  readonly count: number;
  readonly marked: boolean;
}

/** Bars begin below 1, so that a single count can be seen. */
const barStart = 0.7;

/** Counts on a log scale, so that what is rare can be seen beside what is not. */
export function CountChart({ label, bars }: { readonly label: string; readonly bars: readonly CountBar[] }) {
  const most = Math.max(...bars.map(({ count }) => count));
  return (
    <RowChart
      label={label}
      names={bars.map(({ name }) => name)}
      marginLeft={330}
      x={{ label: 'count (log)', domain: [barStart, Math.max(10, most * 1.3)] }}
      marks={[
        Plot.barX(
          bars.filter(({ count }) => count > 0),
          {
            x1: () => barStart,
            x2: 'count',
            y: 'name',
            fill: ({ marked }: CountBar) => (marked ? 'var(--event)' : 'var(--bar)'),
            insetTop: 2,
            insetBottom: 2,
          },
        ),
        Plot.text(bars, {
          x: ({ count }: CountBar) => Math.max(count, barStart),
          y: 'name',
          text: ({ count, marked }: CountBar) => `${count.toLocaleString('en')}${marked ? ' *' : ''}`,
          textAnchor: 'start',
          dx: 5,
        }),
      ]}
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
