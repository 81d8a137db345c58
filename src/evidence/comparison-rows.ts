import { planDigest } from '../results/digests.ts';
import type { Litmus7Test } from '../results/litmus7-log.ts';
import type { ResultsDocument, Row, Run, Session } from '../results/schema.ts';
import { klitmusName } from '../strategy/klitmus-name.ts';
import { documentsOf, type Column } from './comparison-columns.ts';
import { ranOnWatched } from './cpu-distance.ts';

/** What one session has of a test under one strategy. */
export type Entry =
  | {
      readonly kind: 'results';
      readonly row: Row;
      /** The row that ran: another one where the code was the same. */
      readonly ran: Row;
      /** Those that are data. */
      readonly runs: readonly Run[];
      /** Of the document's plans by name, what runs are alike by: parameters and placement, not CPU numbers. */
      readonly planKeys: ReadonlyMap<string, string>;
      /** Of the plans, those on the CPUs whose distance the session looked at. */
      readonly watchedPlans: ReadonlySet<string>;
      readonly session: Session;
    }
  | { readonly kind: 'litmus7'; readonly test: Litmus7Test };

/** A test under a strategy, and all other strategies that were the same code in every column. */
export interface MatchedRow {
  readonly test: string;
  readonly strategies: readonly [string, ...string[]];
  /** Of the test's text under the first of the strategies; undefined where only logs have it. */
  readonly variantDigest: string | undefined;
  /** Of each column, an entry a session that has the test. */
  readonly entries: readonly (readonly Entry[])[];
}

interface Matching {
  readonly test: string;
  readonly strategies: Set<string>;
  readonly variantDigest: string | undefined;
  readonly entries: readonly Entry[][];
}

/**
 * The tests and strategies of all columns, in the order in which they first come, matched by the text of
 * the test under the strategy. A log has no digest: its tests join the one of their name, where there is
 * just one.
 */
export function matchedRows(columns: readonly Column[]): readonly MatchedRow[] {
  const rows = new Map<string, Matching>();
  const rowOf = (test: string, variantDigest: string | undefined, logName = ''): Matching => {
    const key = keyOf(test, variantDigest ?? logName);
    const known = rows.get(key);
    if (known !== undefined) return known;
    const entries = columns.map((): Entry[] => []);
    const row = { test, strategies: new Set<string>(), variantDigest, entries };
    rows.set(key, row);
    return row;
  };
  for (const [index, column] of columns.entries()) {
    for (const document of documentsOf(column)) {
      for (const { strategies, entry } of entriesOf(document)) {
        const row = rowOf(entry.row.test.name, entry.row.variantDigest);
        row.entries[index]?.push(entry);
        for (const strategy of strategies) row.strategies.add(strategy);
      }
    }
  }
  const documented = [...rows.values()];
  for (const [index, { sessions }] of columns.entries()) {
    for (const test of sessions.flatMap((session) => (session.kind === 'litmus7' ? session.tests : []))) {
      const named = documented.filter((row) => logNamesOf(row).includes(test.name));
      const [name = '', strategy = 'kernel'] = test.name.split('--');
      const row = (named.length === 1 ? named[0] : undefined) ?? rowOf(name, undefined, test.name);
      if (row.variantDigest === undefined) row.strategies.add(strategy);
      row.entries[index]?.push({ kind: 'litmus7', test });
    }
  }
  return withSameCodeMerged([...rows.values()]);
}

const keyOf = (...parts: readonly (string | undefined)[]) => JSON.stringify(parts);

function logNamesOf({ test, strategies }: Matching): readonly string[] {
  return [...strategies].map((strategy) => klitmusName(test, strategy));
}

type ResultsEntry = Extract<Entry, { kind: 'results' }>;

interface VariantOfDocument {
  readonly strategies: readonly string[];
  readonly entry: ResultsEntry;
}

/**
 * The entries of a document, one for each text of a test. Where several strategies make the same text it is
 * that of the one that ran; one that does not apply has the text of the test as written, and is left out.
 */
function entriesOf({ rows, plans, session }: ResultsDocument): readonly VariantOfDocument[] {
  const planKeys = new Map(plans.map((plan) => [plan.name, keyOf(planDigest(plan), plan.placement)]));
  const watched = plans.filter((plan) => ranOnWatched(session, plan));
  const watchedPlans = new Set(watched.map(({ name }) => name));
  const byStrategy = new Map(rows.map((row) => [keyOf(row.test.name, row.strategy), row]));
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const key = keyOf(row.test.name, row.variantDigest);
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  return [...groups.values()].flatMap((group) => {
    const took = group.filter(({ verdict }) => verdict !== 'not-run');
    const variants = took.length > 0 ? took : group;
    const row = variants.find(({ runs }) => runs.length > 0) ?? variants[0];
    if (row === undefined) return [];
    const ran =
      row.sameCodeAs === undefined ? row : (byStrategy.get(keyOf(row.test.name, row.sameCodeAs)) ?? row);
    const runs = ran.runs.filter(({ invalid }) => invalid === undefined);
    const strategies = variants.map(({ strategy }) => strategy);
    return [{ strategies, entry: { kind: 'results', row, ran, runs, planKeys, watchedPlans, session } }];
  });
}

/** Strategies that are the same code wherever they ran say the same, and are one row. */
function withSameCodeMerged(rows: readonly Matching[]): readonly MatchedRow[] {
  const merged = new Map<string, Matching>();
  const numbers = new Map<object, number>();
  const numberOf = (ran: object) => {
    const number = numbers.get(ran) ?? numbers.size;
    numbers.set(ran, number);
    return number;
  };
  for (const row of rows) {
    const ran = row.entries.map((column) =>
      column.map((entry) => numberOf(entry.kind === 'results' ? entry.ran : entry.test)),
    );
    const key = JSON.stringify(ran);
    const same = merged.get(key);
    if (same === undefined) merged.set(key, { ...row, strategies: new Set(row.strategies) });
    else for (const strategy of row.strategies) same.strategies.add(strategy);
  }
  return [...merged.values()].flatMap(({ strategies, ...row }) => {
    const [first, ...others] = strategies;
    return first === undefined ? [] : [{ ...row, strategies: [first, ...others] }];
  });
}
