import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { randomFrom } from '../../src/language/cycles/random.ts';
import { anyPlan, namedPlan, neighbourOf, planSpace } from '../../src/plan/plan-space.ts';
import { portablePlans, type RunPlan } from '../../src/plan/run-plan.ts';

const seeds = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
const parameters = ({ name: _name, ...rest }: RunPlan) => JSON.stringify(Object.entries(rest).toSorted());

const placements = ['smt-siblings', 'across-sockets'] as const;

test('plans of one name are one plan', () => {
  const space = planSpace({ hasTimeBase: true, canStress: true, placements });
  fc.assert(
    fc.property(seeds, (seed) => {
      const random = randomFrom(seed);
      const plans = Array.from({ length: 50 }, () => anyPlan(space, random));
      const names = new Set(plans.map(({ name }) => name));
      expect(names.size).toBe(new Set(plans.map(parameters)).size);
      for (const plan of plans) expect(namedPlan(plan)).toEqual(plan);
    }),
  );
});

test('a machine without a time base, CPUs to spare or a choice of places is offered nothing that needs them', () => {
  const space = planSpace({ hasTimeBase: false, canStress: false });
  fc.assert(
    fc.property(seeds, (seed) => {
      const random = randomFrom(seed);
      let plan = anyPlan(space, random);
      for (let step = 0; step < 20; step++) {
        expect(plan.rendezvous).not.toBe('deadline');
        expect(plan.stressBytes).toBeUndefined();
        expect(plan.placement).toBeUndefined();
        if (plan.rendezvous === 'free') expect(plan.startDelayNs).toBe(0);
        expect(plan.group).toBeLessThanOrEqual(plan.cells);
        plan = neighbourOf(plan, space, random);
      }
    }),
  );
});

test('without a choice of places the same seed draws the same plans', () => {
  const [without, among] = [[], placements].map((some) =>
    planSpace({ hasTimeBase: true, canStress: true, placements: some }),
  );
  if (without === undefined || among === undefined) throw new Error('no space');
  fc.assert(
    fc.property(seeds, (seed) => {
      const { name: _, placement: _chosen, ...plan } = anyPlan(among, randomFrom(seed));
      expect(anyPlan(without, randomFrom(seed))).toMatchObject(plan);
    }),
  );
});

test('from the portable plans every other can be reached by neighbours', () => {
  const space = planSpace({ hasTimeBase: true, canStress: false, placements });
  const random = randomFrom(1n);
  const seen = new Map(Object.keys(space).map((axis) => [axis, new Set<unknown>()]));
  let [plan] = portablePlans(true);
  for (let step = 0; step < 4000 && plan !== undefined; step++) {
    plan = neighbourOf(plan, space, random);
    const { preload = 'none', groupStride = 1, stressBytes = 0, placement = 'usual', ...rest } = plan;
    const point = { ...rest, preload, groupStride, stressBytes, placement };
    for (const [axis, value] of Object.entries(point)) seen.get(axis)?.add(value);
  }
  for (const [axis, values] of Object.entries(space)) {
    expect(values.filter((value: unknown) => seen.get(axis)?.has(value) !== true)).toEqual([]);
  }
});
