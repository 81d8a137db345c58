import type { Affinity } from '../plan/affinity.ts';
import type { PlannedTest } from '../plan/experiment.ts';
import type { Runner } from './runner.ts';

/** How far apart two CPUs were at one time of a run. */
export interface Look {
  /** Milliseconds since the run began. */
  readonly atMs: number;
  /** Of a cache line, there and back: the median over a few hundred. */
  readonly roundTripNs: number;
}

/** How far apart two CPUs were during a run: a hypervisor may move what it calls a CPU from core to core. */
export interface Distance {
  readonly cpus: readonly [number, number];
  readonly looks: readonly Look[];
}

export interface DistanceWatch {
  /** Looks once, but for soon after the last look: it takes far less than a block. */
  readonly look: (runner: Pick<Runner, 'pingPong'>) => Promise<void>;
  /** What was seen since this was last asked; empty where there was nothing. */
  readonly news: () => { readonly distance?: Distance };
  /** All of it, an earlier part of the session's before; empty where there was nothing to look at. */
  readonly seen: () => { readonly distance?: Distance };
}

const betweenLooksMs = 250;
/** A busy machine may take long over one: of the time, looking gets no more than this share. */
const mostOfTime = 1 / 50;
const roundTrips = 400;
/** Longer than between the sockets of any machine: one of the two was not running. */
const farthestNs = 5_000;

/**
 * @param clock milliseconds since the run began.
 * @param earlier what a session saw that is gone on with.
 */
export function watchDistance(
  cpus: readonly [number, number] | undefined,
  clock: () => number,
  earlier: readonly Look[] = [],
): DistanceWatch {
  const looks = [...earlier];
  let told = looks.length;
  let nextMs = -Infinity;
  const seen = (some: readonly Look[]) =>
    cpus === undefined || some.length === 0 ? {} : { distance: { cpus, looks: some } };
  return {
    look: async (runner) => {
      const atMs = clock();
      if (cpus === undefined || atMs < nextMs) return;
      const [firstCpu, secondCpu] = cpus;
      const answer = await runner.pingPong({ firstCpu, secondCpu, roundTrips });
      nextMs = atMs + Math.max(betweenLooksMs, (clock() - atMs) / mostOfTime);
      // A busy machine may not give it both; that shows in the blocks.
      if (answer.kind !== 'reply' || answer.reply > farthestNs) return;
      looks.push({ atMs, roundTripNs: answer.reply });
    },
    news: () => {
      const since = looks.slice(told);
      told = looks.length;
      return seen(since);
    },
    seen: () => seen(looks),
  };
}

/** The CPUs of the first test that has two. */
export function watchedCpus(experiment: readonly PlannedTest[]): readonly [number, number] | undefined {
  for (const { affinity } of experiment.flatMap(({ plans }) => plans)) {
    const pair = firstTwo(affinity);
    if (pair !== undefined) return pair;
  }
  return undefined;
}

/** Undefined where threads share a CPU, or are not pinned. */
export function firstTwo({ cpus }: Pick<Affinity, 'cpus'>): readonly [number, number] | undefined {
  const [first = -1, second = -1] = new Set(cpus);
  return first >= 0 && second >= 0 ? [first, second] : undefined;
}
