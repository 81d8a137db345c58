import { sightings } from '../judge/expectation.ts';
import type { Drift, Rate, Repeatability } from '../results/evidence-schema.ts';
import type { Row, Run } from '../results/schema.ts';
import { clusterCounts, unitOf } from './counts.ts';
import { driftOver } from './drift.ts';
import { rateOf } from './rate.ts';
import { repeatabilityOf } from './seen.ts';
import { sensitivityOf, type RanControl, type Sensitivity } from './sensitivity.ts';

/** What the counts of a test under one strategy and plan (hence placement) say of the event it asks about. */
export interface RunEvidence {
  readonly plan: string;
  readonly rate: Rate;
  /** Undefined with too few blocks to tell. */
  readonly drift: Drift | undefined;
}

export interface RowEvidence {
  /** All plans together; undefined without an iteration. */
  readonly rate: Rate | undefined;
  /** Undefined where the event was never seen. */
  readonly repeatability: Repeatability | undefined;
  /** Those whose counts are data, with an iteration or more. */
  readonly runs: readonly RunEvidence[];
  /** Where the event was never seen. */
  readonly sensitivity: Sensitivity | undefined;
}

/** Rows by the names under which controls and identical code refer to them. */
export type RowIndex = ReadonlyMap<string, Row>;

/** Reports name a control by its test, or by test and strategy where it is a variant of the test itself. */
export function rowIndex(rows: readonly Row[]): RowIndex {
  const index = new Map<string, Row>();
  for (const row of rows) {
    const name = rowName(row.test.name, row.strategy);
    if (!index.has(name)) index.set(name, row);
    if (row.strategy === 'kernel' && !index.has(row.test.name)) index.set(row.test.name, row);
  }
  return index;
}

const rowName = (test: string, strategy: string) => `${test} ${strategy}`;

/** What a row of results says, in view of the other rows of the document: they have its controls' counts. */
export function evidenceOf(row: Row, index: RowIndex): RowEvidence {
  const { event } = row.expectation;
  const runs = validRuns(row, index);
  const seen = runs.reduce((sum, run) => sum + sightings(event, run), 0);
  return {
    rate: rateOver(runs, event),
    repeatability: seen === 0 ? undefined : repeatabilityOf(seen),
    runs: runs.flatMap((run) => {
      const rate = rateOver([run], event);
      return rate === undefined
        ? []
        : [{ plan: run.plan, rate, drift: driftOver(clusterCounts([run], event)) }];
    }),
    sensitivity:
      seen > 0
        ? undefined
        : sensitivityOf(
            runs.map((run) => ({
              plan: run.plan,
              counts: clusterCounts([run], event),
              controls: controlsUnder(run.plan, row, index),
            })),
          ),
  };
}

type Event = Row['expectation']['event'];

function rateOver(runs: readonly Run[], event: Event): Rate | undefined {
  const counts = clusterCounts(runs, event);
  const unit = unitOf(counts);
  return rateOf(counts[unit], unit);
}

/** A row's runs, or those of the strategy whose identical code ran in its stead. */
function validRuns(row: Row, index: RowIndex): readonly Run[] {
  const ran = row.sameCodeAs === undefined ? row : index.get(rowName(row.test.name, row.sameCodeAs));
  return (ran ?? row).runs.filter(({ invalid }) => invalid === undefined);
}

function controlsUnder(plan: string, row: Row, index: RowIndex): readonly RanControl[] {
  return row.controls
    .filter((control) => control.plan === plan)
    .map(({ name, state }) => {
      const control = index.get(name);
      const run = control && validRuns(control, index).find((one) => one.plan === plan);
      return {
        name,
        state,
        counts: clusterCounts(
          control === undefined || run === undefined ? [] : [run],
          (control ?? row).expectation.event,
        ),
      };
    });
}
