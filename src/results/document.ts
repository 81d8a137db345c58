import { basename, dirname, relative, resolve } from 'node:path';
import { suiteFolder } from '../language/test-files.ts';
import { wrapConditionValues } from '../language/condition-values.ts';
import { printLitmus, printProposition } from '../language/printer.ts';
import { sharing } from '../language/sharing.ts';
import type { LitmusTest } from '../language/litmus-test.ts';
import { expectationFor, type JudgedRow, type JudgedRun } from '../judge/rows.ts';
import type { Finding } from '../judge/findings.ts';
import type { Opinion, Opinions } from '../judge/opinions.ts';
import type { PlacedPlan, PlannedTest, PlannedVariant } from '../plan/experiment.ts';
import type { BlockRecord } from '../run/blocks.ts';
import { planDigest, sha256 } from './digests.ts';
import { journalFormat, journalVersion, type JournalBlock, type JournalHeader } from './journal.ts';
import type { Prices } from './price-schema.ts';
import {
  resultsFormat,
  resultsVersion,
  type Block,
  type PlanRecord,
  type ResultsDocument,
  type Row,
  type Run,
} from './schema.ts';

/** What the models said before anything ran. */
export interface ModelsSaid {
  readonly opinions: ReadonlyMap<PlannedVariant, Opinions>;
  readonly findings: readonly Finding[];
}

/** The results document of a session: the judged rows, and a row for everything that did not run. */
export function resultsDocument(
  experiment: readonly PlannedTest[],
  judged: Iterable<JudgedRow>,
  models: ModelsSaid,
  identity: Pick<ResultsDocument, 'tool' | 'machine' | 'target' | 'session'>,
): ResultsDocument {
  const share = sharing();
  const headOf = (planned: PlannedTest, variant: PlannedVariant): RowHead => {
    const head = variantHead(planned, variant, models.opinions.get(variant));
    return { ...head, expectation: share(head.expectation) };
  };
  const rows = new Map<PlannedVariant, Row>();
  for (const judgedAs of judged) {
    const row = { ...judgedAs, controls: share(judgedAs.controls) };
    rows.set(row.variant, judgedRow(headOf(row.planned, row.variant), row, identity.session.interrupted));
  }
  return {
    format: resultsFormat,
    version: resultsVersion,
    ...identity,
    plans: planRecords(experiment),
    findings: models.findings,
    rows: experiment.flatMap((planned) => [
      ...planned.variants.map(
        (variant) =>
          rows.get(variant) ??
          notRun(headOf(planned, variant), variant.problem ?? notReached(identity.session)),
      ),
      ...planned.refused.map(({ strategy, reason }) =>
        notRun(variantHead(planned, { strategy, test: planned.test }, undefined), reason),
      ),
    ]),
  };
}

/** What a journal begins with: all that is known before the first block. */
export function journalHeader(
  experiment: readonly PlannedTest[],
  opinions: ModelsSaid['opinions'] | undefined,
  {
    prices,
    ...identity
  }: Pick<JournalHeader, 'tool' | 'machine' | 'session' | 'target'> & {
    readonly prices?: Prices | undefined;
  },
): JournalHeader {
  return {
    format: journalFormat,
    version: journalVersion,
    ...identity,
    processId: process.pid,
    plans: planRecords(experiment),
    variants: experiment.flatMap((planned) => [
      ...planned.variants.map((variant) => variantHead(planned, variant, opinions?.get(variant))),
      ...planned.refused.map(({ strategy }) =>
        variantHead(planned, { strategy, test: planned.test }, undefined),
      ),
    ]),
    ...(prices === undefined ? {} : { prices }),
  };
}

export function journalBlock({ test, seed, disturbed, problem, ...record }: BlockRecord): JournalBlock {
  return {
    test,
    ...record,
    seed: seed.toString(),
    ...(disturbed === undefined ? {} : { disturbed }),
    ...(problem === undefined ? {} : { problem }),
  };
}

type RowHead = JournalHeader['variants'][number];

function variantHead(
  planned: PlannedTest,
  variant: Pick<PlannedVariant, 'strategy' | 'test'> & Partial<PlannedVariant>,
  asked: Opinions | undefined,
): RowHead {
  const [code] = variant.codes?.values() ?? [];
  const { verdict, event, by } = expectationFor(variant, asked);
  return {
    role: planned.role,
    test: testOf(planned),
    plans: planned.plans.map(({ name }) => name),
    ...(planned.lanes === undefined ? {} : { lanes: planned.lanes }),
    strategy: variant.strategy,
    ...(variant.sentence === undefined ? {} : { sentence: variant.sentence }),
    variantDigest: digestOf(variant.test),
    ...(code === undefined ? {} : { codeDigest: code.digest }),
    ...(variant.sameCodeAs === undefined ? {} : { sameCodeAs: variant.sameCodeAs }),
    expectation: {
      verdict,
      event,
      by,
      models: asked === undefined ? [] : [modelOf(asked.kernel), modelOf(asked.architecture)],
    },
  };
}

function modelOf({ model, observation, problem }: Opinion): RowHead['expectation']['models'][number] {
  return {
    model,
    ...(observation === undefined ? {} : { observation }),
    ...(problem === undefined ? {} : { problem }),
  };
}

function notReached({ interrupted }: Pick<ResultsDocument['session'], 'interrupted'>): string {
  return `not reached before the ${interrupted ? 'run was interrupted' : 'time was up'}`;
}

function judgedRow(
  { role, ...rest }: RowHead,
  { tally, observation, verdict, controls, runs }: JudgedRow,
  interrupted: boolean,
): Row {
  return {
    role, // before what is spread, see CONTRIBUTING
    ...rest,
    iterations: tally.iterations,
    witnesses: tally.witnesses,
    observation,
    verdict: verdict.name,
    reason: verdict.reason,
    controls,
    phases: tally.phases,
    runs: runs.map((run) => runOf(run, interrupted)),
  };
}

function notRun(head: RowHead, reason: string): Row {
  return {
    ...head,
    iterations: 0,
    witnesses: 0,
    observation: 'Never',
    verdict: 'not-run',
    reason,
    controls: [],
    phases: [],
    runs: [],
  };
}

function runOf({ plan, tally, outcomes, other, blocks, invalid }: JudgedRun, interrupted: boolean): Run {
  return {
    plan,
    iterations: tally.iterations,
    filtered: tally.filtered,
    witnesses: tally.witnesses,
    outcomes,
    ...(other === undefined ? {} : { other }),
    blocks: blocks.map(({ record, tally: counted }): Block => ({
      iterations: counted.iterations,
      witnesses: counted.witnesses,
      runNs: record.runNs,
      wallNs: record.wallNs,
      strayed: record.strayed,
      switches: record.switches,
      ...(record.disturbed === undefined ? {} : { disturbed: record.disturbed }),
      launch: record.launch,
      seed: record.seed.toString(),
      cells: record.cells,
      batches: record.batches,
      copies: record.copies,
      endedMs: record.endedMs,
      ...(interrupted ? histogramOf(record, outcomes) : {}),
    })),
    ...(invalid === undefined ? {} : { invalid }),
  };
}

/** What a block counted, as numbers beside its run's outcomes. */
function histogramOf(record: BlockRecord, outcomes: JudgedRun['outcomes']): Pick<Block, 'counts' | 'other'> {
  const counted = new Map(record.outcomes.map(({ values, count }) => [JSON.stringify(values), count]));
  return {
    counts: outcomes.map(({ values }) => counted.get(JSON.stringify(values)) ?? 0),
    ...(record.other === undefined ? {} : { other: record.other }),
  };
}

function planRecords(experiment: readonly PlannedTest[]): PlanRecord[] {
  const plans = new Map<string, PlacedPlan>(
    experiment.flatMap((planned) => planned.plans.map((placed) => [placed.name, placed])),
  );
  return [...plans.values()].map((placed) => {
    const record = planRecord(placed);
    return { ...record, digest: planDigest(record) };
  });
}

function planRecord({ name, plan, affinity }: PlacedPlan): Omit<PlanRecord, 'digest'> {
  return {
    ...plan,
    name,
    cpus: affinity.cpus,
    ...(affinity.copies.length === 0 ? {} : { copies: affinity.copies }),
    ...(plan.stressBytes === undefined || affinity.spare.length === 0 ? {} : { stress: affinity.spare }),
    placement: affinity.class,
    oversubscribed: affinity.oversubscribed,
    pinned: !affinity.cpus.includes(-1),
  };
}

function testOf({ file, test }: PlannedTest): Row['test'] {
  const { condition, filter } = wrapConditionValues(test);
  return {
    name: test.name,
    file: shownPath(file),
    digest: digestOf(test),
    threads: test.threads.length,
    quantifier: condition.quantifier,
    proposition: printProposition(condition.proposition),
    ...(filter === undefined ? {} : { filter: printProposition(filter) }),
  };
}

/** A test of the suite by its path in it, any other by its name alone: results name no folder of the user's. */
function shownPath(file: string): string {
  const inSuite = relative(dirname(resolve(suiteFolder)), resolve(file));
  return inSuite.startsWith('..') ? basename(file) : inSuite;
}

/** SHA-256 of the canonical text: comments in the code and layout of the file make no difference. */
export function digestOf(test: LitmusTest): string {
  return sha256(printLitmus(test));
}
