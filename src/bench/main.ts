/**
 * `npm run bench`: what each engine, each portable plan and the plan that a short tuning finds here do for
 * store buffering (SB), for KVM's vcpu request (K) without its barriers, and for its page fault (C) with its
 * locks, against threads that meet by spinning before every single iteration; and how tests of more
 * threads run on two CPUs. All take turns, and a ratio is the median of the ratios within a turn: the
 * machine's mood is not measured.
 */
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { hostArchitecture } from '../architecture.ts';
import type { LitmusTest } from '../language/litmus-test.ts';
import { medianOf } from '../evidence/quantiles.ts';
import { readSuite, readTests, suiteFolder, type TestFile } from '../language/test-files.ts';
import type { Target } from '../lower/target.ts';
import { targetFor } from '../lower/targets.ts';
import { planAffinity, type Affinity } from '../plan/affinity.ts';
import { planExperiment } from '../plan/experiment.ts';
import { laneCount } from '../plan/lanes.ts';
import { plansFor, type RunPlan } from '../plan/run-plan.ts';
import { inspectMachine } from '../results/inspect-machine.ts';
import { emptyTuning, withFamilies } from '../results/tuning-file.ts';
import { startRunner, type Runner } from '../run/runner.ts';
import { familiesOf } from '../tuning/control-families.ts';
import { tune } from '../tuning/tune.ts';
import { firingOn } from '../tuning/firing.ts';
import { tunedPlans, type TunedPlans } from '../tuning/tuned-plans.ts';
import { enginePlans, plannedEngine, spinOneIteration, type Engine } from './engines.ts';
import { crowdedTable, engineTable, type CrowdedRates, type Rates } from './tables.ts';

const rounds = 7;
const blockMs = 150;
const roundTrips = 5_000;
/** For each test that has a tuned plan. */
const tuningMs = 3_000;

/** Tests as a strategy writes them, and what is measured against the first plan: relaxed outcomes, or iterations. */
const subjects = [
  { title: 'SB', test: 'classic/SB', strategy: 'kernel', measure: 'relaxed' },
  { title: 'K, no barriers', test: 'kvm/K-vcpu-request', strategy: 'none', measure: 'relaxed' },
  { title: 'C, with its locks', test: 'kvm/C-page-fault', strategy: 'kernel', measure: 'iterations' },
] as const;

/** Of three and four threads, for two CPUs. */
const crowdedTests = ['classic/IRIW', 'controls/SB-three', 'controls/SB-four'];

const architecture = hostArchitecture();
const target = architecture && targetFor(architecture);
if (architecture === undefined || target === undefined) {
  throw new Error(`No code is generated for ${architecture ?? 'this machine'}.`);
}
const runner = await startRunner();
try {
  const { machine, topology, facts } = await inspectMachine(runner);
  if (facts === undefined) throw new Error('The addon does not tell what this machine is.');
  const { problem } = facts.timeBase;
  const hasTimeBase = problem === undefined;
  const affinity = planAffinity(topology, 2);
  const tuned = await tunedFor(subjects.map(({ test }) => suiteTest(test).test));
  const plans = (test: LitmusTest): readonly RunPlan[] => {
    const [portable, found] = [plansFor(test, hasTimeBase), tuned(test.name, affinity)];
    const engines = test.name === 'SB' ? enginePlans(hasTimeBase) : [spinOneIteration, ...portable];
    const last = plansFor(test, hasTimeBase, { tuned: found }).slice(portable.length);
    return [...engines, ...last];
  };
  const benches = subjects.map(({ test, strategy, ...rest }) => ({
    ...rest,
    engines: plannedEngines(suiteTest(test), strategy, target, plans, () => affinity),
    measured: [] as (readonly Rates[])[],
  }));
  const crowded = crowdedTests.flatMap((name) => {
    const place = (threads: number) => planAffinity(topology, threads, affinity.cpus);
    const plansOf = (one: LitmusTest) =>
      plansFor(one, hasTimeBase, {
        oversubscribed: true,
        lanes: laneCount(one, target, place(one.threads.length)),
      });
    return plannedEngines(suiteTest(name), 'kernel', target, plansOf, place);
  });
  const crowdedRates: (readonly CrowdedRates[])[] = [];
  const trips: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const roundTripNs = await roundTrip(affinity.cpus);
    trips.push(roundTripNs);
    for (const { engines, measure, measured } of benches) {
      measured.push(await measureRound(engines, measure, roundTripNs, BigInt(round), runner));
    }
    crowdedRates.push(await measureCrowded(crowded, BigInt(round), runner));
  }
  process.stdout.write(
    `${machine.cpu.model}, CPUs ${affinity.cpus.join(' and ')}; medians of ${rounds} rounds, load ${loadavg()[0]?.toFixed(1)}\n` +
      `ping-pong round trip of a cache line: ${Math.round(medianOf(trips))} ns (${Math.round(Math.min(...trips))} to ${Math.round(Math.max(...trips))})\n` +
      `${hasTimeBase ? '' : `no engine by deadline: ${problem}\n`}\n` +
      benches
        .map(
          ({ title, engines, measure, measured }) =>
            `${title}\n${engineTable(engines, measure, measured)}\n\n`,
        )
        .join('') +
      `more threads than these two CPUs\n${crowdedTable(crowded, crowdedRates)}\n`,
  );

  async function tunedFor(tests: readonly LitmusTest[]): Promise<TunedPlans> {
    if (architecture === undefined || target === undefined) return () => [];
    const families = familiesOf(tests, readSuite(), architecture);
    const place = (threads: number) => planAffinity(topology, threads);
    const placeAs = () => undefined;
    const found = [];
    for await (const family of tune({
      families,
      fire: firingOn({ runner, target, place, placeAs, seed: 0n }),
      hasTimeBase,
      place,
      placeAs,
      seed: 0n,
      budgetMs: tuningMs * families.length,
      clock: () => performance.now(),
      stopped: new AbortController().signal,
      progress: () => {},
    })) {
      found.push(family);
    }
    return tunedPlans(withFamilies(emptyTuning(machine, { name: 'bench', version: '0' }), found), families);
  }
} finally {
  await runner.close();
}

function suiteTest(name: string): TestFile {
  const [source] = readTests([join(suiteFolder, `${name}.litmus`)]);
  if (source === undefined) throw new Error(`The suite has no test ${name}.`);
  return source;
}

/** A test as a strategy writes it, under each of its plans. */
function plannedEngines(
  source: TestFile,
  strategy: string,
  on: Target,
  plans: (test: LitmusTest) => readonly RunPlan[],
  place: (threads: number) => Affinity,
): readonly Engine[] {
  const tests = [{ source, role: 'asked', strategies: [strategy] }] as const;
  const experiment = planExperiment({ tests, target: on, plans, place });
  return experiment.flatMap((planned) => planned.plans.map((placed) => plannedEngine(planned, placed)));
}

async function roundTrip([firstCpu = 0, secondCpu = 0]: readonly number[]): Promise<number> {
  const pingPong = await runner.pingPong({ firstCpu, secondCpu, roundTrips });
  if (pingPong.kind !== 'reply') throw new Error(pingPong.message);
  return pingPong.reply;
}

async function measureRound(
  engines: readonly Engine[],
  measure: 'relaxed' | 'iterations',
  roundTripNs: number,
  seed: bigint,
  on: Runner,
): Promise<readonly Rates[]> {
  const rates: Rates[] = [];
  for (const engine of engines) {
    const { iterations, relaxed, runNs, wallNs } = await engine.measure(blockMs, seed, on);
    const measured = ((measure === 'relaxed' ? relaxed : iterations) / wallNs) * 1e9;
    rates.push({
      iterationsPerSecond: (iterations / wallNs) * 1e9,
      relaxedPerRunSecond: (relaxed / runNs) * 1e9,
      relaxedPerWallSecond: (relaxed / wallNs) * 1e9,
      measured,
      ratio: measured / (rates[0]?.measured ?? measured),
      iterationsPerRoundTrip: (iterations / runNs) * roundTripNs,
    });
  }
  return rates;
}

async function measureCrowded(
  engines: readonly Engine[],
  seed: bigint,
  on: Runner,
): Promise<readonly CrowdedRates[]> {
  const rates: CrowdedRates[] = [];
  for (const engine of engines) {
    const { iterations, relaxed, wallNs } = await engine.measure(blockMs, seed, on);
    rates.push({
      iterationsPerSecond: (iterations / wallNs) * 1e9,
      relaxedPerWallSecond: (relaxed / wallNs) * 1e9,
    });
  }
  return rates;
}
