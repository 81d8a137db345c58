import { sightings as sightingsOf, type TestEvent } from '../judge/expectation.ts';
import type { Rate } from '../results/evidence-schema.ts';
import type { Row, Run } from '../results/schema.ts';
import { addCounts, clusterCounts, unitOf, type ClusterCounts, type Counts } from './counts.ts';
import type { Entry } from './comparison-rows.ts';
import { ranWithin, type DistanceRange } from './cpu-distance.ts';
import type { Launches } from './launch-ratios.ts';
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

/**
 * Of an event that was never seen, the rate that would have been: by its controls, or else the end of the
 * interval, for which it is assumed how the event clusters.
 */
export function rateToBeSeen({ bound }: Pick<Cell, 'bound'>, rate: Pick<Rate, 'high'>): number {
  return bound ?? rate.high;
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
export interface UnderPlan<Counted> {
  /** As the first of them names it. */
  readonly name: string;
  readonly counts: Counted;
}

/** By plan, by its parameters and placement. A log has no plans. */
export type ByPlan<Counted> = ReadonlyMap<string, UnderPlan<Counted>>;

/**
 * The counts of each plan apart.
 * @param distance only of blocks during which the CPUs that were looked at were so far apart; those of plans
 * on other CPUs all count.
 */
export function planCountsOf(
  entries: readonly Entry[],
  event: TestEvent,
  distance: DistanceRange | undefined,
): ByPlan<ClusterCounts> {
  const blocksOf = blocksAt(entries, distance);
  return byPlan(entries, (run, session, known) => {
    const counts = clusterCounts([{ blocks: blocksOf(run, session) }], event);
    return known === undefined ? counts : together([known, counts]);
  });
}

/** The same launch by launch, named by session and launch. */
export function planLaunchesOf(
  entries: readonly Entry[],
  event: TestEvent,
  distance: DistanceRange | undefined,
): ByPlan<Launches> {
  const blocksOf = blocksAt(entries, distance);
  return byPlan(entries, (run, session, known) => {
    const launches = new Map<string, Counts>(known);
    for (const block of blocksOf(run, session)) {
      const key = `${session} ${block.launch ?? 0}`;
      const { sightings, iterations } = launches.get(key) ?? noCounts;
      launches.set(key, {
        sightings: sightings + sightingsOf(event, block),
        iterations: iterations + block.iterations,
      });
    }
    return launches;
  });
}

function blocksAt(entries: readonly Entry[], distance: DistanceRange | undefined) {
  const filters = entries.map((entry) =>
    entry.kind === 'results' && distance !== undefined ? ranWithin(entry.session, distance) : undefined,
  );
  return ({ plan, blocks }: Run, session: number): Run['blocks'] => {
    const [entry, filter] = [entries[session], filters[session]];
    const isWatched = entry?.kind === 'results' && entry.watchedPlans.has(plan);
    return isWatched && filter !== undefined ? blocks.filter(filter) : blocks;
  };
}

const noCounts: Counts = { sightings: 0, iterations: 0 };

function byPlan<Counted>(
  entries: readonly Entry[],
  count: (run: Run, session: number, known: Counted | undefined) => Counted,
): ByPlan<Counted> {
  const plans = new Map<string, UnderPlan<Counted>>();
  for (const [session, entry] of entries.entries()) {
    for (const run of entry.kind === 'results' ? entry.runs : []) {
      const key = entry.kind === 'results' ? entry.planKeys.get(run.plan) : undefined;
      if (key === undefined) continue;
      const known = plans.get(key);
      plans.set(key, { name: known?.name ?? run.plan, counts: count(run, session, known?.counts) });
    }
  }
  return plans;
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
