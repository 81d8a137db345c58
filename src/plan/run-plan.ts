import type { LitmusTest } from '../language/litmus-test.ts';
import { leastSpacing } from '../lower/layout.ts';
import type { LayoutName } from '../lower/machine-code.ts';
import type { PlacementChoice } from './affinity.ts';

/**
 * How threads are brought to run at the same time.
 *
 * - `spin`: they wait for each other before each group of iterations, spinning. Works everywhere and starts
 *   each group afresh, which makes long critical sections overlap; costs a round trip of a cache line, and
 *   leaves threads some hundred cycles apart.
 * - `deadline`: they start each group at a time of the time base, agreed on beforehand. Costs no round trip
 *   and starts threads within some ten cycles; needs a time base that all CPUs share.
 * - `free`: they run through the cells and look at each other only now and then, to wait for one that fell
 *   behind. The fastest with fresh cells; how far apart threads are is left to chance, so that some machines
 *   and tests show nothing.
 * - `perpetual`: they repeat the test on one cell without ever meeting, and values tell the iterations
 *   (src/lower/perpetual-form.ts). By far the fastest; for plain stores, loads and fences whose condition is
 *   over registers, and it counts the outcome of the condition alone.
 */
export const engineNames = ['spin', 'deadline', 'free', 'perpetual'] as const;
export type EngineName = (typeof engineNames)[number];

/** How a variant is run, but for the CPUs: the parameters under which a control vouches for a test. */
export interface RunPlan {
  readonly name: string;
  readonly layout: LayoutName;
  /** The engine. */
  readonly rendezvous: EngineName;
  /** Iterations between two rendezvous; of free threads, between two looks at how far the others are. */
  readonly group: number;
  /** Iterations in a batch: the memory is initialised before it and read after it. */
  readonly cells: number;
  /** From one iteration's cell to the next; 0 where all iterations use one cell. */
  readonly spacingBytes: number;
  /**
   * Each thread waits a random time below this, in whole ticks of the time base, after a rendezvous; free ones
   * do not. It makes threads that do not start or run alike pass each other at any iteration of a group.
   */
  readonly startDelayNs: number;
  /** Groups are visited in the order 0, s, 2s, …, modulo their number; absent: 1, in order. */
  readonly groupStride?: number;
  /** What each thread does with a group's cells before the group's rendezvous; absent: nothing. */
  readonly preload?: 'none' | 'read' | 'write';
  /**
   * On CPUs that would be spare or run copies, threads that load and store over so many bytes of other memory
   * run instead; absent: none.
   */
  readonly stressBytes?: number;
  /** How far apart its threads lie, where the machine has that; absent: wherever the test is placed. */
  readonly placement?: PlacementChoice;
  /**
   * Into so many lanes the test's threads are put: those of a lane run as one, in each iteration one after the
   * other (lanes.ts); absent: each by itself.
   */
  readonly lanes?: number;
}

/**
 * The portable plans. Tests and chips differ in what makes them show a reordering, so each test runs under
 * several: its locations apart, threads started by the clock for long groups, which shows most reorderings
 * of single accesses; its locations together, threads started by each other, which makes the critical
 * sections of a protocol overlap; its locations apart, threads running freely, under which controls fire
 * that no rendezvous brings about; and perpetually where it can.
 */
const apart: RunPlan = {
  name: 'split-deadline',
  layout: 'split',
  rendezvous: 'deadline',
  group: 64,
  cells: 8192,
  spacingBytes: 8,
  startDelayNs: 60,
};

const together: RunPlan = {
  name: 'packed-spin',
  layout: 'packed',
  rendezvous: 'spin',
  group: 32,
  cells: 8192,
  spacingBytes: 32,
  startDelayNs: 40,
};

/** Free threads look at each other so often. */
const freeGroup = 16;

/**
 * So many iterations that coming together costs little, and so few that what threads loaded stays in
 * their second-level caches until it is counted.
 */
export const perpetualBatch = 65536;

export const perpetual: RunPlan = {
  name: 'perpetual',
  layout: 'split',
  rendezvous: 'perpetual',
  group: perpetualBatch,
  cells: perpetualBatch,
  spacingBytes: 0,
  startDelayNs: 0,
};

export interface PlanChoice {
  /** Those asked for, without which the portable plans are taken. */
  readonly engines?: readonly EngineName[];
  /** The test's threads take turns on too few CPUs: then each would run through its perpetual batch alone. */
  readonly oversubscribed?: boolean;
  /**
   * As many lanes as there are CPUs, where the test can run in lanes: far faster than threads that take turns,
   * which then run under a single plan.
   */
  readonly lanes?: number | undefined;
  /** Plans found on this machine, which run beside the portable ones. */
  readonly tuned?: readonly RunPlan[];
  /** Of each variant, where their number is given: so few plans take part that each has a batch of them. */
  readonly iterations?: number;
}

/**
 * The plans a test runs under: the portable ones, or both layouts under each engine that was asked for.
 * Without a time base the clock cannot start threads: by default they then meet by spinning.
 * @throws LoweringError where a layout does not hold the test.
 */
export function plansFor(
  test: LitmusTest,
  hasTimeBase: boolean,
  { engines = [], oversubscribed = false, lanes, tuned = [], iterations = Infinity }: PlanChoice = {},
): readonly RunPlan[] {
  const portable = [...portablePlans(hasTimeBase), ...(oversubscribed ? [] : [perpetual])];
  const asked = engines.flatMap((engine) =>
    engine === 'perpetual' ? [perpetual] : [under(engine, apart), under(engine, together)],
  );
  const usual = asked.length === 0 ? portable : asked;
  const inTurns = lanes !== undefined && asked.length === 0;
  const plans = (test.threads.length === 1 || inTurns ? usual.slice(0, 1) : usual).flatMap((plan, index) =>
    index === 0 && lanes !== undefined ? [plan, inLanes(plan, lanes)] : [plan],
  );
  const found = tuned.filter(({ rendezvous }) => asked.length === 0 || engines.includes(rendezvous));
  const most = engines.length > 0 ? Infinity : Math.max(1, Math.floor(iterations / apart.cells));
  return [...plans, ...found].slice(0, most).map((plan) => ofTest(plan, test));
}

/** Those with fresh cells. */
export function portablePlans(hasTimeBase: boolean): readonly [RunPlan, ...RunPlan[]] {
  return [hasTimeBase ? apart : under('spin', apart), together, under('free', apart)];
}

/** A portable plan with another engine. Free threads start by no rendezvous, so that nothing delays them. */
function under(engine: EngineName, plan: RunPlan): RunPlan {
  const named = { ...plan, name: `${plan.layout}-${engine}`, rendezvous: engine };
  return engine === 'free' ? { ...named, group: freeGroup, startDelayNs: 0 } : named;
}

function inLanes(plan: RunPlan, lanes: number): RunPlan {
  return { ...plan, name: `${plan.name}-${lanes}-lanes`, lanes };
}

/** A plan that lays the fields of the test's struct together if any, with a spacing that holds its iterations. */
export function ofTest(plan: RunPlan, test: LitmusTest): RunPlan {
  const struct = plan.layout === 'packed' && test.header.struct.length > 0;
  const name = plan.name.replace('packed', 'kernel');
  return plan.rendezvous === 'perpetual'
    ? plan
    : widened(struct ? { ...plan, name, layout: 'kernel' } : plan, test);
}

/** A wider plan is another plan, and has another name. */
function widened(plan: RunPlan, test: LitmusTest): RunPlan {
  const least = leastSpacing(test, plan.layout);
  return least <= plan.spacingBytes ? plan : { ...plan, name: `${plan.name}-${least}B`, spacingBytes: least };
}

/**
 * The stride nearest to the plan's, from it on, that leaves no group of a batch of so many iterations out: one
 * without a common divisor with their number.
 */
export function strideFor({ groupStride = 1, group }: RunPlan, cells: number): number {
  const groups = Math.ceil(cells / group);
  let stride = groupStride;
  while (commonDivisor(stride, groups) > 1) stride++;
  return stride;
}

function commonDivisor(left: number, right: number): number {
  return right === 0 ? left : commonDivisor(right, left % right);
}

/** What older tools do, for comparison: the threads meet before each iteration. */
export const spinEveryIteration: RunPlan = {
  name: 'spin-each',
  layout: 'split',
  rendezvous: 'spin',
  group: 1,
  cells: 4096,
  spacingBytes: 128,
  startDelayNs: 0,
};
