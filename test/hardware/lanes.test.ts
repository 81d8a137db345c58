import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { readTests } from '../../src/language/test-files.ts';
import { targetFor } from '../../src/lower/targets.ts';
import { planExperiment } from '../../src/plan/experiment.ts';
import { laneCount } from '../../src/plan/lanes.ts';
import { plansFor } from '../../src/plan/run-plan.ts';
import { runsOf } from '../../src/plan/schedule.ts';
import { runBlock } from '../../src/run/blocks.ts';
import { describeOnHardware, machineFacts, runner, twoCpus } from './on-this-machine.ts';

const control = fileURLToPath(new URL('../../litmus/controls/SB-three.litmus', import.meta.url));

describeOnHardware('a test of three threads on two CPUs', () => {
  it('shows in lanes what threads that take turns do not', async () => {
    const target = targetFor('x86-64');
    const [source] = readTests([control]);
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
        .find(({ placed }) => placed.plan.lanes === 2);
    if (run === undefined) throw new Error('no plan with lanes');
    expect(run.placed.affinity).toMatchObject({ cpus, oversubscribed: false });
    // Store buffering takes two CPUs at once, which a busy machine may not give for some blocks.
    for (let seed = 0n; seed < 500n; seed++) {
      const block = { run, launch: 0, seed, cells: 8192, batches: 4, copies: 1 };
      const { outcomes, iterations, problem } = await runBlock(block, runner(), () => 0);
      expect(problem).toBeUndefined();
      expect(outcomes.reduce((sum, { count }) => sum + count, 0)).toBe(iterations);
      const names = Object.keys(outcomes[0]?.values ?? {}).toSorted();
      expect(names).toEqual(['0:r0', '1:r0', '2:r0']);
      if (outcomes.some(({ values }) => Object.values(values).every((value) => value === '0'))) return;
    }
    expect.fail('not seen in 500 blocks');
  });
});
