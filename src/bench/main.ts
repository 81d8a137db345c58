/**
 * `npm run bench`: how often this machine shows the relaxed outcome of store buffering (SB) with each
 * engine, against threads that meet by spinning before every single iteration; and how fast tests of four
 * threads run on two CPUs. All take turns, and a ratio is the median of the ratios within a turn: the
 * machine's mood is not measured.
 */
import { join } from 'node:path';
import { hostArchitecture } from '../architecture.ts';
import type { LitmusTest } from '../language/litmus-test.ts';
import { readTests, suiteFolder, type TestFile } from '../language/test-files.ts';
import type { Target } from '../lower/target.ts';
import { targetFor } from '../lower/targets.ts';
import { planAffinity, type Affinity } from '../plan/affinity.ts';
import { planExperiment } from '../plan/experiment.ts';
import { plansFor, type RunPlan } from '../plan/run-plan.ts';
import { layOut, rowLines, type Column } from '../report/columns.ts';
import { shortCount } from '../report/quantity.ts';
import { inspectMachine } from '../results/inspect-machine.ts';
import { startRunner, type Runner } from '../run/runner.ts';
import { enginePlans, plannedEngine, type Engine } from './engines.ts';

const rounds = 7;
const blockMs = 150;
const roundTrips = 5_000;

/** One engine's rates in one round. */
interface Rates {
  readonly iterationsPerSecond: number;
  readonly relaxedPerRunSecond: number;
  readonly relaxedPerWallSecond: number;
  /** Of relaxed outcomes on the wall clock, to those of the first engine in the same round. */
  readonly ratio: number;
  /** Iterations while the threads run, in the time of a round trip. */
  readonly iterationsPerRoundTrip: number;
}

/** The rates of a round by engine, and its round trip. */
interface Round {
  readonly roundTripNs: number;
  readonly rates: readonly Rates[];
}

/** Of four threads, for two CPUs. */
const crowdedTests = ['classic/IRIW', 'controls/SB-four'];

const architecture = hostArchitecture();
const target = architecture && targetFor(architecture);
if (target === undefined) throw new Error(`No code is generated for ${architecture ?? 'this machine'}.`);
const runner = await startRunner();
try {
  const { machine, topology, facts } = await inspectMachine(runner);
  const hasTimeBase = facts?.timeBase.problem === undefined;
  const affinity = planAffinity(topology, 2);
  const store = suiteTest('classic/SB');
  const plans = enginePlans.filter(({ rendezvous }) => hasTimeBase || rendezvous !== 'deadline');
  const engines = plannedEngines(store, target, () => plans, affinity);
  const crowded = crowdedTests.flatMap((name) => {
    const { test } = suiteTest(name);
    const place = planAffinity(topology, test.threads.length, affinity.cpus);
    return plannedEngines(suiteTest(name), target, (one) => plansFor(one, hasTimeBase), place);
  });
  const measured: Round[] = [];
  const crowdedRates: (readonly number[])[] = [];
  for (let round = 0; round < rounds; round++) {
    measured.push(await measureRound(engines, affinity.cpus, BigInt(round), runner));
    crowdedRates.push(await measureCrowded(crowded, BigInt(round), runner));
  }
  const roundTrip = Math.round(median(measured.map(({ roundTripNs }) => roundTripNs)));
  process.stdout.write(
    `SB on ${machine.cpu.model}, CPUs ${affinity.cpus.join(' and ')}; medians of ${rounds} rounds\n` +
      `ping-pong round trip of a cache line: ${roundTrip} ns\n${table(engines, measured)}\n\n` +
      `four threads on these two CPUs\n${crowdedTable(crowded, crowdedRates)}\n`,
  );
} finally {
  await runner.close();
}

function suiteTest(name: string): TestFile {
  const [source] = readTests([join(suiteFolder, `${name}.litmus`)]);
  if (source === undefined) throw new Error(`The suite has no test ${name}.`);
  return source;
}

/** A test as written, under each of its plans. */
function plannedEngines(
  source: TestFile,
  on: Target,
  plans: (test: LitmusTest) => readonly RunPlan[],
  affinity: Affinity,
): readonly Engine[] {
  const tests = [{ source, role: 'asked', strategies: ['kernel'] }] as const;
  const experiment = planExperiment({ tests, target: on, plans, place: () => affinity });
  return experiment.flatMap((planned) => planned.plans.map((placed) => plannedEngine(planned, placed)));
}

async function measureRound(
  engines: readonly Engine[],
  [firstCpu = 0, secondCpu = 0]: readonly number[],
  seed: bigint,
  on: Runner,
): Promise<Round> {
  const pingPong = await on.pingPong({ firstCpu, secondCpu, roundTrips });
  if (pingPong.kind !== 'reply') throw new Error(pingPong.message);
  const rates: Rates[] = [];
  for (const engine of engines) {
    const { iterations, relaxed, runNs, wallNs } = await engine.measure(blockMs, seed, on);
    const relaxedPerWallSecond = (relaxed / wallNs) * 1e9;
    rates.push({
      iterationsPerSecond: (iterations / wallNs) * 1e9,
      relaxedPerRunSecond: (relaxed / runNs) * 1e9,
      relaxedPerWallSecond,
      ratio: relaxedPerWallSecond / (rates[0]?.relaxedPerWallSecond ?? relaxedPerWallSecond),
      iterationsPerRoundTrip: (iterations / runNs) * pingPong.reply,
    });
  }
  return { roundTripNs: pingPong.reply, rates };
}

async function measureCrowded(
  engines: readonly Engine[],
  seed: bigint,
  on: Runner,
): Promise<readonly number[]> {
  const rates: number[] = [];
  for (const engine of engines) {
    const { iterations, wallNs } = await engine.measure(blockMs, seed, on);
    rates.push((iterations / wallNs) * 1e9);
  }
  return rates;
}

function crowdedTable(engines: readonly Engine[], measured: readonly (readonly number[])[]): string {
  const columns = [
    { title: 'test', align: 'left' },
    { title: 'plan', align: 'left' },
    { title: 'iterations/s', align: 'right' },
  ] as const;
  const rows = engines.map(({ test, name }, index) => [
    test,
    name,
    shortCount(median(measured.flatMap((rates) => rates.slice(index, index + 1)))),
  ]);
  return text(columns, rows);
}

function text(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const layout = layOut(columns, rows, 110);
  return [columns.map(({ title }) => title), ...rows].flatMap((row) => rowLines(layout, row)).join('\n');
}

function table(engines: readonly Engine[], measured: readonly Round[]): string {
  const columns = [
    { title: 'engine', align: 'left' },
    { title: 'iterations/s', align: 'right' },
    { title: 'relaxed/s running', align: 'right' },
    { title: 'relaxed/s wall', align: 'right' },
    { title: 'ratio', align: 'right' },
    { title: 'iterations/round trip', align: 'right' },
  ] as const;
  const rows = engines.map(({ name }, index) => {
    const medianOf = (of: (rates: Rates) => number) =>
      median(measured.flatMap(({ rates }) => rates.slice(index, index + 1).map(of)));
    return [
      name,
      shortCount(medianOf((one) => one.iterationsPerSecond)),
      shortCount(medianOf((one) => one.relaxedPerRunSecond)),
      shortCount(medianOf((one) => one.relaxedPerWallSecond)),
      medianOf((one) => one.ratio).toFixed(1),
      medianOf((one) => one.iterationsPerRoundTrip).toFixed(1),
    ];
  });
  return text(columns, rows);
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((left, right) => left - right);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
