/** What results files say of a test as written and without each of its guards: as recorded, nothing computed anew. */

import type { LitmusTest } from '../language/litmus-test.ts';
import { digestOf } from '../results/document.ts';
import { machineName } from '../results/machine.ts';
import type { ResultsDocument, Row } from '../results/schema.ts';

export interface Recorded {
  readonly machine: string;
  readonly architecture: string;
  /** What an emulator showed is no evidence. */
  readonly emulated: boolean;
  readonly startedAt: string;
  /** `kernel` for the test as written, or an ablation. */
  readonly strategy: string;
  /** The strategy with the same machine code that ran in its stead. */
  readonly sameCodeAs: string | undefined;
  readonly event: Row['expectation']['event'];
  readonly iterations: number;
  readonly witnesses: number;
  readonly observation: Row['observation'];
  readonly verdict: Row['verdict'];
  readonly reason: string;
}

/** Of this very test; a file may hold one of the same name that has changed since. */
export function rowsOf(test: LitmusTest, { rows }: ResultsDocument): readonly Row[] {
  const digest = digestOf(test);
  return rows.filter((row) => row.test.name === test.name && row.test.digest === digest);
}

/** @param strategies the ablations of interest; those that never ran are left out. */
export function recordedOf(
  test: LitmusTest,
  strategies: readonly string[],
  documents: readonly ResultsDocument[],
): readonly Recorded[] {
  return documents.flatMap((document) => {
    const rows = rowsOf(test, document);
    return ['kernel', ...strategies].flatMap((strategy) => {
      const row = rows.find((one) => one.strategy === strategy);
      return row === undefined || row.verdict === 'not-run' ? [] : [recorded(document, row)];
    });
  });
}

function recorded({ machine, session }: ResultsDocument, row: Row): Recorded {
  return {
    machine: machineName(machine),
    architecture: machine.architecture,
    emulated: machine.emulation !== undefined,
    startedAt: session.startedAt,
    strategy: row.strategy,
    sameCodeAs: row.sameCodeAs,
    event: row.expectation.event,
    iterations: row.iterations,
    witnesses: row.witnesses,
    observation: row.observation,
    verdict: row.verdict,
    reason: row.reason,
  };
}
