/** One test: its source and code, and what a machine showed of it under a strategy. */

import { useEffect, useRef, useState } from 'preact/hooks';
import { testLink, type PageLink } from '../html/links.ts';
import type { GraphData, MachineData, TestDetail } from '../html/page-data.ts';
import { shortRate } from '../quantity.ts';
import { CellPanel } from './cell-panel.tsx';
import { RateChart, type RatePoint } from './chart.tsx';
import type { ReportData } from './data.ts';
import { SourceView } from './source-view.tsx';
import { cellSentence } from './words.ts';

export interface TestViewProps {
  readonly data: ReportData;
  readonly link: PageLink;
}

export function TestView({ data, link }: TestViewProps) {
  const { index } = data;
  const test = index.tests.findIndex(({ name }) => name === link.test);
  const [read, setRead] = useState<{ readonly test: number; readonly detail: TestDetail }>();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (test !== -1) void data.detail(test).then((detail) => setRead({ test, detail }));
  }, [test]);
  const shown = read !== undefined && read.test === test;
  useEffect(() => {
    if (!shown) return;
    heading.current?.scrollIntoView({ block: 'start' });
    heading.current?.focus({ preventScroll: true });
  }, [test, link.strategy, link.machine, shown]);
  if (test === -1) return <p role="alert">The link names a test that is not in these results: {link.test}</p>;
  if (!shown) return <p>Opening {link.test} …</p>;
  const rows = index.rows.flatMap((row, number) => (row.test === test ? [{ ...row, number }] : []));
  const place = Math.max(
    0,
    rows.findIndex(({ strategies }) => strategies.includes(link.strategy ?? 'kernel')),
  );
  const row = rows[place];
  const machine = machineOf(data, row?.number ?? 0, link);
  const strategy = row?.strategies.find((name) => name === link.strategy) ?? row?.strategies[0] ?? 'kernel';
  const variant = read.detail.rows[place]?.variants.find((one) => one.strategy === strategy);
  return (
    <section class="test" aria-labelledby="test-name">
      <h3 id="test-name" tabIndex={-1} ref={heading}>
        <bdi>{link.test}</bdi>
      </h3>
      <p class="question">{index.tests[test]?.question}</p>
      <p class="tools">
        <label>
          Strategy{' '}
          <select
            value={rows.some(({ strategies }) => strategies.includes(strategy)) ? strategy : ''}
            onChange={(event) =>
              go(testLink(link.test, event.currentTarget.value, index.machines[machine]?.name))
            }
          >
            {rows.flatMap(({ strategies }) => strategies.map((name) => <option key={name}>{name}</option>))}
          </select>
        </label>
        {index.machines.length < 2 ? null : (
          <label>
            Machine{' '}
            <select
              value={index.machines[machine]?.name}
              onChange={(event) => go(testLink(link.test, strategy, event.currentTarget.value))}
            >
              {index.machines.map(({ name }) => (
                <option key={name}>{name}</option>
              ))}
            </select>
          </label>
        )}
        <a href="#explore">Close</a>
      </p>
      <p>{variant?.sentence}</p>
      <ul class="models" aria-label="What the models said when it ran">
        {variant?.models.map((said) => (
          <li key={said}>{said}</li>
        ))}
      </ul>
      <Needs detail={read.detail} test={link.test} strategy={strategy} />
      {read.detail.text === undefined ? (
        <p class="note">
          The text of this test is not at hand, or is another version than the one that ran: name its file
          with --tests.
        </p>
      ) : (
        <SourceView text={read.detail.text} barriers={read.detail.barriers} strategy={strategy} />
      )}
      <h4>How often it was seen</h4>
      <RateChart
        label={`Rates of ${link.test} on ${index.machines[machine]?.name ?? ''} by strategy`}
        points={byStrategy(data, rows, machine, place)}
        absent={`${index.machines[machine]?.name ?? 'This machine'} has not run it.`}
      />
      {index.machines.length < 2 || row === undefined ? null : (
        <>
          <h4>
            <bdi>{row.strategies.join(' = ')}</bdi> on every machine
          </h4>
          <RateChart
            label={`Rates of ${link.test} under ${strategy} by machine`}
            points={byMachine(data, row.number, machine)}
            absent="No machine has run it."
          />
        </>
      )}
      <CellPanel
        cell={read.detail.rows[place]?.cells[machine] ?? undefined}
        view={data.cell(row?.number ?? 0, machine)}
        machine={index.machines[machine]}
        strategy={strategy}
        ranAs={row?.strategies[0] ?? strategy}
      />
      <Prices detail={read.detail} />
      <Graphs graphs={read.detail.graphs} strategy={strategy} />
    </section>
  );
}

function go(link: string): void {
  location.hash = link;
}

/** The one that the link names, else the first that ran it. */
function machineOf({ index, cell }: ReportData, row: number, { machine }: PageLink): number {
  const named = index.machines.findIndex(({ name }) => name === machine);
  if (named !== -1) return named;
  return Math.max(
    0,
    index.machines.findIndex((_, number) => cell(row, number).rate !== undefined),
  );
}

function Needs({
  detail,
  test,
  strategy,
}: {
  readonly detail: TestDetail;
  readonly test: string;
  readonly strategy: string;
}) {
  if (detail.barriers.length === 0) return null;
  const models = detail.barriers[0]?.needs.map(({ model }) => model) ?? [];
  return (
    <div class="scroll" role="region" aria-label="Which barriers are needed" tabIndex={0}>
      <table class="needs">
        <caption>Its barriers: needed by the model of …</caption>
        <thead>
          <tr>
            <th scope="col">barrier</th>
            {models.map((model) => (
              <th scope="col" key={model}>
                {model}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {detail.barriers.map(({ guard, name, lines, needs }) => (
            <tr key={guard} class={guard === strategy ? 'chosen' : ''}>
              <th scope="row">
                <a href={testLink(test, guard)}>
                  <bdi>{name}</bdi>
                </a>{' '}
                <span class="faint">{lines.length === 0 ? guard : `line ${lines.join(', ')}`}</span>
              </th>
              {needs.map(({ model, word, mark, detail: why }) => (
                <td key={model} title={why}>
                  <span class={`need ${mark}`}>{word}</span>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

type TestRow = PageRow & { readonly number: number };
type PageRow = ReportData['index']['rows'][number];

function byStrategy(
  data: ReportData,
  rows: readonly TestRow[],
  machine: number,
  place: number,
): readonly RatePoint[] {
  return rows.flatMap(({ strategies, number }, index) =>
    pointOf(data, number, machine, strategies.join(' = '), index === place),
  );
}

function byMachine(data: ReportData, row: number, chosen: number): readonly RatePoint[] {
  return data.index.machines.flatMap(({ name, standing }: MachineData, machine) =>
    pointOf(data, row, machine, `${name}${standing === 'emulated' ? ' (emulated)' : ''}`, machine === chosen),
  );
}

function pointOf(
  data: ReportData,
  row: number,
  machine: number,
  name: string,
  chosen: boolean,
): readonly RatePoint[] {
  const cell = data.cell(row, machine);
  if (cell.rate === undefined) return [];
  const { rate, low, high, sightings } = cell.rate;
  const amount =
    sightings === 0 ? `<${shortRate(high)}` : `${shortRate(rate)} [${shortRate(low)}, ${shortRate(high)}]`;
  const title = `${name}: ${cellSentence(cell)}; ${amount} per iteration`;
  return [{ name, rate, low, high, seen: sightings > 0, chosen, title }];
}

function Prices({ detail: { prices } }: { readonly detail: TestDetail }) {
  if (prices.length === 0) return null;
  return (
    <>
      <h4>What it costs</h4>
      <dl class="facts">
        {prices.map(({ machine, sentences, steps, prices: differences, counted }) => (
          <div key={machine}>
            <dt>
              <bdi>{machine}</bdi>
            </dt>
            <dd>
              {sentences.join(' ')}
              <details>
                <summary>With 95 % intervals, of the median over {counted}</summary>
                <PriceTable machine={machine} title="price of" rows={differences} />
                <PriceTable machine={machine} title="a step of" rows={steps} />
              </details>
            </dd>
          </div>
        ))}
      </dl>
      <p class="faint">A step: an iteration of P0, P1, …; alone, or with all threads of the test together.</p>
    </>
  );
}

function PriceTable({
  machine,
  title,
  rows,
}: {
  readonly machine: string;
  readonly title: string;
  readonly rows: readonly (readonly string[])[];
}) {
  if (rows.length === 0) return null;
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label={`Nanoseconds on ${machine}: ${title} …`}>
      <table class="amounts">
        <thead>
          <tr>
            <th scope="col">{title}</th>
            <th scope="col">thread</th>
            <th scope="col">alone, ns a step</th>
            <th scope="col">together, ns a step</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(([name, thread, alone, together], row) => (
            <tr key={row}>
              <th scope="row">{name}</th>
              <td>{thread}</td>
              <td>{alone}</td>
              <td>{together}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** The execution that shows why; a picture of its own, so that its style is not the page's. */
function Graphs({ graphs, strategy }: { readonly graphs: readonly GraphData[]; readonly strategy: string }) {
  const graph =
    graphs.find((one) => one.strategy === strategy) ??
    graphs.find((one) => one.kind === 'witness') ??
    graphs[0];
  if (graph === undefined) return null;
  const about = graph.strategy === 'kernel' ? 'as written' : `under ${graph.strategy}`;
  return (
    <>
      <h4>
        {graph.kind === 'witness' ? 'How it can happen' : 'Why it cannot happen'} {about}, by LKMM
      </h4>
      <img
        class="graph"
        alt={`An execution, told in words below`}
        src={`data:image/svg+xml;base64,${base64(graph.svg)}`}
      />
      <details>
        <summary>In words</summary>
        <pre>{graph.text}</pre>
      </details>
    </>
  );
}

function base64(text: string): string {
  return btoa(Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join(''));
}
