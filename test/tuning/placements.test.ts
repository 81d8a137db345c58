import { describe, expect, test } from 'vitest';
import { readSuite } from '../../src/language/test-files.ts';
import { x86_64 } from '../../src/lower/x86-64/target.ts';
import { planAffinity, type PlacementClass } from '../../src/plan/affinity.ts';
import { planExperiment } from '../../src/plan/experiment.ts';
import { otherChoices, placeByClass, type PlaceAs } from '../../src/plan/placement.ts';
import { plansFor, type RunPlan } from '../../src/plan/run-plan.ts';
import { topologyFrom, type Topology } from '../../src/plan/topology.ts';
import { tuningText } from '../../src/report/tuning.ts';
import { emptyTuning, withFamilies, type TunedFamily } from '../../src/results/tuning-file.ts';
import { familiesOf } from '../../src/tuning/control-families.ts';
import { tunedPlans } from '../../src/tuning/tuned-plans.ts';
import { tune } from '../../src/tuning/tune.ts';
import { savedMachine } from '../plan/fixtures/saved-machine.ts';
import { sampleDocument } from '../results/sample-document.ts';
import { simulatedMachine, type FiringRate } from './simulated-machine.ts';

const machines = [
  'apple-m1-linux',
  'guest-2-vcpu',
  'laptop-hybrid',
  'power9-smt8',
  's390x-drawers',
  's390x-lpar',
  'two-socket-server',
] as const;
const saved = (name: string) => topologyFrom(savedMachine(name));

const suite = readSuite();
const asked = ['SB+mbs', 'WRC+acq+rmb', 'IRIW+mbs'];
const known = suite.filter(({ test: { name } }) =>
  [...asked, 'SB-two', 'SB-three', 'SB-four'].includes(name),
);
/** A family of two threads, of three and of four. */
const families = familiesOf(
  suite.map((source) => source.test).filter(({ name }) => asked.includes(name)),
  known,
  'x86-64',
);

const placesOn = (topology: Topology) => ({
  place: (threads: number) => planAffinity(topology, threads),
  placeAs: ((threads, choice) => placeByClass(topology, threads, choice)) satisfies PlaceAs,
});

/** What is found where controls fire so often. */
async function found(
  topology: Topology,
  rate: FiringRate,
  cpus?: readonly number[],
): Promise<readonly TunedFamily[]> {
  const tuned: TunedFamily[] = [];
  for await (const family of tune({
    ...simulatedMachine(topology, rate, 5n, cpus),
    families,
    budgetMs: 2000 * families.length,
    progress: () => {},
  })) {
    tuned.push(family);
  }
  return tuned;
}

const tuningOf = (entries: readonly TunedFamily[]) =>
  withFamilies(emptyTuning(sampleDocument.machine, sampleDocument.tool), entries);

describe('a search on a machine with several places', () => {
  test('the families are of two, three and four threads', () => {
    expect(families.map(({ threads }) => threads).toSorted()).toEqual([2, 3, 4]);
  });

  for (const machine of machines) {
    const topology = saved(machine);
    const { place, placeAs } = placesOn(topology);
    const choices = [
      ...new Set([2, 3, 4].flatMap((threads) => otherChoices(threads, place(threads), placeAs))),
    ];
    for (const favourite of choices) {
      test(`${machine}: finds that controls fire most with threads placed as ${favourite}`, async () => {
        for (const entry of await found(topology, (placed) => (placed === favourite ? 3000 : 100))) {
          const others = otherChoices(entry.threads, place(entry.threads), placeAs);
          expect(entry.placements ?? []).toEqual(others);
          expect(entry.placement).toBe(place(entry.threads).class);
          if (others.includes(favourite)) expect(entry.best?.placement).toBe(favourite);
          else expect(entry.best?.placement).toBeUndefined();
        }
      });
    }
  }

  test('stays where it is where that is best', async () => {
    const server = saved('two-socket-server');
    const entries = await found(server, (placed) => (placed === 'shared-cache' ? 3000 : 100));
    const there = entries.filter(({ placement }) => placement === 'shared-cache');
    expect(there.map(({ best }) => best?.placement)).toEqual([undefined]);
  });

  test('looks at no other place where CPUs are given', async () => {
    const rate = (placed: PlacementClass, { group }: RunPlan) => (placed === 'smt-siblings' ? 3000 : group);
    for (const entry of await found(saved('two-socket-server'), rate, [0, 1, 8, 9])) {
      expect(entry.placements).toBeUndefined();
      expect(entry.tried.filter(({ plan }) => plan.placement !== undefined)).toEqual([]);
    }
  });
});

describe('on a machine with one place for two threads', () => {
  test('nothing is chosen, recorded or told of it', async () => {
    const [entry, ...others] = await found(saved('guest-2-vcpu'), (_, { group }) => group);
    if (entry === undefined) throw new Error('nothing was found');
    expect(others).toEqual([]);
    expect(entry.placements).toBeUndefined();
    expect(entry.best?.placement).toBeUndefined();
    expect(entry.tried.filter(({ plan }) => plan.placement !== undefined)).toEqual([]);
    expect(tuningText([entry], [], 100)).not.toMatch(/threads|shared-cache/);
  });
});

describe('a run on a machine with several places', () => {
  const server = saved('two-socket-server');
  const tests = known.map((source) => ({ source, role: 'asked', strategies: ['kernel'] }) as const);
  const rate = (placed: PlacementClass) => (placed === 'smt-siblings' ? 3000 : 100);
  const namesOf = async (placeAs: PlaceAs, places?: readonly PlacementClass[]) => {
    const tuned = tunedPlans(tuningOf(await found(server, rate)), families);
    const { place } = placesOn(server);
    const experiment = planExperiment({
      tests,
      target: x86_64,
      plans: (one, affinity) => plansFor(one, true, { tuned: tuned(one.name, affinity) }),
      place,
      placeAs,
      ...(places === undefined
        ? {}
        : {
            places: (threads) =>
              places.flatMap((choice) =>
                choice === 'smt-siblings' ? (placeByClass(server, threads, choice) ?? []) : place(threads),
              ),
          }),
    });
    return new Map(
      experiment.map((planned) => [planned.test.name, planned.plans.map(({ name }) => name)] as const),
    );
  };

  test('has the best plan in its place beside the usual plans, for a test and its controls alike', async () => {
    const names = await namesOf(placesOn(server).placeAs);
    const elsewhere = (names.get('SB+mbs') ?? []).filter((name) => name.startsWith('tuned-'));
    expect(elsewhere).toEqual([expect.stringMatching(/-smt-siblings@0,8$/)]);
    expect(names.get('SB+mbs')).toContain('split-deadline@0,1');
    expect(names.get('SB-two')).toEqual(expect.arrayContaining(elsewhere));
  });

  test('has it not where CPUs are given', async () => {
    const names = await namesOf(() => undefined);
    expect((names.get('SB+mbs') ?? []).filter((name) => name.startsWith('tuned-'))).toEqual([]);
  });

  test('has it where it is asked to run in that very place', async () => {
    const names = await namesOf(() => undefined, ['smt-siblings']);
    const tuned = (names.get('SB+mbs') ?? []).filter((name) => name.startsWith('tuned-'));
    expect(tuned).toEqual([expect.stringMatching(/@0,8$/)]);
    expect(tuned[0]).not.toContain('smt-siblings');
  });
});

test('what is told of a tuning names the place of each plan where there was a choice', async () => {
  const rate = (placed: PlacementClass) => (placed === 'smt-siblings' ? 3000 : 100);
  const entries = await found(saved('two-socket-server'), rate);
  const text = tuningText(entries, [], 100);
  expect(text).toMatch(/^controls +plan +threads /);
  expect(text).toMatch(/smt-siblings +\d/);
  expect(text).not.toMatch(/-smt-siblings/);
  expect(text.split('\n').filter((line) => line.length > 100)).toEqual([]);
  expect(text.replaceAll('\n', ' ')).toContain('[95 %], by blocks that ran once both were chosen.');
});
