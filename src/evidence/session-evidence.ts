import { sharing, type Share } from '../language/sharing.ts';
import type { RecordedRowEvidence, SessionEvidence } from '../results/evidence-schema.ts';
import { rowIndex } from '../results/row-index.ts';
import type { ResultsDocument, Row } from '../results/schema.ts';
import { controlStates } from './control-states.ts';
import { confidence } from './counts.ts';
import { driftsAmong } from './drift.ts';
import { expectedToBeSeen } from './never.ts';
import { evidenceOf, type RowEvidence } from './row-evidence.ts';
import { mutationScore } from './sensitivity.ts';

/**
 * A results document with what its counts say: `evidence` and `bound` of each row that ran, and `evidence`
 * of the session. What was there before is computed anew. An emulator's counts say nothing, and get none.
 */
export function withEvidence(document: ResultsDocument): ResultsDocument {
  const { evidence: _stale, ...bare } = document;
  const rows = document.rows.map(({ evidence: _evidence, bound: _bound, ...row }): Row => row);
  if (document.machine.emulation !== undefined) return { ...bare, rows };
  const index = rowIndex(rows);
  const told = withDriftsRead(rows.map((row) => evidenceOf(row, index)));
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
  const bound = boundOf(told);
  return {
    role, // before what is spread, see CONTRIBUTING
    ...row,
    ...(bound === undefined ? {} : { bound }),
    // Of most nevers of as many iterations it is the same.
    evidence: told.sensitivity === undefined ? recorded(told, told.rate) : share(recorded(told, told.rate)),
    runs,
  };
}

/** The rate that would have been seen: under the plans whose controls fired, or else under all. */
function boundOf({ sensitivity }: RowEvidence): number | undefined {
  if (sensitivity === undefined) return undefined;
  if (sensitivity.caught !== undefined) return sensitivity.caught;
  const effective = sensitivity.plans.reduce((sum, plan) => sum + plan.effectiveIterations, 0);
  return effective === 0 ? undefined : Math.min(1, expectedToBeSeen / effective);
}

/** As the schema has it; the controls' rates are left to their own rows. */
function recorded(
  { repeatability, runs, sensitivity }: RowEvidence,
  rate: RecordedRowEvidence['rate'],
): RecordedRowEvidence {
  return {
    rate,
    ...(repeatability === undefined ? {} : { repeatability }),
    runs: runs.map(({ drift, ...run }) => ({ ...run, ...(drift === undefined ? {} : { drift }) })),
    ...(sensitivity === undefined ? {} : { never: neverOf(sensitivity) }),
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
