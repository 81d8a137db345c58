import type { ControlReport } from '../judge/verdict.ts';
import type { MutationScore, Rate } from '../results/evidence-schema.ts';
import { clusteringOf } from './clustering.ts';
import { confidence, unitOf, type ClusterCounts } from './counts.ts';
import { assumedRelativeVariance, boundOfNever, expectedToBeSeen, type NeverBound } from './never.ts';
import { rateOf } from './rate.ts';

/** A control as it ran under the plan of the test that it vouches for. */
export interface RanControl {
  readonly name: string;
  readonly state: ControlReport['state'];
  /** Empty where it did not run. */
  readonly counts: ClusterCounts;
}

/** A test that was never seen under a plan, and what vouches for it there. */
export interface UnseenUnderPlan {
  readonly plan: string;
  readonly counts: ClusterCounts;
  readonly controls: readonly RanControl[];
}

export interface ControlSensitivity {
  readonly name: string;
  readonly state: ControlReport['state'];
  readonly rate: Rate | undefined;
  /**
   * How many times rarer than this control a weakness may be and still be caught: the control's rate, at
   * the low end of its interval, over the rate that would have been caught. Undefined where it did not fire.
   */
  readonly margin: number | undefined;
}

export interface PlanSensitivity extends NeverBound {
  readonly plan: string;
  /** Whether the plan counts: it has controls, and all of them fired. */
  readonly vouched: boolean;
  readonly controls: readonly ControlSensitivity[];
}

/** How weak an ordering this "never" would have noticed. */
export interface Sensitivity {
  readonly unit: 'per iteration';
  /** N, under the plans that count. */
  readonly iterations: number;
  readonly effectiveIterations: number;
  /**
   * The rate of weakness that would have been caught with 95 % confidence under the plans that count
   * together. Undefined where there is none: nothing shows that the run could have caught anything.
   */
  readonly caught: number | undefined;
  readonly confidence: number;
  readonly plans: readonly PlanSensitivity[];
}

/**
 * What a "never" is worth, given its controls: how much their rates vary from block to block tells what
 * its iterations are worth, and how often they fired tells how weak a weakness it would have caught.
 * Plans without iterations, or under which the test was seen, are left out.
 */
export function sensitivityOf(unseen: readonly UnseenUnderPlan[]): Sensitivity {
  const plans = unseen.flatMap((one) => planSensitivity(one) ?? []);
  const vouched = plans.filter((plan) => plan.vouched);
  const effectiveIterations = vouched.reduce((sum, plan) => sum + plan.effectiveIterations, 0);
  return {
    unit: 'per iteration',
    iterations: vouched.reduce((sum, plan) => sum + plan.iterations, 0),
    effectiveIterations,
    caught: effectiveIterations === 0 ? undefined : Math.min(1, expectedToBeSeen / effectiveIterations),
    confidence,
    plans,
  };
}

/** The rate that would have been seen: under the plans whose controls fired, or else under all. */
export function boundOf({ caught, plans }: Pick<Sensitivity, 'caught' | 'plans'>): number | undefined {
  if (caught !== undefined) return caught;
  const effective = plans.reduce((sum, plan) => sum + plan.effectiveIterations, 0);
  return effective === 0 ? undefined : Math.min(1, expectedToBeSeen / effective);
}

function planSensitivity({ plan, counts, controls }: UnseenUnderPlan): PlanSensitivity | undefined {
  const unit = unitOf(counts);
  const known = controls.flatMap((control) => clusteringOf(control.counts[unit]) ?? []);
  const variances = known.map(({ relativeVariance }) => relativeVariance);
  const relativeVariance = variances.length === 0 ? assumedRelativeVariance : Math.max(...variances);
  const never = boundOfNever(counts[unit], unit, relativeVariance);
  if (never === undefined) return undefined;
  return {
    plan,
    ...never,
    vouched: controls.length > 0 && controls.every(({ state }) => state === 'fired'),
    controls: controls.map((control) => {
      const rate = rateOf(control.counts[unit], unit);
      const margin = control.state === 'fired' && rate !== undefined ? rate.low / never.bound : undefined;
      return { name: control.name, state: control.state, rate, margin };
    }),
  };
}

/** The score of a whole run, from what became of its controls. */
export function mutationScore(reports: readonly Pick<ControlReport, 'name' | 'state'>[]): MutationScore {
  const named = (state: ControlReport['state']) =>
    new Set(reports.filter((report) => report.state === state).map(({ name }) => name));
  const fired = named('fired');
  const silent = [...named('silent')].filter((name) => !fired.has(name));
  const notRun = [...named('not-run')].filter((name) => !fired.has(name) && !silent.includes(name));
  const controls = fired.size + silent.length;
  return {
    unit: 'controls',
    controls,
    fired: fired.size,
    ...(controls === 0 ? {} : { share: fired.size / controls }),
    silent,
    notRun,
  };
}
