import type { Random } from '../language/cycles/random.ts';
import type { PlacementChoice } from './affinity.ts';
import type { RunPlan } from './run-plan.ts';

/** What plans there are to choose among, axis by axis. */
export interface PlanSpace {
  readonly rendezvous: readonly RunPlan['rendezvous'][];
  readonly layout: readonly RunPlan['layout'][];
  readonly group: readonly number[];
  readonly cells: readonly number[];
  readonly spacingBytes: readonly number[];
  readonly startDelayNs: readonly number[];
  readonly preload: readonly NonNullable<RunPlan['preload']>[];
  readonly groupStride: readonly number[];
  /** 0: none. */
  readonly stressBytes: readonly number[];
  readonly placement: readonly (PlacementChoice | 'usual')[];
}

type Point = { readonly [Axis in keyof PlanSpace]: PlanSpace[Axis][number] };

/**
 * The space on a machine. A layout of `packed` is the struct's where a test has one; perpetual plans have
 * no parameters, and are no part of it.
 * @param canStress whether CPUs are left over for it.
 * @param placements those that there are beside the usual one.
 */
export function planSpace({
  hasTimeBase,
  canStress,
  placements = [],
}: {
  readonly hasTimeBase: boolean;
  readonly canStress: boolean;
  readonly placements?: readonly PlacementChoice[];
}): PlanSpace {
  return {
    rendezvous: hasTimeBase ? ['spin', 'deadline', 'free'] : ['spin', 'free'],
    layout: ['split', 'packed'],
    group: [1, 2, 4, 8, 16, 32, 64, 128, 256, 1024],
    cells: [1024, 2048, 4096, 8192, 16384],
    spacingBytes: [8, 16, 32, 64, 128, 256],
    startDelayNs: [0, 10, 20, 40, 80, 200],
    preload: ['none', 'read', 'write'],
    // Primes, as a stride must have no divisor in common with the number of groups.
    groupStride: [1, 3, 7, 31],
    stressBytes: canStress ? [0, 64 * 1024, 8 * 1024 * 1024] : [0],
    placement: ['usual', ...placements],
  };
}

/** Any plan of the space. */
export function anyPlan(space: PlanSpace, random: Random): RunPlan {
  const any = <Value>(values: readonly Value[]): Value => values[random(values.length)] as Value;
  return planAt({
    rendezvous: any(space.rendezvous),
    layout: any(space.layout),
    group: any(space.group),
    cells: any(space.cells),
    spacingBytes: any(space.spacingBytes),
    startDelayNs: any(space.startDelayNs),
    preload: any(space.preload),
    groupStride: any(space.groupStride),
    stressBytes: any(space.stressBytes),
    // Most machines have no choice here, and draw for none.
    placement: space.placement.length > 1 ? any(space.placement) : 'usual',
  });
}

/** A plan that differs from a given one in one axis or two: by a step where the axis is one of sizes. */
export function neighbourOf(plan: RunPlan, space: PlanSpace, random: Random): RunPlan {
  const axes = Object.keys(space) as (keyof PlanSpace)[];
  const movable = axes.filter((axis) => space[axis].length > 1);
  const moved = (point: Point): Point => {
    const axis = movable[random(movable.length)];
    return axis === undefined ? point : { ...point, [axis]: stepped(space[axis], point[axis], random) };
  };
  const once = moved(pointOf(plan));
  return planAt(random(2) === 0 ? once : moved(once));
}

function stepped(
  values: readonly (string | number)[],
  from: string | number,
  random: Random,
): string | number {
  if (typeof from === 'string') {
    const others = values.filter((value) => value !== from);
    return others[random(others.length)] ?? from;
  }
  // A plan from elsewhere may lie between two values.
  const above = values.findIndex((value) => Number(value) >= from);
  const here = above === -1 ? values.length - 1 : above;
  const next = here + (random(2) === 0 ? -1 : 1);
  return values[next] ?? values[2 * here - next] ?? from;
}

function pointOf({
  name: _name,
  preload = 'none',
  groupStride = 1,
  stressBytes = 0,
  placement,
  ...rest
}: RunPlan): Point {
  return { ...rest, preload, groupStride, stressBytes, placement: placement ?? 'usual' };
}

/** Nothing delays threads that start by no rendezvous. */
function planAt({ preload, groupStride, stressBytes, placement, ...rest }: Point): RunPlan {
  const plan = {
    ...rest,
    group: Math.min(rest.group, rest.cells),
    startDelayNs: rest.rendezvous === 'free' ? 0 : rest.startDelayNs,
    ...(preload === 'none' ? {} : { preload }),
    ...(groupStride === 1 ? {} : { groupStride }),
    ...(stressBytes === 0 ? {} : { stressBytes }),
    ...(placement === 'usual' ? {} : { placement }),
  };
  return { ...plan, name: nameOf(plan) };
}

/** A plan of the space from a file, under the name that its parameters give it. */
export function namedPlan(plan: RunPlan): RunPlan {
  return planAt(pointOf(plan));
}

/** A plan with room for so much in each iteration, where that lies together. */
export function withRoom(plan: RunPlan, leastBytes: number): RunPlan {
  if (plan.layout === 'split' || plan.spacingBytes >= leastBytes) return plan;
  return namedPlan({ ...plan, spacingBytes: leastBytes });
}

/** `tuned-split-deadline-g128-16B-c4096-d50-write-s7`: every parameter, so that plans of one name are one plan. */
function nameOf(plan: Omit<RunPlan, 'name'>): string {
  return [
    'tuned',
    plan.layout,
    plan.rendezvous,
    `g${plan.group}`,
    `${plan.spacingBytes}B`,
    `c${plan.cells}`,
    ...(plan.startDelayNs === 0 ? [] : [`d${plan.startDelayNs}`]),
    ...(plan.preload === undefined ? [] : [plan.preload]),
    ...(plan.groupStride === undefined ? [] : [`s${plan.groupStride}`]),
    ...(plan.stressBytes === undefined ? [] : [`x${plan.stressBytes}`]),
    ...(plan.placement === undefined ? [] : [plan.placement]),
  ].join('-');
}
