import { typeText } from '../language/c-types.ts';
import type { LitmusTest } from '../language/litmus-test.ts';
import { signatures } from '../language/primitives.ts';
import { programOf } from '../lower/events.ts';
import { fencesIn, inLanes, type Lanes } from '../lower/lanes.ts';
import { LoweringError } from '../lower/lowering-error.ts';
import type { Target } from '../lower/target.ts';
import { CheckTimeout, checkProgram } from '../model/check.ts';
import { ModelError } from '../model/model-error.ts';
import { architectureModel } from '../model/models.ts';
import { evaluatedExpressions } from '../strategy/rewrite.ts';
import { variantsOf } from '../strategy/strategies.ts';
import type { Affinity } from './affinity.ts';

/** Of many threads there are thousands. */
const mostWays = 24;

/**
 * What models answer at once, all questions about a test in far less than their time: the choice must not
 * depend on how busy the machine is.
 */
const mostThreads = 8;
const mostAccesses = 20;
const timeoutMs = 10_000;

/** The plans of a test and its code both ask. */
const known = new WeakMap<LitmusTest, Map<string, Lanes | undefined>>();

/**
 * A way to run a test's threads on fewer CPUs than threads without taking turns: a lane for each CPU, as equal
 * as can be, with as few fences between threads as can be. Undefined where there is one CPU; where in lanes the
 * test could not show its event, not even without its barriers, so that never seeing it would say nothing; for
 * tests with locks, which threads wait for; and for large ones.
 */
export function lanesFor(test: LitmusTest, target: Target, cpus: number): Lanes | undefined {
  if (cpus < 2 || cpus >= test.threads.length) return undefined;
  if (!isSmall(test) || !agreesOnTypes(test)) return undefined;
  const ofTest = known.get(test) ?? new Map<string, Lanes | undefined>();
  known.set(test, ofTest);
  const question = [target.architecture, target.variant, cpus].join();
  if (!ofTest.has(question)) ofTest.set(question, firstThatShows(test, target, cpus));
  return ofTest.get(question);
}

function firstThatShows(test: LitmusTest, target: Target, cpus: number): Lanes | undefined {
  const [bare = test] = variantsOf(test, ['none']).variants.map((variant) => variant.test);
  const endMs = performance.now() + timeoutMs;
  if (!canShowEvent(bare, target, endMs)) return undefined;
  return waysOf(test.threads.length, cpus)
    .map((lanes) => ({ lanes, fences: fencesIn(bare, lanes, target) }))
    .toSorted((one, other) => one.fences - other.fences)
    .find(({ lanes }) => canShowEvent(inLanes(bare, lanes, target), target, endMs))?.lanes;
}

/** Threads may take a location for different types, and one lane has one of them. */
function agreesOnTypes({ threads }: LitmusTest): boolean {
  const types = new Map<string, string>();
  return threads
    .flatMap(({ parameters }) => parameters)
    .every(({ name, type }) => {
      const before = types.get(name) ?? typeText(type);
      types.set(name, before);
      return before === typeText(type);
    });
}

function isSmall({ threads }: LitmusTest): boolean {
  const kinds = threads.flatMap(({ body }) =>
    evaluatedExpressions(body).flatMap((expression) =>
      expression.kind === 'call' ? (signatures.get(expression.name)?.primitive.kind ?? []) : [],
    ),
  );
  const accesses = kinds.filter((kind) => kind !== 'fence').length;
  return threads.length <= mostThreads && accesses <= mostAccesses && !kinds.includes('lock');
}

/** Into how many lanes a test goes that has too few CPUs: as many as it has; undefined where it cannot. */
export function laneCount(test: LitmusTest, target: Target, { cpus }: Affinity): number | undefined {
  const count = new Set(cpus).size;
  return lanesFor(test, target, count) === undefined ? undefined : count;
}

function canShowEvent(test: LitmusTest, target: Target, endMs: number): boolean {
  try {
    const timeoutMs = Math.max(1, endMs - performance.now());
    const model = architectureModel(target.architecture);
    const { observation } = checkProgram(test, programOf(test, target), model, { timeoutMs });
    return observation !== (test.condition.quantifier === 'forall' ? 'Always' : 'Never');
  } catch (error) {
    const undecided = [CheckTimeout, ModelError, LoweringError].some((kind) => error instanceof kind);
    if (undecided) return false;
    throw error;
  }
}

/** Partitions, with the threads of each lane in each order; the first of them where there are many. */
function waysOf(threads: number, cpus: number): readonly Lanes[] {
  const ways: Lanes[] = [];
  for (const partition of partitionsOf(threads, cpus)) {
    const ordered = partition.reduce<readonly Lanes[]>(
      (begun, lane) => begun.flatMap((way) => ordersOf(lane).map((order) => [...way, order])),
      [[]],
    );
    ways.push(...ordered.slice(0, mostWays - ways.length));
    if (ways.length === mostWays) break;
  }
  return ways;
}

/** 0, 1, …, count - 1 in so many groups whose sizes differ by one at most. */
function* partitionsOf(count: number, groups: number): Generator<Lanes> {
  const most = Math.ceil(count / groups);
  const least = Math.floor(count / groups);
  function* from(next: number, begun: Lanes): Generator<Lanes> {
    if (next === count) {
      if (begun.length === groups && begun.every(({ length }) => length >= least)) yield begun;
      return;
    }
    for (const [place, group] of begun.entries()) {
      if (group.length < most) yield* from(next + 1, begun.with(place, [...group, next]));
    }
    if (begun.length < groups) yield* from(next + 1, [...begun, [next]]);
  }
  yield* from(0, []);
}

function ordersOf(items: readonly number[]): readonly (readonly number[])[] {
  if (items.length < 2) return [items];
  return items.flatMap((first) =>
    ordersOf(items.filter((item) => item !== first)).map((rest) => [first, ...rest]),
  );
}
