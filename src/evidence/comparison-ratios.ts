import { machineName } from '../results/machine.ts';
import type { TestEvent } from '../judge/expectation.ts';
import { planCountsOf, planLaunchesOf } from './comparison-cell.ts';
import { documentsOf, type Column } from './comparison-columns.ts';
import type { Entry } from './comparison-rows.ts';
import { addCounts, type ClusterCounts } from './counts.ts';
import { sharedDistance, type DistanceRange, type SharedDistance } from './cpu-distance.ts';
import {
  fewestLaunchesForRatio,
  launchRatios,
  surer,
  type LaunchRatio,
  type SharedPlan,
} from './launch-ratios.ts';
import { allowingForLaunches, launchSpread, sessionSpread, type LaunchSpread } from './launch-spread.ts';
import { differencesAmong, ratioOf, type Difference, type RateRatio } from './ratio.ts';

/** A cell, and the one of its row that it is compared with; one of them saw the event. */
export interface Pair {
  readonly column: number;
  /** The column of the other. */
  readonly reference: number;
  readonly event: TestEvent;
  readonly sides: readonly [Side, Side];
}

interface Side {
  readonly entries: readonly Entry[];
  /** Under all plans. */
  readonly counts: ClusterCounts;
}

/** A difference, and the plans that it was told by: none where the two have none in common. */
export interface ToldDifference {
  readonly ratio: Difference;
  readonly plans: readonly string[];
  /** Whether that is one plan alone, though they have more in common: it differs more surely than all together. */
  readonly alone: boolean;
  /** Of plans on the CPUs that were looked at, it is of blocks that ran while those were so far apart; undefined: of all. */
  readonly distance: DistanceRange | undefined;
}

/** How far apart the CPUs of two columns were that have pairs. */
export interface ColumnsDistance extends SharedDistance {
  readonly column: number;
  readonly reference: number;
}

export interface ToldDifferences {
  readonly told: ReadonlyMap<Pair, ToldDifference>;
  /** Whether blocks of too few launches are compared. */
  readonly singleLaunches: boolean;
  /** The most of any two columns of one machine. */
  readonly sessionDeviation: number;
  /** Of any two columns. */
  readonly distances: readonly ColumnsDistance[];
}

/**
 * How the cells of all pairs differ: by launches where there are enough of them, in view of what else
 * differs between the two columns, and corrected for how many they are.
 */
export function toldDifferences(pairs: readonly Pair[], columns: readonly Column[]): ToldDifferences {
  const { ratios, distances } = ratiosOf(pairs, columns);
  const spreads = spreadsBetween(ratios, columns);
  const allowed = ratios.map((one) => {
    const { ratio, plans, alone } = one;
    const spread = spreads.get(comparedBy(one));
    const together = { ratio: allowing(ratio, spread), plans, alone: false };
    if (alone === undefined) return together;
    return surer(together, { ratio: allowing(alone.ratio, spread), plans: alone.plans, alone: true });
  });
  const differences = differencesAmong(allowed.map(({ ratio }) => ratio));
  return {
    told: new Map(
      ratios.flatMap(({ pair, distance }, index) => {
        const [told, ratio] = [allowed[index], differences[index]];
        return told === undefined || ratio === undefined ? [] : [[pair, { ...told, ratio, distance }]];
      }),
    ),
    singleLaunches: ratios.some(({ ratio }) => ratio.independent === 'block'),
    sessionDeviation: ratios.reduce(
      (most, one) =>
        one.ratio.independent === 'launch'
          ? Math.max(most, spreads.get(comparedBy(one))?.deviation ?? 0)
          : most,
      0,
    ),
    distances,
  };
}

/** Of launches it is known how they differ. */
function allowing(ratio: RateRatio, spread: LaunchSpread | undefined): RateRatio {
  const isKnown = ratio.independent === 'launch' && spread === undefined;
  return isKnown ? ratio : allowingForLaunches(ratio, spread);
}

interface PairRatio {
  readonly pair: Pair;
  readonly ratio: RateRatio;
  readonly plans: readonly string[];
  /** Under one of those plans, the one that differs the most surely. */
  readonly alone?: LaunchRatio | undefined;
  readonly distance: DistanceRange | undefined;
}

interface PairRatios {
  /** In the order of the pairs; those that have none are left out. */
  readonly ratios: readonly PairRatio[];
  readonly distances: readonly ColumnsDistance[];
}

function ratiosOf(pairs: readonly Pair[], columns: readonly Column[]): PairRatios {
  const byColumns = new Map<string, Pair[]>();
  for (const pair of pairs) {
    const key = `${pair.column} ${pair.reference}`;
    const group = byColumns.get(key);
    if (group === undefined) byColumns.set(key, [pair]);
    else group.push(pair);
  }
  const distances: ColumnsDistance[] = [];
  const told = new Map<Pair, Omit<PairRatio, 'pair'> | undefined>();
  for (const group of byColumns.values()) {
    const between = distanceBetween(group, columns);
    distances.push(...between);
    const distance = between[0]?.range;
    const ratios = launchRatios(group.map((pair) => sharedPlans(pair, distance)));
    for (const [index, pair] of group.entries()) {
      const launches = ratios[index];
      told.set(
        pair,
        launches === undefined
          ? bestRatio(pair, distance)
          : { ...launches.together, alone: launches.alone, distance },
      );
    }
  }
  const ratios = pairs.flatMap((pair) => {
    const one = told.get(pair);
    return one === undefined ? [] : [{ pair, ...one }];
  });
  return { ratios, distances };
}

/** Of machines of any kind; bare ones have their CPUs at one distance, and nothing is left out. */
function distanceBetween([first]: readonly Pair[], columns: readonly Column[]): readonly ColumnsDistance[] {
  if (first === undefined) return [];
  const { column, reference } = first;
  const sessionsOf = (at: number) => {
    const of = columns[at];
    return of === undefined ? [] : documentsOf(of).map(({ session }) => session);
  };
  return [{ column, reference, ...sharedDistance(sessionsOf(column), sessionsOf(reference)) }];
}

function sharedPlans(
  { event, sides: [one, other] }: Pair,
  distance: DistanceRange | undefined,
): readonly SharedPlan[] {
  const others = planLaunchesOf(other.entries, event, distance);
  return [...planLaunchesOf(one.entries, event, distance)].flatMap(([key, { name, counts }]) => {
    const shared = others.get(key);
    return shared === undefined ? [] : [{ key, name, runs: [counts, shared.counts] }];
  });
}

/**
 * Where sightings are few, or launches: the ratio under the one plan that shows the event best, by the rate
 * of both runs: by which of them saw it, a plan under which one no longer does would never be chosen. Rates
 * under several depend on how the time was shared out among them, which changes from run to run; they are
 * compared where the two have no plan in common, or only some that saw nothing while others did.
 */
function bestRatio(
  { event, sides: [one, other] }: Pair,
  distance: DistanceRange | undefined,
): Omit<PairRatio, 'pair'> | undefined {
  const others = planCountsOf(other.entries, event, distance);
  const shared = [...planCountsOf(one.entries, event, distance)].flatMap(([key, { name, counts }]) => {
    const matching = others.get(key)?.counts;
    if (matching === undefined) return [];
    const runs = [counts, matching].map(({ launch }) => addCounts(launch));
    const both = addCounts(runs);
    const fewest = Math.min(...runs.map(({ iterations }) => iterations));
    return [{ name, counts, matching, expected: (fewest * both.sightings) / Math.max(1, both.iterations) }];
  });
  const [best] = shared.toSorted((left, right) => right.expected - left.expected);
  const found = best === undefined || best.expected === 0 ? undefined : best;
  if (found === undefined) {
    const ratio = ratioBetween(one.counts, other.counts);
    return ratio && { ratio, plans: [], distance: undefined };
  }
  const ratio = ratioBetween(found.counts, found.matching);
  return ratio && { ratio, plans: [found.name], distance };
}

/** By launches where both have enough of them, else by blocks. */
function ratioBetween(one: ClusterCounts, other: ClusterCounts): RateRatio | undefined {
  const launches = Math.min(one.launch.length, other.launch.length);
  const unit = launches >= fewestLaunchesForRatio ? 'launch' : 'block';
  return ratioOf(one[unit], other[unit], unit);
}

const comparedBy = ({ pair: { column, reference }, ratio: { independent } }: PairRatio) =>
  `${column} ${reference} ${independent}`;

/** By `comparedBy`, what else differs between two columns than the rates in question. */
type Spreads = ReadonlyMap<string, LaunchSpread | undefined>;

/**
 * What launching does to rates, between columns whose blocks are compared; and between columns of one
 * machine whose launches are, what went on beside their sessions: one that is busier than the other, or
 * whose CPUs a hypervisor moved, shows other rates in all its launches.
 */
function spreadsBetween(ratios: readonly PairRatio[], columns: readonly Column[]): Spreads {
  const machines = columns.map(machineOf);
  const groups = new Map<string, RateRatio[]>();
  for (const one of ratios) {
    const { pair, ratio } = one;
    const [machine, other] = [machines[pair.column], machines[pair.reference]];
    const ofSessions = ratio.independent === 'launch' && machine !== undefined && machine === other;
    if (ratio.independent !== 'block' && !ofSessions) continue;
    const list = groups.get(comparedBy(one));
    if (list === undefined) groups.set(comparedBy(one), [ratio]);
    else list.push(ratio);
  }
  return new Map(
    [...groups].map(([key, list]) => [
      key,
      list[0]?.independent === 'launch' ? sessionSpread(list) : launchSpread(list),
    ]),
  );
}

/** Undefined of a log, and of several machines. */
function machineOf(column: Column): string | undefined {
  const [name, ...others] = new Set(documentsOf(column).map(({ machine }) => machineName(machine)));
  return others.length === 0 ? name : undefined;
}
