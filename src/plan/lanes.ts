import type { LitmusTest } from '../language/litmus-test.ts';
import { programOf } from '../lower/events.ts';
import { inLanes, reasonAgainst, type Lanes } from '../lower/lanes.ts';
import { LoweringError } from '../lower/lowering-error.ts';
import type { Target } from '../lower/target.ts';
import { CheckTimeout, checkProgram } from '../model/check.ts';
import { ModelError } from '../model/model-error.ts';
import { architectureModel } from '../model/models.ts';
import { variantsOf } from '../strategy/strategies.ts';
import type { Affinity } from './affinity.ts';

/** For one way to put threads into lanes: tests are small, and there are few ways. */
const timeoutMs = 500;

/**
 * A way to run a test's threads on fewer CPUs than threads without taking turns: a lane for each CPU, as equal
 * as can be. Undefined where there is one CPU, where threads must not share a lane, and where in lanes the test
 * could not show its event, not even without its barriers, so that never seeing it would say nothing.
 */
export function lanesFor(test: LitmusTest, target: Target, cpus: number): Lanes | undefined {
  if (cpus < 2 || cpus >= test.threads.length) return undefined;
  const [bare = test] = variantsOf(test, ['none']).variants.map((variant) => variant.test);
  for (const partition of partitionsOf(test.threads.length, cpus)) {
    for (const lanes of waysOf(partition, test, target)) {
      if (canShowEvent(bare, lanes, target)) return lanes;
    }
  }
  return undefined;
}

/** Into how many lanes a test goes that has too few CPUs: as many as it has; undefined where it cannot. */
export function laneCount(test: LitmusTest, target: Target, { cpus }: Affinity): number | undefined {
  const count = new Set(cpus).size;
  return lanesFor(test, target, count) === undefined ? undefined : count;
}

function canShowEvent(test: LitmusTest, lanes: Lanes, target: Target): boolean {
  try {
    const joined = inLanes(test, lanes, target);
    const model = architectureModel(target.architecture);
    const { observation } = checkProgram(joined, programOf(joined, target), model, { timeoutMs });
    return observation !== (test.condition.quantifier === 'forall' ? 'Always' : 'Never');
  } catch (error) {
    const undecided = [CheckTimeout, ModelError, LoweringError].some((kind) => error instanceof kind);
    if (undecided) return false;
    throw error;
  }
}

/** The lanes of a partition in each order that threads may have in them. */
function waysOf(partition: Lanes, { threads }: LitmusTest, target: Target): readonly Lanes[] {
  const mayFollow = (later: number, earlier: number): boolean => {
    const [one, two] = [threads[earlier], threads[later]];
    return one !== undefined && two !== undefined && reasonAgainst(one, two, target) === undefined;
  };
  return partition.reduce<readonly Lanes[]>(
    (ways, lane) => {
      const orders = ordersOf(lane).filter((order) =>
        order.every((later, place) => order.slice(0, place).every((earlier) => mayFollow(later, earlier))),
      );
      return ways.flatMap((way) => orders.map((order) => [...way, order]));
    },
    [[]],
  );
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
