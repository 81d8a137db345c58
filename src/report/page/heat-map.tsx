/** Test × strategy × machine: how often each was seen. Filtered, sorted and a page of rows at a time. */

import { useMemo, useState } from 'preact/hooks';
import type { CellVerdict } from '../html/page-data.ts';
import { testLink, type PageLink } from '../html/links.ts';
import type { ReportData } from './data.ts';
import { cellSentence, cellSign, shade } from './words.ts';

export interface HeatMapProps {
  readonly data: ReportData;
  readonly link: PageLink | undefined;
}

/** More cells take long to draw. */
const mostCells = 3000;

const sorts = {
  given: 'as the results have them',
  name: 'by name',
  rate: 'by rate, highest first',
  verdict: 'by verdict, gravest first',
} as const;

type Sort = keyof typeof sorts;

const shownVerdicts = [
  'violation',
  'seen',
  'upheld',
  'unseen',
  'inconclusive',
  'invalid',
  'not-run',
] as const;

export function HeatMap({ data, link }: HeatMapProps) {
  const { index } = data;
  const [text, setText] = useState('');
  const [verdict, setVerdict] = useState<CellVerdict | ''>('');
  const [machineText, setMachineText] = useState('');
  const [sort, setSort] = useState<Sort>('given');
  const [page, setPage] = useState(0);
  const machines = useMemo(
    () => index.machines.flatMap(({ name }, machine) => (contains(name, machineText) ? [machine] : [])),
    [machineText],
  );
  const rows = useMemo(() => {
    const found = index.rows.flatMap(({ test, strategies }, row) => {
      const name = `${index.tests[test]?.name ?? ''} ${index.tests[test]?.folder ?? ''} ${strategies.join(' ')}`;
      const matches =
        contains(name, text) &&
        (verdict === '' || machines.some((one) => data.cell(row, one).verdict === verdict));
      return matches ? [row] : [];
    });
    return sorted(found, sort, data, machines);
  }, [text, verdict, machines, sort]);
  const rowsOfPage = Math.max(20, Math.min(100, Math.floor(mostCells / machines.length)));
  const pages = Math.max(1, Math.ceil(rows.length / rowsOfPage));
  const current = Math.min(page, pages - 1);
  const shown = rows.slice(current * rowsOfPage, (current + 1) * rowsOfPage);
  const change =
    <Value,>(set: (value: Value) => void) =>
    (value: Value) => {
      set(value);
      setPage(0);
    };
  return (
    <>
      <form
        class="filters"
        role="search"
        aria-label="Filter tests"
        onSubmit={(event) => event.preventDefault()}
      >
        <label>
          Test or strategy
          <input
            type="search"
            id="filter"
            value={text}
            placeholder="page-fault, smp_rmb …"
            onInput={(event) => change(setText)(event.currentTarget.value)}
          />
        </label>
        <label>
          Verdict
          <select
            value={verdict}
            onChange={(event) => change(setVerdict)(event.currentTarget.value as CellVerdict | '')}
          >
            <option value="">any</option>
            {shownVerdicts.map((one) => (
              <option key={one}>{one}</option>
            ))}
          </select>
        </label>
        {index.machines.length < 2 ? null : (
          <label>
            Machine
            <input
              type="search"
              value={machineText}
              placeholder="arm64, epyc …"
              onInput={(event) => change(setMachineText)(event.currentTarget.value)}
            />
          </label>
        )}
        <label>
          Order
          <select value={sort} onChange={(event) => change(setSort)(event.currentTarget.value as Sort)}>
            {Object.entries(sorts).map(([value, words]) => (
              <option key={value} value={value}>
                {words}
              </option>
            ))}
          </select>
        </label>
        <output>
          {rows.length} of {index.rows.length} rows, {machines.length} of {index.machines.length} machines
        </output>
      </form>
      <Legend />
      <div class="scroll" role="region" aria-label="Heat map" tabIndex={0}>
        <table class="heat" onKeyDown={moveFocus}>
          <caption class="hidden">
            Rate at which each test’s outcome was seen under each strategy on each machine. Arrow keys move
            between cells.
          </caption>
          <thead>
            <tr>
              <th scope="col">test</th>
              <th scope="col">strategy</th>
              {machines.map((machine) => (
                <th
                  scope="col"
                  key={machine}
                  class={`machine-name ${index.machines[machine]?.standing ?? ''}`}
                >
                  <bdi>{index.machines[machine]?.name}</bdi>
                  {index.machines[machine]?.standing === 'emulated' ? ' (emulated: no evidence)' : null}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map((row, place) => (
              <Row
                key={row}
                data={data}
                row={row}
                first={place === 0}
                repeats={index.rows[shown[place - 1] ?? -1]?.test === index.rows[row]?.test}
                machines={machines}
                link={link}
              />
            ))}
          </tbody>
        </table>
      </div>
      {rows.length === 0 ? <p>No row is left: clear a filter.</p> : null}
      {pages === 1 ? null : (
        <nav class="pages" aria-label="Pages of rows">
          <button type="button" disabled={current === 0} onClick={() => setPage(current - 1)}>
            Previous
          </button>
          <span>
            page {current + 1} of {pages}
          </span>
          <button type="button" disabled={current === pages - 1} onClick={() => setPage(current + 1)}>
            Next
          </button>
        </nav>
      )}
    </>
  );
}

interface RowProps {
  readonly data: ReportData;
  readonly row: number;
  readonly first: boolean;
  /** Whether the row above is of the same test. */
  readonly repeats: boolean;
  readonly machines: readonly number[];
  readonly link: PageLink | undefined;
}

function Row({ data, row, first, repeats, machines, link }: RowProps) {
  const { index } = data;
  const { test, strategies } = index.rows[row] ?? { test: 0, strategies: [] };
  const name = index.tests[test]?.name ?? '';
  const strategy = strategies[0] ?? '';
  const chosen = link?.test === name && (link.strategy === undefined || strategies.includes(link.strategy));
  return (
    <tr class={`${repeats ? 'repeats' : ''}${chosen ? ' chosen' : ''}`}>
      <th scope="row">
        {repeats ? (
          <span class="hidden">{name}</span>
        ) : (
          <a href={testLink(name)}>
            <bdi>{name}</bdi>
          </a>
        )}
      </th>
      <th scope="row" class="strategy">
        <bdi>{strategies.join(' = ')}</bdi>
      </th>
      {machines.map((machine, place) => {
        const cell = data.cell(row, machine);
        const machineName = index.machines[machine]?.name ?? '';
        const here = chosen && link?.machine === machineName;
        return (
          <td key={machine} class={`${cell.verdict} shade${shade(cell)}${here ? ' here' : ''}`}>
            {cell.verdict === 'absent' ? null : (
              <a
                href={testLink(name, strategy, machineName)}
                tabIndex={first && place === 0 ? 0 : -1}
                title={cellSentence(cell)}
                aria-label={`${name}, ${strategy}, ${machineName}: ${cellSign(cell)}; ${cellSentence(cell)}`}
              >
                {cellSign(cell)}
              </a>
            )}
          </td>
        );
      })}
    </tr>
  );
}

function Legend() {
  return (
    <p class="legend">
      <span class="shade1">rare</span>
      <span class="shade2" />
      <span class="shade3" />
      <span class="shade4" />
      <span class="shade5" />
      <span class="shade6">often</span> rate per iteration where it was seen, darker by powers of ten;{' '}
      <b>never</b>: not seen, <b>?</b> with nothing that shows it would have been; <b>‼</b> violation;{' '}
      <b>=</b> the same code as another strategy, run once.
    </p>
  );
}

function contains(name: string, text: string): boolean {
  const whole = name.toLowerCase();
  return text
    .toLowerCase()
    .split(/\s+/)
    .every((word) => whole.includes(word));
}

const gravity: readonly CellVerdict[] = [
  'violation',
  'invalid',
  'inconclusive',
  'seen',
  'upheld',
  'unseen',
  'counted',
  'not-run',
  'absent',
];

function sorted(
  rows: readonly number[],
  sort: Sort,
  data: ReportData,
  machines: readonly number[],
): readonly number[] {
  const nameOf = (row: number) => data.index.tests[data.index.rows[row]?.test ?? -1]?.name ?? '';
  const most = (value: (machine: number) => number) => Math.max(-1, ...machines.map(value));
  switch (sort) {
    case 'given':
      return rows;
    case 'name':
      return rows.toSorted((one, other) => nameOf(one).localeCompare(nameOf(other)) || one - other);
    case 'rate': {
      const rates = new Map(
        rows.map((row) => [row, most((machine) => data.cell(row, machine).rate?.rate ?? -1)]),
      );
      return rows.toSorted((one, other) => (rates.get(other) ?? 0) - (rates.get(one) ?? 0) || one - other);
    }
    case 'verdict': {
      const ranks = new Map(
        rows.map((row) => [
          row,
          most((machine) => -gravity.indexOf(data.cell(row, machine).verdict) + gravity.length),
        ]),
      );
      return rows.toSorted((one, other) => (ranks.get(other) ?? 0) - (ranks.get(one) ?? 0) || one - other);
    }
  }
}

const moves: Readonly<Record<string, readonly [down: number, right: number]>> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};

/** Arrow keys go from cell to cell: Tab would stop at each of thousands. */
function moveFocus(event: KeyboardEvent): void {
  const move = moves[event.key];
  const cell = (event.target as Element).closest('td');
  const row = cell?.parentElement;
  if (move === undefined || cell === null || !(row instanceof HTMLTableRowElement)) return;
  const table = row.parentElement as HTMLTableSectionElement;
  const next = table.rows[row.sectionRowIndex + move[0]]?.cells[cell.cellIndex + move[1]];
  const target = next?.querySelector('a');
  if (!(target instanceof HTMLElement)) return;
  event.preventDefault();
  target.focus();
}
