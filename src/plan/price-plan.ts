import type { LitmusTest } from '../language/litmus-test.ts';
import { cellLayout, leastSpacing } from '../lower/layout.ts';
import type { InitialWrite, ThreadCode } from '../lower/machine-code.ts';
import { isPerpetual } from '../lower/perpetual.ts';
import type { PlannedTest } from './experiment.ts';
import type { RunPlan } from './run-plan.ts';

/** What a pass touches should stay in any first-level data cache. */
const warmBytes = 24 * 1024;
/** Iterations lie on lines of their own. */
const spacingBytes = 64;
/** Each of a layout's arrays begins on a page of its own. */
const pageBytes = 4096;

/**
 * How a test is timed: in the layout that the kernel has, so that threads contend for the lines that they
 * would contend for, and over as many cells as stay warm.
 */
export function pricePlan(test: LitmusTest): RunPlan {
  const layout = test.header.struct.length > 0 ? 'kernel' : 'packed';
  const spacing = Math.max(spacingBytes, leastSpacing(test, layout));
  const { offsets } = cellLayout(test, layout, spacing, 1);
  const arrays = new Set([...offsets.values()].map((offset) => Math.floor(offset / pageBytes))).size;
  const cells = Math.max(1, Math.floor(warmBytes / (spacing * Math.max(1, arrays))));
  return {
    name: `price-${layout}`,
    layout,
    rendezvous: 'spin',
    group: cells,
    cells,
    spacingBytes: spacing,
    startDelayNs: 0,
  };
}

/** What is timed as one: the bodies of the threads that take part, and the cells that they start from. */
export interface Program {
  readonly threads: readonly Omit<ThreadCode, 'listing'>[];
  readonly initial: readonly InitialWrite[];
  /** Of the test memory. */
  readonly memoryBytes: number;
}

/** One thread alone on its CPU, or all threads at once: with the programs to which the strategies come down. */
export interface Measure {
  readonly contended: boolean;
  /** The test's threads that take part, and their CPUs. */
  readonly threads: readonly number[];
  readonly cpus: readonly number[];
  /** Different ones. */
  readonly programs: readonly Program[];
  /** The program of each strategy, by its place among them. */
  readonly programOf: ReadonlyMap<string, number>;
}

/** All that there is to time of a test, planned under its price plan alone. Threads that would take turns on a CPU do not contend. */
export function measuresOf(planned: PlannedTest): readonly Measure[] {
  const [placed] = planned.plans;
  if (placed === undefined) return [];
  const threads = planned.test.threads.map(({ index }) => index);
  const alone = threads.map((thread) => ({ contended: false, threads: [thread] }));
  const together =
    threads.length > 1 && !placed.affinity.oversubscribed ? [{ contended: true, threads }] : [];
  return [...alone, ...together].map((measure) => ({
    ...measure,
    cpus: measure.threads.map((thread) => placed.affinity.cpus[thread] ?? -1),
    ...programsOf(planned, placed.name, measure.threads),
  }));
}

function programsOf(
  planned: PlannedTest,
  plan: string,
  threads: readonly number[],
): Pick<Measure, 'programs' | 'programOf'> {
  const programs = new Map<string, { readonly place: number; readonly program: Program }>();
  const programOf = new Map<string, number>();
  for (const { strategy, codes } of planned.variants) {
    const code = codes.get(plan);
    if (code === undefined || isPerpetual(code)) continue;
    const program: Program = {
      threads: code.threads.filter((_, thread) => threads.includes(thread)),
      initial: code.initial,
      memoryBytes: code.layout.sizeBytes,
    };
    const key = keyOf(program);
    const { place } = programs.get(key) ?? { place: programs.size };
    programs.set(key, { place, program });
    programOf.set(strategy, place);
  }
  return { programs: [...programs.values()].map(({ program }) => program), programOf };
}

/** Equal for the same code on the same cells. */
function keyOf({ threads, initial }: Program): string {
  return [
    ...threads.map(({ bytes }) => Buffer.from(bytes).toString('base64')),
    ...initial.map((write) => Object.values(write).join()),
  ].join(' ');
}
