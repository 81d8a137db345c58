import type { Affinity } from '../plan/affinity.ts';
import { namedPlan } from '../plan/plan-space.ts';
import type { RunPlan } from '../plan/run-plan.ts';
import type { TunedFamily, Tuning } from '../results/tuning-file.ts';
import type { ControlFamily } from './control-families.ts';
import { digestOf } from './tune-family.ts';

/** The plans found for a test, where its threads are placed so. */
export type TunedPlans = (test: string, affinity: Affinity) => readonly RunPlan[];

/** The entry of a family: of the same controls in the same words, placed alike. */
export function entryOf(
  { families }: Tuning,
  family: ControlFamily,
  placement: Affinity['class'],
): TunedFamily | undefined {
  return families.find(
    (entry) =>
      entry.controls === family.name && entry.placement === placement && entry.digest === digestOf(family),
  );
}

/**
 * What a tuning has for tests: each gets its family's plan, and a control those of all tests that it vouches
 * for, since it vouches under the plans that it runs under itself.
 */
export function tunedPlans(tuning: Tuning, families: readonly ControlFamily[]): TunedPlans {
  const byTest = new Map<string, Set<ControlFamily>>();
  for (const family of families) {
    const controls = family.controls.map(({ source }) => source.test.name);
    for (const test of [...family.tests, ...controls]) {
      byTest.set(test, (byTest.get(test) ?? new Set()).add(family));
    }
  }
  return (test, affinity) => {
    const plans = [...(byTest.get(test) ?? [])].flatMap((family) => {
      const best = entryOf(tuning, family, affinity.class)?.best;
      return best === undefined ? [] : [namedPlan(best)];
    });
    return [...new Map(plans.map((plan) => [plan.name, plan])).values()];
  };
}
