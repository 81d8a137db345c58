/** Checks tests in a thread of its own, so that whoever started it can stop it at any time. */

import { workerData } from 'node:worker_threads';
import type { CheckRow } from '../report/check.ts';
import type { Refusal } from '../strategy/strategies.ts';
import { serve } from '../workers/serve.ts';
import { checkRow, checksOf, isUnreadable, modelNamed, type CheckRequest } from './checks.ts';

/** A file to check; the first `done` of its checks are done already. */
export interface CheckJob {
  readonly file: string;
  readonly done: number;
}

export type CheckMessage =
  | { readonly kind: 'begin'; readonly test: string; readonly strategy: string; readonly model: string }
  | { readonly kind: 'row'; readonly row: CheckRow }
  | { readonly kind: 'refused'; readonly test: string; readonly refused: readonly Refusal[] }
  /** The file is no test. */
  | { readonly kind: 'unreadable'; readonly message: string };

const request = workerData as CheckRequest;
const models = request.models.map(modelNamed);

serve<CheckJob, CheckMessage>(({ file, done }, send) => {
  try {
    const checks = checksOf(file, request.strategies, models);
    if (done === 0) send({ kind: 'refused', test: checks.test.name, refused: checks.refused });
    for (const check of checks.checks.slice(done)) {
      const { strategy, test } = check.variant;
      send({ kind: 'begin', test: test.name, strategy, model: check.model.name });
      send({ kind: 'row', row: checkRow(checks, check, request) });
    }
  } catch (error) {
    if (!isUnreadable(error)) throw error;
    send({ kind: 'unreadable', message: error.message });
  }
});
