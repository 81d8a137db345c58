/**
 * The program as a list of calls: a test is read, varied by strategies, lowered to machine code,
 * planned as runs, run, judged, and kept as results.
 */
import { rmSync } from 'node:fs';
import { hostArchitecture, type Architecture } from './architecture.ts';
import { readSuite, readTests, type TestFile } from './language/test-files.ts';
import { controlsAmong } from './judge/controls.ts';
import type { LitmusTest } from './language/litmus-test.ts';
import { printLitmus } from './language/printer.ts';
import { findingsOf } from './judge/findings.ts';
import { opinionsOf, type OpinionLimits } from './judge/opinions.ts';
import { judgeRows } from './judge/rows.ts';
import { withEvidence } from './evidence/session-evidence.ts';
import { layoutNames } from './lower/machine-code.ts';
import type { Target } from './lower/target.ts';
import { targetFor } from './lower/targets.ts';
import { planAffinity, unpinnedAffinity, type Affinity } from './plan/affinity.ts';
import { planExperiment, type PlannedTest, type SelectedTest } from './plan/experiment.ts';
import { plansFor, type EngineName } from './plan/run-plan.ts';
import { scheduleTime } from './plan/schedule.ts';
import type { Topology } from './plan/topology.ts';
import type { Progress } from './report/progress.ts';
import { journalBlock, journalHeader, resultsDocument } from './results/document.ts';
import { inspectMachine } from './results/inspect-machine.ts';
import { prepareResultsFolder } from './results/results-folder.ts';
import type { ResultsDocument, Tool } from './results/schema.ts';
import { openSession } from './results/session-files.ts';
import { writeResults } from './results/write.ts';
import { runTest, type Amount, type BlockRecord } from './run/blocks.ts';
import type { MachineFacts } from './run/addon.ts';
import { startRunner, type Runner } from './run/runner.ts';

/** What a user asks of a run; every default is filled in. */
export interface RunRequest {
  /** Files, folders and glob patterns; empty: the suite. */
  readonly files: readonly string[];
  /** Names of strategies, `ablation` for each barrier dropped alone, `all`; empty: all, but controls as written. */
  readonly strategies: readonly string[];
  /** How long the threads run, or how many iterations each strategy gets. */
  readonly amount:
    | { readonly kind: 'time'; readonly budgetMs: number }
    | { readonly kind: 'iterations'; readonly perStrategy: number };
  readonly cpus: readonly number[] | undefined;
  /** Run under these engines alone; empty: under the plans that are best for each test. */
  readonly engines: readonly EngineName[];
  /** Which of the architecture's targets; undefined: the best that the CPU can run. */
  readonly variant: string | undefined;
  readonly seed: bigint;
  readonly resultsFolder: string;
  readonly tool: Tool;
  /** As typed, for the record. */
  readonly arguments: readonly string[];
}

export interface Watcher {
  readonly progress: (progress: Progress) => void;
  /** How many of the questions to the models are answered. */
  readonly asking: (done: number, of: number) => void;
  /** A sentence the user should read while the run goes on. */
  readonly notice: (sentence: string) => void;
  readonly stopped: AbortSignal;
}

/** Something the machine or the installation lacks: the run cannot start. */
export class CannotRunError extends Error {
  override readonly name = 'CannotRunError';
}

/**
 * Runs tests under strategies on this machine and keeps the results.
 * @returns the document and the file it was written to.
 * @throws LitmusSyntaxError, TestFileError, UnknownStrategyError, CpuSelectionError, ResultsFolderError, CannotRunError
 */
export async function runLitmus(
  request: RunRequest,
  watcher: Watcher,
): Promise<{ document: ResultsDocument; file: string }> {
  const architecture = architectureOfHost();
  const asked = request.files.length === 0 ? readSuite() : readTests(request.files);
  const tests = withControls(
    asked,
    strangersApart(asked, readSuite(), watcher),
    request.strategies,
    architecture,
  );
  prepareResultsFolder(request.resultsFolder);
  const runner = await startRunner().catch((error: Error) => {
    throw new CannotRunError(error.message);
  });
  try {
    const { machine, topology, facts } = await inspectMachine(runner);
    if (facts === undefined) throw new CannotRunError('The addon does not tell what this machine is.');
    const target = chooseTarget(architecture, facts, request.variant);
    checkEngines(request.engines, facts);
    const experiment = planExperiment({
      tests,
      target,
      plans: (test, { oversubscribed }) =>
        plansFor(test, facts.timeBase.problem === undefined, { engines: request.engines, oversubscribed }),
      place: (threads) => placeThreads(topology, facts, threads, request.cpus),
    });
    announce(experiment, request.engines, facts, watcher);
    const started = performance.now();
    const limits = opinionLimits(request.amount);
    const opinions = await opinionsOf(experiment, target, limits, watcher.asking, watcher.stopped);
    const models = { opinions, findings: findingsOf(experiment, opinions) };
    const startedAt = new Date();
    const session = {
      startedAt: startedAt.toISOString(),
      seed: request.seed.toString(),
      arguments: request.arguments,
    };
    const identity = { tool: request.tool, machine, session };
    const header = journalHeader(experiment, models, identity);
    const { journal, resultsPath } = openSession(request.resultsFolder, startedAt, header);
    const records: BlockRecord[] = [];
    for await (const record of runAll(experiment, request, runner, watcher, started)) {
      records.push(record);
      journal.append(journalBlock(record));
    }
    journal.close();
    const judged = judgeRows(experiment, records, architecture, opinions, machine.emulation?.kind);
    const counted = resultsDocument(experiment, judged, models, {
      ...identity,
      target: { architecture, ...(target.variant === undefined ? {} : { variant: target.variant }) },
      session: { ...session, finishedAt: new Date().toISOString(), interrupted: watcher.stopped.aborted },
    });
    const document = withEvidence(counted);
    writeResults(resultsPath, document);
    rmSync(journal.path);
    return { document, file: resultsPath };
  } finally {
    await runner.close();
  }
}

function architectureOfHost(): Architecture {
  const architecture = hostArchitecture();
  if (architecture !== undefined) return architecture;
  throw new CannotRunError(
    'Fencepost generates no code for this machine: "show" and "list" work here, "run" does not.',
  );
}

/** Nothing stands in for an engine that was asked for. */
function checkEngines(engines: readonly EngineName[], { timeBase }: MachineFacts): void {
  if (!engines.includes('deadline') || timeBase.problem === undefined) return;
  throw new CannotRunError(`--engine deadline: there is no time base here (${timeBase.problem}).`);
}

/** What the models may take of a run: a share of its time, or a minute where it has none. */
function opinionLimits(amount: RunRequest['amount']): OpinionLimits {
  const totalMs = amount.kind === 'time' ? amount.budgetMs / 5 : 60_000;
  return { timeoutMs: totalMs / 4, totalMs };
}

/** The best target that the CPU can run, or the one asked for. */
function chooseTarget(architecture: Architecture, facts: MachineFacts, variant: string | undefined): Target {
  const [best] = facts.codeVariants;
  const target = targetFor(architecture, variant ?? best);
  if (target !== undefined && (variant === undefined || facts.codeVariants.includes(variant))) return target;
  const choice =
    facts.codeVariants.length === 0
      ? 'has one only, so leave --variant out'
      : `runs ${facts.codeVariants.join(' and ')}`;
  throw new CannotRunError(`This CPU does not run variant ${variant} of ${architecture} code: it ${choice}.`);
}

/**
 * The suite with nothing of it vouching for a test that only shares its name with one of the suite: a
 * control is made for the test it was written beside.
 */
function strangersApart(
  asked: readonly TestFile[],
  suite: readonly TestFile[],
  { notice }: Watcher,
): readonly TestFile[] {
  const own = new Map(suite.map(({ test }) => [test.name, printLitmus(test)]));
  const strangers = asked.filter(
    ({ test }) => own.has(test.name) && own.get(test.name) !== printLitmus(test),
  );
  for (const { file, test } of strangers) {
    notice(`${file} is not the suite's ${test.name}: the controls made for that one do not vouch for it.`);
  }
  const strange = new Set(strangers.map(({ test }) => test.name));
  return suite.map((one) => ({
    ...one,
    test: {
      ...one.test,
      header: {
        ...one.test.header,
        vouchesFor: one.test.header.vouchesFor.map((vouching) => ({
          ...vouching,
          names: vouching.names.filter((name) => !strange.has(name)),
        })),
      },
    },
  }));
}

/**
 * The tests asked for, and with them the controls without which a "never" says nothing: tests of the
 * suite that vouch for one of them, and strategies of their own that must fire.
 */
function withControls(
  asked: readonly TestFile[],
  suite: readonly TestFile[],
  strategies: readonly string[],
  architecture: Architecture,
): readonly SelectedTest[] {
  const names = new Set(asked.map(({ test }) => test.name));
  const known = [...asked, ...suite.filter(({ test }) => !names.has(test.name))];
  const candidates = known.map(({ test }) => test);
  const controlsOf = controlsAmong(candidates);
  const needed = new Map<string, Set<string>>();
  for (const { test } of asked) {
    for (const layout of layoutNames) {
      for (const control of controlsOf(test, architecture, layout)) {
        needed.set(control.test, (needed.get(control.test) ?? new Set()).add(control.strategy));
      }
    }
  }
  const own = (name: string) => [...(needed.get(name) ?? [])].filter((strategy) => strategy !== 'kernel');
  const controls = known.filter(({ test }) => !names.has(test.name) && needed.has(test.name));
  // A control is there to fire as it is written: its strategies would only take time from the tests.
  const usual = ({ header }: LitmusTest) => (header.vouchesFor.length > 0 ? ['kernel'] : ['all']);
  return [
    ...asked.map((source) => ({
      source,
      role: 'asked' as const,
      strategies: [...(strategies.length === 0 ? usual(source.test) : strategies), ...own(source.test.name)],
    })),
    ...controls.map((source) => ({ source, role: 'control' as const, strategies: ['kernel'] })),
  ];
}

function placeThreads(
  topology: Topology,
  facts: MachineFacts,
  threads: number,
  cpus: readonly number[] | undefined,
): Affinity {
  return facts.canPin ? planAffinity(topology, threads, cpus) : unpinnedAffinity(topology, threads);
}

function announce(
  experiment: readonly PlannedTest[],
  engines: readonly EngineName[],
  facts: MachineFacts,
  { notice }: Watcher,
): void {
  if (facts.timeBase.problem !== undefined) {
    notice(
      `No time base (${facts.timeBase.problem}): threads meet by spinning alone, and start less exactly.`,
    );
  }
  const notes = experiment.flatMap(({ plans }) => plans.flatMap(({ affinity }) => affinity.notes));
  for (const note of new Set(notes)) notice(note);
  // By default a test without a perpetual form is no news, and where it was to run in no other its row says why.
  if (engines.length < 2) return;
  for (const { notPerpetual } of experiment.flatMap(({ variants }) => variants.slice(0, 1))) {
    if (notPerpetual !== undefined) notice(`${notPerpetual}.`);
  }
}

async function* runAll(
  experiment: readonly PlannedTest[],
  request: RunRequest,
  runner: Runner,
  { progress, stopped }: Watcher,
  started: number,
): AsyncGenerator<BlockRecord> {
  let iterations = 0;
  let plannedMs = 0;
  let cellsLeft = experiment.reduce((sum, test) => sum + cellCount(test), 0);
  // Controls first: what an interrupted run has seen then counts.
  const order = experiment.toSorted((left, right) => Number(isControl(right)) - Number(isControl(left)));
  for (const [index, test] of order.entries()) {
    const cells = cellCount(test);
    const elapsedMs = performance.now() - started;
    const amount = amountOf(request.amount, { elapsedMs, plannedMs, cellsLeft });
    for await (const record of runTest(test, amount, runner, request.seed, stopped)) {
      yield record;
      iterations += record.iterations;
      const sinceStartMs = performance.now() - started;
      progress({
        testsDone: index,
        tests: experiment.length,
        test: test.test.name,
        iterationsPerSecond: iterations / (sinceStartMs / 1000),
        msLeft:
          request.amount.kind === 'time' ? Math.max(0, request.amount.budgetMs - sinceStartMs) : undefined,
      });
    }
    if (amount.kind === 'time') plannedMs += amount.rounds * amount.blockMs * cells;
    cellsLeft -= cells;
    if (stopped.aborted) return;
  }
}

const isControl = ({ test }: PlannedTest) => test.header.vouchesFor.length > 0;

/** Variants that run, under each plan. */
function cellCount({ variants, plans }: PlannedTest): number {
  return (
    variants.filter(({ sameCodeAs, problem }) => sameCodeAs === undefined && problem === undefined).length *
    plans.length
  );
}

/** How much a test may run, of what is left. */
function amountOf(
  asked: RunRequest['amount'],
  spent: { readonly elapsedMs: number; readonly plannedMs: number; readonly cellsLeft: number },
): Amount {
  if (asked.kind === 'iterations') return asked;
  return { kind: 'time', ...scheduleTime({ budgetMs: asked.budgetMs, ...spent }) };
}
