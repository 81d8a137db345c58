import type { Row } from './schema.ts';

/** Rows by the names under which controls and identical code refer to them. */
export type RowIndex = ReadonlyMap<string, Row>;

/** Reports name a control by its test, or by test and strategy where it is a variant of the test itself. */
export function rowIndex(rows: readonly Row[]): RowIndex {
  const index = new Map<string, Row>();
  for (const row of rows) {
    const name = nameOf(row.test.name, row.strategy);
    if (!index.has(name)) index.set(name, row);
    if (row.strategy === 'kernel' && !index.has(row.test.name)) index.set(row.test.name, row);
  }
  return index;
}

const nameOf = (test: string, strategy: string) => `${test} ${strategy}`;

/** The row whose runs a row's numbers are: another one where the code was the same. */
export function ranInStead(row: Row, index: RowIndex): Row {
  const { test, sameCodeAs } = row;
  return (sameCodeAs === undefined ? undefined : index.get(nameOf(test.name, sameCodeAs))) ?? row;
}
