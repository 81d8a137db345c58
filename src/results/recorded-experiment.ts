/** An earlier session's experiment, planned once more: to go on with it, or to repeat it. */

import type { Expectation } from '../judge/expectation.ts';
import type { LitmusTest } from '../language/litmus-test.ts';
import type { TestFile } from '../language/test-files.ts';
import type { PlacedPlan, PlannedTest, PlannedVariant, SelectedTest } from '../plan/experiment.ts';
import { runKey, runsOf, type BlockCounts, type PlannedBlock, type Schedule } from '../plan/schedule.ts';
import { scheduleBy, type ScheduleTerms, type Settlement } from '../plan/schedule-terms.ts';
import type { Need } from '../plan/time-schedule.ts';
import type { BlockRecord } from '../run/blocks.ts';
import { blockCounts } from '../run/experiment.ts';
import { digestOf } from './document.ts';
import type { JournalHeader } from './journal.ts';
import type { RecordedSession } from './recorded-session.ts';
import { ResultsError } from './results-error.ts';
import type { PlanRecord } from './schema.ts';

/**
 * The tests of a session, with the strategies that it had.
 * @param sources where they are looked for, by name and digest.
 * @throws ResultsError naming a test that is not there, or is not what it was.
 */
export function recordedTests(
  { path, header }: RecordedSession,
  sources: readonly TestFile[],
): readonly SelectedTest[] {
  const sourcesOf = grouped(sources);
  return [...grouped(header.variants)].map(([name, variants]) => {
    const [first] = variants;
    const named = sourcesOf.get(name) ?? [];
    const source = named.find(({ test }) => digestOf(test) === first?.test.digest);
    if (first === undefined || source === undefined) {
      const problem =
        named.length > 0
          ? `${named[0]?.file} has changed since`
          : `its file, ${first?.test.file ?? name}, must be given as well`;
      throw new ResultsError(`${path} has the test ${name}, and ${problem}.`);
    }
    return { source, role: first.role, strategies: variants.map(({ strategy }) => strategy) };
  });
}

/** By the name of the test, in the order in which they come. */
function grouped<Of extends { readonly test: { readonly name: string } }>(
  all: readonly Of[],
): ReadonlyMap<string, readonly Of[]> {
  const groups = new Map<string, Of[]>();
  for (const one of all) {
    const group = groups.get(one.test.name);
    if (group === undefined) groups.set(one.test.name, [one]);
    else group.push(one);
  }
  return groups;
}

/** The plans under which each test ran, on the same CPUs. */
export function recordedPlans({ header }: RecordedSession): (test: LitmusTest) => readonly PlacedPlan[] {
  const plans = new Map(header.plans.map((plan) => [plan.name, placedPlan(plan)]));
  const namesOf = new Map(header.variants.map(({ test, plans: names }) => [test.name, names ?? []]));
  return (test) => (namesOf.get(test.name) ?? []).flatMap((name) => plans.get(name) ?? []);
}

function placedPlan(record: PlanRecord): PlacedPlan {
  const { cpus, copies = [], stress = [], placement, oversubscribed, pinned: _pinned, ...rest } = record;
  const { digest: _digest, name, ...plan } = rest;
  return {
    name,
    plan: { ...plan, name: name.replace(/@.*/, '') },
    affinity: { cpus, copies, spare: stress, class: placement, oversubscribed, notes: [] },
  };
}

/** What was expected when the session began, whatever the models find time to answer now. */
export function recordedExpectations({
  header,
}: RecordedSession): (variant: PlannedVariant) => Pick<Expectation, 'verdict' | 'event'> {
  const byDigest = new Map(
    header.variants.map((head) => [`${head.variantDigest} ${head.strategy}`, head.expectation]),
  );
  return ({ test, strategy }) => {
    const expectation = byDigest.get(`${digestOf(test)} ${strategy}`);
    if (expectation === undefined) throw new Error(`${test.name} ${strategy} is not of this session`);
    return expectation;
  };
}

type Identity = Pick<JournalHeader, 'tool' | 'machine' | 'target'>;

/** What must be the same for blocks to be of one run. */
const sameness: readonly (readonly [string, (identity: Identity) => unknown])[] = [
  ['the version of Fencepost', ({ tool }) => [tool.name, tool.version, tool.revision]],
  ['the processor', ({ machine }) => [machine.architecture, machine.cpu]],
  ['the variant of the code', ({ target }) => target],
  ['the kernel', ({ machine }) => [machine.operatingSystem, machine.kernelRelease]],
  ['the topology', ({ machine }) => [machine.topology, machine.allowedCpus]],
  ['the memory ordering', ({ machine }) => machine.ordering],
  ['the hypervisor or emulator', ({ machine }) => [machine.hypervisor?.kind, machine.emulation?.kind]],
];

/** @throws ResultsError naming what is no longer as it was: the machine, the tool, or the code of a test. */
export function checkSameness(
  { act, path, header }: Pick<RecordedSession, 'act' | 'path' | 'header'>,
  now: Identity,
  experiment: readonly PlannedTest[],
): void {
  const differing = sameness.filter(([, of]) => JSON.stringify(of(header)) !== JSON.stringify(of(now)));
  const names = differing.map(([name]) => name).join(', ');
  if (names !== '') throw new ResultsError(`Cannot ${act} ${path}: another one here is ${names}.`);
  const heads = new Map(header.variants.map((head) => [`${head.test.name} ${head.strategy}`, head]));
  for (const { test, variants, lanes } of experiment) {
    for (const { strategy, codes } of variants) {
      const [code] = codes.values();
      const name = `${test.name} ${strategy}`;
      const head = heads.get(name);
      if (code !== undefined && head?.codeDigest !== code.digest) {
        throw new ResultsError(`Cannot ${act} ${path}: the machine code of ${name} is another one.`);
      }
      if (head?.lanes !== undefined && JSON.stringify(head.lanes) !== JSON.stringify(lanes)) {
        throw new ResultsError(`Cannot ${act} ${path}: threads of ${test.name} would share lanes otherwise.`);
      }
    }
  }
}

/** What to run next: by the terms, behind what an earlier session ran, or just what it ran. */
export function scheduleOf(
  terms: ScheduleTerms,
  earlier: RecordedSession | undefined,
  {
    experiment,
    seed,
    need,
    count,
  }: {
    readonly experiment: readonly PlannedTest[];
    readonly seed: bigint;
    readonly need: (settlement: Settlement | undefined) => Need;
    readonly count: Parameters<typeof blockCounts>[1];
  },
): Schedule {
  if (terms.kind === 'recorded') {
    if (earlier === undefined) throw new Error('nothing to repeat');
    return repeated(earlier, experiment);
  }
  const settlement = terms.kind === 'time' ? terms.settlement : undefined;
  const schedule = scheduleBy(terms, experiment, seed, need(settlement));
  return earlier === undefined
    ? schedule
    : continued(earlier, schedule, (record) => blockCounts(record, count));
}

/** Exactly the blocks of a session, in their order. @throws ResultsError */
export function* repeated(session: RecordedSession, experiment: readonly PlannedTest[]): Schedule {
  const runs = runsByKey(experiment);
  for (const record of session.blocks) {
    const run = runs.get(runKey(record.test, record.strategy, record.plan));
    if (run === undefined) {
      throw new ResultsError(
        `Cannot replay ${session.path}: ${record.test} ${record.strategy} does not run under ${record.plan} here.`,
      );
    }
    const { launch, seed, cells, batches, copies } = record;
    yield { run, launch, seed, cells, batches, copies };
  }
}

/**
 * A schedule that goes on behind the blocks of a session: it is told what became of them, and must give
 * the same. What follows is run in further launches.
 * @throws ResultsError where it would have run something else.
 */
export function* continued(
  session: RecordedSession,
  schedule: Schedule,
  countsOf: (record: BlockRecord) => BlockCounts,
): Schedule {
  let next = schedule.next();
  for (const [index, record] of session.blocks.entries()) {
    if (next.done === true || textOf(plainOf(next.value)) !== textOf(record)) {
      const now = next.done === true ? 'it would have ended' : `it would be ${textOf(plainOf(next.value))}`;
      throw new ResultsError(
        `Cannot resume ${session.path}: its block ${index + 1} is ${textOf(record)}, and now ${now}.`,
      );
    }
    next = schedule.next(countsOf(record));
  }
  if (next.done === true) return;
  const first = next.value.launch;
  const offset = (session.blocks.at(-1)?.launch ?? first - 1) + 1 - first;
  while (next.done !== true) {
    next = schedule.next(yield { ...next.value, launch: next.value.launch + offset });
  }
}

/** Not how many batches it had: one whose time was over had fewer than planned. */
type Plain = Pick<BlockRecord, 'test' | 'strategy' | 'plan' | 'seed' | 'cells' | 'copies'>;

function plainOf({ run, ...block }: PlannedBlock): Plain {
  return {
    ...block,
    test: run.planned.test.name,
    strategy: run.variant.strategy,
    plan: run.placed.name,
  };
}

function textOf({ test, strategy, plan, seed, cells, copies }: Plain): string {
  return `${test} ${strategy} under ${plan}, ${copies} x ${cells} iterations a batch from seed ${seed}`;
}

function runsByKey(experiment: readonly PlannedTest[]) {
  return new Map(experiment.flatMap((planned) => runsOf(planned).flat()).map((run) => [run.key, run]));
}
