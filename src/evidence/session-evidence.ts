import { sharing, type Share } from '../language/sharing.ts';
import type { RecordedRowEvidence, SessionEvidence } from '../results/evidence-schema.ts';
import { rowIndex } from '../results/row-index.ts';
import type { ResultsDocument, Row } from '../results/schema.ts';
import { controlStates } from './control-states.ts';
import { confidence } from './counts.ts';
import { driftsAmong } from './drift.ts';
import { evidenceOf, type PlacementEvidence, type RowEvidence } from './row-evidence.ts';
import { boundOf, mutationScore } from './sensitivity.ts';

/**
 * A results document with what its counts say: `evidence` and `bound` of each row that ran, and `evidence`
 * of the session. What was there before is computed anew. An emulator's counts say nothing, and get none.
 */
export function withEvidence(document: ResultsDocument): ResultsDocument {
  const { evidence: _stale, ...bare } = document;
  const rows = document.rows.map(({ evidence: _evidence, bound: _bound, ...row }): Row => row);
  if (document.machine.emulation !== undefined) return { ...bare, rows };
  const index = rowIndex(rows);
  const placements = new Map(document.plans.map(({ name, placement }) => [name, placement]));
  const told = withDriftsRead(rows.map((row) => evidenceOf(row, index, placements)));
  const share = sharing();
  return {
    ...bare,
    evidence: sessionEvidence(rows, told),
    rows: rows.map((row, place) => withRowEvidence(row, told[place], share)),
  };
}

/** All drifts of a session are read together: which of them still are. */
function withDriftsRead(told: readonly RowEvidence[]): readonly RowEvidence[] {
  const drifts = driftsAmong(told.flatMap(({ runs }) => runs.flatMap(({ drift }) => drift ?? []))).values();
  return told.map((one) => ({
    ...one,
    runs: one.runs.map((run) => (run.drift === undefined ? run : { ...run, drift: drifts.next().value })),
  }));
}

function withRowEvidence({ role, runs, ...row }: Row, told: RowEvidence | undefined, share: Share): Row {
  if (told?.rate === undefined) return { role, ...row, runs };
  const bound = told.sensitivity && boundOf(told.sensitivity);
  return {
    role, // before what is spread, see CONTRIBUTING
    ...row,
    ...(bound === undefined ? {} : { bound }),
    // Of most nevers of as many iterations it is the same.
    evidence: told.sensitivity === undefined ? recorded(told, told.rate) : share(recorded(told, told.rate)),
    runs,
  };
}

/** As the schema has it; the controls' rates are left to their own rows. */
function recorded(
  { repeatability, runs, placements, sensitivity }: RowEvidence,
  rate: RecordedRowEvidence['rate'],
): RecordedRowEvidence {
  return {
    rate,
    ...(repeatability === undefined ? {} : { repeatability }),
    runs: runs.map(({ drift, ...run }) => ({ ...run, ...(drift === undefined ? {} : { drift }) })),
    ...(placements.length === 0 ? {} : { placements: placements.map(placementOf) }),
    ...(sensitivity === undefined ? {} : { never: neverOf(sensitivity) }),
  };
}

function placementOf({
  placement,
  rate,
  sensitivity,
}: PlacementEvidence): NonNullable<RecordedRowEvidence['placements']>[number] {
  const bound = sensitivity && boundOf(sensitivity);
  return {
    placement,
    rate,
    ...(bound === undefined ? {} : { bound, vouched: sensitivity?.caught !== undefined }),
  };
}

function neverOf({
  unit,
  iterations,
  effectiveIterations,
  confidence,
  caught,
  plans,
}: NonNullable<RowEvidence['sensitivity']>): NonNullable<RecordedRowEvidence['never']> {
  return {
    unit,
    iterations,
    effectiveIterations,
    confidence,
    ...(caught === undefined ? {} : { caught }),
    plans: plans.map(({ controls: _controls, ...plan }) => plan),
  };
}

function sessionEvidence(rows: readonly Row[], told: readonly RowEvidence[]): SessionEvidence {
  // A row with the code of another repeats what that one says.
  const own = told.filter((_, place) => rows[place]?.sameCodeAs === undefined);
  const drifts = own.flatMap(({ runs }) => runs.flatMap(({ drift }) => drift ?? []));
  const nevers = own.filter(({ sensitivity }) => (sensitivity?.plans.length ?? 0) > 0).length;
  return {
    score: mutationScore(controlStates(rows)),
    together: {
      intervals: own.filter(({ rate }) => rate !== undefined).length,
      nevers,
      neverFactor: nevers === 0 ? 1 : Math.log(nevers / (1 - confidence)) / -Math.log(1 - confidence),
      drifts: drifts.length,
      drifting: drifts.filter(({ drifting }) => drifting).length,
    },
  };
}
