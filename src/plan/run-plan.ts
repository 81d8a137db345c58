import type { LitmusTest } from '../language/litmus-test.ts';
import { leastSpacing } from '../lower/layout.ts';
import type { LayoutName } from '../lower/machine-code.ts';

/** How a variant is run, but for the CPUs: the parameters under which a control vouches for a test. */
export interface RunPlan {
  readonly name: string;
  readonly layout: LayoutName;
  /** How threads keep together: native/run_request.h tells what each is good for. */
  readonly rendezvous: 'spin' | 'deadline' | 'free';
  /** Iterations between two rendezvous; of free threads, between two looks at how far the others are. */
  readonly group: number;
  /** Iterations in a batch: the memory is initialised before it and read after it. */
  readonly cells: number;
  /** From one iteration's cell to the next. */
  readonly spacingBytes: number;
  /** Each thread waits a random time below this, in ticks of the time base, after a rendezvous; free ones do not. */
  readonly startDelayTicks: number;
  /** Groups are visited in the order 0, s, 2s, …, modulo their number; absent: 1, in order. */
  readonly groupStride?: number;
  /** What each thread does with a group's cells before the group's rendezvous; absent: nothing. */
  readonly preload?: 'none' | 'read' | 'write';
  /**
   * On CPUs that would be spare or run copies, threads that load and store over so many bytes of other memory
   * run instead; absent: none.
   */
  readonly stressBytes?: number;
}

/**
 * The portable plans. Tests and chips differ in what makes them show a reordering, so each test runs
 * under two: its locations apart, threads started by the clock for long groups, which shows most
 * reorderings of single accesses; and its locations together, threads started by each other for short
 * groups, which makes the critical sections of a protocol overlap.
 */
const apart: RunPlan = {
  name: 'split-deadline',
  layout: 'split',
  rendezvous: 'deadline',
  group: 64,
  cells: 8192,
  spacingBytes: 8,
  startDelayTicks: 50,
};

const together: RunPlan = {
  name: 'packed-spin',
  layout: 'packed',
  rendezvous: 'spin',
  group: 16,
  cells: 4096,
  spacingBytes: 64,
  startDelayTicks: 50,
};

/** The plans a test runs under. Without a time base the clock cannot start threads: they meet by spinning. */
export function plansFor(test: LitmusTest, hasTimeBase: boolean): readonly RunPlan[] {
  const first = hasTimeBase ? apart : { ...apart, name: 'split-spin', rendezvous: 'spin' as const };
  const second =
    test.header.struct.length > 0
      ? { ...together, name: 'kernel-spin', layout: 'kernel' as const }
      : together;
  return (test.threads.length === 1 ? [first] : [first, second]).map((plan) => widened(plan, test));
}

/** A plan whose spacing holds the test's iterations; a wider one is another plan, and has another name. */
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
  startDelayTicks: 0,
};
