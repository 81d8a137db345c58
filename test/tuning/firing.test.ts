import { expect, test } from 'vitest';
import { readSuite } from '../../src/language/test-files.ts';
import { x86_64 } from '../../src/lower/x86-64/target.ts';
import { planAffinity } from '../../src/plan/affinity.ts';
import { placeByClass } from '../../src/plan/placement.ts';
import { portablePlans, type RunPlan } from '../../src/plan/run-plan.ts';
import { topologyFrom } from '../../src/plan/topology.ts';
import type { RunReply, RunRequest } from '../../src/run/addon.ts';
import type { Runner } from '../../src/run/runner.ts';
import { familiesOf } from '../../src/tuning/control-families.ts';
import { firingOn } from '../../src/tuning/firing.ts';
import { savedMachine } from '../plan/fixtures/saved-machine.ts';

const server = topologyFrom(savedMachine('two-socket-server'));
const suite = readSuite();
const [family] = familiesOf(
  suite.flatMap(({ test: one }) => (one.name === 'SB+mbs' ? [one] : [])),
  suite,
  'x86-64',
);
const [control] = family?.controls ?? [];
const [usual] = portablePlans(true);

/** Every iteration ends with zeros, at ten nanoseconds each. */
function replyTo({ threads, observed, cells, batches, copies }: RunRequest): RunReply {
  const iterations = cells * batches * (copies.length + 1);
  const cpus = [threads.map(({ cpu }) => cpu), ...copies].flat();
  return {
    values: new BigInt64Array(observed.length),
    counts: Float64Array.of(iterations),
    threads: cpus.map((cpu) => ({ cpu, strayedBatches: 0, involuntarySwitches: 0, ranNs: 0, offCpuNs: 0 })),
    iterations,
    runNs: iterations * 10,
    wallNs: iterations * 10,
    stealNs: undefined,
    stuck: undefined,
    timedOut: false,
  };
}

async function fired(plan: RunPlan) {
  if (control === undefined) throw new Error('no control');
  const requests: RunRequest[] = [];
  const runner = {
    run: (request: RunRequest) => {
      requests.push(request);
      return Promise.resolve({ kind: 'reply', reply: replyTo(request) } as const);
    },
  } as Runner;
  const fire = firingOn({
    runner,
    target: x86_64,
    place: (threads) => planAffinity(server, threads),
    placeAs: (threads, choice) => placeByClass(server, threads, choice),
    seed: 1n,
  });
  return { counts: await fire(control, plan, 3), requests };
}

const cpusOf = ({ threads, copies }: RunRequest) => [threads.map(({ cpu }) => cpu), ...copies];

test('a control runs where the plan says, with copies alike, and else at its usual place', async () => {
  const { counts, requests } = await fired(usual);
  // Both threads load 0: what store buffering is about.
  expect(counts?.sightings).toBeGreaterThan(0);
  for (const request of requests) expect(cpusOf(request)[0]).toEqual([0, 1]);
  const siblings = await fired({ ...usual, name: 'on siblings', placement: 'smt-siblings' });
  expect(siblings.requests.length).toBeGreaterThan(0);
  for (const request of siblings.requests) {
    for (const [first = 0, second = 0] of cpusOf(request)) expect(second).toBe(first + 8);
  }
});

test('a control does not run where the machine has no such place', async () => {
  const { counts, requests } = await fired({ ...usual, name: 'across nodes', placement: 'across-nodes' });
  expect(counts).toBeUndefined();
  expect(requests).toEqual([]);
});

test('stress runs on the CPUs that the place leaves over', async () => {
  const stressed = { ...usual, name: 'stressed', placement: 'across-sockets', stressBytes: 4096 } as const;
  for (const { threads, copies, stress } of (await fired(stressed)).requests) {
    expect(copies).toEqual([]);
    const all = [...threads.map(({ cpu }) => cpu), ...stress.cpus];
    expect(all.toSorted((one, other) => one - other)).toEqual(server.allowed);
  }
});
