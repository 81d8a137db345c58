import { sightings } from '../judge/expectation.ts';
import type { PlacementClass } from '../plan/affinity.ts';
import type { Drift, Rate, Repeatability } from '../results/evidence-schema.ts';
import { ranInStead, type RowIndex } from '../results/row-index.ts';
import type { Row, Run } from '../results/schema.ts';
import { clusterCounts, clustersOf, launchCounts, unitOf, type ClusterCounts } from './counts.ts';
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

/** The same of all plans that had its threads on CPUs which lie alike. */
export interface PlacementEvidence {
  readonly placement: PlacementClass;
  readonly rate: Rate;
  /** Where the event was never seen there. */
  readonly sensitivity: Sensitivity | undefined;
}

export interface RowEvidence {
  /** All plans together; undefined without an iteration. */
  readonly rate: Rate | undefined;
  /** Undefined where the event was never seen. */
  readonly repeatability: Repeatability | undefined;
  /** Those whose counts are data, with an iteration or more. */
  readonly runs: readonly RunEvidence[];
  /** None where all its plans had the same placement. */
  readonly placements: readonly PlacementEvidence[];
  /** Where the event was never seen. */
  readonly sensitivity: Sensitivity | undefined;
}

/**
 * What a row of results says, in view of the other rows of the document: they have its controls' counts.
 * @param placements of its plans.
 */
export function evidenceOf(
  row: Row,
  index: RowIndex,
  placements: ReadonlyMap<string, PlacementClass> = new Map(),
): RowEvidence {
  const { event } = row.expectation;
  const valid = validRuns(row, index);
  const runs = valid.map((run) => counted(run, event));
  const seen = runs.reduce((sum, { run }) => sum + sightings(event, run), 0);
  return {
    rate: runs.length === 1 ? runs[0]?.rate : rateBy(clusterCounts(valid, event)),
    repeatability: seen === 0 ? undefined : repeatabilityOf(seen),
    runs: runs.flatMap(({ run: { plan }, launches, rate }) =>
      rate === undefined ? [] : [{ plan, rate, drift: driftOver(launches) }],
    ),
    placements: placementsOf(runs, placements, row, index),
    sensitivity: sensitivityUnder(runs, row, index),
  };
}

type Event = Row['expectation']['event'];

type CountedRun = ReturnType<typeof counted>;

function counted(run: Run, event: Event) {
  const launches = launchCounts([run], event);
  const counts = clustersOf(launches);
  return { run, launches, counts, rate: rateBy(counts) };
}

function placementsOf(
  runs: readonly CountedRun[],
  placements: ReadonlyMap<string, PlacementClass>,
  row: Row,
  index: RowIndex,
): readonly PlacementEvidence[] {
  const there = [...new Set(runs.map(({ run }) => placements.get(run.plan)))];
  if (there.length < 2) return [];
  return there.flatMap((placement) => {
    const own = runs.filter(({ run }) => placements.get(run.plan) === placement);
    const rate = rateBy(
      clusterCounts(
        own.map(({ run }) => run),
        row.expectation.event,
      ),
    );
    return placement === undefined || rate === undefined
      ? []
      : [{ placement, rate, sensitivity: sensitivityUnder(own, row, index) }];
  });
}

/** Undefined where the event was seen in one of the runs. */
function sensitivityUnder(runs: readonly CountedRun[], row: Row, index: RowIndex): Sensitivity | undefined {
  if (runs.some(({ run }) => sightings(row.expectation.event, run) > 0)) return undefined;
  return sensitivityOf(
    runs.map(({ run: { plan }, counts }) => ({ plan, counts, controls: controlsUnder(plan, row, index) })),
  );
}

function rateBy(counts: ClusterCounts): Rate | undefined {
  const unit = unitOf(counts);
  return rateOf(counts[unit], unit);
}

/** A row's runs, or those of the strategy whose identical code ran in its stead. */
function validRuns(row: Row, index: RowIndex): readonly Run[] {
  return ranInStead(row, index).runs.filter(({ invalid }) => invalid === undefined);
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
