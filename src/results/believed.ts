/** Results less what errata say of them. */

import { judge, type ControlReport } from '../judge/verdict.ts';
import { observationOf } from '../judge/histogram.ts';
import { sightings } from '../judge/expectation.ts';
import { planDigest } from './digests.ts';
import type { Erratum } from './errata.ts';
import { ranInStead, rowIndex, type RowIndex } from './row-index.ts';
import type { ResultsDocument, Row, Run } from './schema.ts';

/** What an erratum took out of a document. */
export interface LeftOut {
  readonly erratum: Erratum;
  /** Rows of which some run or other is not believed. */
  readonly cells: number;
}

export interface Believed {
  readonly document: ResultsDocument;
  /** Of each erratum that applied. */
  readonly leftOut: readonly LeftOut[];
}

/**
 * A document in which runs that errata name are invalid, for the reason that they give; what rested on them,
 * as counts or as controls, is judged again without.
 * @param fileDigest of the file that it was read from.
 */
export function believed(
  document: ResultsDocument,
  fileDigest: string,
  errata: readonly Erratum[],
): Believed {
  const inForce = errataInForce(errata, fileDigest, document.session.startedAt);
  if (inForce.length === 0) return { document, leftOut: [] };
  const planDigests = new Map(document.plans.map((plan) => [plan.name, planDigest(plan)]));
  const named = (row: Row, run: Run) =>
    inForce.find((erratum) => speaksOf(erratum, row, planDigests.get(run.plan)));
  const index = rowIndex(document.rows);
  const struck = new Map<Row, ReadonlyMap<Run, Erratum>>();
  for (const row of document.rows) {
    const runs = new Map<Run, Erratum>();
    const ran = ranInStead(row, index);
    for (const run of ran.runs) {
      const erratum = named(row, run) ?? named(ran, run);
      if (erratum !== undefined) runs.set(run, erratum);
    }
    if (runs.size > 0) struck.set(row, runs);
  }
  if (struck.size === 0) return { document, leftOut: [] };
  const rows = document.rows.map((row) => withoutRuns(row, index, struck, document.machine.emulation?.kind));
  const { evidence: _evidence, ...rest } = document;
  return {
    document: { ...rest, rows },
    leftOut: inForce
      .map((erratum) => ({
        erratum,
        cells: [...struck.values()].filter((runs) => [...runs.values()].includes(erratum)).length,
      }))
      .filter(({ cells }) => cells > 0),
  };
}

/** Those that can speak of a file of a session that started at an instant. */
export function errataInForce(
  errata: readonly Erratum[],
  fileDigest: string,
  startedAt: string,
): readonly Erratum[] {
  return errata.filter(
    ({ results, before }) =>
      (results === undefined || results === fileDigest) && (before === undefined || startedAt < before),
  );
}

/** `2 cells left out by errata (2026-11-23): reason` */
export function leftOutSentence({ erratum: { date, reason }, cells }: LeftOut): string {
  return `${cells} cell${cells === 1 ? '' : 's'} left out by errata (${date}): ${reason}`;
}

/** Whether an erratum that is in force speaks of what a row has under a plan of this digest. */
export function speaksOf(
  { test, variant, code, plan }: Erratum,
  row: Pick<Row, 'test' | 'variantDigest' | 'codeDigest'>,
  ofPlan: string | undefined,
): boolean {
  const isThis = (named: string | undefined, own: string | undefined) => named === undefined || named === own;
  return (
    isThis(test, row.test.digest) &&
    isThis(variant, row.variantDigest) &&
    isThis(code, row.codeDigest) &&
    isThis(plan, ofPlan)
  );
}

type Struck = ReadonlyMap<Row, ReadonlyMap<Run, Erratum>>;

/** A row of which some runs, or some controls' runs, are not believed, judged anew; any other as it is. */
function withoutRuns(row: Row, index: RowIndex, struck: Struck, emulator: string | undefined): Row {
  const own = struck.get(row);
  const controls = row.controls.map((control) => withoutRun(control, index, struck));
  const lostControl = controls.some((control, index) => control !== row.controls[index]);
  if (own === undefined && !lostControl) return row;
  const { bound: _bound, evidence: _evidence, sameCodeAs, ...rest } = row;
  const ran = ranInStead(row, index);
  const all = ran.runs.map((run) => {
    const erratum = own?.get(run);
    return erratum === undefined || run.invalid !== undefined ? run : { ...run, invalid: becauseOf(erratum) };
  });
  const valid = all.filter(({ invalid }) => invalid === undefined);
  const counted = { iterations: total(valid, 'iterations'), witnesses: total(valid, 'witnesses') };
  const { expectation } = row;
  const judged = judge(
    expectation,
    all.map((run) => ({
      plan: run.plan,
      iterations: run.iterations,
      sightings: sightings(expectation.event, run),
      invalid: run.invalid,
      controls: controls.filter(({ plan }) => plan === run.plan),
    })),
    emulator,
  );
  // What was outside a model is not recorded: it may have been in any of the runs.
  const [, erratum] = [...(own ?? [])][0] ?? [];
  const unclear = row.verdict === 'violation' && judged.name !== 'violation' && judged.name !== 'invalid';
  return {
    ...rest,
    ...counted,
    observation: observationOf(counted),
    verdict: unclear ? 'inconclusive' : judged.name,
    reason: unclear && erratum !== undefined ? `${row.reason}; ${becauseOf(erratum)}` : judged.reason,
    controls,
    phases: own === undefined ? row.phases : [],
    // Where the other's runs are believed, and these are not, they are no longer the same.
    ...(sameCodeAs !== undefined && ran !== row && own?.size === struck.get(ran)?.size
      ? { sameCodeAs, runs: row.runs }
      : { runs: all }),
  };
}

function withoutRun(control: ControlReport, index: RowIndex, struck: Struck): ControlReport {
  const row = index.get(control.name);
  const lost = row && [...(struck.get(row)?.keys() ?? [])].some(({ plan }) => plan === control.plan);
  return lost === true ? { ...control, state: 'not-run', sightings: 0, iterations: 0 } : control;
}

function becauseOf({ date, reason }: Erratum): string {
  return `erratum of ${date}: ${reason}`;
}

function total(runs: readonly Run[], key: 'iterations' | 'witnesses'): number {
  return runs.reduce((sum, run) => sum + run[key], 0);
}
