import type { LitmusTest } from '../language/litmus-test.ts';
import type { TestFile } from '../language/test-files.ts';
import { cellLayout } from '../lower/layout.ts';
import { lower, LoweringError } from '../lower/lower.ts';
import type { MachineCode } from '../lower/machine-code.ts';
import type { Target } from '../lower/target.ts';
import { variantsOf, type Variant } from '../strategy/strategies.ts';
import { withoutCopies, type Affinity } from './affinity.ts';
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
  /** Code by plan name; empty where there is a problem. */
  readonly codes: ReadonlyMap<string, MachineCode>;
  /** Why it cannot run, or undefined. */
  readonly problem: string | undefined;
}

export interface PlannedTest {
  readonly file: string;
  readonly role: TestRole;
  readonly test: LitmusTest;
  readonly variants: readonly PlannedVariant[];
  /** Strategies that were asked for by name and do not apply. */
  readonly refused: readonly { readonly strategy: string; readonly reason: string }[];
  readonly plans: readonly PlacedPlan[];
}

export interface SelectedTest {
  readonly source: TestFile;
  readonly role: TestRole;
  readonly strategies: readonly string[];
}

export interface ExperimentRequest {
  readonly tests: readonly SelectedTest[];
  readonly target: Target;
  /** The plans a test runs under. */
  readonly plans: (test: LitmusTest) => readonly RunPlan[];
  /** Where a test of so many threads runs. */
  readonly place: (threads: number) => Affinity;
}

/** Everything that will run: each test's variants, lowered for each of its plans. */
export function planExperiment(request: ExperimentRequest): readonly PlannedTest[] {
  return request.tests.map((selected) => planTest(selected, request));
}

function planTest({ source, role, strategies }: SelectedTest, request: ExperimentRequest): PlannedTest {
  const { file, test } = source;
  const plans = placedPlans(test, request);
  const { variants, refused } = variantsOf(test, strategies);
  // As written first: where others turn out to be the same code, its name and its verdict stand for them.
  const ordered = variants.toSorted((left, right) => Number(isAsWritten(right)) - Number(isAsWritten(left)));
  const planned: PlannedVariant[] = [];
  for (const variant of ordered) {
    const lowered =
      typeof plans === 'string'
        ? { codes: new Map(), problem: plans }
        : lowerForPlans(variant.test, request.target, plans);
    const twin = planned.find(({ codes }) => lowered.codes.size > 0 && sameCode(codes, lowered.codes));
    planned.push({ ...variant, ...lowered, sameCodeAs: twin?.strategy });
  }
  // Without being named, a strategy that does not apply is no news.
  const named = refused.filter(({ strategy }) => strategies.includes(strategy));
  return {
    file,
    role,
    test,
    variants: planned,
    refused: named,
    plans: typeof plans === 'string' ? [] : plans,
  };
}

const isAsWritten = ({ strategy }: Variant) => strategy === 'kernel';

/** The plans on their CPUs, or why the test has none. */
function placedPlans(test: LitmusTest, { plans, place }: ExperimentRequest): readonly PlacedPlan[] | string {
  const affinity = place(test.threads.length);
  try {
    return plans(test).map((plan) => ({
      name: `${plan.name}@${affinity.cpus.join(',')}`,
      plan,
      affinity: plan.stressBytes === undefined ? affinity : withoutCopies(affinity),
    }));
  } catch (error) {
    if (error instanceof LoweringError) return error.message;
    throw error;
  }
}

function lowerForPlans(
  test: LitmusTest,
  target: Target,
  plans: readonly PlacedPlan[],
): Pick<PlannedVariant, 'codes' | 'problem'> {
  try {
    const codes = plans.map(({ name, plan }) => {
      const layout = cellLayout(test, plan.layout, plan.spacingBytes, plan.cells);
      return [name, lower(test, target, layout)] as const;
    });
    return { codes: new Map(codes), problem: undefined };
  } catch (error) {
    if (!(error instanceof LoweringError)) throw error;
    return { codes: new Map(), problem: error.message };
  }
}

function sameCode(left: ReadonlyMap<string, MachineCode>, right: ReadonlyMap<string, MachineCode>): boolean {
  return (
    left.size === right.size &&
    [...left].every(([plan, code]) => {
      const other = right.get(plan);
      return other !== undefined && code.digest === other.digest && sameObservation(code, other);
    })
  );
}

/** Equal code with other initial values or other observables is not the same run. */
function sameObservation(left: MachineCode, right: MachineCode): boolean {
  const text = ({ initial, observed }: MachineCode) =>
    JSON.stringify([initial, observed], (_, value: unknown) =>
      typeof value === 'bigint' ? String(value) : value,
    );
  return text(left) === text(right);
}
