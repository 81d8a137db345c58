/** Everything that columns of results hold: tests, their strategies, and a cell for each machine. */

import type { TestEvent } from '../judge/expectation.ts';
import type { TestPrice } from '../results/price-schema.ts';
import type { Row } from '../results/schema.ts';
import { cellOf, countsOf, type Cell } from './comparison-cell.ts';
import { documentsOf, type Column } from './comparison-columns.ts';
import { matchedRows, type Entry, type MatchedRow } from './comparison-rows.ts';

export interface Overview {
  readonly columns: readonly Column[];
  readonly tests: readonly OverviewTest[];
}

/** One text of a test: two of one name are two tests. */
export interface OverviewTest {
  readonly name: string;
  /** The name; of further texts of that name with the beginning of their digest, so that no two are alike. */
  readonly label: string;
  /** Of the test as written; undefined where only logs have it. */
  readonly digest: string | undefined;
  /** As the results call it, relative to the suite. */
  readonly file: string | undefined;
  readonly role: Row['role'];
  readonly quantifier: Row['test']['quantifier'];
  readonly proposition: string | undefined;
  readonly rows: readonly OverviewRow[];
}

export interface OverviewRow {
  /** The first, and all that were the same code wherever they ran. */
  readonly strategies: readonly [string, ...string[]];
  readonly event: TestEvent;
  /** By column. */
  readonly entries: MatchedRow['entries'];
  readonly cells: readonly (Cell | undefined)[];
}

/** Tests in the order in which the files name them; those that were timed and never run come last. */
export function overviewOf(columns: readonly Column[]): Overview {
  const tests = new Map<string, UnnamedTest>();
  for (const matched of matchedRows(columns)) {
    const entries = matched.entries.flat();
    const row = entries.find((entry) => entry.kind === 'results')?.row;
    const key = keyOf(matched.test, row?.test.digest);
    const test = tests.get(key) ?? { head: headOf(matched.test, row, entries), rows: [] };
    const event = row?.expectation.event ?? eventOfLog(test.head.quantifier);
    test.rows.push({
      strategies: matched.strategies,
      event,
      entries: matched.entries,
      cells: matched.entries.map((column) => cellOf(column, countsOf(column, event))),
    });
    tests.set(key, test);
  }
  for (const [key, timings] of timingsOf(columns)) {
    if (!tests.has(key)) tests.set(key, timedOnly(timings, columns.length));
  }
  const labels = new Set<string>();
  return {
    columns,
    tests: [...tests.values()].map(({ head, rows }) => {
      const label = labels.has(head.name) ? `${head.name} (${head.digest?.slice(0, 8) ?? 'log'})` : head.name;
      labels.add(label);
      return { ...head, label, rows };
    }),
  };
}

interface UnnamedTest {
  readonly head: Omit<OverviewTest, 'label' | 'rows'>;
  readonly rows: OverviewRow[];
}

const keyOf = (name: string, digest: string | undefined) => JSON.stringify([name, digest]);

/** What one column timed of a test. */
interface Timing {
  readonly column: number;
  readonly price: TestPrice;
}

type Timings = readonly [Timing, ...Timing[]];

function timingsOf(columns: readonly Column[]): ReadonlyMap<string, Timings> {
  const timings = new Map<string, [Timing, ...Timing[]]>();
  for (const [column, one] of columns.entries()) {
    for (const price of documentsOf(one).flatMap(({ prices }) => prices?.tests ?? [])) {
      const key = keyOf(price.test, price.digest);
      const known = timings.get(key);
      if (known === undefined) timings.set(key, [{ column, price }]);
      else known.push({ column, price });
    }
  }
  return timings;
}

/** A test that has prices and no runs: its strategies, those that are the same code wherever they were timed as one. */
function timedOnly(timings: Timings, columns: number): UnnamedTest {
  const [{ price: first }] = timings;
  const named = timings.flatMap(({ price: { steps, sameCode } }) =>
    [...steps, ...sameCode].map(({ strategy }) => strategy),
  );
  const groups = new Map<string, [string, ...string[]]>();
  for (const strategy of new Set(named)) {
    const codes = timings.map(
      ({ price }) => price.sameCode.find((same) => same.strategy === strategy)?.as ?? strategy,
    );
    const group = groups.get(JSON.stringify(codes));
    if (group === undefined) groups.set(JSON.stringify(codes), [strategy]);
    else group.push(strategy);
  }
  const cells = Array.from({ length: columns }, (_, column) =>
    timings.some((timing) => timing.column === column) ? notRun : undefined,
  );
  return {
    head: {
      name: first.test,
      digest: first.digest,
      file: undefined,
      role: 'asked',
      quantifier: 'exists',
      proposition: undefined,
    },
    rows: [...groups.values()].map((strategies) => ({
      strategies,
      event: 'witness',
      entries: cells.map(() => []),
      cells,
    })),
  };
}

const notRun: Cell = {
  verdict: 'not-run',
  reason: 'it was timed, and nothing was run',
  sightings: 0,
  iterations: 0,
  rate: undefined,
  bound: undefined,
  launches: 0,
  codeDigests: [],
  sameCodeAs: undefined,
};

function headOf(
  name: string,
  row: Row | undefined,
  entries: readonly Entry[],
): Omit<OverviewTest, 'label' | 'rows'> {
  const logged = entries.find((entry) => entry.kind === 'litmus7');
  return {
    name,
    digest: row?.test.digest,
    file: row?.test.file,
    role: row?.role ?? 'asked',
    quantifier: row?.test.quantifier ?? logged?.test.quantifier ?? 'exists',
    proposition: row?.test.proposition,
  };
}

function eventOfLog(quantifier: Row['test']['quantifier']): TestEvent {
  return quantifier === 'forall' ? 'counterexample' : 'witness';
}
