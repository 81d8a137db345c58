import type { Random } from '../language/cycles/random.ts';
import { anyPlan, neighbourOf, withRoom, type PlanSpace } from '../plan/plan-space.ts';
import type { RunPlan } from '../plan/run-plan.ts';
import { addCounts, type Counts } from '../evidence/counts.ts';
import { ratioOf, type RateRatio } from '../evidence/ratio.ts';

/**
 * What was seen in one block. Its `iterations` are nanoseconds of wall time: the rate that is looked for
 * is sightings per second, whatever else a plan does in it.
 */
export type TimedCounts = Counts;

/** A plan with all that it was seen to do. */
export interface Trial {
  readonly plan: RunPlan;
  readonly blocks: readonly TimedCounts[];
}

export interface Search {
  /** The plan to run a block of next; undefined once the best is known. */
  next(): RunPlan | undefined;
  /** What that block showed. */
  tell(counts: TimedCounts): void;
  /** No further plans. */
  settle(): void;
  /** Every plan that ran, the best first: by luck among others, so that its blocks flatter it. */
  trials(): readonly Trial[];
}

export interface SearchRequest {
  readonly space: PlanSpace;
  /** What lies together in one iteration. */
  readonly leastBytes: number;
  /** They are tried first. */
  readonly portable: readonly RunPlan[];
  /** Plans that did well elsewhere: tried with them. */
  readonly known: readonly RunPlan[];
  readonly random: Random;
  /** Brackets of plans that are tried, each from the best that was found before. */
  readonly brackets: number;
}

/** Plans in a bracket: the best so far, half the others near it, the rest anywhere. */
const bracketSize = 12;
/** A difference between fewer blocks than this is not believed. */
export const fewestBlocks = 4;
/** Blocks after which two plans that still do not differ are taken for equals. */
const mostBlocks = 64;

/**
 * A search for the plan under which an event is seen most often, by successive halving (Karnin, Koren and
 * Somekh, ICML 2013; Jamieson and Talwalkar, AISTATS 2016): all plans get a block, the better half twice as
 * many, and so on, forwards and backwards (A B B A), so that a machine that slows down does so for all. Plans
 * that are beaten beyond doubt leave at once. A new bracket begins near the best of the last one.
 */
export function startSearch({ space, leastBytes, portable, known, random, brackets }: SearchRequest): Search {
  const trials = new Map<string, { plan: RunPlan; blocks: TimedCounts[] }>();
  let settling = false;
  const blocksOf = (plan: RunPlan) => trials.get(plan.name)?.blocks ?? [];
  // One lucky block is no rate: plans that got no further stand behind those that did.
  const isKnown = ({ blocks }: Trial) => Number(blocks.length >= fewestBlocks);
  const ranked = () =>
    [...trials.values()].toSorted(
      (left, right) => isKnown(right) - isKnown(left) || rateOf(right.blocks) - rateOf(left.blocks),
    );

  function* run(plan: RunPlan): Generator<RunPlan, void, TimedCounts> {
    const counts = yield plan;
    const trial = trials.get(plan.name);
    if (trial === undefined) trials.set(plan.name, { plan, blocks: [counts] });
    else trial.blocks.push(counts);
  }

  function* halve(candidates: readonly RunPlan[]): Generator<RunPlan, void, TimedCounts> {
    let left = candidates;
    for (let blocks = 1; left.length > 1 && blocks <= mostBlocks; blocks *= 2) {
      for (let turn = 0; turn < blocks; turn++) {
        for (const plan of turn % 2 === 0 ? left : left.toReversed()) {
          if (settling) return;
          yield* run(plan);
        }
      }
      const best = left.toSorted((one, other) => rateOf(blocksOf(other)) - rateOf(blocksOf(one)));
      const [leader] = best;
      left = best
        .slice(0, Math.ceil(best.length / 2))
        .filter((plan) => plan === leader || !isBeaten(blocksOf(plan), blocksOf(leader ?? plan)));
    }
  }

  function* everyStep(): Generator<RunPlan, void, TimedCounts> {
    for (let bracket = 0; bracket < brackets; bracket++) {
      if (settling) break;
      const [best] = ranked();
      const start = best === undefined ? [...portable, ...known] : [best.plan];
      const others = Array.from({ length: Math.max(0, bracketSize - start.length) }, (_, index) => {
        const from = start[index % start.length];
        return from !== undefined && index % 2 === 0
          ? neighbourOf(from, space, random)
          : anyPlan(space, random);
      });
      yield* halve(distinct([...start, ...others.map((plan) => withRoom(plan, leastBytes))]));
    }
  }

  const steps = everyStep();
  let step = steps.next();
  return {
    next: () => (step.done === true ? undefined : step.value),
    tell: (counts) => {
      step = steps.next(counts);
    },
    settle: () => {
      settling = true;
    },
    trials: ranked,
  };
}

/** Sightings in a second. */
export function rateOf(blocks: readonly TimedCounts[]): number {
  const { sightings, iterations } = addCounts(blocks);
  return iterations === 0 ? 0 : (sightings / iterations) * 1e9;
}

/** How often the event is seen under one plan over how often under another. */
export function compare(
  first: readonly TimedCounts[],
  second: readonly TimedCounts[],
): RateRatio | undefined {
  return ratioOf(first, second, 'block');
}

/** Beyond doubt: the interval of the ratio is all on one side. */
export function isBeaten(blocks: readonly TimedCounts[], byBlocks: readonly TimedCounts[]): boolean {
  if (Math.min(blocks.length, byBlocks.length) < fewestBlocks) return false;
  const ratio = compare(byBlocks, blocks);
  return ratio !== undefined && ratio.low > 1;
}

function distinct(plans: readonly RunPlan[]): readonly RunPlan[] {
  return [...new Map(plans.map((plan) => [plan.name, plan])).values()];
}
