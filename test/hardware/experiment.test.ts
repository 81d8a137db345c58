import { expect, it } from 'vitest';
import { runsOf, type BlockCounts, type PlannedBlock, type Schedule } from '../../src/plan/schedule.ts';
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
      stopped: stop.signal,
    };
    let blocks = 0;
    for await (const _ of runExperiment(endless(), surroundings)) if (++blocks === 3) stop.abort();
    await launches.close();
    expect(blocks).toBe(3);
  });

  it('records of a block whose time was over the batches that it ran, which are repeated', async () => {
    const { launches } = await watchedLaunches();
    const asked = { ...block(0, 1n), cells: 4096, batches: 1_000_000, endAfterMs: 5 };
    const runner = await launches.runnerOf(0, true);
    const { batches, iterations } = await runBlock(asked, runner, () => performance.now());
    expect(batches).toBeGreaterThan(0);
    expect(batches).toBeLessThan(1_000_000);
    expect(iterations).toBe(4096 * batches);
    const again = await runBlock({ ...block(0, 1n), cells: 4096, batches }, runner, () => performance.now());
    await launches.close();
    expect(again.iterations).toBe(iterations);
  });
});
