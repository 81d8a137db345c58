/** What reading many results keeps of each: a survey of machines would else take gigabytes. */

import type { Share } from '../language/sharing.ts';
import type { Block, ResultsDocument, Row, Run } from './schema.ts';

/**
 * A document without what nobody who reads several looks at: evidence, which is counted anew beside errata
 * and other sessions, and how each block was requested. What documents say alike is there once.
 */
export function lean(document: ResultsDocument, share: Share): ResultsDocument {
  const { evidence: _evidence, ...rest } = document;
  return { ...rest, rows: document.rows.map((row) => leanRow(row, share)) };
}

function leanRow({ evidence: _evidence, ...row }: Row, share: Share): Row {
  return {
    ...row,
    test: share(row.test),
    strategy: share(row.strategy),
    variantDigest: share(row.variantDigest),
    expectation: share(row.expectation),
    reason: share(row.reason),
    controls: row.controls.map((control) => ({
      ...control,
      name: share(control.name),
      plan: share(control.plan),
    })),
    runs: row.runs.map((run) => leanRun(run, share)),
    ...(row.sentence === undefined ? {} : { sentence: share(row.sentence) }),
    ...(row.codeDigest === undefined ? {} : { codeDigest: share(row.codeDigest) }),
  };
}

function leanRun(run: Run, share: Share): Run {
  return {
    ...run,
    plan: share(run.plan),
    outcomes: run.outcomes.map(({ values, count }) => ({ values: share(values), count })),
    blocks: run.blocks.map(leanBlock),
  };
}

function leanBlock({
  iterations,
  witnesses,
  runNs,
  wallNs,
  strayed,
  switches,
  launch,
  endedMs,
  disturbed,
}: Block): Block {
  return {
    iterations,
    witnesses,
    runNs,
    wallNs,
    strayed,
    switches,
    ...(launch === undefined ? {} : { launch }),
    ...(endedMs === undefined ? {} : { endedMs }),
    ...(disturbed === undefined ? {} : { disturbed }),
  };
}
