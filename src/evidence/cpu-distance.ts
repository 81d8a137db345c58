/**
 * How far apart the CPUs of a session were while its blocks ran. A hypervisor moves what it calls a CPU from
 * core to core, and rates change with it, severalfold: two sessions are alike only where their CPUs were
 * equally far apart.
 */

import type { Block, ResultsDocument, Session } from '../results/schema.ts';

/** Nanoseconds that a cache line takes there and back. */
export interface DistanceRange {
  readonly leastNs: number;
  readonly mostNs: number;
}

/** Looks at one distance differ by less: SMT siblings, cores of one cache and those of two differ by more. */
const widthOfRange = 2;
/** Of a session's looks: a distance that it had for less is not one to compare it by. */
const leastShare = 0.2;

type WithDistance = Pick<Session, 'distance'>;

/** How far apart the CPUs of two groups of sessions were. */
export interface SharedDistance {
  /** The distance that they had most in common; undefined where they had none, or one of them was not looked at. */
  readonly range: DistanceRange | undefined;
  /** Of each, how often it was looked, and how often it was at that distance. */
  readonly looks: readonly [Looks, Looks];
}

interface Looks {
  readonly all: number;
  readonly within: number;
}

export function sharedDistance(
  ones: readonly WithDistance[],
  others: readonly WithDistance[],
): SharedDistance {
  const range = commonDistance(ones, others);
  const looks = (sessions: readonly WithDistance[]): Looks => {
    const all = looksOf(sessions);
    const within = all.filter((ns) => range !== undefined && range.leastNs <= ns && ns <= range.mostNs);
    return { all: all.length, within: within.length };
  };
  return { range, looks: [looks(ones), looks(others)] };
}

/** Whether a plan's threads ran on the very CPUs whose distance was looked at: of others nothing is known. */
export function ranOnWatched(
  { distance }: WithDistance,
  { cpus }: Pick<ResultsDocument['plans'][number], 'cpus'>,
): boolean {
  const used = new Set(cpus);
  return distance !== undefined && used.size === 2 && distance.cpus.every((cpu) => used.has(cpu));
}

/**
 * The distance that two groups of sessions had most in common. Undefined where one was not looked at, or
 * they had none in common.
 */
export function commonDistance(
  ones: readonly WithDistance[],
  others: readonly WithDistance[],
): DistanceRange | undefined {
  const sides = [looksOf(ones), looksOf(others)] as const;
  const shareIn = ({ leastNs, mostNs }: DistanceRange) =>
    Math.min(
      ...sides.map(
        (looks) =>
          (firstWhere(looks, (ns) => ns > mostNs) - firstWhere(looks, (ns) => ns >= leastNs)) / looks.length,
      ),
    );
  let [best, most]: [DistanceRange | undefined, number] = [undefined, leastShare];
  for (const leastNs of new Set(sides.flat())) {
    const range = { leastNs, mostNs: leastNs * widthOfRange };
    const share = shareIn(range);
    if (share > most) [best, most] = [range, share];
  }
  return best;
}

/** In ascending order. */
function looksOf(sessions: readonly WithDistance[]): readonly number[] {
  return sessions
    .flatMap(({ distance }) => (distance?.looks ?? []).map(({ roundTripNs }) => roundTripNs))
    .toSorted((one, other) => one - other);
}

/** Whether a session's block ran with its CPUs so far apart, by the looks before and after it. */
export function ranWithin(
  { distance }: WithDistance,
  { leastNs, mostNs }: DistanceRange,
): (block: Pick<Block, 'endedMs' | 'wallNs'>) => boolean {
  const looks = distance?.looks ?? [];
  const isWithin = looks.map(({ roundTripNs }) => leastNs <= roundTripNs && roundTripNs <= mostNs);
  return ({ endedMs, wallNs }) => {
    if (endedMs === undefined) return true;
    const beganMs = endedMs - wallNs / 1e6;
    const after = firstWhere(looks, ({ atMs }) => atMs > beganMs);
    return (isWithin[after - 1] ?? true) && (isWithin[after] ?? true);
  };
}

/** The index from which on it is so, in a list in which it is so from some place on. */
function firstWhere<Item>(items: readonly Item[], isSo: (item: Item) => boolean): number {
  let [low, high] = [0, items.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const item = items[middle];
    if (item === undefined || isSo(item)) high = middle;
    else low = middle + 1;
  }
  return low;
}
