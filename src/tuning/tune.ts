import { randomFrom } from '../language/cycles/random.ts';
import type { Affinity } from '../plan/affinity.ts';
import { otherChoices, type PlaceAs } from '../plan/placement.ts';
import { namedPlan, planSpace } from '../plan/plan-space.ts';
import { portablePlans } from '../plan/run-plan.ts';
import type { TunedFamily } from '../results/tuning-file.ts';
import type { ControlFamily } from './control-families.ts';
import type { Fire } from './firing.ts';
import { tuneFamily } from './tune-family.ts';

/**
 * `one-thread`: nothing to bring together. `take-turns`: more threads than CPUs. `not-run`: no control ran under
 * any plan. `time`, `interrupted`: it was over before.
 */
export type WhyLeftOut = 'one-thread' | 'take-turns' | 'not-run' | 'time' | 'interrupted';

/** A family of which nothing was found. */
export interface LeftOut {
  readonly controls: string;
  readonly why: WhyLeftOut;
}

export interface TuneRequest {
  readonly families: readonly ControlFamily[];
  readonly fire: Fire;
  readonly hasTimeBase: boolean;
  readonly place: (threads: number) => Affinity;
  /** Where plans may choose to place threads instead. */
  readonly placeAs: PlaceAs;
  readonly seed: bigint;
  /** Milliseconds for all of them. */
  readonly budgetMs: number;
  readonly clock: () => number;
  readonly stopped: AbortSignal;
  readonly progress: (family: ControlFamily, done: number, of: number) => void;
  readonly leftOut?: (one: LeftOut) => void;
}

/** With less, a family's search finds luck. */
export const leastFamilyMs = 250;
/** Of the plans that won elsewhere, how many a family tries first. */
const plansHandedOn = 3;

/**
 * Tunes families one after another, each in an equal share of the time that is left, those with most tests
 * first. Those of which nothing is found are told with the reason, such as that there is no time for them.
 */
export async function* tune(request: TuneRequest): AsyncGenerator<TunedFamily> {
  const { fire, hasTimeBase, place, placeAs, seed, budgetMs, clock, stopped, progress } = request;
  const leaveOut = ({ name }: ControlFamily, why: WhyLeftOut) => request.leftOut?.({ controls: name, why });
  const beganMs = clock();
  const random = randomFrom(seed);
  const portable = portablePlans(hasTimeBase);
  const [usual] = portable;
  const families = request.families
    .filter((family) => {
      const why = unfit(family, place);
      if (why !== undefined) leaveOut(family, why);
      return why === undefined;
    })
    .toSorted((left, right) => right.tests.length - left.tests.length);
  const winners: TunedFamily[] = [];
  for (const [index, family] of families.entries()) {
    const leftMs = budgetMs - (clock() - beganMs);
    const shareMs = Math.max(leastFamilyMs, leftMs / (families.length - index));
    if (leftMs < shareMs || stopped.aborted) {
      leaveOut(family, stopped.aborted ? 'interrupted' : 'time');
      continue;
    }
    progress(family, index, families.length);
    const affinity = place(family.threads);
    const placements = otherChoices(family.threads, affinity, placeAs);
    const canStress = affinity.spare.length + affinity.copies.length > 0;
    const handedOn = winners
      .slice(-plansHandedOn)
      .flatMap(({ best }) => best ?? [])
      .filter(({ placement }) => placement === undefined || placements.includes(placement));
    const found = await tuneFamily({
      family,
      space: planSpace({ hasTimeBase, canStress, placements }),
      portable,
      // Each place there is, once at least.
      known: [...handedOn, ...placements.map((placement) => ({ ...usual, placement }))].map(namedPlan),
      fire,
      random,
      budgetMs: shareMs,
      clock,
      stopped,
    });
    if (found === undefined || stopped.aborted) {
      leaveOut(family, stopped.aborted ? 'interrupted' : 'not-run');
      continue;
    }
    const tuned = {
      ...found,
      placement: affinity.class,
      ...(placements.length === 0 ? {} : { placements }),
      tunedAt: new Date().toISOString(),
      seed: seed.toString(),
    };
    winners.push(tuned);
    yield tuned;
  }
}

function unfit({ threads }: ControlFamily, place: TuneRequest['place']): WhyLeftOut | undefined {
  if (threads === 1) return 'one-thread';
  return place(threads).oversubscribed ? 'take-turns' : undefined;
}
