import type { LitmusTest } from '../litmus-test.ts';
import { accessesOf, type Cycle, type CycleThread } from './cycle.ts';
import { CycleError, type Edges } from './edges.ts';
import { compareRanks, familiesOf, rotations, type Family, type ThreadEnds } from './families.ts';
import { testOfCycle } from './litmus.ts';
import { cycleName } from './name.ts';
import { randomFrom, shuffled, type Random } from './random.ts';

export interface GenerationRequest {
  /** Numbers of threads, each from 2 to 4. */
  readonly threads: readonly number[];
  readonly edges: Edges;
  /** Below 2^64. */
  readonly seed: bigint;
}

/**
 * Every test of a critical cycle of these edges once, as long as more are asked for. The numbers of
 * threads and the families take turns, so that the first tests of the many are a fair choice; the seed
 * orders those of a family. Tests whose threads access a location once each come before those whose
 * threads come back to one. Throws a CycleError where the edges make no test.
 */
export function* generateTests({ threads, edges, seed }: GenerationRequest): Generator<LitmusTest, void> {
  const random = randomFrom(seed);
  let none = true;
  for (const test of inTurn(threads.map((count) => testsOf(count, edges, random)))) {
    none = false;
    yield test;
  }
  if (none) {
    throw new CycleError(
      `these edges close no cycle of ${threads.join(' or ')} threads: add such as lead from the end of ` +
        'one edge to the beginning of another, as PodWR and Fre do.',
    );
  }
}

function* testsOf(count: number, edges: Edges, random: Random): Generator<LitmusTest, void> {
  const families = familiesOf(count).filter(({ communications }) =>
    communications.every((edge) => edges.communications.includes(edge)),
  );
  const direct = (family: Family) => family.threads.map((ends) => directThreads(ends, family, edges));
  const all = (family: Family) =>
    direct(family).map((some, index) => [...some, ...returningThreads(family.threads[index], family, edges)]);
  yield* inTurn(families.map((family) => testsOfFamily(family, direct(family), random)));
  yield* inTurn(families.map((family) => testsOfFamily(family, all(family), random, comesBack)));
}

/** The tests of a family whose threads are each one of those to choose from, in random order. */
function* testsOfFamily(
  family: Family,
  choices: readonly (readonly CycleThread[])[],
  random: Random,
  wanted: (cycle: Cycle) => boolean = () => true,
): Generator<LitmusTest, void> {
  const size = choices.reduce((product, some) => product * some.length, 1);
  for (const index of shuffled(size, random)) {
    const ranks = digitsOf(index, choices);
    if (!isFirstRotation(ranks, family)) continue;
    const cycle = choices.flatMap((some, thread) => some[ranks[thread] ?? 0] ?? []);
    const accesses = wanted(cycle) ? accessesOf(cycle) : undefined;
    if (accesses !== undefined) yield testOfCycle(cycleName(family.name, cycle), cycle, accesses);
  }
}

/** Which thread of each choice a number below the product of their lengths stands for. */
function digitsOf(index: number, choices: readonly (readonly unknown[])[]): readonly number[] {
  let rest = index;
  return choices.map(({ length }) => {
    const digit = rest % length;
    rest = Math.floor(rest / length);
    return digit;
  });
}

/** Whether this is the one among the numberings of the same threads that is named. */
function isFirstRotation(ranks: readonly number[], { threads }: Family): boolean {
  const rotatedThreads = rotations(threads).map((rotated) => rotated.join());
  return rotations(ranks).every(
    (rotated, index) => rotatedThreads[index] !== threads.join() || compareRanks(ranks, rotated) <= 0,
  );
}

/** Threads of one edge at most: to another location, or where there is but one to that. */
function directThreads(
  ends: ThreadEnds,
  { oneLocation }: Family,
  { programOrders }: Edges,
): readonly CycleThread[] {
  if (ends === 'W') return [{ first: 'W', edges: [] }];
  const location = oneLocation ? 'same' : 'different';
  return programOrders
    .filter((edge) => edge.from + edge.to === ends && edge.location === location)
    .map((edge) => ({ first: edge.from, edges: [edge] }));
}

/** Threads that access one location twice and another once. */
function returningThreads(
  ends: ThreadEnds | undefined,
  { oneLocation }: Family,
  { programOrders }: Edges,
): readonly CycleThread[] {
  if (ends === 'W' || oneLocation) return [];
  return programOrders.flatMap((edge) =>
    programOrders
      .filter(
        (next) => edge.to === next.from && edge.from + next.to === ends && edge.location !== next.location,
      )
      .map((next) => ({ first: edge.from, edges: [edge, next] })),
  );
}

function comesBack(cycle: Cycle): boolean {
  return cycle.some(({ edges }) => edges.length > 1);
}

/** One of each in turn, for as long as it has more. */
function* inTurn<Item>(sources: readonly Generator<Item, void>[]): Generator<Item, void> {
  let left = sources;
  while (left.length > 0) {
    const more: Generator<Item, void>[] = [];
    for (const source of left) {
      const { done, value } = source.next();
      if (done === true) continue;
      yield value as Item;
      more.push(source);
    }
    left = more;
  }
}
