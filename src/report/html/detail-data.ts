import type { BarrierAnswer } from '../../evidence/barrier-answers.ts';
import { controlsOver } from '../../evidence/cell-controls.ts';
import type { Cell } from '../../evidence/comparison-cell.ts';
import type { Entry } from '../../evidence/comparison-rows.ts';
import { addCounts, blockCounts, type Counts } from '../../evidence/counts.ts';
import type { OverviewRow, OverviewTest } from '../../evidence/overview.ts';
import { withEvidence } from '../../evidence/session-evidence.ts';
import type { TestEvent } from '../../judge/expectation.ts';
import type { Proposition } from '../../language/litmus-test.ts';
import { holds, outcomeKey, type Outcome } from '../../language/outcome.ts';
import { parseProposition } from '../../language/parser.ts';
import { rowIndex, type RowIndex } from '../../results/row-index.ts';
import type { ResultsDocument, Row } from '../../results/schema.ts';
import {
  cellCaveats,
  disturbedSentence,
  driftSentence,
  lanesSentence,
  rateSentence,
  statesWord,
  vouchingSentence,
} from './cell-words.ts';
import { barrierData } from './answer-words.ts';
import { threeDigits } from './index-data.ts';
import type {
  CellDetail,
  GraphData,
  PriceData,
  RowDetail,
  RunDetail,
  TestDetail,
  TestText,
  VariantData,
} from './page-data.ts';

/** How much of a cell the page keeps. */
export interface DetailLevel {
  /** Points of a series of blocks at most; more blocks are put together. */
  readonly blocks: number;
  /** Outcomes of a histogram at most; the rest is one number. */
  readonly outcomes: number;
}

/** What a row of results has of its session. */
export interface RowSession {
  readonly startedAt: string;
  readonly index: RowIndex;
  readonly runs: readonly SessionRun[];
  /** Plans of the same placement together, where there are several. */
  readonly placements: readonly Omit<CellDetail['placements'][number], 'session'>[];
  /** Rate that a never would have caught. */
  readonly caught: number | undefined;
}

/** What one plan showed, in view of the whole session: drifts are told by how many were looked for. */
interface SessionRun {
  readonly plan: string;
  readonly low: number;
  readonly high: number;
  readonly sightings: number;
  readonly iterations: number;
  /** A sentence, where it drifted. */
  readonly drift: string | undefined;
}

/** By row, of all sessions. */
export function rowSessions(documents: readonly ResultsDocument[]): ReadonlyMap<Row, RowSession> {
  return new Map(
    documents.flatMap((document) => {
      const told = withEvidence(document).rows;
      const index = rowIndex(document.rows);
      const { startedAt } = document.session;
      return document.rows.map((row, place) => {
        const evidence = told[place]?.evidence;
        const bounds = new Map(evidence?.never?.plans.map(({ plan, bound }) => [plan, bound]));
        const runs = evidence?.runs.map((run) => sessionRun(run, bounds.get(run.plan))) ?? [];
        const placements = evidence?.placements?.map(placementDetail) ?? [];
        return [row, { startedAt, index, runs, placements, caught: evidence?.never?.caught }] as const;
      });
    }),
  );
}

/** @param bound of what was never seen: the rate that would have been, in place of the interval's end. */
function sessionRun(
  { plan, rate, drift }: NonNullable<Row['evidence']>['runs'][number],
  bound: number | undefined,
): SessionRun {
  const { low, sightings, iterations } = rate;
  const high = bound ?? rate.high;
  const sentence = drift?.drifting === true ? driftSentence(plan, drift) : undefined;
  return { plan, low, high, sightings, iterations, drift: sentence };
}

function placementDetail({
  placement,
  rate: { low, high, sightings, iterations },
  bound,
}: NonNullable<NonNullable<Row['evidence']>['placements']>[number]): RowSession['placements'][number] {
  return {
    plan: `${placement}, all plans`,
    sightings,
    iterations,
    low: threeDigits(low),
    high: threeDigits(bound ?? high),
  };
}

export interface DetailedTest {
  readonly test: OverviewTest;
  readonly sessions: ReadonlyMap<Row, RowSession>;
  readonly text: TestText | undefined;
  readonly barriers: readonly BarrierAnswer[];
  readonly graphs: readonly GraphData[];
  readonly prices: readonly PriceData[];
}

export function testDetail(
  { test, sessions, text, barriers, graphs, prices }: DetailedTest,
  level: DetailLevel,
): TestDetail {
  const proposition = test.proposition === undefined ? undefined : propositionIn(test.proposition);
  return {
    text,
    barriers: barriers.map(barrierData),
    graphs,
    prices,
    rows: test.rows.map((row) => rowDetail(row, { event: row.event, sessions, proposition, level })),
  };
}

function rowDetail({ entries, cells, strategies }: OverviewRow, reading: Reading): RowDetail {
  return {
    variants: strategies.map((strategy) => variantData(strategy, entries.flat(), reading)),
    cells: cells.map((cell, index) =>
      cell === undefined ? null : cellDetail(cell, entries[index] ?? [], reading),
    ),
  };
}

/** A strategy that another ran for has a row of its own in the same session, with what models say of it. */
function variantData(strategy: string, entries: readonly Entry[], { sessions }: Reading): VariantData {
  const rows = entries.flatMap((entry) => {
    if (entry.kind !== 'results') return [];
    return sessions.get(entry.row)?.index.get(`${entry.row.test.name} ${strategy}`) ?? [];
  });
  const said = rows.flatMap(({ expectation }) =>
    expectation.models.map(
      ({ model, observation, problem }) =>
        `${model}: ${observation ?? `no answer (${problem ?? 'not asked'})`}`,
    ),
  );
  return {
    strategy,
    sentence: rows.find(({ sentence }) => sentence !== undefined)?.sentence,
    models: [...new Set(said)],
  };
}

function disturbances(entries: readonly Entry[]): readonly string[] {
  const blocks = entries.flatMap((entry) =>
    entry.kind === 'results' ? entry.runs.flatMap((run) => run.blocks) : [],
  );
  return disturbedSentence(blocks);
}

/** Which threads ran as one, where that was recorded: in one way, as a rule. */
function lanesSentences(entries: readonly Entry[]): readonly string[] {
  const lanes = entries.flatMap((entry) => (entry.kind === 'results' ? [entry.row.lanes ?? []] : []));
  return [...new Set(lanes.filter(({ length }) => length > 0).map(lanesSentence))];
}

interface Reading {
  readonly event: TestEvent;
  readonly sessions: DetailedTest['sessions'];
  readonly proposition: Proposition | undefined;
  readonly level: DetailLevel;
}

function cellDetail(cell: Cell, entries: readonly Entry[], reading: Reading): CellDetail {
  const outcomes = outcomesOf(entries, reading);
  const shown = outcomes.slice(0, reading.level.outcomes);
  const told = entries.flatMap((entry) => sessionOf(entry, reading));
  return {
    reason: reasonOf(cell, entries),
    rate: rateSentence(cell),
    caveats: [
      ...cellCaveats(cell),
      ...lanesSentences(entries),
      ...disturbances(entries),
      ...told.flatMap(({ startedAt, drifts }) =>
        told.length < 2 ? drifts : drifts.map((drift) => `Session of ${startedAt}: ${drift}`),
      ),
    ],
    sameCodeAs: cell.sameCodeAs,
    outcomes: shown,
    otherOutcomes: outcomes.slice(shown.length).reduce((sum, [, count]) => sum + count, 0),
    untold: entries.reduce((sum, entry) => sum + untoldIn(entry), 0),
    phases: phasesOf(entries),
    runs: told.flatMap(({ runs }) => runs),
    placements: told.flatMap(({ placements }) => placements),
    vouching: vouchingSentence(
      cell,
      told.map(({ caught }) => caught),
    ),
    controls: controlsOver(entries.filter((entry) => sessionOf(entry, reading).length > 0)).map(
      ({ name, plan, states, sightings, iterations }) => [
        `${name} under ${plan}`,
        statesWord(states),
        iterations === 0 ? 0 : threeDigits(sightings / iterations),
        iterations,
      ],
    ),
  };
}

/** Counts are of all sessions; what a verdict was given for is of one. */
function reasonOf({ verdict, reason }: Cell, entries: readonly Entry[]): string | undefined {
  const sessions = entries.flatMap((entry) => (entry.kind === 'results' ? [entry] : []));
  const alike = sessions.filter(({ row }) => row.verdict === verdict);
  const [first] = alike;
  return first === undefined || reason === undefined || sessions.length < 2
    ? reason
    : `${reason} (session of ${first.session.startedAt}; ${alike.length} of ${sessions.length} sessions have this verdict)`;
}

function outcomesOf(entries: readonly Entry[], { event, proposition }: Reading): CellDetail['outcomes'] {
  const counts = new Map<string, { values: Outcome; count: number }>();
  for (const { values, count } of entries.flatMap((entry) =>
    entry.kind === 'results' ? entry.runs.flatMap((run) => run.outcomes) : entry.test.outcomes,
  )) {
    const key = outcomeKey(values);
    counts.set(key, { values, count: count + (counts.get(key)?.count ?? 0) });
  }
  return [...counts.values()]
    .toSorted((one, other) => other.count - one.count)
    .map(({ values, count }) => [
      Object.entries(values)
        .map(([name, value]) => `${name}=${value}`)
        .join(' '),
      count,
      proposition === undefined ? -1 : Number(holds(proposition, values) === (event === 'witness')),
    ]);
}

/** A run without synchronisation counts its event, and most of its other outcomes it cannot tell. */
function untoldIn(entry: Entry): number {
  return entry.kind === 'results' ? entry.runs.reduce((sum, { other }) => sum + (other ?? 0), 0) : 0;
}

function phasesOf(entries: readonly Entry[]): CellDetail['phases'] {
  const phases = new Map<string, number>();
  for (const { name, count } of entries.flatMap((entry) =>
    entry.kind === 'results' ? entry.ran.phases : [],
  )) {
    phases.set(name, count + (phases.get(name) ?? 0));
  }
  return [...phases];
}

type Told = Pick<CellDetail, 'runs' | 'placements'> &
  Pick<RowSession, 'startedAt' | 'caught'> & { readonly drifts: readonly string[] };

function sessionOf(entry: Entry, { event, sessions, level }: Reading): readonly Told[] {
  if (entry.kind !== 'results') return [];
  const session = sessions.get(entry.row);
  if (session === undefined || session.runs.length === 0) return [];
  const { startedAt, runs, placements, caught } = session;
  return [
    {
      startedAt,
      drifts: runs.flatMap(({ drift }) => drift ?? []),
      runs: runs.map(({ plan, low, high, sightings, iterations }): RunDetail => {
        const run = entry.runs.find((one) => one.plan === plan);
        return {
          session: startedAt,
          plan,
          sightings,
          iterations,
          low: threeDigits(low),
          high: threeDigits(high),
          blocks: sightings === 0 || run === undefined ? [] : series(blockCounts(run, event), level.blocks),
        };
      }),
      placements: placements.map((one) => ({ ...one, session: startedAt })),
      caught,
    },
  ];
}

/** Rates over time, of blocks or of as many together as make `most` points. */
function series(blocks: readonly Counts[], most: number): readonly number[] {
  if (most === 0) return [];
  const together = Math.ceil(blocks.length / most);
  return Array.from({ length: Math.ceil(blocks.length / together) }, (_, index) => {
    const { sightings, iterations } = addCounts(blocks.slice(index * together, (index + 1) * together));
    return iterations === 0 ? 0 : threeDigits(sightings / iterations);
  });
}

/** Results may be written by anyone: what cannot be read is not marked. */
function propositionIn(text: string): Proposition | undefined {
  try {
    return parseProposition(text, 'results');
  } catch {
    return undefined;
  }
}
