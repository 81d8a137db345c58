import { sightings } from '../judge/expectation.ts';
import type { Row, Run } from '../results/schema.ts';
import { blockCounts } from './counts.ts';
import { driftOf, type Drift } from './drift.ts';
import { rateOf, type Rate } from './rate.ts';
import { repeatabilityOf, type Repeatability } from './seen.ts';
import { sensitivityOf, type RanControl, type Sensitivity } from './sensitivity.ts';

/** What the counts of a test under one strategy and plan (hence placement) say of the event it asks about. */
export interface RunEvidence {
  readonly plan: string;
  readonly rate: Rate;
  readonly repeatability: Repeatability;
  /** Undefined with too few blocks to tell. */
  readonly drift: Drift | undefined;
}

export interface RowEvidence {
  /** Those whose counts are data, with an iteration or more. */
  readonly runs: readonly RunEvidence[];
  /** Where the event was never seen. */
  readonly sensitivity: Sensitivity | undefined;
}

/** What a row of results says, in view of the rows of the same document: they have its controls' counts. */
export function evidenceOf(row: Row, rows: readonly Row[]): RowEvidence {
  const { event } = row.expectation;
  const runs = validRuns(row, rows);
  return {
    runs: runs.flatMap((run) => {
      const counts = blockCounts(run, event);
      const rate = rateOf(counts, 'block');
      if (rate === undefined) return [];
      const repeatability = repeatabilityOf(rate.sightings);
      return [{ plan: run.plan, rate, repeatability, drift: driftOf(counts) }];
    }),
    sensitivity: runs.every((run) => sightings(event, run) === 0)
      ? sensitivityOf(
          runs.map((run) => ({
            plan: run.plan,
            counts: blockCounts(run, event),
            controls: controlsUnder(run.plan, row, rows),
          })),
        )
      : undefined,
  };
}

/** A row's runs, or those of the strategy whose identical code ran in its stead. */
function validRuns(row: Row, rows: readonly Row[]): readonly Run[] {
  const ran =
    row.sameCodeAs === undefined
      ? row
      : rows.find(({ test, strategy }) => test.name === row.test.name && strategy === row.sameCodeAs);
  return (ran ?? row).runs.filter(({ invalid }) => invalid === undefined);
}

function controlsUnder(plan: string, row: Row, rows: readonly Row[]): readonly RanControl[] {
  return row.controls
    .filter((control) => control.plan === plan)
    .map(({ name, state }) => {
      const control = rows.find((one) => isControl(one, name));
      const run = control && validRuns(control, rows).find((one) => one.plan === plan);
      return {
        name,
        state,
        counts: control === undefined || run === undefined ? [] : blockCounts(run, control.expectation.event),
      };
    });
}

/** Reports name a control by its test, or by test and strategy where it is a variant of the test itself. */
function isControl({ test, strategy }: Row, name: string): boolean {
  return (test.name === name && strategy === 'kernel') || `${test.name} ${strategy}` === name;
}
