import { expect, test } from 'vitest';
import { randomFrom } from '../../src/language/cycles/random.ts';
import { planSpace } from '../../src/plan/plan-space.ts';
import { portablePlans, type RunPlan } from '../../src/plan/run-plan.ts';
import { isBeaten, startSearch, type TimedCounts } from '../../src/tuning/search.ts';

const space = planSpace({ hasTimeBase: true, canStress: false });
const portable = portablePlans(true);

/** Blocks of a machine on which an event happens at a rate that each plan has, give or take a fifth. */
function machine(rate: (plan: RunPlan) => number, seed: bigint) {
  const random = randomFrom(seed);
  return (plan: RunPlan): TimedCounts => {
    const noise = 0.8 + random(1000) / 2500;
    return { sightings: Math.round(rate(plan) * noise), iterations: 5_000_000 };
  };
}

function searched(rate: (plan: RunPlan) => number, seed: bigint, brackets = 4) {
  const block = machine(rate, seed);
  const search = startSearch({
    space,
    leastBytes: 32,
    portable,
    known: [],
    random: randomFrom(seed),
    brackets,
  });
  const ran: string[] = [];
  for (let plan = search.next(); plan !== undefined; plan = search.next()) {
    ran.push(plan.name);
    search.tell(block(plan));
  }
  return { search, ran, trials: search.trials() };
}

/** Long groups in narrow cells do best. */
const preference = ({ group, spacingBytes }: RunPlan) => (1000 * Math.log2(2 * group)) / spacingBytes;

test('the same seed and the same counts try the same plans in the same order', () => {
  expect(searched(preference, 7n).ran).toEqual(searched(preference, 7n).ran);
  expect(searched(preference, 7n).ran).not.toEqual(searched(preference, 8n).ran);
});

test('what is found is among the best there is, whatever the seed', () => {
  const greatest = preference({ ...(portable[0] as RunPlan), group: 1024, spacingBytes: 8 });
  for (let seed = 1n; seed <= 20n; seed++) {
    const [best] = searched(preference, seed, 8).trials;
    expect(best && preference(best.plan)).toBeGreaterThan(0.55 * greatest);
  }
});

test('a plan that is better everywhere else is found though the portable ones see nothing', () => {
  const { trials } = searched(({ rendezvous }) => (rendezvous === 'free' ? 500 : 0), 3n);
  expect(trials[0]?.plan.rendezvous).toBe('free');
});

test('where all plans are alike, none is called better than the portable ones', () => {
  for (let seed = 1n; seed <= 20n; seed++) {
    const { trials } = searched(() => 1000, seed);
    const [best] = trials;
    const usual = trials.find(({ plan }) => portable.some(({ name }) => name === plan.name));
    if (best === usual || best === undefined || usual === undefined) continue;
    // The best of many equals is above average by luck: by no more than what a block varies.
    expect(best.blocks.length).toBeGreaterThanOrEqual(4);
    if (isBeaten(usual.blocks, best.blocks)) {
      const rate = (blocks: readonly TimedCounts[]) =>
        blocks.reduce((sum, { sightings }) => sum + sightings, 0) / blocks.length;
      expect(rate(best.blocks) / rate(usual.blocks)).toBeLessThan(1.25);
    }
  }
});

test('plans that are far behind get few blocks, the best many', () => {
  const { trials } = searched(preference, 5n);
  const blocks = trials.map((trial) => trial.blocks.length);
  expect(Math.max(...blocks.slice(0, 3))).toBeGreaterThan(10);
  expect(blocks.filter((count) => count <= 3).length).toBeGreaterThan(trials.length / 2);
});

test('a search that is told to settle ends', () => {
  const block = machine(preference, 9n);
  const search = startSearch({
    space,
    leastBytes: 32,
    portable,
    known: [],
    random: randomFrom(9n),
    brackets: 8,
  });
  let blocks = 0;
  for (let plan = search.next(); plan !== undefined && blocks < 1000; plan = search.next()) {
    search.tell(block(plan));
    if (++blocks === 40) search.settle();
  }
  expect(blocks).toBeLessThan(60);
});
