import { sightings as sightingsOf, type TestEvent } from '../judge/expectation.ts';
import type { Rate } from '../results/evidence-schema.ts';
import type { Row } from '../results/schema.ts';
import { addCounts, clusterCounts, unitOf, type ClusterCounts } from './counts.ts';
import type { Entry } from './comparison-rows.ts';
import { expectedToBeSeen } from './never.ts';
import { rateOf } from './rate.ts';

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
  /**
   * Where the event was never seen: the rate that would have been, as its sessions tell it by their
   * controls. Undefined where one of them does not.
   */
  readonly bound: number | undefined;
  /** Fresh processes that ran it, over all sessions. */
  readonly launches: number;
  /** Of the code that ran in its sessions, each once. */
  readonly codeDigests: readonly string[];
  /** The strategy whose code ran in its stead. */
  readonly sameCodeAs: string | undefined;
}

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

/**
 * @param counts of the entries (`countsOf`).
 * @returns undefined without an entry.
 */
export function cellOf(entries: readonly Entry[], counts: ClusterCounts): Cell | undefined {
  if (entries.length === 0) return undefined;
  const total = addCounts(counts.launch);
  const rows = entries.flatMap((entry) => (entry.kind === 'results' ? [entry] : []));
  const verdict = gravity.find((name) => rows.some(({ row }) => row.verdict === name));
  const unit = unitOf(counts);
  const ran = rows.filter(({ runs }) => runs.length > 0);
  return {
    verdict,
    reason: rows.find(({ row }) => row.verdict === verdict)?.row.reason,
    ...total,
    rate: rateOf(counts[unit], unit),
    bound: total.sightings > 0 ? undefined : boundOver(entries),
    launches: counts.launch.length,
    codeDigests: [...new Set(ran.flatMap((entry) => entry.ran.codeDigest ?? []))],
    sameCodeAs: rows.find(({ row }) => row.sameCodeAs !== undefined)?.row.sameCodeAs,
  };
}

/** Sessions whose bounds are 3/N have the bound 3/N of all their N together. */
function boundOver(entries: readonly Entry[]): number | undefined {
  const counted = entries.filter((entry) => entry.kind === 'litmus7' || entry.runs.length > 0);
  const bounds = counted.flatMap((entry) => (entry.kind === 'results' ? (entry.row.bound ?? []) : []));
  if (bounds.length === 0 || bounds.length < counted.length) return undefined;
  const effective = bounds.reduce((sum, bound) => sum + expectedToBeSeen / bound, 0);
  return Math.min(1, expectedToBeSeen / effective);
}

/** Launch by launch and block by block, of all entries: each is a session, and so a launch at least. */
export function countsOf(entries: readonly Entry[], event: TestEvent): ClusterCounts {
  return together(entries.map((entry) => sessionCounts(entry, event)));
}

/** What entries have under one plan. */
export interface PlanCounts {
  /** As the first of them names it. */
  readonly name: string;
  readonly counts: ClusterCounts;
}

/** The counts of each plan apart, by its parameters and placement. A log has no plans. */
export function planCountsOf(entries: readonly Entry[], event: TestEvent): ReadonlyMap<string, PlanCounts> {
  const byPlan = new Map<string, PlanCounts>();
  for (const entry of entries) {
    for (const run of entry.kind === 'results' ? entry.runs : []) {
      const key = entry.kind === 'results' ? entry.planKeys.get(run.plan) : undefined;
      if (key === undefined) continue;
      const counts = clusterCounts([run], event);
      const known = byPlan.get(key);
      byPlan.set(key, {
        name: known?.name ?? run.plan,
        counts: known === undefined ? counts : together([known.counts, counts]),
      });
    }
  }
  return byPlan;
}

function together(sessions: readonly ClusterCounts[]): ClusterCounts {
  return {
    launch: sessions.flatMap(({ launch }) => launch),
    block: sessions.flatMap(({ block }) => block),
  };
}

function sessionCounts(entry: Entry, event: TestEvent): ClusterCounts {
  if (entry.kind === 'results') return clusterCounts(entry.runs, event);
  const { test } = entry;
  const whole = { sightings: sightingsOf(event, test), iterations: test.iterations };
  return whole.iterations === 0 ? { launch: [], block: [] } : { launch: [whole], block: [whole] };
}
