import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { scheduleIterations } from '../../src/plan/iteration-schedule.ts';
import type { PlannedBlock, Schedule } from '../../src/plan/schedule.ts';
import { scheduleTime } from '../../src/plan/time-schedule.ts';
import { journalBlock, journalHeader } from '../../src/results/document.ts';
import { continueJournal, openJournal } from '../../src/results/journal.ts';
import { leftOverIn } from '../../src/results/left-over.ts';
import {
  checkSameness,
  recordedPlans,
  recordedTests,
  scheduleOf,
} from '../../src/results/recorded-experiment.ts';
import type { Prices } from '../../src/results/price-schema.ts';
import { earlierSession } from '../../src/results/recorded-session.ts';

import type { BlockRecord } from '../../src/run/blocks.ts';
import { blockCounts } from '../../src/run/experiment.ts';
import { plannedTests } from '../plan/planned-tests.ts';
import { sampleDocument } from './sample-document.ts';

const experiment = plannedTests(['A', 'B']);
const { tool, machine, target } = sampleDocument;
const terms = { kind: 'time', budgetMs: 900, beganMs: 10, endMs: 800, launches: 5 } as const;
const count = ({ iterations }: Pick<BlockRecord, 'iterations'>) => ({
  iterations,
  sightings: iterations / 100,
});
const need = () => (): number => 1;

let folder = '';
let path = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fencepost-recorded-'));
  path = join(folder, 'a.journal.ndjson');
});
afterEach(() => rmSync(folder, { recursive: true }));

/** What a block becomes on a machine whose pace varies, and when. */
function recordOf(block: PlannedBlock, endedMs: number): BlockRecord {
  const { run, launch, seed, cells, batches, copies } = block;
  const iterations = block.cells * block.batches * block.copies;
  return {
    launch,
    seed,
    cells,
    batches,
    copies,
    test: run.planned.test.name,
    strategy: run.variant.strategy,
    plan: run.placed.name,
    iterations,
    outcomes: [{ values: { '0:r0': '1', '1:r0': '1' }, count: iterations }],
    runNs: 1,
    wallNs: iterations * (50 + (iterations % 7)),
    strayed: 0,
    switches: 0,
    endedMs,
    disturbed: undefined,
    problem: undefined,
  };
}

/** The first blocks of a schedule, as they ran. */
function ran(schedule: Schedule, most = Infinity, beganMs = 10): readonly BlockRecord[] {
  const records: BlockRecord[] = [];
  for (let next = schedule.next(); next.done !== true && records.length < most;) {
    const last = records.at(-1)?.endedMs ?? beganMs;
    const planned = recordOf(next.value, 0);
    const record = { ...planned, endedMs: Math.round((last + planned.wallNs / 1e6 + 0.1) * 1000) / 1000 };
    records.push(record);
    next = schedule.next(blockCounts(record, count));
  }
  return records;
}

const fresh = () => scheduleTime(experiment, { ...terms, seed: 7n }, need());

function leave(records: readonly BlockRecord[], prices?: Prices): void {
  const session = { startedAt: '2026-01-02T03:04:05.000Z', seed: '7', arguments: [], schedule: terms };
  const models = { opinions: new Map(), findings: [] };
  const header = journalHeader(experiment, models.opinions, { tool, machine, target, session, prices });
  // Of a process that is gone.
  const journal = openJournal(path, { ...header, processId: 2 ** 30 });
  for (const [index, record] of records.entries()) {
    const looks = [lookBefore(record)];
    journal.append({
      ...journalBlock(record),
      ...(index % 3 === 0 ? { distance: { cpus: [0, 1], looks } } : {}),
    });
  }
  journal.close();
}

const lookBefore = ({ endedMs }: BlockRecord) => ({ atMs: endedMs - 0.01, roundTripNs: 70 });

const prices = (name: string): Prices => ({ unit: 'block', clock: { name, ticksPerSecond: 1e9 }, tests: [] });

const named = (block: BlockRecord) => ({ ...block, launch: undefined });

describe('a session that left its journal', () => {
  it('goes on where it stopped, wherever that was, as if it never had', () => {
    const whole = ran(fresh());
    expect(whole.length).toBeGreaterThan(60);
    for (const most of [0, 1, 7, 40, whole.length]) {
      rmSync(path, { force: true });
      leave(whole.slice(0, most));
      appendFileSync(path, '{"test":"A","stra');
      const earlier = earlierSession(path, 'resume');
      expect(earlier.blocks).toEqual(whole.slice(0, most));
      const schedule = scheduleOf(earlier.terms, earlier, { experiment, seed: 7n, need, count });
      const rest = ran(schedule, Infinity, earlier.blocks.at(-1)?.endedMs);
      expect(rest.map(named)).toEqual(whole.slice(most).map(named));
      // What runs after it was resumed is in other processes.
      const before = new Set(whole.slice(0, most).map(({ launch }) => launch));
      expect(rest.filter(({ launch }) => before.has(launch))).toEqual([]);
    }
  });

  it('has the looks at its CPUs that were taken before its blocks, and its prices', () => {
    const whole = ran(fresh(), 20);
    leave(whole, prices('first'));
    appendFileSync(path, `${JSON.stringify({ test: 'A', distance: {} })}`);
    const { session, prices: first } = earlierSession(path, 'resume').header;
    const looks = whole.filter((_, index) => index % 3 === 0).map(lookBefore);
    expect(session.distance).toEqual({ cpus: [0, 1], looks });
    expect(first).toEqual(prices('first'));
    const now = { startedAt: '2026-01-02T04:04:05.000Z', arguments: [] };
    continueJournal(path, now, prices('second')).close();
    expect(earlierSession(path, 'replay').header).toMatchObject({
      session: { distance: { looks }, resumed: [now] },
      prices: prices('second'),
    });
  });

  it('is repeated block by block, launches and all', () => {
    const whole = ran(fresh(), 50);
    leave(whole);
    const earlier = earlierSession(path, 'replay');
    expect(earlier.terms).toMatchObject({ kind: 'recorded', blocks: 50 });
    const again = ran(scheduleOf(earlier.terms, earlier, { experiment, seed: 1n, need, count }));
    expect(again).toEqual(whole);
  });

  it('is not gone on with where the schedule would have been another one, which is told', () => {
    leave(ran(scheduleIterations(experiment, { perStrategy: 100_000, launches: 1, seed: 7n }), 5));
    const earlier = earlierSession(path, 'resume');
    const schedule = scheduleOf(earlier.terms, earlier, { experiment, seed: 8n, need, count });
    expect(() => schedule.next()).toThrow(
      /Cannot resume .*: its block 1 is A kernel under .* and now it would be/,
    );
  });

  it('is not gone on with where errata say that it is not to be believed', () => {
    leave(ran(fresh(), 5));
    const [variant] = earlierSession(path, 'resume').header.variants;
    const erratum = { date: '2026-02-03', reason: 'it was another test', test: variant?.test.digest };
    const list = { format: 'fencepost-errata', version: 1, errata: [erratum] };
    writeFileSync(join(folder, 'errata.json'), JSON.stringify(list));
    expect(() => earlierSession(path, 'resume')).toThrow(
      `Cannot resume ${path}: errata (2026-02-03) say of A kernel: it was another test; run it anew.`,
    );
    expect(earlierSession(path, 'replay').blocks).toHaveLength(5);
  });

  it('is not gone on with while it runs', () => {
    leave([]);
    continueJournal(path, { startedAt: '2026-01-02T03:04:05.000Z', arguments: [] }).close();
    expect(() => earlierSession(path, 'resume')).toThrow(`process ${process.pid} still writes it`);
  });

  it('is mentioned once its process is gone, with the command that goes on from it', () => {
    leave(ran(fresh(), 3));
    expect(leftOverIn(folder)).toEqual([
      `A session ended early after 3 blocks: "fencepost run --resume ${path}" goes on from there.`,
    ]);
    expect(leftOverIn(folder, path)).toEqual([]);
    continueJournal(path, { startedAt: '2026-01-02T03:04:05.000Z', arguments: [] }).close();
    expect(leftOverIn(folder)).toEqual([]);
  });

  it('has the tests and plans that it had', () => {
    leave([]);
    const earlier = earlierSession(path, 'resume');
    const sources = experiment.map(({ file, test }) => ({ file, test }));
    expect(
      recordedTests(earlier, sources).map(({ source, strategies }) => [source.test.name, strategies]),
    ).toEqual([
      ['A', ['kernel', 'none']],
      ['B', ['kernel', 'none']],
    ]);
    for (const { test, plans } of experiment) expect(recordedPlans(earlier)(test)).toEqual(plans);
  });

  it('is refused where a test has changed or is missing', () => {
    leave([]);
    const earlier = earlierSession(path, 'resume');
    const [a] = plannedTests(['A'], { header: 'Result: Never' });
    if (a === undefined) throw new Error('not planned');
    expect(() => recordedTests(earlier, [a])).toThrow(
      `${path} has the test A, and A.litmus has changed since.`,
    );
    expect(() => recordedTests(earlier, [])).toThrow(`its file, A.litmus, must be given as well`);
  });

  it('is refused on another machine, and by another version, with what differs', () => {
    leave([]);
    const earlier = earlierSession(path, 'resume');
    expect(() => checkSameness(earlier, { tool, machine, target }, experiment)).not.toThrow();
    const other = { ...machine, kernelRelease: '9.9.9', cpu: { ...machine.cpu, model: 'another' } };
    expect(() => checkSameness(earlier, { tool, machine: other, target }, experiment)).toThrow(
      `Cannot resume ${path}: another one here is the processor, the kernel.`,
    );
    expect(() =>
      checkSameness(earlier, { tool: { ...tool, version: '9' }, machine, target }, experiment),
    ).toThrow('the version of Fencepost');
  });
});

it('a results file that is complete is not resumed', () => {
  const file = join(folder, 'a.json');
  const schedule = { kind: 'iterations', perStrategy: 1, launches: 1 } as const;
  writeFileSync(
    file,
    JSON.stringify({
      ...sampleDocument,
      rows: [],
      session: { ...sampleDocument.session, interrupted: false, schedule },
    }),
  );
  expect(() => earlierSession(file, 'resume')).toThrow(`Cannot resume ${file}: it is complete.`);
  writeFileSync(
    file,
    JSON.stringify({ ...sampleDocument, session: { ...sampleDocument.session, interrupted: true } }),
  );
  expect(() => earlierSession(file, 'resume')).toThrow('does not say how its blocks were run');
});
