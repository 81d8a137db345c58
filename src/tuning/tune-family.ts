import { createHash } from 'node:crypto';
import { addCounts } from '../evidence/counts.ts';
import { rateOf as intervalOf } from '../evidence/rate.ts';
import type { RateRatio } from '../evidence/ratio.ts';
import { vouchesForAll } from '../judge/controls.ts';
import { sightingsToFire } from '../judge/verdict.ts';
import type { Random } from '../language/cycles/random.ts';
import { printLitmus } from '../language/printer.ts';
import { withRoom, type PlanSpace } from '../plan/plan-space.ts';
import type { RunPlan } from '../plan/run-plan.ts';
import type { TunedFamily } from '../results/tuning-file.ts';
import { controlName, type Control, type ControlFamily } from './control-families.ts';
import type { Fire } from './firing.ts';
import { compare, fewestBlocks, rateOf, startSearch, type TimedCounts, type Trial } from './search.ts';

export interface FamilyRequest {
  readonly family: ControlFamily;
  readonly space: PlanSpace;
  readonly portable: readonly RunPlan[];
  /** Plans that did well elsewhere. */
  readonly known: readonly RunPlan[];
  readonly fire: Fire;
  readonly random: Random;
  /** Milliseconds that it may take, and that have passed. */
  readonly budgetMs: number;
  readonly clock: () => number;
  readonly stopped: AbortSignal;
}

/** What was found of a family, but for when, where and with which seed. */
export type Found = Omit<TunedFamily, 'placement' | 'placements' | 'tunedAt' | 'seed'>;

/** Long enough for a rate, short enough for many. */
const blockMs = 3;
/** What a bracket of a search takes. */
const bracketMs = 80 * blockMs;
const mostBrackets = 8;
/** Of the time, what is kept for what follows the search: whether controls fire, and the duel. */
const shareToSettle = 0.4;
/** Of the time, what the duel takes, within these numbers of blocks under each of the two plans. */
const shareToDuel = 0.2;
const duelBlocks = { fewest: 2 * fewestBlocks, most: 64 };
/** Blocks in which a control has to fire under a plan that is to be kept. */
const blocksToFire = 4;
/** Of the best plans, how many are asked whether all controls fire. */
const finalists = 3;

/**
 * Searches for the plan under which a family's controls fire most: the one that fires least under the
 * portable plans is what the search looks at, and all that fire under those must fire under what it finds.
 */
export async function tuneFamily(request: FamilyRequest): Promise<Found | undefined> {
  const { family, space, portable, known, fire, random, budgetMs, clock, stopped } = request;
  const beganMs = clock();
  const leftMs = () => budgetMs - (clock() - beganMs);
  const under = new Map<Control, TimedCounts[]>(family.controls.map((control) => [control, []]));
  for (const plan of [...portable, ...portable.toReversed()]) {
    for (const control of family.controls) {
      const counts = await fire(control, plan, blockMs);
      if (counts !== undefined) under.get(control)?.push(counts);
    }
  }
  const objective = objectiveAmong(under);
  if (objective === undefined) return undefined;
  const brackets = Math.min(mostBrackets, Math.max(1, Math.floor(leftMs() / bracketMs)));
  const search = startSearch({
    space,
    leastBytes: family.leastBytes,
    portable,
    known: known.map((plan) => withRoom(plan, family.leastBytes)),
    random,
    brackets,
  });
  for (let plan = search.next(); plan !== undefined && !stopped.aborted; plan = search.next()) {
    search.tell((await fire(objective, plan, blockMs)) ?? { sightings: 0, iterations: 0 });
    if (leftMs() < 0) break;
    if (leftMs() < budgetMs * shareToSettle) search.settle();
  }
  const trials = search.trials().filter(({ blocks }) => addCounts(blocks).iterations > 0);
  const names = new Set(portable.map(({ name }) => name));
  const usual = trials.find(({ plan }) => names.has(plan.name));
  const firing = [...under]
    .filter(([, blocks]) => addCounts(blocks).sightings > 0)
    .map(([control]) => control);
  const duel = async (plan: RunPlan, other: RunPlan) => {
    const blocks = Math.floor((budgetMs * shareToDuel) / (2 * blockMs));
    const { fewest, most } = duelBlocks;
    return duelOf(plan, other, Math.min(most, Math.max(fewest, blocks)), (one) =>
      fire(objective, one, blockMs),
    );
  };
  const winner = usual && (await winnerAmong(trials, usual, { duel, firing, fire }));
  return {
    controls: family.name,
    digest: digestOf(family),
    threads: family.threads,
    spentMs: Math.round(clock() - beganMs),
    objective: nameOf(objective),
    ...winner,
    controlsUnderBest: winner?.controlsUnderBest ?? [],
    tried: trials.map(recordOf),
  };
}

/** The control made for the tests themselves, where there is one, that fires least. */
function objectiveAmong(under: ReadonlyMap<Control, readonly TimedCounts[]>): Control | undefined {
  const ran = [...under].filter(([, blocks]) => addCounts(blocks).iterations > 0);
  const own = ran.filter(([{ source }]) => !source.test.header.vouchesFor.some(vouchesForAll));
  const best = (blocks: readonly TimedCounts[]) => Math.max(...blocks.map((block) => rateOf([block])));
  const [least] = (own.length > 0 ? own : ran).toSorted(([, left], [, right]) => best(left) - best(right));
  return least?.[0];
}

/**
 * The best plan under which every control fires that does under the portable ones, if it is better beyond doubt
 * than that of those which did best: by blocks that were run once the two were chosen.
 */
async function winnerAmong(
  trials: readonly Trial[],
  usual: Trial,
  {
    duel,
    firing,
    fire,
  }: {
    readonly duel: (plan: RunPlan, other: RunPlan) => Promise<RateRatio | undefined>;
    readonly firing: readonly Control[];
    readonly fire: Fire;
  },
): Promise<Pick<TunedFamily, 'best' | 'times' | 'controlsUnderBest'> | undefined> {
  for (const trial of trials.slice(0, finalists)) {
    if (trial === usual) return undefined;
    const rates = await ratesUnder(trial.plan, firing, fire);
    if (rates === undefined) continue;
    const times = await duel(trial.plan, usual.plan);
    if (times === undefined || times.low <= 1) return undefined;
    const { ratio, low, high } = times;
    return {
      best: inSpace(trial.plan),
      times: {
        against: usual.plan.name,
        ...(ratio === undefined ? {} : { ratio }),
        low,
        ...(high === undefined ? {} : { high }),
      },
      controlsUnderBest: rates,
    };
  }
  return undefined;
}

/** How a plan compares with another over so many blocks of each, in turns (A B B A): nobody looks before the last. */
async function duelOf(
  plan: RunPlan,
  other: RunPlan,
  blocks: number,
  run: (plan: RunPlan) => Promise<TimedCounts | undefined>,
): Promise<RateRatio | undefined> {
  const under = new Map<RunPlan, TimedCounts[]>([
    [plan, []],
    [other, []],
  ]);
  for (let turn = 0; turn < blocks; turn++) {
    for (const one of turn % 2 === 0 ? [plan, other] : [other, plan]) {
      const counts = await run(one);
      if (counts !== undefined) under.get(one)?.push(counts);
    }
  }
  return compare(under.get(plan) ?? [], under.get(other) ?? []);
}

/** How often each control fires under a plan; undefined where one does not. */
async function ratesUnder(
  plan: RunPlan,
  controls: readonly Control[],
  fire: Fire,
): Promise<TunedFamily['controlsUnderBest'] | undefined> {
  const rates: { name: string; perSecond: number }[] = [];
  for (const control of controls.filter((one) => vouchesIn(one, plan))) {
    const blocks: TimedCounts[] = [];
    while (blocks.length < blocksToFire && addCounts(blocks).sightings < sightingsToFire) {
      const counts = await fire(control, plan, blockMs);
      if (counts === undefined) break;
      blocks.push(counts);
    }
    if (addCounts(blocks).sightings < sightingsToFire) return undefined;
    rates.push({ name: nameOf(control), perSecond: rateOf(blocks) });
  }
  return rates;
}

/** A test with a struct has its `kernel` layout in place of `packed`. */
function vouchesIn({ layouts, source }: Control, { layout }: RunPlan): boolean {
  return layouts.includes(layout === 'packed' && source.test.header.struct.length > 0 ? 'kernel' : layout);
}

function nameOf({ source, strategy }: Control): string {
  return controlName({ test: source.test.name, strategy });
}

/** Of what ran: another text of a control is another control. */
export function digestOf({ controls }: ControlFamily): string {
  const texts = controls.map(({ source, strategy }) => `${strategy}\n${printLitmus(source.test)}`).toSorted();
  return createHash('sha256').update(texts.join('\n')).digest('hex');
}

function recordOf({ plan, blocks }: Trial): TunedFamily['tried'][number] {
  const { sightings, iterations: wallNs } = addCounts(blocks);
  const interval = intervalOf(blocks, 'block');
  return {
    plan: inSpace(plan),
    perSecond: rateOf(blocks),
    low: (interval?.low ?? 0) * 1e9,
    high: (interval?.high ?? 0) * 1e9,
    sightings,
    wallMs: wallNs / 1e6,
    blocks: blocks.length,
  };
}

/** A plan as the file has it: none of a search is perpetual, or laid out as one test's struct. */
function inSpace(plan: RunPlan): TunedFamily['tried'][number]['plan'] {
  const { layout, rendezvous } = plan;
  if (layout === 'kernel' || rendezvous === 'perpetual') throw new Error(`${plan.name} is not of the space`);
  return { ...plan, layout, rendezvous };
}
