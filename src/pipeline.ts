/**
 * The program as a list of calls: a test is read, varied by strategies, lowered to machine code,
 * planned as runs, run, judged, and kept as results.
 */
import { rmSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Architecture } from './architecture.ts';
import { isAskedMeanwhile, opinionLimits, pricedBlocks, pricingMs, tuningBudgetMs } from './budget.ts';
import { architectureOfHost, meetHost, ranOn, startedRunner, type Host } from './host.ts';
import type { RunRequest, Watcher } from './run-request.ts';
import { needsOf } from './evidence/needs.ts';
import { isPriced } from './evidence/prices.ts';
import { withEvidence } from './evidence/session-evidence.ts';
import { eventCounter } from './judge/event-counts.ts';
import type { Expectation } from './judge/expectation.ts';
import { findingsOf } from './judge/findings.ts';
import { askModels, type Opinions } from './judge/opinions.ts';
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
import { plansFor } from './plan/run-plan.ts';
import type { Schedule } from './plan/schedule.ts';
import { termsOf, type Amount, type ScheduleTerms } from './plan/schedule-terms.ts';
import { sentencesBeforehand, shortnessOf } from './report/beforehand.ts';
import { progressOf } from './report/progress.ts';
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
import type { Journal, JournalHeader } from './results/journal.ts';
import type { Prices } from './results/price-schema.ts';
import type { ResultsDocument } from './results/schema.ts';
import { openSession, reopenSession } from './results/session-files.ts';
import { writeResults } from './results/write.ts';
import type { BlockRecord } from './run/blocks.ts';
import { watchDistance, watchedCpus, type DistanceWatch } from './run/distance.ts';
import { runExperiment, type ExperimentSurroundings } from './run/experiment.ts';
import { launchesFrom, type Launches } from './run/launches.ts';
import type { Runner } from './run/runner.ts';
import { familiesOf } from './tuning/control-families.ts';
import { firingOn } from './tuning/firing.ts';
import type { TunedPlans } from './tuning/tuned-plans.ts';
import { tuningFor } from './tuning/tuning-for.ts';

/**
 * Runs tests under strategies on this machine and keeps the results.
 * @returns the document and the file it was written to.
 * @throws LitmusSyntaxError, TestFileError, UnknownStrategyError, CpuSelectionError, ResultsFolderError, CannotRunError
 */
export async function runLitmus(
  asked: RunRequest,
  watcher: Watcher,
): Promise<{ document: ResultsDocument; file: string }> {
  const run = readFor(asked, watcher);
  watcher.stage?.('start');
  prepareResultsFolder(run.folder);
  for (const sentence of leftOverIn(run.folder, run.resumed?.path)) watcher.notice(sentence);
  const runner = await startedRunner();
  const launches = launchesFrom(runner);
  const over = new AbortController();
  try {
    const host = await hostFor(run, runner);
    const tuned = await tunedOn(host, run, runner);
    const experiment = plannedOn(host, tuned, run);
    const distance = distanceOn(host, experiment, run);
    await distance.look(runner);
    const prices = await pricedOn(host, experiment, run, runner);
    const models = modelsFor(experiment, host, run, over.signal);
    const beforehand = isAskedMeanwhile(run.request.amount) ? undefined : await models();
    const begun = begunOn(host, experiment, prices, beforehand, run);
    const document = await keepingTold(begun.journal.path, watcher, async () => {
      const records = await runBlocks(begun, experiment, distance, launches, run);
      if (beforehand === undefined) watcher.stage?.('ask');
      const opinions = beforehand ?? (await models());
      return keptResults(begun, experiment, records, distance, opinions, host, run);
    });
    rmSync(begun.journal.path);
    return { document, file: begun.resultsPath };
  } finally {
    over.abort();
    await launches.close();
  }
}

/**
 * How a run would run the tests that it is asked for: on these CPUs, with the plans that were found here until now.
 * @throws as `runLitmus`
 */
export async function planLitmus(asked: RunRequest, watcher: Watcher): Promise<readonly PlannedTest[]> {
  const run = readFor(asked, watcher);
  const runner = await startedRunner();
  try {
    const host = await hostFor(run, runner);
    const tests = run.tests.filter(({ role }) => role === 'asked');
    return experimentOn(host, await tunedOn(host, run, runner), { ...run, tests });
  } finally {
    await runner.close();
  }
}

/** What the stages of a run are handed. */
interface Run {
  readonly request: RunRequest;
  readonly watcher: Watcher;
  readonly earlier: RecordedSession | undefined;
  /** The earlier session, where it is gone on with. */
  readonly resumed: RecordedSession | undefined;
  /** Milliseconds since the run began. */
  readonly clock: () => number;
  readonly architecture: Architecture;
  readonly tests: readonly SelectedTest[];
  /** Of the results. */
  readonly folder: string;
}

function readFor(asked: RunRequest, watcher: Watcher): Run {
  const earlier = asked.earlier && earlierSession(asked.earlier.file, asked.earlier.act);
  const request = { ...asked, amount: amountOf(earlier) ?? asked.amount };
  const resumed = earlier?.act === 'resume' ? earlier : undefined;
  const clock = clockFrom(request.beganMs, resumed?.blocks.at(-1)?.endedMs ?? 0);
  const architecture = architectureOfHost();
  watcher.stage?.('read');
  const tests = selectTests(request, earlier, architecture, watcher);
  const folder = resumed === undefined ? request.resultsFolder : dirname(resumed.paths.results);
  return { request, watcher, earlier, resumed, clock, architecture, tests, folder };
}

function hostFor({ request, watcher, earlier, tests }: Run, runner: Runner): Promise<Host> {
  return meetHost(runner, {
    ...request,
    variant: earlier?.header.target?.variant ?? request.variant,
    counts: tests.map(({ source }) => source.test.threads.length),
    notice: watcher.notice,
  });
}

/** The plans found on this machine; an earlier session has its own. */
function tunedOn(
  host: Host,
  { request, watcher, earlier, clock, tests }: Run,
  runner: Runner,
): Promise<TunedPlans> {
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

/** What will run: as an earlier session ran it, where there is one. */
function plannedOn(host: Host, tuned: TunedPlans, run: Run): readonly PlannedTest[] {
  const { watcher, request, earlier, clock } = run;
  watcher.stage?.('plan');
  const experiment = experimentOn(host, tuned, run);
  for (const sentence of sentencesBeforehand(experiment, request.engines, host.facts))
    watcher.notice(sentence);
  if (earlier !== undefined) checkSameness(earlier, ranOn(host, request.tool), experiment);
  const shortness = earlier === undefined ? shortnessOf(request.amount, clock(), experiment) : undefined;
  if (shortness !== undefined) watcher.notice(shortness);
  return experiment;
}

function experimentOn(
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

function distanceOn(host: Host, experiment: readonly PlannedTest[], { resumed, clock }: Run): DistanceWatch {
  const cpus = isEmulated(host) ? undefined : watchedCpus(experiment);
  return watchDistance(cpus, clock, resumed?.header.session.distance?.looks);
}

/** Those of the session that is gone on with, if it has any. */
async function pricedOn(
  host: Host,
  experiment: readonly PlannedTest[],
  { request, watcher, resumed, clock, tests }: Run,
  runner: Runner,
): Promise<Prices | undefined> {
  watcher.stage?.('price');
  if (resumed?.header.prices !== undefined) return resumed.header.prices;
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

/** Begins to ask the models; calling what it returns waits for their answers, and keeps them. */
function modelsFor(
  experiment: readonly PlannedTest[],
  { target }: Host,
  { request, watcher, clock, folder }: Run,
  over: AbortSignal,
): () => Promise<ReadonlyMap<PlannedVariant, Opinions>> {
  watcher.stage?.('ask');
  const { answers, keep } = answersIn(folder, target);
  const stopped = AbortSignal.any([watcher.stopped, over]);
  const asking = askModels(experiment, target, opinionLimits(request, clock()), stopped, answers);
  return async () => {
    const opinions = await asking.opinions(watcher.asking);
    const unkept = keep();
    if (unkept !== undefined) watcher.notice(unkept);
    return opinions;
  };
}

/** A session whose blocks can run: what is known of it, what they will be, and where they are kept. */
interface Begun {
  readonly session: JournalHeader['session'];
  readonly prices: Prices | undefined;
  readonly terms: ScheduleTerms;
  readonly schedule: Schedule;
  readonly count: ExperimentSurroundings['count'];
  readonly journal: Journal;
  readonly resultsPath: string;
}

function begunOn(
  host: Host,
  experiment: readonly PlannedTest[],
  prices: Prices | undefined,
  opinions: ReadonlyMap<PlannedVariant, Opinions> | undefined,
  { request, earlier, resumed, clock, architecture, folder, watcher }: Run,
): Begun {
  watcher.stage?.('run');
  const expected = resumed === undefined ? expectedBy(opinions ?? new Map()) : recordedExpectations(resumed);
  const count = eventCounter(experiment, expected);
  const startedAt = new Date();
  const terms = earlier?.terms ?? termsOf(request.amount, clock(), experiment);
  const session = sessionBegun(request, resumed, terms, startedAt);
  const schedule = scheduleOf(terms, earlier, {
    experiment,
    seed: BigInt(session.seed),
    need: (settlement) => needsOf(experiment, expected, architecture, settlement),
    count,
  });
  const header = () => journalHeader(experiment, opinions, { ...ranOn(host, request.tool), session, prices });
  const files =
    resumed === undefined
      ? openSession(folder, startedAt, header())
      : reopenSession(
          resumed,
          begunNow(request, startedAt),
          resumed.header.prices === undefined ? prices : undefined,
        );
  return { session, prices, terms, schedule, count, ...files };
}

/** Runs the blocks of a session; each is in its journal before the next begins. */
async function runBlocks(
  { terms, schedule, count, journal }: Begun,
  experiment: readonly PlannedTest[],
  distance: DistanceWatch,
  launches: Launches,
  { watcher, resumed, clock }: Run,
): Promise<readonly BlockRecord[]> {
  const records = [...(resumed?.blocks ?? [])];
  const progress = progressOf(experiment, terms, resumed?.blocks);
  const share = sharing();
  const surroundings = {
    launches,
    lastLaunch: (resumed?.blocks.at(-1)?.launch ?? -1) + terms.launches,
    clock,
    count,
    before: distance.look,
    stopped: watcher.stopped,
  };
  for await (const record of runExperiment(schedule, surroundings)) {
    const outcomes = record.outcomes.map(({ values, count }) => ({ values: share(values), count }));
    records.push({ ...record, outcomes });
    journal.append({ ...journalBlock(record), ...distance.news() });
    watcher.progress(progress(record));
  }
  journal.close();
  return records;
}

/** Judges what was counted and writes the results. */
function keptResults(
  { session, prices, resultsPath }: Begun,
  experiment: readonly PlannedTest[],
  records: readonly BlockRecord[],
  distance: DistanceWatch,
  opinions: ReadonlyMap<PlannedVariant, Opinions>,
  host: Host,
  { request, architecture, resumed, watcher }: Run,
): ResultsDocument {
  watcher.stage?.('judge');
  const models = { opinions, findings: findingsOf(experiment, opinions) };
  const judged = judgeRows(experiment, records, architecture, opinions, host.machine.emulation?.kind);
  const ended = { finishedAt: new Date().toISOString(), interrupted: watcher.stopped.aborted };
  const document = withEvidence({
    ...resultsDocument(experiment, judged, models, {
      ...ranOn(host, request.tool),
      session: { ...session, ...ended, ...distance.seen() },
    }),
    ...(prices === undefined ? {} : { prices }),
  });
  watcher.stage?.('write');
  writeResults(resultsPath, document, resumed?.paths.results);
  return document;
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
