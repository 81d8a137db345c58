import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { readTests } from '../../src/language/test-files.ts';
import { targetFor } from '../../src/lower/targets.ts';
import { planExperiment } from '../../src/plan/experiment.ts';
import { laneCount } from '../../src/plan/lanes.ts';
import { plansFor, type RunPlan } from '../../src/plan/run-plan.ts';
import { runsOf, type PlannedRun } from '../../src/plan/schedule.ts';
import { runBlock, type BlockRecord } from '../../src/run/blocks.ts';
import { describeOnHardware, machineFacts, runner, twoCpus } from './on-this-machine.ts';

/** A control of three threads under one of its plans, on two CPUs: the first and the last thread share one. */
async function onTwoCpus(control: string, isWanted: (plan: RunPlan) => boolean): Promise<PlannedRun> {
  const target = targetFor('x86-64');
  const [source] = readTests([
    fileURLToPath(new URL(`../../litmus/controls/${control}.litmus`, import.meta.url)),
  ]);
  if (target === undefined || source === undefined) throw new Error('nothing to run');
  const cpus = await twoCpus();
  const hasTimeBase = (await machineFacts()).timeBase.problem === undefined;
  const place = (threads: number) => ({
    cpus: Array.from({ length: threads }, (_, thread) => cpus[thread % 2] ?? -1),
    copies: [],
    spare: [],
    class: 'unknown' as const,
    oversubscribed: threads > 2,
    notes: [],
  });
  const [planned] = planExperiment({
    tests: [{ source, role: 'asked', strategies: ['kernel'] }],
    target,
    plans: (test, { oversubscribed }) =>
      plansFor(test, hasTimeBase, { oversubscribed, lanes: laneCount(test, target, place(3)) }),
    place,
  });
  const run =
    planned &&
    runsOf(planned)
      .flat()
      .find(({ placed }) => isWanted(placed.plan));
  if (run === undefined) throw new Error('no such plan');
  return run;
}

/** Blocks of so many iterations, until one shows what is wanted: a busy machine may not give both CPUs to some. */
async function untilSeen(
  run: PlannedRun,
  batches: number,
  isSeen: (record: BlockRecord) => boolean,
): Promise<BlockRecord | undefined> {
  for (let seed = 0n; seed < 100n; seed++) {
    const block = { run, launch: 0, seed, cells: 8192, batches, copies: 1 };
    const record = await runBlock(block, runner(), () => 0);
    expect(record.problem).toBeUndefined();
    expect(record.outcomes.reduce((sum, { count }) => sum + count, 0)).toBe(record.iterations);
    if (isSeen(record)) return record;
  }
  return undefined;
}

describeOnHardware('a test of three threads on two CPUs', () => {
  it('shows in lanes what threads that take turns cannot', async () => {
    const run = await onTwoCpus('SB-three', ({ lanes }) => lanes === 2);
    expect(run.placed.affinity).toMatchObject({ cpus: await twoCpus(), oversubscribed: false });
    const seen = await untilSeen(run, 16, ({ outcomes }) =>
      outcomes.some(({ values }) => Object.values(values).every((value) => value === '0')),
    );
    expect(Object.keys(seen?.outcomes[0]?.values ?? {}).toSorted()).toEqual(['0:r0', '1:r0', '2:r0']);
  });

  /** Were all of them put to sleep to wait for each other, this would be seen some five times in a million. */
  it('has the thread with a CPU of its own at work beside each of the others', async () => {
    const run = await onTwoCpus('J-unlocked', ({ rendezvous }) => rendezvous === 'spin');
    const iterations = 16 * 8192;
    const seen = await untilSeen(run, 16, ({ outcomes }) => {
      const stale = outcomes.filter(({ values }) => values['spte'] === '1');
      return stale.reduce((sum, { count }) => sum + count, 0) > iterations / 5000;
    });
    expect(seen).toBeDefined();
  });
});
