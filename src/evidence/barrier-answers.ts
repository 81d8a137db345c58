/**
 * What there is to say of each barrier of a test: whether the models need it, and what every machine
 * showed without it. Nothing is judged anew: the models' answers and the recorded verdicts are put together.
 */

import { architectures, type Architecture } from '../architecture.ts';
import type { PriceDifference, TestPrice } from '../results/price-schema.ts';
import type { Row } from '../results/schema.ts';
import { architectureModelNames } from '../model/models.ts';
import type { GuardAdvice, ModelNeeds, Need } from './advice.ts';
import type { Cell } from './comparison-cell.ts';
import { documentsOf, type Column } from './comparison-columns.ts';
import type { Finding, JudgeName } from './judges.ts';
import type { OverviewRow, OverviewTest } from './overview.ts';

/** What the models said of a test's barriers, as far as there was time to ask them. */
export interface AskedModels {
  readonly event: string;
  readonly guards: readonly GuardAdvice[];
  readonly models: readonly ModelNeeds[];
}

export interface BarrierAnswer {
  /** The ablation's name: `no-smp_rmb@60`. */
  readonly guard: string;
  /** Undefined where the test's source is not at hand. */
  readonly advice: GuardAdvice | undefined;
  /** LKMM first, then every architecture. */
  readonly models: readonly ModelAnswer[];
  /** By column. */
  readonly dropped: readonly Dropped[];
  /** By column, of its last session that timed it: by thread, alone and contended. */
  readonly prices: readonly (readonly PriceDifference[])[];
}

export interface ModelAnswer {
  readonly model: JudgeName;
  /** `allowed-anyway`: with the barrier too, so it is not what keeps the event away. `unknown`: not decided in the time, or it cannot be asked. `not-asked`: nobody did. */
  readonly need: Need | 'allowed-anyway' | 'not-asked';
  /** Whether the architecture's code is the same without it. */
  readonly sameCode: boolean;
  /** Without the barrier; undefined where only the results tell. */
  readonly finding: Finding | undefined;
}

/** What a machine showed of a test without the barrier. */
export interface Dropped {
  readonly kind:
    | 'seen'
    | 'never'
    /** Its code is that of the test as written: nothing can be seen of it. */
    | 'same-code'
    | 'not-run';
  readonly cell: Cell | undefined;
}

/** The barriers of a test, in the order of its text, or in that of the results where it is not at hand. */
export function barrierAnswers(
  test: OverviewTest,
  columns: readonly Column[],
  asked: AskedModels | undefined,
): readonly BarrierAnswer[] {
  const kernel = test.rows.find(({ strategies }) => strategies.includes('kernel'));
  const names = asked?.guards.filter(isBarrier).map(({ name }) => name) ?? ablationsIn(test);
  return names.map((guard) => {
    const row = test.rows.find(({ strategies }) => strategies.includes(guard));
    return {
      guard,
      advice: asked?.guards.find(({ name }) => name === guard),
      models: (['lkmm', ...architectures] as const).map((model) =>
        answerOf(askedAnswer(asked, model, guard), recordedAnswer(kernel, row, model)),
      ),
      dropped: columns.map((_, column) => droppedIn(row, kernel, column)),
      prices: columns.map(
        (column) =>
          pricesIn(column, test)
            .map(({ differences }) =>
              differences.filter(({ of, against }) => of === 'kernel' && against === guard),
            )
            .findLast((differences) => differences.length > 0) ?? [],
      ),
    };
  });
}

/** What the sessions of a column timed of this very test. */
export function pricesIn(column: Column, { name, digest }: OverviewTest): readonly TestPrice[] {
  return documentsOf(column).flatMap(
    ({ prices }) => prices?.tests.filter((one) => one.test === name && one.digest === digest) ?? [],
  );
}

/** Locks and RCU are no barriers that one would drop. */
function isBarrier({ kind }: GuardAdvice): boolean {
  return kind !== 'lock' && kind !== 'reader' && kind !== 'grace-period';
}

const ablation = /^no-.+@\d+$/;

function ablationsIn({ rows }: OverviewTest): readonly string[] {
  return rows.flatMap(({ strategies }) => strategies.filter((name) => ablation.test(name)));
}

/** Where there was no time to decide now, there may have been when the test ran. */
function answerOf(asked: ModelAnswer | undefined, recorded: ModelAnswer): ModelAnswer {
  if (asked === undefined) return recorded;
  return asked.need === 'unknown' && recorded.need !== 'not-asked' ? recorded : asked;
}

function askedAnswer(
  asked: AskedModels | undefined,
  model: JudgeName,
  guard: string,
): ModelAnswer | undefined {
  if (asked === undefined) return undefined;
  const needs = asked.models.find((one) => one.model === model);
  if (needs === undefined) return { model, need: 'unknown', sameCode: false, finding: undefined };
  if (needs.asWritten.kind === 'allowed') {
    return { model, need: 'allowed-anyway', sameCode: false, finding: undefined };
  }
  if (needs.asWritten.kind !== 'forbidden') {
    return { model, need: 'unknown', sameCode: false, finding: needs.asWritten };
  }
  const alone = needs.alone.find((one) => one.guard === guard);
  return alone && { model, need: alone.need, sameCode: alone.sameCode, finding: alone.finding };
}

/** From what the models said when the test ran, which the results keep. */
function recordedAnswer(
  kernel: OverviewRow | undefined,
  row: OverviewRow | undefined,
  model: JudgeName,
): ModelAnswer {
  const [before, after] = [kernel, row].map((one) => recordedObservation(one, model));
  const none = { model, sameCode: false, finding: undefined };
  if (kernel === undefined || before === undefined || after === undefined) {
    return { ...none, need: 'not-asked' };
  }
  const never = kernel.event === 'witness' ? 'Never' : 'Always';
  if (before !== never) return { ...none, need: 'allowed-anyway' };
  return { ...none, need: after === never ? 'not-needed' : 'needed' };
}

function recordedObservation(row: OverviewRow | undefined, model: JudgeName): Row['observation'] | undefined {
  const name = model === 'lkmm' ? 'LKMM' : architectureModelNames[model satisfies Architecture];
  for (const entry of row?.entries.flat() ?? []) {
    if (entry.kind !== 'results') continue;
    const found = entry.row.expectation.models.find((one) => one.model === name);
    if (found?.observation !== undefined) return found.observation;
  }
  return undefined;
}

function droppedIn(row: OverviewRow | undefined, kernel: OverviewRow | undefined, column: number): Dropped {
  const cell = row?.cells[column];
  if (row !== undefined && kernel !== undefined && isSameCode(row, kernel, column))
    return { kind: 'same-code', cell };
  if (cell === undefined || cell.verdict === 'not-run' || cell.iterations === 0)
    return { kind: 'not-run', cell };
  return { kind: cell.sightings > 0 ? 'seen' : 'never', cell };
}

/** Whether a machine has the same code for both, be it that one of them ran or none. */
function isSameCode(row: OverviewRow, kernel: OverviewRow, column: number): boolean {
  const codes = ({ entries }: OverviewRow) =>
    (entries[column] ?? []).map((entry) => (entry.kind === 'results' ? entry.row.codeDigest : undefined));
  const [own, written] = [codes(row), codes(kernel)];
  return own.length > 0 && own.every((code) => code !== undefined && written.includes(code));
}
