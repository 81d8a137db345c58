/** What reading many results keeps of each: a survey of machines would else take gigabytes. */

import type { Block, ResultsDocument, Row, Run } from './schema.ts';

/** Gives for a value the first one that was equal to it, so that equal ones are there once. */
export type Share = <Value>(value: Value) => Value;

/** What has been shared stays as long as the function does. */
export function sharing(): Share {
  const texts = new Map<unknown, unknown>();
  const objects = new Map<string, unknown>();
  const shareIn = <Key, Value>(known: Map<Key, unknown>, key: Key, value: Value): Value => {
    const first = known.get(key);
    if (first !== undefined) return first as Value;
    known.set(key, value);
    return value;
  };
  return (value) =>
    typeof value === 'object' ? shareIn(objects, JSON.stringify(value), value) : shareIn(texts, value, value);
}

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
