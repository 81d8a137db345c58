/** Timing as a list of calls: tests are planned, timed in blocks, and the blocks become prices. */
import { readFileSync } from 'node:fs';
import { fewestBlocks } from './evidence/price.ts';
import { isPriced, testPrice, type Timed } from './evidence/prices.ts';
import { lowerNothing } from './lower/nothing.ts';
import type { Target } from './lower/target.ts';
import type { Affinity } from './plan/affinity.ts';
import { planExperiment, type PlannedTest, type SelectedTest } from './plan/experiment.ts';
import { measuresOf, pricePlan } from './plan/price-plan.ts';
import { blockSeed } from './plan/schedule.ts';
import type { Prices } from './results/price-schema.ts';
import type { MachineFacts } from './run/addon.ts';
import { timeBlock } from './run/prices.ts';
import type { Runner } from './run/runner.ts';

export interface PricingRequest {
  readonly tests: readonly SelectedTest[];
  readonly target: Target;
  readonly facts: MachineFacts;
  /** Where a test of so many threads runs. */
  readonly place: (threads: number) => Affinity;
  /** Of where code lies. */
  readonly seed: bigint;
  /** What intervals are over, and N: in each unit every test is timed once in each way. */
  readonly unit: Prices['unit'];
  readonly units: number;
  /** The child that times the given unit. */
  readonly runner: (unit: number) => Promise<Runner>;
  /** Before each test of each unit. */
  readonly progress: (unit: number, test: string) => void;
  readonly stopped: AbortSignal;
}

/**
 * Times tests, leaving out those whose strategies have nothing to compare.
 * @returns undefined where nothing was timed often enough.
 */
export async function pricesOf(request: PricingRequest): Promise<Prices | undefined> {
  const { timeBase } = request.facts;
  const clock =
    timeBase.problem === undefined
      ? { name: timeBase.name, ticksPerSecond: timeBase.ticksPerSecond }
      : { name: 'monotonic clock', ticksPerSecond: 1e9 };
  const timings = await timeTests(request);
  const tests = timings.flatMap(({ planned, timed }) => {
    const price = testPrice(planned, timed, clock, readFileSync(planned.file, 'utf8'));
    return price === undefined ? [] : [price];
  });
  if (tests.length === 0) return undefined;
  const [cyclesProblem] = timings.flatMap(({ timed }) =>
    timed.flatMap(({ blocks }) => blocks.flatMap((block) => block.cyclesProblem ?? [])),
  );
  return { unit: request.unit, clock, ...(cyclesProblem === undefined ? {} : { cyclesProblem }), tests };
}

/** As many of the tests, in their order, as can be begun with in so much time. */
export async function pricesWithin(timeMs: number, request: PricingRequest): Promise<Prices | undefined> {
  const begunMs = performance.now();
  let prices: Prices | undefined;
  for (const test of request.tests) {
    if (request.stopped.aborted || performance.now() - begunMs >= timeMs) break;
    const one = await pricesOf({ ...request, tests: [test] });
    if (one !== undefined) prices = { ...one, tests: [...(prices?.tests ?? []), ...one.tests] };
  }
  return prices;
}

interface Timing {
  readonly planned: PlannedTest;
  readonly timed: readonly Timed[];
}

/** Unit by unit through all tests, so that each test's blocks are spread over the whole of the time. */
async function timeTests(request: PricingRequest): Promise<readonly Timing[]> {
  const { tests, target, place, seed, units, runner, progress, stopped } = request;
  const nothing = lowerNothing(target);
  let drawn = 0;
  const random = (below: number) => Number(blockSeed(seed, drawn++) % BigInt(below));
  const timeOnce = async ({ planned, timed }: Timing, unit: number, on: Runner): Promise<Timing> => {
    progress(unit, planned.test.name);
    const longer: Timed[] = [];
    for (const one of timed) longer.push(await withAnotherBlock(one, planned, nothing, random, on));
    return { planned, timed: longer };
  };

  const experiment = planExperiment({ tests, target, place, plans: (test) => [pricePlan(test)] });
  let timings: readonly Timing[] = experiment.filter(isPriced).map((planned) => ({
    planned,
    timed: measuresOf(planned).map((measure) => ({ measure, blocks: [], problem: undefined })),
  }));
  for (let unit = 0; unit < units && timings.length > 0; unit++) {
    const on = await runner(unit);
    const longer: Timing[] = [];
    for (const timing of timings) {
      longer.push(stopped.aborted ? timing : await timeOnce(timing, unit, on));
    }
    timings = longer;
  }
  return timings.filter(({ timed }) =>
    timed.some(({ blocks, problem }) => problem !== undefined || blocks.length >= fewestBlocks),
  );
}

/** Of what failed once there are no more blocks. */
async function withAnotherBlock(
  timed: Timed,
  { plans: [placed] }: PlannedTest,
  nothing: Uint8Array,
  random: (below: number) => number,
  runner: Runner,
): Promise<Timed> {
  if (timed.problem !== undefined || placed === undefined) return timed;
  const block = await timeBlock(timed.measure, nothing, placed.plan, random, runner);
  return 'problem' in block
    ? { ...timed, problem: block.problem }
    : { ...timed, blocks: [...timed.blocks, block] };
}
