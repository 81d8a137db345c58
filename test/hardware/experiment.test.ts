import { expect, it } from 'vitest';
import { unlisted } from '../../src/lower/machine-code.ts';
import { lowerPerpetual } from '../../src/lower/perpetual.ts';
import { x86_64 } from '../../src/lower/x86-64/target.ts';
import { perpetual, type RunPlan } from '../../src/plan/run-plan.ts';
import {
  runsOf,
  type BlockCounts,
  type PlannedBlock,
  type PlannedRun,
  type Schedule,
} from '../../src/plan/schedule.ts';
import { runBlock, type BlockRecord } from '../../src/run/blocks.ts';
import { runExperiment } from '../../src/run/experiment.ts';
import { launchesFrom, type Launches } from '../../src/run/launches.ts';
import { startRunner } from '../../src/run/runner.ts';
import { plannedTests } from '../plan/planned-tests.ts';
import { describeOnHardware } from './on-this-machine.ts';

const [run] = plannedTests(['SB']).flatMap((planned) => runsOf(planned).flat());
if (run === undefined) throw new Error('nothing runs');
const block = (launch: number, seed: bigint): PlannedBlock => ({
  run,
  launch,
  seed,
  cells: 64,
  batches: 2,
  copies: 1,
});

/** Its threads take turns on the first CPU, so that the second is spare. */
function perpetually(one: PlannedRun, given: Partial<RunPlan>): PlannedRun {
  const affinity = {
    cpus: [0, 0],
    copies: [],
    spare: [1],
    class: 'one-cpu',
    oversubscribed: true,
    notes: [],
  } as const;
  return {
    ...one,
    code: unlisted(lowerPerpetual(one.planned.test, x86_64)),
    placed: { name: 'perpetual@0,0', plan: { ...perpetual, ...given }, affinity },
  };
}

/** The launches, and each block's child process. */
async function watchedLaunches(): Promise<{ launches: Launches; pids: (number | undefined)[] }> {
  const inner = launchesFrom(await startRunner());
  const pids: (number | undefined)[] = [];
  const runnerOf = async (launch: number, isLast: boolean) => {
    const runner = await inner.runnerOf(launch, isLast);
    pids.push(runner.pid);
    return runner;
  };
  return { launches: { runnerOf, close: inner.close }, pids };
}

describeOnHardware('an experiment', () => {
  it('runs each launch in a process of its own, and ends them all', async () => {
    const { launches, pids } = await watchedLaunches();
    const told: BlockCounts[] = [];
    function* schedule(): Schedule {
      for (const launch of [0, 0, 1, 2, 2]) told.push(yield block(launch, BigInt(told.length)));
    }
    const surroundings = {
      launches,
      lastLaunch: 2,
      clock: () => performance.now(),
      count: () => ({ iterations: 100, sightings: 7 }),
      before: async () => {},
      stopped: new AbortController().signal,
    };
    const records: BlockRecord[] = [];
    for await (const record of runExperiment(schedule(), surroundings)) records.push(record);
    await launches.close();
    expect(records.map(({ launch, seed, iterations }) => [launch, seed, iterations])).toEqual(
      [0, 0, 1, 2, 2].map((launch, index) => [launch, BigInt(index), 128]),
    );
    const [first, second, third, fourth, fifth] = pids;
    expect([second, fifth]).toEqual([first, fourth]);
    expect(new Set([first, third, fourth]).size).toBe(3);
    for (const pid of pids) expect(() => process.kill(pid ?? 0, 0)).toThrow(/ESRCH/);
    expect(
      told.map(({ ran, iterations, sightings, endedMs }) => ({ ran, iterations, sightings, endedMs })),
    ).toEqual(records.map(({ endedMs }) => ({ ran: 128, iterations: 100, sightings: 7, endedMs })));
  });

  it('stops between blocks', async () => {
    const { launches } = await watchedLaunches();
    const stop = new AbortController();
    function* endless(): Schedule {
      for (;;) yield block(0, 1n);
    }
    const surroundings = {
      launches,
      lastLaunch: 2,
      clock: () => performance.now(),
      count: () => ({ iterations: 0, sightings: 0 }),
      before: async () => {},
      stopped: stop.signal,
    };
    let blocks = 0;
    for await (const _ of runExperiment(endless(), surroundings)) if (++blocks === 3) stop.abort();
    await launches.close();
    expect(blocks).toBe(3);
  });

  it.each([
    ['with fresh cells', run],
    ['perpetual', perpetually(run, {})],
    ['perpetual under stress', perpetually(run, { stressBytes: 1 << 16 })],
  ])(
    'records of a block %s whose time was over the batches that it ran, which are repeated',
    async (_, planned) => {
      const runner = await startRunner();
      const one = { ...block(0, 1n), run: planned, cells: 4096 };
      const now = () => performance.now();
      const cut = await runBlock({ ...one, batches: 1_000_000, endAfterMs: 5 }, runner, now);
      expect(cut.problem).toBeUndefined();
      expect(cut.batches).toBeGreaterThan(0);
      expect(cut.batches).toBeLessThan(1_000_000);
      expect(cut.iterations).toBe(4096 * cut.batches);
      const again = await runBlock({ ...one, batches: cut.batches }, runner, now);
      await runner.close();
      expect(again.iterations).toBe(cut.iterations);
    },
  );
});
