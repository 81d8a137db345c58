import type { Affinity } from '../plan/affinity.ts';
import { namedPlan } from '../plan/plan-space.ts';
import type { RunPlan } from '../plan/run-plan.ts';
import type { TunedFamily, Tuning } from '../results/tuning-file.ts';
import type { ControlFamily } from './control-families.ts';
import { digestOf } from './tune-family.ts';

/** The plans found for a test, where its threads are placed so; some may name another placement. */
export type TunedPlans = (test: string, affinity: Affinity) => readonly RunPlan[];

/** The entries of a family: of the same controls in the same words. */
function entriesOf({ families }: Tuning, family: ControlFamily): readonly TunedFamily[] {
  return families.filter(({ controls, digest }) => controls === family.name && digest === digestOf(family));
}

/** Those whose portable plans ran where threads are placed so. */
export function entriesAt(
  tuning: Tuning,
  family: ControlFamily,
  placement: Affinity['class'],
): readonly TunedFamily[] {
  return entriesOf(tuning, family).filter((entry) => entry.placement === placement);
}

/** The best plans where threads are placed so: of searches there, and of others that found this the best place. */
export function bestAt(tuning: Tuning, family: ControlFamily, placed: Affinity['class']): readonly RunPlan[] {
  return entriesOf(tuning, family).flatMap(({ best, placement }) => {
    if (best === undefined) return [];
    if (placement === placed) return [namedPlan(best)];
    const { placement: elsewhere, ...plan } = best;
    return elsewhere === placed ? [namedPlan(plan)] : [];
  });
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
    const plans = [...(byTest.get(test) ?? [])].flatMap((family) => bestAt(tuning, family, affinity.class));
    return [...new Map(plans.map((plan) => [plan.name, plan])).values()];
  };
}
