import type { TestEvent } from '../judge/expectation.ts';
import { machineName } from '../results/machine.ts';
import type { Row } from '../results/schema.ts';
import { cellOf, countsOf, planCountsOf, type Cell, type PlanCounts } from './comparison-cell.ts';
import { documentsOf, type Column, type Granularity } from './comparison-columns.ts';
import { matchedRows, type Entry, type MatchedRow } from './comparison-rows.ts';
import { addCounts, unitOf, type ClusterCounts } from './counts.ts';
import { allowingForLaunches, launchSpread, type LaunchSpread } from './launch-spread.ts';
import { differencesAmong, ratioOf, type Difference, type RateRatio } from './ratio.ts';

/** What a cell has in common with the first cell of its instruction set that ran. */
export type SameCode = 'same' | 'other' | 'several' | 'unknown';

export interface ComparedCell extends Cell {
  /** `other` code than that cell's, or `several` in its own sessions; `unknown` of a log. */
  readonly code: SameCode;
  /** Whether it takes part: it ran, on a machine rather than an emulator, and its code is not refused. */
  readonly compared: boolean;
  /** To the reference cell; undefined for that cell itself, and where neither saw the event. */
  readonly ratio: Difference | undefined;
  /** The plan under which both were compared; undefined without a ratio, or where they have no plan in common. */
  readonly ratioPlan: string | undefined;
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
  const pairs = drafts.flatMap((draft) => draft.pairs);
  const spreads = spreadsBetween(pairs, columns);
  const told = toldDifferences(drafts, spreads);
  const rows = drafts.map((draft, index) => comparedRow(draft, columns, told[index] ?? new Map()));
  return {
    by,
    columns,
    rows: rows
      .map((row, index) => ({ row, index }))
      .toSorted((one, other) => rank(one.row) - rank(other.row) || one.index - other.index)
      .map(({ row }) => row),
    otherVersions: otherVersionsIn(matched),
    singleLaunches: pairs.some(({ ratio }) => ratio.independent !== 'launch'),
    sessionDeviation: pairs.reduce(
      (most, pair) =>
        pair.ratio.independent === 'launch'
          ? Math.max(most, spreads.get(comparedBy(pair))?.deviation ?? 0)
          : most,
      0,
    ),
  };
}

/** A row before its ratios are looked at together with all others. */
interface Draft {
  readonly row: MatchedRow;
  readonly event: TestEvent;
  readonly cells: readonly (Omit<ComparedCell, 'ratio' | 'ratioPlan'> | undefined)[];
  readonly reference: number | undefined;
  readonly pairs: readonly Pair[];
}

interface Pair {
  readonly column: number;
  readonly reference: number;
  readonly ratio: RateRatio;
  readonly plan: string | undefined;
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
  const plans = row.entries.map((entries, index) =>
    cells[index]?.compared === true ? planCountsOf(entries, event) : noPlans,
  );
  const pairs = cells.flatMap((cell, column): Pair[] => {
    if (cell?.compared !== true || column === first) return [];
    const shared = sharedPlan(plans[column] ?? noPlans, plans[first] ?? noPlans);
    const ratio =
      shared === undefined
        ? ratioBetween(counts[column], counts[first])
        : ratioBetween(shared.one, shared.other);
    // Where nobody saw the event there is nothing to compare.
    return ratio === undefined || ratio.sightings[0] + ratio.sightings[1] === 0
      ? []
      : [{ column, reference: first, ratio, plan: shared?.name }];
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

const noPlans: ReadonlyMap<string, PlanCounts> = new Map();

/**
 * The plan that both ran and under which the event shows best: rates under several depend on how the time
 * was shared out among them, which changes from run to run. Undefined where they have none in common, or
 * only some that saw nothing while others did.
 */
function sharedPlan(
  plans: ReadonlyMap<string, PlanCounts>,
  others: ReadonlyMap<string, PlanCounts>,
): { readonly name: string; readonly one: ClusterCounts; readonly other: ClusterCounts } | undefined {
  const shared = [...plans].flatMap(([key, { name, counts }]) => {
    const other = others.get(key)?.counts;
    if (other === undefined) return [];
    const seen = [counts, other].map(({ launch }) => addCounts(launch).sightings);
    return [{ name, one: counts, other, least: Math.min(...seen), most: Math.max(...seen) }];
  });
  const [best] = shared.toSorted((left, right) => right.least - left.least || right.most - left.most);
  return best === undefined || best.most === 0 ? undefined : best;
}

/** By launches where both have enough of them, else by blocks. */
function ratioBetween(
  one: ClusterCounts | undefined,
  other: ClusterCounts | undefined,
): RateRatio | undefined {
  if (one === undefined || other === undefined) return undefined;
  const unit = unitOf(one) === 'launch' && unitOf(other) === 'launch' ? 'launch' : 'block';
  return ratioOf(one[unit], other[unit], unit);
}

/** A difference, and the plan that it was told by. */
interface ToldDifference {
  readonly ratio: Difference;
  readonly plan: string | undefined;
}

/** Of each row, the differences by column: those of single launches in view of how launches differ, all corrected for how many they are. */
function toldDifferences(
  drafts: readonly Draft[],
  spreads: Spreads,
): readonly ReadonlyMap<number, ToldDifference>[] {
  const pairs = drafts.flatMap((draft) => draft.pairs);
  const allowed = pairs.map((pair) =>
    // Of launches it is known how they differ.
    pair.ratio.independent === 'launch'
      ? pair.ratio
      : allowingForLaunches(pair.ratio, spreads.get(comparedBy(pair))),
  );
  const told = differencesAmong(allowed);
  const byPair = new Map(pairs.map((pair, index) => [pair, told[index]]));
  return drafts.map(
    (draft) =>
      new Map(
        draft.pairs.flatMap((pair) => {
          const ratio = byPair.get(pair);
          return ratio === undefined ? [] : [[pair.column, { ratio, plan: pair.plan }] as const];
        }),
      ),
  );
}

const comparedBy = ({ column, reference, ratio }: Pair) => `${column} ${reference} ${ratio.independent}`;

/** By `comparedBy`, what else differs between two columns than the rates in question. */
type Spreads = ReadonlyMap<string, LaunchSpread | undefined>;

/**
 * What launching does to rates, between columns whose blocks are compared; and between columns of one
 * machine whose launches are, what went on beside their sessions: one that is busier than the other shows
 * other rates in all its launches.
 */
function spreadsBetween(pairs: readonly Pair[], columns: readonly Column[]): Spreads {
  const machines = columns.map(machineOf);
  const ratios = new Map<string, RateRatio[]>();
  for (const pair of pairs) {
    const [machine, other] = [machines[pair.column], machines[pair.reference]];
    const ofSessions = pair.ratio.independent === 'launch' && machine !== undefined && machine === other;
    if (pair.ratio.independent !== 'block' && !ofSessions) continue;
    const key = comparedBy(pair);
    const list = ratios.get(key);
    if (list === undefined) ratios.set(key, [pair.ratio]);
    else list.push(pair.ratio);
  }
  return new Map([...ratios].map(([key, list]) => [key, launchSpread(list)]));
}

/** Undefined of a log, and of several machines. */
function machineOf(column: Column): string | undefined {
  const [name, ...others] = new Set(documentsOf(column).map(({ machine }) => machineName(machine)));
  return others.length === 0 ? name : undefined;
}

function comparedRow(
  { row, event, cells, reference }: Draft,
  columns: readonly Column[],
  told: ReadonlyMap<number, ToldDifference>,
): ComparedRow {
  const compared = cells.map(
    (cell, index) => cell && { ...cell, ratio: told.get(index)?.ratio, ratioPlan: told.get(index)?.plan },
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
