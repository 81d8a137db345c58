/**
 * `npm run bench`: how often this machine shows a relaxed outcome of store buffering (SB) under each
 * plan, against threads that meet by spinning before every single iteration, the plans taking turns
 * in one run. Ratios within a run are to be compared; the machine's mood is not.
 */
import { join } from 'node:path';
import { hostArchitecture } from '../architecture.ts';
import { readTests, suiteFolder } from '../language/test-files.ts';
import { targetFor } from '../lower/targets.ts';
import { tally } from '../judge/histogram.ts';
import { planAffinity } from '../plan/affinity.ts';
import { planExperiment, type PlacedPlan, type PlannedTest } from '../plan/experiment.ts';
import { plansFor, spinEveryIteration } from '../plan/run-plan.ts';
import { layOut, rowLines } from '../report/columns.ts';
import { shortCount } from '../report/quantity.ts';
import { inspectMachine } from '../results/inspect-machine.ts';
import { runTest } from '../run/blocks.ts';
import { startRunner, type Runner } from '../run/runner.ts';

const rounds = 7;
const blockMs = 150;

/** Rates of one round. */
interface Rates {
  readonly iterationsPerSecond: number;
  readonly relaxedPerRunSecond: number;
  readonly relaxedPerWallSecond: number;
}

const architecture = hostArchitecture();
const target = architecture && targetFor(architecture);
if (target === undefined) throw new Error(`No code is generated for ${architecture ?? 'this machine'}.`);
const runner = await startRunner();
try {
  const { machine, topology, facts } = await inspectMachine(runner);
  const [source] = readTests([join(suiteFolder, 'classic', 'SB.litmus')]);
  if (source === undefined) throw new Error('The suite has no SB test.');
  const hasTimeBase = facts?.timeBase.problem === undefined;
  const [planned] = planExperiment({
    tests: [{ source, role: 'asked', strategies: ['kernel'] }],
    target,
    plans: (test) => [spinEveryIteration, ...plansFor(test, hasTimeBase)],
    place: (threads) => planAffinity(topology, threads),
  });
  if (planned === undefined) throw new Error('SB was not planned.');
  const [first, second] = planned.plans[0]?.affinity.cpus ?? [];
  const pingPong = await runner.pingPong({
    firstCpu: first ?? 0,
    secondCpu: second ?? 0,
    roundTrips: 20_000,
  });
  const rates = await measure(planned, runner);
  process.stdout.write(
    `SB on ${machine.cpu.model}, CPUs ${first} and ${second}; medians of ${rounds} rounds\n`,
  );
  if (pingPong.kind === 'reply') {
    process.stdout.write(`ping-pong round trip of a cache line: ${Math.round(pingPong.reply)} ns\n`);
  }
  process.stdout.write(`${table(planned.plans, rates)}\n`);
} finally {
  await runner.close();
}

async function measure(planned: PlannedTest, on: Runner): Promise<ReadonlyMap<string, readonly Rates[]>> {
  const rates = new Map<string, Rates[]>();
  const never = new AbortController().signal;
  for (let round = 0; round < rounds; round++) {
    for (const plan of planned.plans) {
      const blocks = [];
      const amount = { kind: 'time', rounds: 1, blockMs } as const;
      for await (const block of runTest({ ...planned, plans: [plan] }, amount, on, BigInt(round), never)) {
        if (block.problem !== undefined) throw new Error(block.problem);
        blocks.push(block);
      }
      const measured = blocks.slice(1); // the first one finds the pace
      const sum = (of: (block: (typeof measured)[number]) => number) =>
        measured.reduce((total, block) => total + of(block), 0);
      const relaxed = sum(({ outcomes }) => tally(planned.test, outcomes).witnesses);
      const [runSeconds, wallSeconds] = [sum(({ runNs }) => runNs) / 1e9, sum(({ wallNs }) => wallNs) / 1e9];
      const known = rates.get(plan.name) ?? [];
      rates.set(plan.name, [
        ...known,
        {
          iterationsPerSecond: sum(({ iterations }) => iterations) / wallSeconds,
          relaxedPerRunSecond: relaxed / runSeconds,
          relaxedPerWallSecond: relaxed / wallSeconds,
        },
      ]);
    }
  }
  return rates;
}

function table(plans: readonly PlacedPlan[], rates: ReadonlyMap<string, readonly Rates[]>): string {
  const medianOf = (plan: string, key: keyof Rates) => median((rates.get(plan) ?? []).map((one) => one[key]));
  const base = medianOf(plans[0]?.name ?? '', 'relaxedPerWallSecond');
  const columns = [
    { title: 'plan', align: 'left' },
    { title: 'iterations/s', align: 'right' },
    { title: 'relaxed/s running', align: 'right' },
    { title: 'relaxed/s wall', align: 'right' },
    { title: 'ratio', align: 'right' },
  ] as const;
  const rows = plans.map(({ name }) => [
    name,
    shortCount(medianOf(name, 'iterationsPerSecond')),
    shortCount(medianOf(name, 'relaxedPerRunSecond')),
    shortCount(medianOf(name, 'relaxedPerWallSecond')),
    (medianOf(name, 'relaxedPerWallSecond') / base).toFixed(1),
  ]);
  const layout = layOut(columns, rows, 80);
  return [columns.map(({ title }) => title), ...rows].flatMap((row) => rowLines(layout, row)).join('\n');
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((left, right) => left - right);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
