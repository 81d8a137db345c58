import { existsSync } from 'node:fs';
import type { ScheduleTerms } from '../plan/schedule-terms.ts';
import type { BlockRecord } from '../run/blocks.ts';
import { errataInForce, speaksOf } from './believed.ts';
import { planDigest, sha256 } from './digests.ts';
import { errataFor } from './errata.ts';
import {
  journalFormat,
  journalVersion,
  readJournal,
  type JournalBlock,
  type JournalHeader,
} from './journal.ts';
import { isRunning } from './left-over.ts';
import { parseResults, readWhole } from './read.ts';
import { ResultsError } from './results-error.ts';
import { pathsOfSession, type SessionPaths } from './results-folder.ts';
import type { ResultsDocument, Session } from './schema.ts';

/** What a run does with an earlier session. */
export type Act = 'resume' | 'replay';

/** A session as it was recorded, in its results file or in the journal that it left. */
export interface RecordedSession {
  /** What is done with it. */
  readonly act: Act;
  /** The file it was read from. */
  readonly path: string;
  readonly paths: SessionPaths;
  readonly header: JournalHeader;
  /** Of what is run now. */
  readonly terms: ScheduleTerms;
  /** In the order in which they were run. */
  readonly blocks: readonly BlockRecord[];
}

/** What a file has of a session. */
interface Recorded extends Omit<RecordedSession, 'act' | 'terms'> {
  /** Why it cannot be resumed, or undefined. */
  readonly obstacle: string | undefined;
}

/**
 * Reads a results file or a journal, to go on with the session or to repeat it.
 * @throws ResultsError where that cannot be.
 */
export function earlierSession(path: string, act: Act): RecordedSession {
  const text = readWhole(path);
  const { obstacle, ...session } = isJournal(text)
    ? fromJournal(path)
    : fromResults(path, parseResults(text, path));
  const { blocks, header } = session;
  const { schedule } = header.session;
  if (schedule === undefined || blocks.some(({ batches }) => batches === 0)) {
    throw new ResultsError(`${path} does not say how its blocks were run: it is of an earlier version.`);
  }
  if (act === 'replay') {
    const launches = Math.max(0, ...blocks.map(({ launch }) => launch)) + 1;
    return { ...session, act, terms: { kind: 'recorded', blocks: blocks.length, launches } };
  }
  const problem =
    schedule.kind === 'recorded'
      ? 'it repeated another session, which can be repeated again'
      : (obstacle ?? doubtOf(session, sha256(text)));
  if (problem !== undefined) throw new ResultsError(`Cannot resume ${path}: ${problem}.`);
  return { ...session, act, terms: schedule };
}

/** Why what a session counted is no longer to be believed, and nothing is to be added to it. */
function doubtOf(
  { path, header, blocks }: Pick<RecordedSession, 'path' | 'header' | 'blocks'>,
  fileDigest: string,
): string | undefined {
  const errata = errataInForce(errataFor(path), fileDigest, header.session.startedAt);
  if (errata.length === 0) return undefined;
  const digests = new Map(header.plans.map((plan) => [plan.name, planDigest(plan)]));
  const key = (test: string, strategy: string) => JSON.stringify([test, strategy]);
  const variants = new Map(header.variants.map((one) => [key(one.test.name, one.strategy), one]));
  for (const { test, strategy, plan } of blocks) {
    const variant = variants.get(key(test, strategy));
    const erratum = variant && errata.find((one) => speaksOf(one, variant, digests.get(plan)));
    if (erratum !== undefined) {
      return `errata (${erratum.date}) say of ${test} ${strategy}: ${erratum.reason}; run it anew`;
    }
  }
  return undefined;
}

function isJournal(text: string): boolean {
  return text.slice(0, 100).includes(`"${journalFormat}"`);
}

function fromJournal(path: string): Recorded {
  const { header, blocks: lines, resumed, prices, processId } = readJournal(path);
  const { resumed: earlier = [], distance, ...session } = header.session;
  const paths = pathsOfSession(path);
  const blocks = lines.map(recordOf);
  return {
    path,
    paths: { ...paths, journal: path },
    header: {
      ...header,
      session: {
        ...session,
        ...(earlier.length + resumed.length === 0 ? {} : { resumed: [...earlier, ...resumed] }),
        ...looksOf(blocks, [distance, ...lines.map((line) => line.distance)]),
      },
      ...(prices === undefined ? {} : { prices }),
    },
    blocks,
    obstacle: isRunning(processId) ? `process ${processId} still writes it` : undefined,
  };
}

/**
 * All looks at the CPUs until the last block ended: there the clock of a session goes on that is resumed, and
 * a later look, before a block that was lost, would be out of its turn.
 */
function looksOf(
  blocks: readonly BlockRecord[],
  parts: readonly (Session['distance'] | undefined)[],
): Pick<Session, 'distance'> {
  const endMs = blocks.at(-1)?.endedMs ?? 0;
  const found = parts.flatMap((part) => part ?? []);
  const looks = found.flatMap((part) => part.looks).filter(({ atMs }) => atMs <= endMs);
  const [first] = found;
  return first === undefined || looks.length === 0 ? {} : { distance: { cpus: first.cpus, looks } };
}

function recordOf({
  seed = '0',
  disturbed,
  problem,
  distance: _distance,
  ...block
}: JournalBlock): BlockRecord {
  const absent = { launch: 0, cells: 0, batches: 0, copies: 0, endedMs: 0 };
  return { ...absent, ...block, seed: BigInt(seed), disturbed, problem };
}

function fromResults(path: string, document: ResultsDocument): Recorded {
  const { tool, machine, target, plans, rows, prices } = document;
  const { finishedAt: _finishedAt, interrupted: _interrupted, distance, ...session } = document.session;
  const blocks = rows.flatMap(blocksOf).toSorted((one, other) => one.endedMs - other.endedMs);
  const paths = pathsOfSession(path);
  return {
    path,
    paths: { ...paths, results: path },
    header: {
      format: journalFormat,
      version: journalVersion,
      tool,
      machine,
      target,
      session: { ...session, ...looksOf(blocks, [distance]) },
      plans,
      variants: rows.map(headOf),
      ...(prices === undefined ? {} : { prices }),
    },
    blocks,
    obstacle: obstacleOf(document, paths.journal),
  };
}

function obstacleOf({ session, rows }: ResultsDocument, journal: string): string | undefined {
  if (!session.interrupted) return 'it is complete';
  if (existsSync(journal)) return `it was resumed already, and ended early once more: resume ${journal}`;
  const blocks = rows.flatMap(({ runs }) => runs.flatMap((run) => run.blocks));
  return blocks.every(({ counts }) => counts !== undefined)
    ? undefined
    : 'it does not have what each of its blocks counted';
}

type Row = ResultsDocument['rows'][number];

function headOf({
  role,
  test,
  plans,
  lanes,
  strategy,
  sentence,
  variantDigest,
  codeDigest,
  sameCodeAs,
  expectation,
}: Row): JournalHeader['variants'][number] {
  return {
    role,
    test,
    strategy,
    variantDigest,
    expectation,
    ...(plans === undefined ? {} : { plans }),
    ...(lanes === undefined ? {} : { lanes }),
    ...(sentence === undefined ? {} : { sentence }),
    ...(codeDigest === undefined ? {} : { codeDigest }),
    ...(sameCodeAs === undefined ? {} : { sameCodeAs }),
  };
}

function blocksOf({ test, strategy, runs }: Row): readonly BlockRecord[] {
  return runs.flatMap(({ plan, outcomes, blocks, invalid }) =>
    blocks.map((block, index): BlockRecord => {
      const { cells = 0, batches = 0, copies = 1, counts = [], other } = block;
      const counted = outcomes.map(({ values }, place) => ({ values, count: counts[place] ?? 0 }));
      return {
        test: test.name,
        strategy,
        plan,
        launch: block.launch ?? 0,
        seed: BigInt(block.seed ?? 0),
        cells,
        batches,
        copies,
        iterations: counted.reduce((sum, { count }) => sum + count, other ?? 0),
        outcomes: counted.filter(({ count }) => count > 0),
        ...(other === undefined ? {} : { other }),
        runNs: block.runNs,
        wallNs: block.wallNs,
        strayed: block.strayed,
        switches: block.switches,
        endedMs: block.endedMs ?? 0,
        disturbed: block.disturbed,
        // A run that is not data ended with the block that made it so.
        problem: index === blocks.length - 1 ? invalid : undefined,
      };
    }),
  );
}
