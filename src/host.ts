/** What this machine has for tests: its architecture's code, its CPUs for their threads. */
import { hostArchitecture, type Architecture } from './architecture.ts';
import type { Target } from './lower/target.ts';
import { targetFor } from './lower/targets.ts';
import {
  placementChoices,
  planAffinity,
  unpinnedAffinity,
  type Affinity,
  type PlacementChoice,
} from './plan/affinity.ts';
import { CpuSelectionError } from './plan/cpu-list.ts';
import type { ExperimentRequest } from './plan/experiment.ts';
import { placeByClass, placesFor, placesText, type PlaceAs } from './plan/placement.ts';
import type { EngineName } from './plan/run-plan.ts';
import type { Topology } from './plan/topology.ts';
import { inspectMachine } from './results/inspect-machine.ts';
import type { MachineIdentity } from './results/machine-schema.ts';
import type { Tool } from './results/schema.ts';
import type { MachineFacts } from './run/addon.ts';
import { startRunner, type Runner } from './run/runner.ts';

/** Something the machine or the installation lacks: the run cannot start. */
export class CannotRunError extends Error {
  override readonly name = 'CannotRunError';
}

export function architectureOfHost(): Architecture {
  const architecture = hostArchitecture();
  if (architecture !== undefined) return architecture;
  throw new CannotRunError(
    'Fencepost generates no code for this machine: "show" and "list" work here, "run" does not.',
  );
}

/** The machine, and where on it and as what tests run. */
export interface Host {
  readonly architecture: Architecture;
  readonly machine: MachineIdentity;
  readonly facts: MachineFacts;
  readonly target: Target;
  readonly hasTimeBase: boolean;
  /** Where tests of so many threads run. */
  readonly place: (threads: number) => Affinity;
  /** Where they run where a placement was asked for; or why nowhere. */
  readonly places: ExperimentRequest['places'];
  /** Where they run so far apart; undefined where somebody named CPUs or a placement, and wants no other. */
  readonly placeAs: PlaceAs;
}

/** What is wanted of a machine; an absent part leaves it the choice. */
export interface HostRequest {
  readonly variant?: string | undefined;
  readonly cpus?: readonly number[] | undefined;
  readonly placement?: PlacementChoice | 'all' | undefined;
  readonly engines?: readonly EngineName[];
  /** The numbers of threads that tests have. */
  readonly counts?: readonly number[];
  readonly notice?: (sentence: string) => void;
}

/** Who ran what, as results have it. */
export function ranOn({ architecture, machine, target: { variant } }: Host, tool: Tool) {
  return { tool, machine, target: { architecture, ...(variant === undefined ? {} : { variant }) } };
}

/** A child that runs tests. */
export function startedRunner(): Promise<Runner> {
  return startRunner().catch((error: Error) => {
    throw new CannotRunError(error.message);
  });
}

/** @throws CannotRunError, CpuSelectionError where the machine has not what is wanted. */
export async function meetHost(runner: Runner, request: HostRequest): Promise<Host> {
  const { variant, cpus, placement, engines = [], counts = [], notice = () => {} } = request;
  const architecture = architectureOfHost();
  const { machine, topology, facts } = await inspectMachine(runner);
  if (facts === undefined) throw new CannotRunError('The addon does not tell what this machine is.');
  const target = chooseTarget(architecture, facts, variant);
  checkEngines(engines, facts);
  const place = placer(topology, facts, cpus);
  const isFree = cpus === undefined && placement === undefined;
  return {
    architecture,
    machine,
    facts,
    target,
    hasTimeBase: facts.timeBase.problem === undefined,
    place,
    places: placesOf(placement, { topology, facts, place, counts, notice }),
    placeAs: isFree ? placerByClass(topology, facts) : () => undefined,
  };
}

/** Nothing stands in for an engine that was asked for. */
function checkEngines(engines: readonly EngineName[], { timeBase }: MachineFacts): void {
  if (!engines.includes('deadline') || timeBase.problem === undefined) return;
  throw new CannotRunError(`--engine deadline: there is no time base here (${timeBase.problem}).`);
}

/** The best target that the CPU can run, or the one asked for. */
function chooseTarget(architecture: Architecture, facts: MachineFacts, variant: string | undefined): Target {
  const [best] = facts.codeVariants;
  const target = targetFor(architecture, variant ?? best);
  if (target !== undefined && (variant === undefined || facts.codeVariants.includes(variant))) return target;
  const choice =
    facts.codeVariants.length === 0
      ? 'has one only, so leave --variant out'
      : `runs ${facts.codeVariants.join(' and ')}`;
  throw new CannotRunError(`This CPU does not run variant ${variant} of ${architecture} code: it ${choice}.`);
}

/** Answers for each number of threads once: on machines of many CPUs, looking for places takes a while. */
function once<Found>(find: (threads: number) => Found): (threads: number) => Found {
  const known = new Map<number, Found>();
  return (threads) => {
    if (!known.has(threads)) known.set(threads, find(threads));
    return known.get(threads) as Found;
  };
}

/** Where tests of so many threads run. */
export function placer(
  topology: Topology,
  { canPin }: MachineFacts,
  cpus: readonly number[] | undefined,
): (threads: number) => Affinity {
  return once((threads) =>
    canPin ? planAffinity(topology, threads, cpus) : unpinnedAffinity(topology, threads),
  );
}

/** Where they run so far apart. */
export function placerByClass(topology: Topology, { canPin }: MachineFacts): PlaceAs {
  const placers = new Map(
    placementChoices.map((choice) => [choice, once((threads) => placeByClass(topology, threads, choice))]),
  );
  return (threads, choice) => (canPin ? placers.get(choice)?.(threads) : undefined);
}

/**
 * The places of the class that was asked for, or of all, for tests of these numbers of threads.
 * @throws CpuSelectionError where none of the tests has one, CannotRunError where threads cannot be placed at all.
 */
export function placesOf(
  choice: PlacementChoice | 'all' | undefined,
  on: {
    readonly topology: Topology;
    readonly facts: MachineFacts;
    readonly place: (threads: number) => Affinity;
    readonly counts: readonly number[];
    readonly notice: (sentence: string) => void;
  },
): ExperimentRequest['places'] {
  if (choice === undefined) return undefined;
  const { topology, facts, place, notice } = on;
  if (!facts.canPin) throw new CannotRunError(`No placement can be chosen: ${facts.pinningProblem}.`);
  const places = once((threads) => placesFor(topology, threads, choice, place(threads)));
  const counts = [...new Set(on.counts)].filter((threads) => threads > 1).toSorted((a, b) => a - b);
  if (choice === 'all') {
    for (const threads of counts) notice(placesText(topology, threads, place(threads)));
    return places;
  }
  const absences = counts.map(places).filter((found) => typeof found === 'string');
  const [absence] = absences;
  if (absence !== undefined && absences.length === counts.length) throw new CpuSelectionError(absence);
  for (const sentence of absences) notice(sentence);
  return places;
}
