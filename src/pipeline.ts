/**
 * The program as a list of calls: a test is read, varied by strategies, lowered to machine code,
 * planned as runs, run, judged, and kept as results.
 */
import { rmSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Architecture } from './architecture.ts';
import {
  architectureOfHost,
  CannotRunError,
  checkEngines,
  chooseTarget,
  placer,
  placerByClass,
  placesOf,
} from './host.ts';
import { needsOf } from './evidence/needs.ts';
import { isPriced } from './evidence/prices.ts';
import { withEvidence } from './evidence/session-evidence.ts';
import { eventCounter } from './judge/event-counts.ts';
import type { Expectation } from './judge/expectation.ts';
import { findingsOf } from './judge/findings.ts';
import { askModels, type OpinionLimits, type Opinions } from './judge/opinions.ts';
import { expectationFor, judgeRows } from './judge/rows.ts';
import { strangersApart, withControls } from './judge/selection.ts';
import { readSuite, readTests } from './language/test-files.ts';
import {
  planExperiment,
  type PlannedTest,
  type PlannedVariant,
  type SelectedTest,
} from './plan/experiment.ts';
import { laneCount } from './plan/lanes.ts';
import type { PlacementChoice } from './plan/placement.ts';
import { plansFor, type EngineName } from './plan/run-plan.ts';
import { leastMs, neededMs, termsOf, type Amount } from './plan/schedule-terms.ts';
import { progressOf, type Progress } from './report/progress.ts';
import { plural, shortDuration } from './report/quantity.ts';
import { journalBlock, journalHeader, resultsDocument } from './results/document.ts';
import { inspectMachine } from './results/inspect-machine.ts';
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
import type { ResultsDocument, Tool } from './results/schema.ts';
import { openSession, reopenSession } from './results/session-files.ts';
import { writeResults } from './results/write.ts';
import type { MachineFacts } from './run/addon.ts';
import { watchDistance, watchedCpus } from './run/distance.ts';
import { runExperiment } from './run/experiment.ts';
import { launchesFrom } from './run/launches.ts';
import { startRunner } from './run/runner.ts';
import { familiesOf } from './tuning/control-families.ts';
import { firingOn } from './tuning/firing.ts';
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
  request: RunRequest,
  watcher: Watcher,
): Promise<{ document: ResultsDocument; file: string }> {
  const earlier = request.earlier && earlierSession(request.earlier.file, request.earlier.act);
  const resumed = earlier?.act === 'resume' ? earlier : undefined;
  const clock = clockFrom(request.beganMs, resumed?.blocks.at(-1)?.endedMs ?? 0);
  const architecture = architectureOfHost();
  watcher.stage?.('read');
  const tests = selectTests(request, earlier, architecture, watcher);
  watcher.stage?.('start');
  const folder = resumed === undefined ? request.resultsFolder : dirname(resumed.paths.results);
  prepareResultsFolder(folder);
  for (const sentence of leftOverIn(folder, resumed?.path)) watcher.notice(sentence);
  const runner = await startRunner().catch((error: Error) => {
    throw new CannotRunError(error.message);
  });
  const launches = launchesFrom(runner);
  const over = new AbortController();
  try {
    const { machine, topology, facts } = await inspectMachine(runner);
    if (facts === undefined) throw new CannotRunError('The addon does not tell what this machine is.');
    const target = chooseTarget(architecture, facts, earlier?.header.target?.variant ?? request.variant);
    checkEngines(request.engines, facts);
    const place = placer(topology, facts, request.cpus);
    const hasTimeBase = facts.timeBase.problem === undefined;
    const counts = tests.map(({ source }) => source.test.threads.length);
    const places = placesOf(request.placement, { topology, facts, place, counts, notice: watcher.notice });
    const home = (threads: number) => {
      const asked = places?.(threads);
      return (typeof asked === 'string' ? undefined : asked?.[0]) ?? place(threads);
    };
    // Who names CPUs or a placement wants no other.
    const isFree = request.cpus === undefined && request.placement === undefined;
    const placeAs = isFree ? placerByClass(topology, facts) : () => undefined;
    const tuned = await tuningFor({
      choice: earlier === undefined ? request.tuning : { kind: 'none' },
      families: familiesOf(
        tests.filter(({ role }) => role === 'asked').map(({ source }) => source.test),
        tests.map(({ source }) => source),
        architecture,
      ),
      budgetMs: tuningBudgetMs(request),
      clock,
      resultsFolder: request.resultsFolder,
      tool: request.tool,
      seed: request.seed,
      machine,
      fire: firingOn({ runner, target, place: home, placeAs, seed: request.seed }),
      hasTimeBase,
      place: home,
      placeAs,
      notice: watcher.notice,
      stopped: watcher.stopped,
    });
    watcher.stage?.('plan');
    const experiment = planExperiment({
      tests,
      target,
      plans: (test, affinity) =>
        plansFor(test, hasTimeBase, {
          engines: request.engines,
          oversubscribed: affinity.oversubscribed,
          lanes: laneCount(test, target, affinity),
          tuned: tuned(test.name, affinity),
          ...(request.amount.kind === 'iterations' ? { iterations: request.amount.perStrategy } : {}),
        }),
      place,
      placeAs,
      ...(earlier === undefined ? {} : { placed: recordedPlans(earlier) }),
      ...(places === undefined ? {} : { places }),
    });
    announce(experiment, request.engines, facts, watcher);
    const ran = {
      tool: request.tool,
      machine,
      target: { architecture, ...(target.variant === undefined ? {} : { variant: target.variant }) },
    };
    if (earlier === undefined) announceShortness(request.amount, clock(), experiment, watcher);
    else checkSameness(earlier, ran, experiment);
    // An emulator's distances are nobody's, and neither are its prices.
    const isEmulated = machine.emulation !== undefined;
    const distance = watchDistance(isEmulated ? undefined : watchedCpus(experiment), clock);
    watcher.stage?.('price');
    await distance.look(runner);
    const compared = new Set(experiment.filter(isPriced).map(({ test }) => test.name));
    const prices = isEmulated
      ? undefined
      : await pricesWithin(pricingMs(request.amount, clock()), {
          tests: tests.filter(({ role, source }) => role === 'asked' && compared.has(source.test.name)),
          target,
          facts,
          place,
          seed: request.seed,
          unit: 'block',
          units: pricedBlocks,
          runner: async () => runner,
          progress: () => {},
          stopped: watcher.stopped,
        });
    watcher.stage?.('ask');
    const { answers, keep } = answersIn(folder, target);
    const limits = opinionLimits(request, clock());
    const asking = askModels(
      experiment,
      target,
      limits,
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
    const now = { startedAt: startedAt.toISOString(), arguments: request.arguments };
    const session =
      resumed === undefined
        ? { ...now, seed: request.seed.toString(), schedule: terms }
        : { ...resumed.header.session, resumed: [...(resumed.header.session.resumed ?? []), now] };
    const schedule = scheduleOf(terms, earlier, {
      experiment,
      seed: BigInt(session.seed),
      need: (settlement) => needsOf(experiment, expected, architecture, settlement),
      count,
    });
    const header = journalHeader(experiment, beforehand ?? new Map(), { ...ran, session });
    const { journal, resultsPath } =
      resumed === undefined ? openSession(folder, startedAt, header) : reopenSession(resumed, now);
    const document = await keepingTold(journal.path, watcher, async () => {
      const records = [...(resumed?.blocks ?? [])];
      const progress = progressOf(experiment, terms);
      const surroundings = {
        launches,
        lastLaunch: (resumed?.blocks.at(-1)?.launch ?? -1) + terms.launches,
        clock,
        count,
        before: distance.look,
        stopped: watcher.stopped,
      };
      for await (const record of runExperiment(schedule, surroundings)) {
        records.push(record);
        journal.append(journalBlock(record));
        watcher.progress(progress(record));
      }
      journal.close();
      if (beforehand === undefined) watcher.stage?.('ask');
      const opinions = beforehand ?? (await opinionsNow());
      watcher.stage?.('judge');
      const models = { opinions, findings: findingsOf(experiment, opinions) };
      const judged = judgeRows(experiment, records, architecture, opinions, machine.emulation?.kind);
      const ended = { finishedAt: new Date().toISOString(), interrupted: watcher.stopped.aborted };
      const counted = resultsDocument(experiment, judged, models, {
        ...ran,
        session: { ...session, ...ended, ...distance.seen() },
      });
      const judgedDocument = withEvidence(prices === undefined ? counted : { ...counted, prices });
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

/** A promise of time that cannot give every test something of every launch is said before it begins. */
function announceShortness(
  amount: Amount,
  spentMs: number,
  experiment: readonly PlannedTest[],
  { notice }: Watcher,
): void {
  const needed = neededMs(amount, spentMs, experiment);
  if (needed === undefined) return;
  const least = leastMs(amount, spentMs, experiment);
  const inAll =
    least === undefined
      ? ''
      : `getting ready alone took ${shortDuration(spentMs)}, so that the run will take about ${shortDuration(least)}; `;
  notice(
    `The time is little for ${plural(experiment.length, 'test')}: ${inAll}with less than about ${shortDuration(needed)} there are fewer launches, and the last tests may not be reached.`,
  );
}
