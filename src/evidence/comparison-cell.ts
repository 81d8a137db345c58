import { sightings as sightingsOf, type TestEvent } from '../judge/expectation.ts';
import type { Row } from '../results/schema.ts';
import { addCounts, blockCounts, type ClusterUnit, type Counts } from './counts.ts';
import type { Entry } from './comparison-rows.ts';
import { rateOf, type Rate } from './rate.ts';

/** Sessions, each a launch of its own, from which on they are what is taken for independent. */
export const fewestLaunches = 5;

/** What a column has of a test under a strategy. */
export interface Cell {
  /** The gravest of its sessions' verdicts; undefined where only logs say what happened. */
  readonly verdict: Row['verdict'] | undefined;
  /** Of that verdict, one sentence. */
  readonly reason: string | undefined;
  readonly sightings: number;
  /** N. */
  readonly iterations: number;
  /** Undefined without an iteration. */
  readonly rate: Rate | undefined;
  /** Sessions that ran it. */
  readonly launches: number;
  /** Of the code that ran in its sessions, each once. */
  readonly codeDigests: readonly string[];
  /** The strategy whose code ran in its stead. */
  readonly sameCodeAs: string | undefined;
}

/** The counts behind a cell, by launch and by block. */
export type CellCounts = Readonly<Record<ClusterUnit, readonly Counts[]>>;

/** From the gravest to the least. */
const gravity: readonly Row['verdict'][] = [
  'violation',
  'seen',
  'upheld',
  'unseen',
  'inconclusive',
  'invalid',
  'not-run',
];

/** @returns undefined without an entry. */
export function cellOf(entries: readonly Entry[], event: TestEvent): Cell | undefined {
  if (entries.length === 0) return undefined;
  const counts = countsOf(entries, event);
  const total = addCounts(counts.launch);
  const rows = entries.flatMap((entry) => (entry.kind === 'results' ? [entry] : []));
  const verdict = gravity.find((name) => rows.some(({ row }) => row.verdict === name));
  const unit = counts.launch.length >= fewestLaunches ? 'launch' : 'block';
  const ran = rows.filter(({ runs }) => runs.length > 0);
  return {
    verdict,
    reason: rows.find(({ row }) => row.verdict === verdict)?.row.reason,
    ...total,
    rate: rateOf(counts[unit], unit),
    launches: counts.launch.length,
    codeDigests: [...new Set(ran.flatMap((entry) => entry.ran.codeDigest ?? []))],
    sameCodeAs: rows.find(({ row }) => row.sameCodeAs !== undefined)?.row.sameCodeAs,
  };
}

/** Launch by launch and block by block, those without an iteration left out. */
export function countsOf(entries: readonly Entry[], event: TestEvent): CellCounts {
  const byEntry = entries.map((entry) => blocksOf(entry, event));
  const withSome = (counts: readonly Counts[]) => counts.filter(({ iterations }) => iterations > 0);
  return { launch: withSome(byEntry.map(addCounts)), block: withSome(byEntry.flat()) };
}

/** The first blocks under each plan together, then the second: so all clusters have the same mix of plans. */
function blocksOf(entry: Entry, event: TestEvent): readonly Counts[] {
  if (entry.kind === 'litmus7') {
    const { test } = entry;
    return [{ sightings: sightingsOf(event, test), iterations: test.iterations }];
  }
  const plans = entry.runs.map((run) => blockCounts(run, event));
  const most = Math.max(0, ...plans.map((blocks) => blocks.length));
  return Array.from({ length: most }, (_, index) =>
    addCounts(plans.flatMap((blocks) => blocks[index] ?? [])),
  );
}
