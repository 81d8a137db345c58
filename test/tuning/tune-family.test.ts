import { describe, expect, test } from 'vitest';
import { randomFrom } from '../../src/language/cycles/random.ts';
import { readSuite } from '../../src/language/test-files.ts';
import { planSpace } from '../../src/plan/plan-space.ts';
import { portablePlans, type RunPlan } from '../../src/plan/run-plan.ts';
import { topologyFrom } from '../../src/plan/topology.ts';
import { familiesOf, type ControlFamily } from '../../src/tuning/control-families.ts';
import type { Fire } from '../../src/tuning/firing.ts';
import { compare, type TimedCounts } from '../../src/tuning/search.ts';
import { tuneFamily } from '../../src/tuning/tune-family.ts';
import { savedMachine } from '../plan/fixtures/saved-machine.ts';
import { simulatedMachine } from './simulated-machine.ts';

const suite = readSuite();
const [family] = familiesOf(
  suite.flatMap(({ test: one }) => (one.name === 'SB+mbs' ? [one] : [])),
  suite,
  'x86-64',
) as [ControlFamily];
const topology = topologyFrom(savedMachine('guest-2-vcpu'));
const portable = portablePlans(true);
const space = planSpace({ hasTimeBase: true, canStress: false });
const budgetMs = 600;
/** A fifth of it, in blocks of 3 ms under each of two plans. */
const duelBlocks = 20;

/** What is found on a machine on which controls fire so often under a plan, and all that ran for it. */
async function found(rate: (plan: RunPlan) => number, seed: bigint) {
  const machine = simulatedMachine(topology, (_, plan) => rate(plan), seed);
  const blocks: { readonly plan: string; readonly counts: TimedCounts }[] = [];
  const fire: Fire = async (control, plan, ms) => {
    const counts = await machine.fire(control, plan, ms);
    if (counts !== undefined) blocks.push({ plan: plan.name, counts });
    return counts;
  };
  const random = randomFrom(seed);
  const one = await tuneFamily({ ...machine, fire, family, space, portable, known: [], random, budgetMs });
  if (one === undefined) throw new Error('no control ran');
  return { ...one, blocks };
}

const seeds = Array.from({ length: 200 }, (_, index) => BigInt(index + 1));
const byGroup = ({ group }: RunPlan) => 1000 + 100 * Math.log2(group);

describe('the plan that is found', () => {
  test('is compared by blocks of its own and of a portable plan, in turns, after all others', async () => {
    for (const seed of seeds.slice(0, 40)) {
      const { best, times, blocks } = await found(byGroup, seed);
      if (best === undefined || times === undefined) continue;
      const duel = blocks.slice(-2 * duelBlocks);
      const [one, other] = [best.name, times.against].map((name) =>
        duel.flatMap(({ plan, counts }) => (plan === name ? [counts] : [])),
      );
      expect([one?.length, other?.length]).toEqual([duelBlocks, duelBlocks]);
      const { against: _against, ...interval } = times;
      expect(compare(one ?? [], other ?? [])).toMatchObject(interval);
    }
  });

  test('is better than the portable ones in no more than a few of a hundred searches among equals', async () => {
    let better = 0;
    for (const seed of seeds) better += Number((await found(() => 1000, seed)).best !== undefined);
    expect(better / seeds.length).toBeLessThanOrEqual(0.05);
  }, 30_000);

  test('is as many times better as the interval says, in some 95 of a hundred searches', async () => {
    const usual = new Map(portable.map((plan) => [plan.name, byGroup(plan)]));
    let [searches, held] = [0, 0];
    for (const seed of seeds) {
      const { best, times } = await found(byGroup, seed);
      if (best === undefined || times === undefined) continue;
      const truth = byGroup(best) / (usual.get(times.against ?? '') ?? 0);
      searches++;
      held += Number(times.low <= truth && truth <= (times.high ?? Infinity));
    }
    expect(searches).toBeGreaterThan(100);
    expect(held / searches).toBeGreaterThan(0.9);
  }, 30_000);
});
