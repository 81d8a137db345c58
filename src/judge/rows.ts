import type { Architecture } from '../architecture.ts';
import { wrapConditionValues } from '../language/condition-values.ts';
import type { LitmusTest } from '../language/litmus-test.ts';
import type { Observation } from '../language/outcome.ts';
import type { PlannedTest, PlannedVariant } from '../plan/experiment.ts';
import type { BlockRecord } from '../run/blocks.ts';
import { controlsAmong, type FindControls } from './controls.ts';
import { expectationOf, sightings, statedExpectation, type Expectation } from './expectation.ts';
import { strayText, straysAmong } from './findings.ts';
import { addTallies, observationOf, tally, type CountedOutcome, type Tally } from './histogram.ts';
import type { Opinions } from './opinions.ts';
import { judge, sightingsToFire, times, type ControlReport, type Verdict } from './verdict.ts';

/** What one plan showed of a variant. */
export interface JudgedRun {
  readonly plan: string;
  readonly tally: Tally;
  readonly outcomes: readonly CountedOutcome[];
  /** Iterations of a perpetual run whose outcome is not told; undefined of other runs. */
  readonly other: number | undefined;
  readonly blocks: readonly { readonly record: BlockRecord; readonly tally: Tally }[];
  /** Why it does not count, or undefined. */
  readonly invalid: string | undefined;
}

/** A test under a strategy, judged. */
export interface JudgedRow {
  readonly planned: PlannedTest;
  readonly variant: PlannedVariant;
  /** Over the valid runs. */
  readonly tally: Tally;
  readonly observation: Observation;
  readonly expectation: Expectation;
  readonly verdict: Verdict;
  readonly controls: readonly ControlReport[];
  /** Empty where another strategy's identical code ran in its stead. */
  readonly runs: readonly JudgedRun[];
}

/**
 * Judges every variant that ran at all, each against the models' opinions and the controls of its own plans,
 * one after the other: what was counted of one is let go of before the next. Without an opinion the file's
 * `Result:` stands in.
 */
export function* judgeRows(
  experiment: readonly PlannedTest[],
  records: readonly BlockRecord[],
  architecture: Architecture,
  opinions: ReadonlyMap<PlannedVariant, Opinions>,
  emulator?: string,
): Generator<JudgedRow> {
  const controlsOf = controlsAmong(experiment.map(({ test }) => test));
  const byName = new Map(experiment.map((planned) => [planned.test.name, planned]));
  const runsOf = runsAmong(records);
  const ofControls = new Map<PlannedVariant, readonly JudgedRun[]>();
  const runsOfControl = (planned: PlannedTest, variant: PlannedVariant) => {
    const runs = ofControls.get(variant) ?? runsOf(planned, variant);
    ofControls.set(variant, runs);
    return runs;
  };
  for (const planned of experiment) {
    for (const variant of planned.variants) {
      const shown = runsOf(planned, variant);
      if (shown.length === 0) continue;
      const asked = opinions.get(variant);
      const expectation = expectationFor(variant, asked);
      const evidence = shown.map(({ plan, tally: counted, invalid }) => ({
        plan,
        iterations: counted.iterations,
        sightings: sightings(expectation.event, counted),
        invalid,
        controls: controlsUnder(plan, planned, controlsOf, byName, runsOfControl, architecture, opinions),
      }));
      const total = addTallies(shown.filter(({ invalid }) => invalid === undefined).map((run) => run.tally));
      yield {
        planned,
        variant,
        tally: total,
        observation: observationOf(total),
        expectation,
        verdict: withStrays(judge(expectation, evidence, emulator), shown, asked),
        controls: evidence.flatMap(({ controls }) => controls),
        runs: variant.sameCodeAs === undefined ? shown : [],
      };
    }
  }
}

/** What is expected of a variant, from the models where they were asked. */
export function expectationFor(
  { test }: Pick<PlannedVariant, 'test'>,
  asked: Opinions | undefined,
): Expectation {
  return asked === undefined ? statedExpectation(test) : expectationOf(test, asked);
}

/** An outcome outside a model is a violation, whatever the condition asks about. */
function withStrays(verdict: Verdict, shown: readonly JudgedRun[], asked: Opinions | undefined): Verdict {
  if (asked === undefined || verdict.name === 'violation' || verdict.name === 'invalid') return verdict;
  const seen = shown.filter(({ invalid }) => invalid === undefined).flatMap(({ outcomes }) => outcomes);
  const [stray] = straysAmong(seen, asked);
  if (stray === undefined) return verdict;
  const reason = `${strayText(stray)} seen ${times(stray.count)}, but forbidden by ${stray.model}`;
  return { name: 'violation', reason };
}

const key = (...names: readonly string[]) => names.join('\0');

/** What each plan showed of a variant, or of the one whose identical code ran in its stead. */
type FindRuns = (planned: PlannedTest, variant: PlannedVariant) => readonly JudgedRun[];

function runsAmong(records: readonly BlockRecord[]): FindRuns {
  const byRun = new Map<string, BlockRecord[]>();
  for (const record of records) {
    const name = key(record.test, record.strategy, record.plan);
    const run = byRun.get(name);
    if (run === undefined) byRun.set(name, [record]);
    else run.push(record);
  }
  return ({ test, variants, plans }, variant) => {
    const ran = variants.find(({ strategy }) => strategy === variant.sameCodeAs) ?? variant;
    return plans.flatMap(({ name }) => {
      const blocks = byRun.get(key(test.name, ran.strategy, name));
      return blocks === undefined ? [] : [judgeRun(ran.test, name, blocks)];
    });
  };
}

function judgeRun(test: LitmusTest, plan: string, records: readonly BlockRecord[]): JudgedRun {
  const wrapped = wrapConditionValues(test);
  const blocks = records.map((record) => ({ record, tally: tally(wrapped, record.outcomes, record.other) }));
  return {
    plan,
    tally: addTallies(blocks.map((block) => block.tally)),
    outcomes: addOutcomes(records.flatMap(({ outcomes }) => outcomes)),
    other: records.reduce<number | undefined>(
      (sum, { other }) => (other === undefined ? sum : (sum ?? 0) + other),
      undefined,
    ),
    blocks,
    invalid: records.find(({ problem }) => problem !== undefined)?.problem,
  };
}

function addOutcomes(outcomes: readonly CountedOutcome[]): readonly CountedOutcome[] {
  const merged = new Map<string, CountedOutcome>();
  for (const { values, count } of outcomes) {
    const name = JSON.stringify(values);
    merged.set(name, { values, count: count + (merged.get(name)?.count ?? 0) });
  }
  return [...merged.values()].toSorted((left, right) => right.count - left.count);
}

function controlsUnder(
  plan: string,
  { test, plans }: PlannedTest,
  controlsOf: FindControls,
  byName: ReadonlyMap<string, PlannedTest>,
  runsOf: FindRuns,
  architecture: Architecture,
  opinions: ReadonlyMap<PlannedVariant, Opinions>,
): readonly ControlReport[] {
  const conditions = plans.find(({ name }) => name === plan)?.plan;
  const perpetual = conditions?.rendezvous === 'perpetual';
  return controlsOf(test, architecture, conditions?.layout ?? '').flatMap((control): ControlReport[] => {
    const source = byName.get(control.test);
    const variant = source?.variants.find(({ strategy }) => strategy === control.strategy);
    if (variant === undefined) return [];
    // A control that is laid out otherwise does not vouch; one without a perpetual form leaves a gap.
    if (!perpetual && !source?.plans.some(({ name }) => name === plan)) return [];
    const run = source && runsOf(source, variant).find((one) => one.plan === plan);
    const name = control.test === test.name ? `${control.test} ${control.strategy}` : control.test;
    if (run === undefined || run.invalid !== undefined) {
      return [{ name, plan, state: 'not-run', sightings: 0, iterations: 0 }];
    }
    const seen = sightings(expectationFor(variant, opinions.get(variant)).event, run.tally);
    const state = seen >= sightingsToFire ? 'fired' : 'silent';
    return [{ name, plan, state, sightings: seen, iterations: run.tally.iterations }];
  });
}
