/** Everything that columns of results hold: tests, their strategies, and a cell for each machine. */

import type { TestEvent } from '../judge/expectation.ts';
import type { Row } from '../results/schema.ts';
import { cellOf, countsOf, type Cell } from './comparison-cell.ts';
import type { Column } from './comparison-columns.ts';
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

/** Tests in the order in which the files name them. */
export function overviewOf(columns: readonly Column[]): Overview {
  const tests = new Map<string, { head: Omit<OverviewTest, 'label' | 'rows'>; rows: OverviewRow[] }>();
  for (const matched of matchedRows(columns)) {
    const entries = matched.entries.flat();
    const row = entries.find((entry) => entry.kind === 'results')?.row;
    const key = JSON.stringify([matched.test, row?.test.digest]);
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
