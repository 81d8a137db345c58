import type { TestEvent } from '../judge/expectation.ts';
import type { Row } from '../results/schema.ts';
import { cellOf, countsOf, type Cell } from './comparison-cell.ts';
import { documentsOf, type Column, type Granularity } from './comparison-columns.ts';
import { matchedRows, type Entry, type MatchedRow } from './comparison-rows.ts';
import {
  toldDifferences,
  type ColumnsDistance,
  type Pair,
  type ToldDifference,
} from './comparison-ratios.ts';
import type { ClusterCounts } from './counts.ts';
import type { DistanceRange } from './cpu-distance.ts';
import type { Difference } from './ratio.ts';

/** What a cell has in common with the first cell of its instruction set that ran. */
export type SameCode = 'same' | 'other' | 'several' | 'unknown';

export interface ComparedCell extends Cell {
  /** `other` code than that cell's, or `several` in its own sessions; `unknown` of a log. */
  readonly code: SameCode;
  /** Whether it takes part: it ran, on a machine rather than an emulator, and its code is not refused. */
  readonly compared: boolean;
  /** To the reference cell; undefined for that cell itself, and where neither saw the event. */
  readonly ratio: Difference | undefined;
  /** The plans under which both were compared; none without a ratio, or where they have no plan in common. */
  readonly ratioPlans: readonly string[];
  /** Whether that is one plan alone, though both ran under more: it differs more surely than all together. */
  readonly ratioAlone: boolean;
  /** Of plans on the CPUs that were looked at, it is of blocks that ran while those were so far apart; undefined: of all. */
  readonly ratioDistance: DistanceRange | undefined;
}

/** How a row's cells differ, the gravest way first. */
export const differences = ['verdict', 'rate', 'code', 'none'] as const;
export type DifferenceKind = (typeof differences)[number];

export interface ComparedRow {
  readonly test: string;
  /** The first, and all that were the same code in every column. */
  readonly strategies: readonly [string, ...string[]];
  readonly variantDigest: string | undefined;
  readonly quantifier: Row['test']['quantifier'];
  /** What is counted: iterations that satisfy the condition's proposition, or those that do not. */
  readonly event: TestEvent;
  readonly difference: DifferenceKind;
  /** By column; undefined where it does not have the row. */
  readonly cells: readonly (ComparedCell | undefined)[];
  /** The column that the ratios are to: the first that takes part. */
  readonly reference: number | undefined;
}

export interface Comparison {
  readonly by: Granularity;
  readonly columns: readonly Column[];
  /** Those whose verdicts differ first. */
  readonly rows: readonly ComparedRow[];
  /** Names under which columns have different tests or variants, which are rows of their own. */
  readonly otherVersions: readonly string[];
  /** Whether single launches are compared, and differences are held against how much launches differ. */
  readonly singleLaunches: boolean;
  /**
   * By how much all rows differ between sessions of one machine beyond what their launches show, as the
   * standard deviation of the logarithm. The most of any two columns.
   */
  readonly sessionDeviation: number;
  /** How far apart the CPUs were of columns that are compared. */
  readonly distances: readonly ColumnsDistance[];
}

export interface ComparisonOptions {
  /** Whether cells of one instruction set are compared whose machine code differs. */
  readonly despiteCode: boolean;
  /** Only rows of these; undefined for all. */
  readonly strategies: readonly string[] | undefined;
}

/** Columns side by side, row by row. */
export function compare(
  { by, columns }: { readonly by: Granularity; readonly columns: readonly Column[] },
  { despiteCode, strategies }: ComparisonOptions,
): Comparison {
  const matched = matchedRows(columns).filter(
    (row) => strategies === undefined || row.strategies.some((strategy) => strategies.includes(strategy)),
  );
  const drafts = matched.map((row) => draftOf(row, columns, despiteCode));
  const { told, singleLaunches, sessionDeviation, distances } = toldDifferences(
    drafts.flatMap(({ pairs }) => pairs),
    columns,
  );
  const rows = drafts.map((draft) => comparedRow(draft, columns, told));
  return {
    by,
    columns,
    rows: rows
      .map((row, index) => ({ row, index }))
      .toSorted((one, other) => rank(one.row) - rank(other.row) || one.index - other.index)
      .map(({ row }) => row),
    otherVersions: otherVersionsIn(matched),
    singleLaunches,
    sessionDeviation,
    distances,
  };
}

type OfRatio = 'ratio' | 'ratioPlans' | 'ratioAlone' | 'ratioDistance';

/** A row before its ratios are looked at together with all others. */
interface Draft {
  readonly row: MatchedRow;
  readonly event: TestEvent;
  readonly cells: readonly (Omit<ComparedCell, OfRatio> | undefined)[];
  readonly reference: number | undefined;
  readonly pairs: readonly Pair[];
}

const nothing: ClusterCounts = { block: [], launch: [] };

function draftOf(row: MatchedRow, columns: readonly Column[], despiteCode: boolean): Draft {
  const event = eventOf(row);
  const firstCode = new Map<string, string>();
  const counts = row.entries.map((entries) => countsOf(entries, event));
  const cells = row.entries.map((entries, index) => {
    const cell = cellOf(entries, counts[index] ?? nothing);
    const column = columns[index];
    if (cell === undefined || column === undefined) return undefined;
    const isEvidence = cell.iterations > 0 && column.standing !== 'emulated';
    const code = codeOf(cell, column, isEvidence ? firstCode : new Map(firstCode));
    const refused = !despiteCode && (code === 'other' || code === 'several');
    return { ...cell, code, compared: isEvidence && !refused };
  });
  const first = cells.findIndex((cell) => cell?.compared === true);
  const sides = row.entries.map((entries, index) => ({ entries, counts: counts[index] ?? nothing }));
  const pairs = cells.flatMap((cell, column): Pair[] => {
    const [one, reference] = [sides[column], sides[first]];
    if (cell?.compared !== true || column === first || one === undefined || reference === undefined)
      return [];
    // Where nobody saw the event there is nothing to compare.
    const seen = cell.sightings + (cells[first]?.sightings ?? 0) > 0;
    return seen ? [{ column, reference: first, event, sides: [one, reference] }] : [];
  });
  return { row, event, cells, reference: first === -1 ? undefined : first, pairs };
}

/** What the first entry asks about; all cells of a row must count the same. */
function eventOf({ entries }: MatchedRow): TestEvent {
  const all = entries.flat();
  const judged = all.find((entry) => entry.kind === 'results');
  if (judged?.kind === 'results') return judged.row.expectation.event;
  return quantifierOf(all) === 'forall' ? 'counterexample' : 'witness';
}

function quantifierOf(entries: readonly Entry[]): Row['test']['quantifier'] {
  const [first] = entries;
  if (first === undefined) return 'exists';
  return first.kind === 'results' ? first.row.test.quantifier : first.test.quantifier;
}

/** @param firstCode the code of the first cell that ran, by instruction set; it learns of this cell's. */
function codeOf(cell: Cell, column: Column, firstCode: Map<string, string>): SameCode {
  const architecture = documentsOf(column)[0]?.machine.architecture;
  const [digest, ...others] = cell.codeDigests;
  if (architecture === undefined || digest === undefined) return 'unknown';
  if (others.length > 0) return 'several';
  const first = firstCode.get(architecture) ?? digest;
  firstCode.set(architecture, first);
  return digest === first ? 'same' : 'other';
}

function comparedRow(
  { row, event, cells, reference, pairs }: Draft,
  columns: readonly Column[],
  told: ReadonlyMap<Pair, ToldDifference>,
): ComparedRow {
  const byColumn = new Map(pairs.map((pair) => [pair.column, told.get(pair)]));
  const compared = cells.map(
    (cell, index) =>
      cell && {
        ...cell,
        ratio: byColumn.get(index)?.ratio,
        ratioPlans: byColumn.get(index)?.plans ?? [],
        ratioAlone: byColumn.get(index)?.alone ?? false,
        ratioDistance: byColumn.get(index)?.distance,
      },
  );
  return {
    test: row.test,
    strategies: row.strategies,
    variantDigest: row.variantDigest,
    quantifier: quantifierOf(row.entries.flat()),
    event,
    difference: differenceOf(compared, columns),
    cells: compared,
    reference,
  };
}

function differenceOf(
  cells: readonly (ComparedCell | undefined)[],
  columns: readonly Column[],
): DifferenceKind {
  const compared = cells.filter((cell) => cell?.compared === true) as readonly ComparedCell[];
  const verdicts = new Set(compared.flatMap(({ verdict }) => verdict ?? []));
  const seen = new Set(compared.map(({ sightings }) => sightings > 0));
  if (verdicts.size > 1 || seen.size > 1) return 'verdict';
  if (compared.some(({ ratio }) => ratio?.real === true)) return 'rate';
  const differs = cells.some(
    (cell, index) =>
      (cell?.code === 'other' || cell?.code === 'several') && columns[index]?.standing !== 'emulated',
  );
  return differs ? 'code' : 'none';
}

/** Violations first, then seen against never, then other verdicts, rates, code, and what does not differ. */
function rank({ difference, cells }: ComparedRow): number {
  if (cells.some((cell) => cell?.compared === true && cell.verdict === 'violation')) return -2;
  const seen = new Set(cells.flatMap((cell) => (cell?.compared === true ? [cell.sightings > 0] : [])));
  return seen.size > 1 ? -1 : differences.indexOf(difference);
}

/** A name and strategy that stands for several texts. */
function otherVersionsIn(rows: readonly MatchedRow[]): readonly string[] {
  const [once, again] = [new Set<string>(), new Set<string>()];
  for (const { test, strategies } of rows) {
    for (const name of strategies.map((strategy) => `${test} ${strategy}`)) {
      (once.has(name) ? again : once).add(name);
    }
  }
  return [...again];
}
