import type { LitmusTest } from '../language/litmus-test.ts';
import { sharing, type Share } from '../language/sharing.ts';
import type { TestFile } from '../language/test-files.ts';
import { lowerInLanes, type Lanes } from '../lower/lanes.ts';
import { cellLayout } from '../lower/layout.ts';
import { lower, LoweringError } from '../lower/lower.ts';
import { unlisted } from '../lower/machine-code.ts';
import { isPerpetual, lowerPerpetual, type RunnableCode } from '../lower/perpetual.ts';
import type { Target } from '../lower/target.ts';
import { variantsOf, type Variant } from '../strategy/strategies.ts';
import { withoutCopies, type Affinity } from './affinity.ts';
import { lanesFor } from './lanes.ts';
import type { PlaceAs } from './placement.ts';
import type { RunPlan } from './run-plan.ts';

/** A plan on the CPUs it will use: the conditions under which a control vouches for a test. */
export interface PlacedPlan {
  /** Unique in an experiment: the plan's name and its CPUs. */
  readonly name: string;
  readonly plan: RunPlan;
  readonly affinity: Affinity;
}

/** Whether a test was asked for, or runs because it vouches for one that was. */
export type TestRole = 'asked' | 'control';

/** One strategy of a test. */
export interface PlannedVariant extends Variant {
  /** The strategy whose code is the same, byte for byte under every plan, and which runs in its stead. */
  readonly sameCodeAs: string | undefined;
  /** Code by the name of the placed plan; without those in whose form it cannot be had, empty where there is a problem. */
  readonly codes: ReadonlyMap<string, RunnableCode>;
  /** Why it cannot run, or undefined. */
  readonly problem: string | undefined;
  /** Why it does not run under the perpetual plan that the test has, or undefined. */
  readonly notPerpetual: string | undefined;
}

export interface PlannedTest {
  readonly file: string;
  readonly role: TestRole;
  readonly test: LitmusTest;
  readonly variants: readonly PlannedVariant[];
  /** Strategies that were asked for by name and do not apply. */
  readonly refused: readonly { readonly strategy: string; readonly reason: string }[];
  readonly plans: readonly PlacedPlan[];
  /** Which of its threads run as one, under plans that have lanes; undefined where none has. */
  readonly lanes: Lanes | undefined;
}

export interface SelectedTest {
  readonly source: TestFile;
  readonly role: TestRole;
  readonly strategies: readonly string[];
}

export interface ExperimentRequest {
  readonly tests: readonly SelectedTest[];
  readonly target: Target;
  /** The plans a test runs under where its threads are placed so. */
  readonly plans: (test: LitmusTest, affinity: Affinity) => readonly RunPlan[];
  /** Where a test of so many threads runs. */
  readonly place: (threads: number) => Affinity;
  /** The plans as an earlier session placed them, in place of these. */
  readonly placed?: (test: LitmusTest) => readonly PlacedPlan[];
  /** Where it runs under a plan that has a placement, which is left out where there is none such. */
  readonly placeAs?: PlaceAs;
  /** Where it runs instead, at each place under plans of its own; or why nowhere. */
  readonly places?: (threads: number) => readonly Affinity[] | string;
}

/** Everything that will run: each test's variants, lowered for each of its plans. */
export function planExperiment(request: ExperimentRequest): readonly PlannedTest[] {
  const share = sharing();
  return request.tests.map((selected) => planTest(selected, request, share));
}

function planTest(
  { source, role, strategies }: SelectedTest,
  request: ExperimentRequest,
  share: Share,
): PlannedTest {
  const { file, test } = source;
  const plans = placedPlans(test, request);
  const { variants, refused } = variantsOf(test, strategies);
  const lanes = typeof plans === 'string' ? undefined : arrangement(test, request.target, plans);
  // As written first: where others turn out to be the same code, its name and its verdict stand for them.
  const ordered = variants.toSorted((left, right) => Number(isAsWritten(right)) - Number(isAsWritten(left)));
  const lowered: PlannedVariant[] = [];
  for (const variant of ordered) {
    const { codes, ...rest } =
      typeof plans === 'string'
        ? { codes: new Map<string, RunnableCode>(), problem: plans, notPerpetual: undefined }
        : lowerForPlans(variant.test, request.target, plans, lanes);
    const twin = lowered.find((other) => codes.size > 0 && sameCode(other.codes, codes));
    const rewritten = variant.test === test ? test : share(variant.test);
    const sameCodeAs = twin?.strategy;
    lowered.push({ sameCodeAs, ...variant, ...rest, test: rewritten, codes: share(codes) });
  }
  // Without being named, a strategy that does not apply is no news; nor is one that has no perpetual form.
  const isNamed = ({ strategy }: { readonly strategy: string }) => strategies.includes(strategy);
  const planned = lowered.filter(
    (one) => one.codes.size > 0 || one.notPerpetual === undefined || isAsWritten(one) || isNamed(one),
  );
  const used = typeof plans === 'string' ? [] : plans;
  return {
    file,
    role,
    test,
    variants: planned,
    refused: refused.filter(isNamed),
    plans: share(used.filter(({ name }) => planned.some(({ codes }) => codes.has(name)))),
    lanes,
  };
}

const isAsWritten = ({ strategy }: Variant) => strategy === 'kernel';

/** The plans on their CPUs, or why the test has none. */
function placedPlans(
  test: LitmusTest,
  { plans, place, placed, placeAs, places = (threads) => [place(threads)] }: ExperimentRequest,
): readonly PlacedPlan[] | string {
  if (placed !== undefined) return placed(test);
  const count = test.threads.length;
  const affinities = places(count);
  if (typeof affinities === 'string') return affinities.replace(/\.$/, '');
  try {
    return affinities.flatMap((affinity) =>
      plans(test, affinity).flatMap((plan) => {
        const usual = plan.lanes === undefined ? affinity : place(plan.lanes);
        const placed = plan.placement === undefined ? usual : placeAs?.(count, plan.placement);
        if (placed === undefined) return [];
        const alone = plan.rendezvous === 'perpetual' || plan.stressBytes !== undefined;
        return [
          {
            name: `${plan.name}@${placed.cpus.join(',')}`,
            plan,
            affinity: alone ? withoutCopies(placed) : placed,
          },
        ];
      }),
    );
  } catch (error) {
    if (error instanceof LoweringError) return error.message;
    throw error;
  }
}

/** The lanes of the plan that has them: one way for all strategies. */
function arrangement(test: LitmusTest, target: Target, plans: readonly PlacedPlan[]): Lanes | undefined {
  const count = plans.find(({ plan }) => plan.lanes !== undefined)?.plan.lanes;
  return count === undefined ? undefined : lanesFor(test, target, count);
}

type Lowered = Pick<PlannedVariant, 'codes' | 'problem' | 'notPerpetual'>;

/** A variant for all plans, or for those in whose form it can be had: a perpetual one, or in lanes. */
function lowerForPlans(
  test: LitmusTest,
  target: Target,
  plans: readonly PlacedPlan[],
  lanes: Lanes | undefined,
): Lowered {
  const codes = new Map<string, RunnableCode>();
  const byForm = new Map<string, RunnableCode>();
  let notPerpetual: string | undefined;
  for (const { name, plan } of plans) {
    try {
      const code = byForm.get(formOf(plan)) ?? lowerFor(test, target, plan, lanes);
      byForm.set(formOf(plan), code);
      codes.set(name, code);
    } catch (error) {
      if (!(error instanceof LoweringError)) throw error;
      const { message } = error;
      if (plan.lanes !== undefined) continue;
      if (plan.rendezvous !== 'perpetual')
        return { codes: new Map(), problem: message, notPerpetual: undefined };
      notPerpetual = message;
    }
  }
  return { codes, problem: codes.size === 0 ? notPerpetual : undefined, notPerpetual };
}

/** What of a plan code depends on: not how threads meet, or where, unless they never do. */
function formOf({ rendezvous, layout, spacingBytes, cells, lanes = 0 }: RunPlan): string {
  return rendezvous === 'perpetual' ? rendezvous : [layout, spacingBytes, cells, lanes].join(' ');
}

function lowerFor(test: LitmusTest, target: Target, plan: RunPlan, lanes: Lanes | undefined): RunnableCode {
  if (plan.rendezvous === 'perpetual') return unlisted(lowerPerpetual(test, target));
  const layout = cellLayout(test, plan.layout, plan.spacingBytes, plan.cells);
  if (plan.lanes === undefined) return unlisted(lower(test, target, layout));
  if (lanes === undefined) throw new LoweringError(`${test.name} cannot run in ${plan.lanes} lanes`);
  return unlisted(lowerInLanes(test, lanes, target, layout));
}

/**
 * Whether two variants run the same. Perpetual code tells nothing where there is other: it is made of
 * the test, not of its machine code, and one of two tests of equal code may not have it.
 */
function sameCode(
  left: ReadonlyMap<string, RunnableCode>,
  right: ReadonlyMap<string, RunnableCode>,
): boolean {
  const cells = [...left].filter(([, code]) => !isPerpetual(code));
  const compared = cells.length > 0 ? cells : [...left];
  return compared.every(([plan, code]) => {
    const other = right.get(plan);
    return (
      other !== undefined && code.digest === other.digest && observationOf(code) === observationOf(other)
    );
  });
}

/** Equal code with other initial values or other observables is not the same run. */
function observationOf(code: RunnableCode): string {
  const observation = isPerpetual(code) ? [code.readings, code.outcome] : [code.initial, code.observed];
  return JSON.stringify(observation, (_, value: unknown) =>
    typeof value === 'bigint' ? String(value) : value,
  );
}
