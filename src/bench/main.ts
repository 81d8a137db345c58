/**
 * `npm run bench`: how often this machine shows the relaxed outcome of store buffering (SB) with each
 * engine, against threads that meet by spinning before every single iteration. The engines take turns,
 * and a ratio is the median of the ratios within a turn: the machine's mood is not measured.
 */
import { join } from 'node:path';
import { hostArchitecture } from '../architecture.ts';
import { readTests, suiteFolder, type TestFile } from '../language/test-files.ts';
import { lowerPerpetual } from '../lower/perpetual.ts';
import type { Target } from '../lower/target.ts';
import { targetFor } from '../lower/targets.ts';
import { planAffinity, type Affinity } from '../plan/affinity.ts';
import { planExperiment } from '../plan/experiment.ts';
import { layOut, rowLines } from '../report/columns.ts';
import { shortCount } from '../report/quantity.ts';
import { inspectMachine } from '../results/inspect-machine.ts';
import { startRunner, type Runner } from '../run/runner.ts';
import { enginePlans, perpetualEngine, plannedEngine, type Engine } from './engines.ts';

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

const architecture = hostArchitecture();
const target = architecture && targetFor(architecture);
if (target === undefined) throw new Error(`No code is generated for ${architecture ?? 'this machine'}.`);
const runner = await startRunner();
try {
  const { machine, topology, facts } = await inspectMachine(runner);
  const [source] = readTests([join(suiteFolder, 'classic', 'SB.litmus')]);
  if (source === undefined) throw new Error('The suite has no SB test.');
  const affinity = planAffinity(topology, 2);
  const engines = enginesFor(source, target, affinity, facts?.timeBase.problem === undefined);
  const measured: Round[] = [];
  for (let round = 0; round < rounds; round++) {
    measured.push(await measureRound(engines, affinity.cpus, BigInt(round), runner));
  }
  const roundTrip = Math.round(median(measured.map(({ roundTripNs }) => roundTripNs)));
  process.stdout.write(
    `SB on ${machine.cpu.model}, CPUs ${affinity.cpus.join(' and ')}; medians of ${rounds} rounds\n` +
      `ping-pong round trip of a cache line: ${roundTrip} ns\n${table(engines, measured)}\n`,
  );
} finally {
  await runner.close();
}

function enginesFor(
  source: TestFile,
  on: Target,
  affinity: Affinity,
  hasTimeBase: boolean,
): readonly Engine[] {
  const plans = enginePlans.filter(({ rendezvous }) => hasTimeBase || rendezvous !== 'deadline');
  const experiment = planExperiment({
    tests: [{ source, role: 'asked', strategies: ['kernel'] }],
    target: on,
    plans: () => plans,
    place: () => affinity,
  });
  return [
    ...experiment.flatMap((planned) => planned.plans.map((placed) => plannedEngine(planned, placed))),
    perpetualEngine(lowerPerpetual(source.test, on), affinity.cpus),
  ];
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
  const layout = layOut(columns, rows, 110);
  return [columns.map(({ title }) => title), ...rows].flatMap((row) => rowLines(layout, row)).join('\n');
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((left, right) => left - right);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
