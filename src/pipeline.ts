/**
 * The program as a list of calls: a test is read, varied by strategies, lowered to machine code,
 * planned as runs, run, judged, and kept as results.
 */
import { rmSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Architecture } from './architecture.ts';
import { architectureOfHost, meetHost, ranOn, startedRunner, type Host } from './host.ts';
import { needsOf } from './evidence/needs.ts';
import { isPriced } from './evidence/prices.ts';
import { withEvidence } from './evidence/session-evidence.ts';
import { eventCounter } from './judge/event-counts.ts';
import type { Expectation } from './judge/expectation.ts';
import { findingsOf } from './judge/findings.ts';
import { askModels, type OpinionLimits, type Opinions } from './judge/opinions.ts';
import { expectationFor, judgeRows } from './judge/rows.ts';
import { strangersApart, withControls } from './judge/selection.ts';
import { sharing } from './language/sharing.ts';
import { readSuite, readTests } from './language/test-files.ts';
import {
  planExperiment,
  type PlannedTest,
  type PlannedVariant,
  type SelectedTest,
} from './plan/experiment.ts';
import { laneCount } from './plan/lanes.ts';
import type { PlacementChoice } from './plan/affinity.ts';
import { plansFor, type EngineName } from './plan/run-plan.ts';
import { termsOf, type Amount, type ScheduleTerms } from './plan/schedule-terms.ts';
import { sentencesBeforehand, shortnessOf } from './report/beforehand.ts';
import { progressOf, type Progress } from './report/progress.ts';
import { journalBlock, journalHeader, resultsDocument } from './results/document.ts';
import { answersIn } from './results/known-answers.ts';
import { pricesWithin } from './pricing.ts';
import { leftOverIn, resumeSentence } from './results/left-over.ts';
import {
  checkSameness,
  recordedExpectations,
  recordedPlans,
  recordedTests,
  scheduleOf,
} from './results/recorded-experiment.ts';
import { earlierSession, type RecordedSession } from './results/recorded-session.ts';
import { prepareResultsFolder } from './results/results-folder.ts';
import type { JournalHeader } from './results/journal.ts';
import type { Prices } from './results/price-schema.ts';
import type { ResultsDocument, Tool } from './results/schema.ts';
import { openSession, reopenSession } from './results/session-files.ts';
import { writeResults } from './results/write.ts';
import { watchDistance, watchedCpus } from './run/distance.ts';
import { runExperiment } from './run/experiment.ts';
import { launchesFrom } from './run/launches.ts';
import type { Runner } from './run/runner.ts';
import { familiesOf } from './tuning/control-families.ts';
import { firingOn } from './tuning/firing.ts';
import type { TunedPlans } from './tuning/tuned-plans.ts';
import { tuningFor, tuningShare, type TuningChoice } from './tuning/tuning-for.ts';

/** What a user asks of a run; every default is filled in. */
export interface RunRequest {
  /** Files, folders and glob patterns; empty: the suite. */
  readonly files: readonly string[];
  /** Names of strategies, `ablation` for each barrier dropped alone, `all`; empty: all, but controls as written. */
  readonly strategies: readonly string[];
  readonly amount: Amount;
  /** To go on where an earlier session stopped, or to repeat its blocks: all but `files` is then as it was. */
  readonly earlier: { readonly act: 'resume' | 'replay'; readonly file: string } | undefined;
  /** By `performance.now()`: whatever the run does after it counts as its time. */
  readonly beganMs: number;
  readonly cpus: readonly number[] | undefined;
  /** How far apart the threads of a test lie; `all`: in each way the machine has; undefined: as near as can be. */
  readonly placement: PlacementChoice | 'all' | undefined;
  /** Run under these engines alone; empty: under the plans that are best for each test. */
  readonly engines: readonly EngineName[];
  readonly tuning: TuningChoice;
  /** Which of the architecture's targets; undefined: the best that the CPU can run. */
  readonly variant: string | undefined;
  /** For all questions to the models together; undefined: a share of the run's time. */
  readonly modelTimeMs: number | undefined;
  readonly seed: bigint;
  readonly resultsFolder: string;
  readonly tool: Tool;
  /** As typed, for the record. */
  readonly arguments: readonly string[];
}

/** What a run is at, in this order; a short one asks again, behind its tests, for what was not answered meanwhile. */
export type Stage = 'read' | 'start' | 'plan' | 'price' | 'ask' | 'run' | 'judge' | 'write';

export interface Watcher {
  /** A stage begins. */
  readonly stage?: (stage: Stage) => void;
  readonly progress: (progress: Progress) => void;
  /** How many of the questions to the models are answered. */
  readonly asking: (done: number, of: number) => void;
  /** A sentence the user should read while the run goes on. */
  readonly notice: (sentence: string) => void;
  readonly stopped: AbortSignal;
}

/**
 * Runs tests under strategies on this machine and keeps the results.
 * @returns the document and the file it was written to.
 * @throws LitmusSyntaxError, TestFileError, UnknownStrategyError, CpuSelectionError, ResultsFolderError, CannotRunError
 */
export async function runLitmus(
  asked: RunRequest,
  watcher: Watcher,
): Promise<{ document: ResultsDocument; file: string }> {
  const earlier = asked.earlier && earlierSession(asked.earlier.file, asked.earlier.act);
  const request = { ...asked, amount: amountOf(earlier) ?? asked.amount };
  const resumed = earlier?.act === 'resume' ? earlier : undefined;
  const clock = clockFrom(request.beganMs, resumed?.blocks.at(-1)?.endedMs ?? 0);
  const architecture = architectureOfHost();
  watcher.stage?.('read');
  const tests = selectTests(request, earlier, architecture, watcher);
  watcher.stage?.('start');
  const folder = resumed === undefined ? request.resultsFolder : dirname(resumed.paths.results);
  prepareResultsFolder(folder);
  for (const sentence of leftOverIn(folder, resumed?.path)) watcher.notice(sentence);
  const runner = await startedRunner();
  const launches = launchesFrom(runner);
  const over = new AbortController();
  const run = { request, watcher, earlier, clock, tests, runner };
  try {
    const host = await meetHost(runner, {
      ...request,
      variant: earlier?.header.target?.variant ?? request.variant,
      counts: tests.map(({ source }) => source.test.threads.length),
      notice: watcher.notice,
    });
    const tuned = await tunedOn(host, run);
    watcher.stage?.('plan');
    const experiment = plannedOn(host, tuned, run);
    for (const sentence of sentencesBeforehand(experiment, request.engines, host.facts))
      watcher.notice(sentence);
    const ran = ranOn(host, request.tool);
    if (earlier !== undefined) checkSameness(earlier, ran, experiment);
    const shortness = earlier === undefined ? shortnessOf(request.amount, clock(), experiment) : undefined;
    if (shortness !== undefined) watcher.notice(shortness);
    watcher.stage?.('price');
    const distance = watchDistance(
      isEmulated(host) ? undefined : watchedCpus(experiment),
      clock,
      resumed?.header.session.distance?.looks,
    );
    await distance.look(runner);
    const pricesBefore = resumed?.header.prices;
    const pricesNow = pricesBefore === undefined ? await pricedOn(host, experiment, run) : undefined;
    const prices = pricesBefore ?? pricesNow;
    watcher.stage?.('ask');
    const { answers, keep } = answersIn(folder, host.target);
    const asking = askModels(
      experiment,
      host.target,
      opinionLimits(request, clock()),
      AbortSignal.any([watcher.stopped, over.signal]),
      answers,
    );
    const opinionsNow = async () => {
      const said = await asking.opinions(watcher.asking);
      const unkept = keep();
      if (unkept !== undefined) watcher.notice(unkept);
      return said;
    };
    const beforehand = isAskedMeanwhile(request.amount) ? undefined : await opinionsNow();
    const expected =
      resumed === undefined ? expectedBy(beforehand ?? new Map()) : recordedExpectations(resumed);
    const count = eventCounter(experiment, expected);
    watcher.stage?.('run');
    const startedAt = new Date();
    const terms = earlier?.terms ?? termsOf(request.amount, clock(), experiment);
    const session = sessionBegun(request, resumed, terms, startedAt);
    const schedule = scheduleOf(terms, earlier, {
      experiment,
      seed: BigInt(session.seed),
      need: (settlement) => needsOf(experiment, expected, architecture, settlement),
      count,
    });
    const { journal, resultsPath } =
      resumed === undefined
        ? openSession(folder, startedAt, journalHeader(experiment, beforehand, { ...ran, session, prices }))
        : reopenSession(resumed, begunNow(request, startedAt), pricesNow);
    const document = await keepingTold(journal.path, watcher, async () => {
      const records = [...(resumed?.blocks ?? [])];
      const progress = progressOf(experiment, terms, resumed?.blocks);
      const surroundings = {
        launches,
        lastLaunch: (resumed?.blocks.at(-1)?.launch ?? -1) + terms.launches,
        clock,
        count,
        before: distance.look,
        stopped: watcher.stopped,
      };
      const share = sharing();
      for await (const record of runExperiment(schedule, surroundings)) {
        const outcomes = record.outcomes.map(({ values, count }) => ({ values: share(values), count }));
        records.push({ ...record, outcomes });
        journal.append({ ...journalBlock(record), ...distance.news() });
        watcher.progress(progress(record));
      }
      journal.close();
      if (beforehand === undefined) watcher.stage?.('ask');
      const opinions = beforehand ?? (await opinionsNow());
      watcher.stage?.('judge');
      const models = { opinions, findings: findingsOf(experiment, opinions) };
      const judged = judgeRows(experiment, records, architecture, opinions, host.machine.emulation?.kind);
      const ended = { finishedAt: new Date().toISOString(), interrupted: watcher.stopped.aborted };
      const judgedDocument = withEvidence({
        ...resultsDocument(experiment, judged, models, {
          ...ran,
          session: { ...session, ...ended, ...distance.seen() },
        }),
        ...(prices === undefined ? {} : { prices }),
      });
      watcher.stage?.('write');
      writeResults(resultsPath, judgedDocument, resumed?.paths.results);
      return judgedDocument;
    });
    rmSync(journal.path);
    return { document, file: resultsPath };
  } finally {
    over.abort();
    await launches.close();
  }
}

/** What the stages of a run are handed. */
interface Run {
  readonly request: RunRequest;
  readonly watcher: Watcher;
  readonly earlier: RecordedSession | undefined;
  /** Milliseconds since the run began. */
  readonly clock: () => number;
  readonly tests: readonly SelectedTest[];
  readonly runner: Runner;
}

/** The plans found on this machine; an earlier session has its own. */
function tunedOn(host: Host, { request, watcher, earlier, clock, tests, runner }: Run): Promise<TunedPlans> {
  const { architecture, machine, target, hasTimeBase, places, placeAs } = host;
  const { seed, tool, resultsFolder } = request;
  const place = (threads: number) => {
    const asked = places?.(threads);
    return (typeof asked === 'string' ? undefined : asked?.[0]) ?? host.place(threads);
  };
  return tuningFor({
    choice: earlier === undefined ? request.tuning : { kind: 'none' },
    families: familiesOf(
      tests.filter(({ role }) => role === 'asked').map(({ source }) => source.test),
      tests.map(({ source }) => source),
      architecture,
    ),
    budgetMs: tuningBudgetMs(request),
    clock,
    resultsFolder,
    tool,
    seed,
    machine,
    fire: firingOn({ runner, target, place, placeAs, seed }),
    hasTimeBase,
    place,
    placeAs,
    notice: watcher.notice,
    stopped: watcher.stopped,
  });
}

function plannedOn(
  { target, hasTimeBase, place, places, placeAs }: Host,
  tuned: TunedPlans,
  { request: { engines, amount }, earlier, tests }: Run,
): readonly PlannedTest[] {
  return planExperiment({
    tests,
    target,
    plans: (test, affinity) =>
      plansFor(test, hasTimeBase, {
        engines,
        oversubscribed: affinity.oversubscribed,
        lanes: laneCount(test, target, affinity),
        tuned: tuned(test.name, affinity),
        ...(amount.kind === 'iterations' ? { iterations: amount.perStrategy } : {}),
      }),
    place,
    placeAs,
    ...(earlier === undefined ? {} : { placed: recordedPlans(earlier) }),
    ...(places === undefined ? {} : { places }),
  });
}

/** An emulator's prices are nobody's, and neither are its distances. */
const isEmulated = ({ machine }: Host) => machine.emulation !== undefined;

async function pricedOn(
  host: Host,
  experiment: readonly PlannedTest[],
  { request, watcher, clock, tests, runner }: Run,
): Promise<Prices | undefined> {
  if (isEmulated(host)) return undefined;
  const compared = new Set(experiment.filter(isPriced).map(({ test }) => test.name));
  return pricesWithin(pricingMs(request.amount, clock()), {
    ...host,
    tests: tests.filter(({ role, source }) => role === 'asked' && compared.has(source.test.name)),
    seed: request.seed,
    unit: 'block',
    units: pricedBlocks,
    runner: async () => runner,
    progress: () => {},
    stopped: watcher.stopped,
  });
}

/** What an earlier session was asked for; undefined of one that repeated another. */
function amountOf(earlier: RecordedSession | undefined): Amount | undefined {
  const schedule = earlier?.header.session.schedule;
  return schedule?.kind === 'recorded' ? undefined : schedule;
}

const begunNow = (request: RunRequest, at: Date) => ({
  startedAt: at.toISOString(),
  arguments: request.arguments,
});

/** What is known of a session before its first block; one that is gone on with was begun before. */
function sessionBegun(
  request: RunRequest,
  resumed: RecordedSession | undefined,
  terms: ScheduleTerms,
  at: Date,
): JournalHeader['session'] {
  const now = begunNow(request, at);
  if (resumed === undefined) return { ...now, seed: request.seed.toString(), schedule: terms };
  const { session } = resumed.header;
  return { ...session, resumed: [...(session.resumed ?? []), now] };
}

/** Milliseconds since the run began, in whole microseconds, so that it is the same when it is read back. */
function clockFrom(beganMs: number, spentMs: number): () => number {
  return () => Math.round((performance.now() - beganMs + spentMs) * 1000) / 1000;
}

/** The tests asked for with their controls, or those of the earlier session: of the suite, and of files that are given. */
function selectTests(
  { files, strategies }: RunRequest,
  earlier: RecordedSession | undefined,
  architecture: Architecture,
  { notice }: Watcher,
): readonly SelectedTest[] {
  const given = files.length === 0 ? [] : readTests(files);
  const suite = strangersApart(given, readSuite(), notice);
  if (earlier !== undefined) return recordedTests(earlier, [...given, ...suite]);
  return withControls(files.length === 0 ? suite : given, suite, strategies, architecture);
}

/** With what went wrong it is told that nothing of what was counted is lost. */
async function keepingTold<Result>(
  journal: string,
  { notice }: Watcher,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    notice(`What was counted until now is kept: ${resumeSentence(journal)}`);
    throw error;
  }
}

function expectedBy(
  opinions: ReadonlyMap<PlannedVariant, Opinions>,
): (variant: PlannedVariant) => Expectation {
  return (variant) => expectationFor(variant, opinions.get(variant));
}

/** What a run may take for tuning: nothing where the iterations are counted, or engines were chosen. */
function tuningBudgetMs({ amount, engines }: RunRequest): number | undefined {
  return amount.kind === 'time' && engines.length === 0 ? amount.budgetMs * tuningShare : undefined;
}

/** What the models may take of a run: a share of its time, less where it is half over, or a minute where it has none. */
function opinionLimits({ amount, modelTimeMs }: RunRequest, spentMs: number): OpinionLimits {
  const ofTime = (budgetMs: number) => Math.min(budgetMs / 5, (budgetMs - spentMs) / 2);
  const totalMs = modelTimeMs ?? (amount.kind === 'time' ? ofTime(amount.budgetMs) : 60_000);
  return { timeoutMs: totalMs / 4, totalMs };
}

/**
 * Whether the models are asked while the tests run. Threads that answer take CPUs from the tests', so only
 * where tests run for so short that no rate comes of it, and nothing in the run depends on the answers.
 */
function isAskedMeanwhile(amount: Amount): boolean {
  return amount.kind === 'iterations' && amount.launches === 1;
}

/** With one fewer, intervals would reach from the least block to the greatest. */
const pricedBlocks = 9;

/** What timing may take of a run: a twentieth of its time unless that is over, or a second where it has none. */
function pricingMs(amount: RunRequest['amount'], spentMs: number): number {
  return amount.kind === 'time' ? Math.min(amount.budgetMs / 20, amount.budgetMs - spentMs) : 1000;
}
