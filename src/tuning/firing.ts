import { wrapConditionValues } from '../language/condition-values.ts';
import { sightings, statedExpectation } from '../judge/expectation.ts';
import { tally } from '../judge/histogram.ts';
import { cellLayout } from '../lower/layout.ts';
import { lower, LoweringError } from '../lower/lower.ts';
import type { MachineCode, Unlisted } from '../lower/machine-code.ts';
import type { Target } from '../lower/target.ts';
import { withoutCopies, type Affinity } from '../plan/affinity.ts';
import type { PlaceAs } from '../plan/placement.ts';
import { ofTest, type RunPlan } from '../plan/run-plan.ts';
import { blockSeed } from '../plan/schedule.ts';
import { runCells } from '../run/blocks.ts';
import type { Runner } from '../run/runner.ts';
import { variantsOf } from '../strategy/strategies.ts';
import type { Control } from './control-families.ts';
import type { TimedCounts } from './search.ts';

/** Where controls are run. */
export interface FiringRange {
  readonly runner: Runner;
  readonly target: Target;
  readonly place: (threads: number) => Affinity;
  readonly placeAs: PlaceAs;
  readonly seed: bigint;
}

/**
 * Runs a control under a plan for about so long. Undefined where it cannot run under it: the target or the
 * machine lacks something, or what ran is no data.
 */
export type Fire = (control: Control, plan: RunPlan, ms: number) => Promise<TimedCounts | undefined>;

/** The pace of a plan is found with so many iterations, which count for nothing else. */
const iterationsToFindPace = 1024;

/** What other programs take of a block is not the plan's doing: a block that was disturbed is run again. */
const mostTries = 4;

interface Loaded {
  readonly code: Unlisted<MachineCode>;
  readonly plan: RunPlan;
  nsPerIteration?: number;
}

export function firingOn({ runner, target, place, placeAs, seed }: FiringRange): Fire {
  const loaded = new Map<string, Loaded | undefined>();
  let blocks = 0;

  function load({ source, strategy }: Control, wanted: RunPlan): Loaded | undefined {
    const [variant] = variantsOf(source.test, [strategy]).variants;
    if (variant === undefined) return undefined;
    const plan = ofTest(wanted, variant.test);
    try {
      const layout = cellLayout(variant.test, plan.layout, plan.spacingBytes, plan.cells);
      return { code: lower(variant.test, target, layout), plan };
    } catch (error) {
      if (error instanceof LoweringError) return undefined;
      throw error;
    }
  }

  async function run({ code, plan }: Loaded, cells: number, batches: number, placed: Affinity) {
    const copies = placed.copies.length + 1;
    const run = { placed: { name: plan.name, plan, affinity: placed } };
    return runCells(code, { run, cells, batches, copies, seed: blockSeed(seed, blocks++) }, runner);
  }

  return async (control, plan, ms) => {
    const key = `${control.source.test.name} ${control.strategy} ${plan.name}`;
    if (!loaded.has(key)) loaded.set(key, load(control, plan));
    const one = loaded.get(key);
    if (one === undefined) return undefined;
    const threads = control.source.test.threads.length;
    const affinity = plan.placement === undefined ? place(threads) : placeAs(threads, plan.placement);
    if (affinity === undefined) return undefined;
    const placed = plan.stressBytes === undefined ? affinity : withoutCopies(affinity);
    if (one.nsPerIteration === undefined) {
      const { iterations, wallNs } = await run(one, Math.min(plan.cells, iterationsToFindPace), 1, placed);
      one.nsPerIteration = iterations === 0 ? Number.POSITIVE_INFINITY : wallNs / iterations;
    }
    const iterations = (ms * 1e6) / one.nsPerIteration / (placed.copies.length + 1);
    const cells = Math.min(plan.cells, Math.max(iterationsToFindPace, Math.floor(iterations)));
    let record = await run(one, cells, Math.max(1, Math.round(iterations / cells)), placed);
    for (let tries = 1; record.disturbed !== undefined && tries < mostTries; tries++) {
      record = await run(one, cells, Math.max(1, Math.round(iterations / cells)), placed);
    }
    if (record.problem !== undefined) return undefined;
    one.nsPerIteration = (record.wallNs / record.iterations) * (placed.copies.length + 1);
    const test = wrapConditionValues(control.source.test);
    const { event } = statedExpectation(test);
    return { sightings: sightings(event, tally(test, record.outcomes)), iterations: record.wallNs };
  };
}
