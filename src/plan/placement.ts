import {
  placementChoices,
  placementClass,
  preferredOrder,
  type Affinity,
  type PlacementChoice,
} from './affinity.ts';
import type { Cpu, Topology } from './topology.ts';

/** What CPUs of a class have in common, and in what they differ; several ways to tell, where machines have several. */
interface Shape {
  readonly within: (cpu: Cpu) => string | undefined;
  readonly apart: (cpu: Cpu) => string | undefined;
}

const core = (cpu: Cpu) => String(cpu.core);
const lastCache = ({ caches }: Cpu) =>
  caches.findLast(({ type }) => type !== 'instruction')?.sharedWith.join();
const cluster = (cpu: Cpu) => cpu.cluster?.toString();
const node = (cpu: Cpu) => `${cpu.socket}.${cpu.node}`;
const socket = (cpu: Cpu) => String(cpu.socket);
const book = (cpu: Cpu) => cpu.book?.toString();
const drawer = (cpu: Cpu) => cpu.drawer?.toString();
const machine = () => '';

const shapes: Readonly<Record<PlacementChoice, readonly Shape[]>> = {
  'smt-siblings': [{ within: core, apart: ({ id }) => String(id) }],
  'shared-cache': [
    { within: lastCache, apart: core },
    { within: cluster, apart: core },
  ],
  'same-socket': [
    { within: node, apart: lastCache },
    { within: node, apart: cluster },
    { within: node, apart: core },
  ],
  'across-nodes': [{ within: socket, apart: ({ node: of }) => String(of) }],
  'across-sockets': [
    { within: book, apart: socket },
    { within: machine, apart: socket },
  ],
  'across-books': [
    { within: drawer, apart: book },
    { within: machine, apart: book },
  ],
  'across-drawers': [{ within: machine, apart: drawer }],
};

const absences: Readonly<Record<PlacementChoice, (threads: number) => string>> = {
  'smt-siblings': (threads) => `no core has ${threads} hardware threads that may be used`,
  'shared-cache': (threads) => `no cache that several cores share has CPUs for ${threads} threads`,
  'same-socket': (threads) => `no NUMA node has ${threads} CPUs that share nothing nearer`,
  'across-nodes': (threads) => `no socket has ${threads} CPUs on several NUMA nodes`,
  'across-sockets': (threads) => `no two sockets as near to each other have CPUs for ${threads} threads`,
  'across-books': (threads) => `no two books as near to each other have CPUs for ${threads} threads`,
  'across-drawers': (threads) => `no two drawers have CPUs for ${threads} threads`,
};

/** Why a machine has no CPUs of a class for so many threads, in a sentence. */
export function absenceOf(choice: PlacementChoice, threads: number, topology: Topology): string {
  const unknown = topology.unknown.filter((gap) => gap !== 'caches' || choice === 'shared-cache');
  const why = unknown.length > 0 ? ` (of its ${unknown.join(' and ')} nothing is known)` : '';
  const has = classesOf(topology, threads);
  const instead = has.length === 0 ? '' : `; there are ${has.join(', ')}`;
  return `Placement ${choice} is absent here for tests of ${threads} threads: ${absences[choice](threads)}${why}${instead}.`;
}

/**
 * CPUs for a test's threads that lie just so far apart, each its own, and for as many copies as there is room
 * for, alike and on other cores; undefined where the machine has none. A test of one thread has no such place.
 */
export function placeByClass(
  topology: Topology,
  threadCount: number,
  choice: PlacementChoice,
): Affinity | undefined {
  const pool = preferredOrder(topology);
  const first = choose(topology, pool, threadCount, choice);
  if (first === undefined) return undefined;
  const kindsOf = (ids: readonly number[]) => new Set(cpusOf(topology, ids).map(({ kind }) => kind));
  const kinds = kindsOf(first);
  const copies: (readonly number[])[] = [];
  for (let left = withoutCoresOf(topology, pool, first); ;) {
    const copy = choose(topology, left, threadCount, choice);
    if (copy === undefined || [...kindsOf(copy)].some((kind) => !kinds.has(kind))) break;
    copies.push(copy);
    left = withoutCoresOf(topology, left, copy);
  }
  const used = new Set([first, ...copies].flat());
  return {
    cpus: first,
    copies,
    spare: pool.filter((cpu) => !used.has(cpu)),
    class: choice,
    oversubscribed: false,
    notes: [],
  };
}

/**
 * Where a test of so many threads runs: at its usual place, and for `all` at one of each other class the machine
 * has; for one class only there, or, in a sentence, why not. One thread lies near nothing, and is where it was.
 */
export function placesFor(
  topology: Topology,
  threadCount: number,
  choice: PlacementChoice | 'all',
  usual: Affinity,
): readonly Affinity[] | string {
  if (threadCount === 1) return [usual];
  if (choice !== 'all') {
    const placed = placeByClass(topology, threadCount, choice);
    return placed === undefined ? absenceOf(choice, threadCount, topology) : [placed];
  }
  const others = placementChoices.filter((other) => other !== usual.class);
  return [usual, ...others.flatMap((other) => placeByClass(topology, threadCount, other) ?? [])];
}

/** How far apart the threads of a test can lie; undefined where they cannot lie so, or where places are given. */
export type PlaceAs = (threads: number, choice: PlacementChoice) => Affinity | undefined;

/** The classes that there are beside the usual one. */
export function otherChoices(threads: number, usual: Affinity, placeAs: PlaceAs): readonly PlacementChoice[] {
  return placementChoices.filter(
    (choice) => choice !== usual.class && placeAs(threads, choice) !== undefined,
  );
}

/** Which classes tests of so many threads run in under `all`, and which the machine has not, though it could. */
export function placesText(topology: Topology, threadCount: number, usual: Affinity): string {
  const has = new Set([usual.class, ...classesOf(topology, threadCount)]);
  const isKnownOf = (choice: PlacementChoice) =>
    shapes[choice].some(({ apart }) => topology.cpus.some((cpu) => apart(cpu) !== undefined));
  const absent = placementChoices.filter((choice) => !has.has(choice) && isKnownOf(choice));
  const without = absent.length === 0 ? '' : `; absent here: ${absent.join(', ')}`;
  return `Tests of ${threadCount} threads are placed as ${[...has].join(', ')}${without}.`;
}

/** The classes that the machine has for so many threads. */
export function classesOf(topology: Topology, threadCount: number): readonly PlacementChoice[] {
  return placementChoices.filter((choice) => placeByClass(topology, threadCount, choice) !== undefined);
}

function choose(
  topology: Topology,
  pool: readonly number[],
  threadCount: number,
  choice: PlacementChoice,
): readonly number[] | undefined {
  const cpus = cpusOf(topology, pool);
  for (const { within, apart } of shapes[choice]) {
    for (const together of groupBy(cpus, within)) {
      const chosen = takeInTurn(groupBy(together, apart), threadCount);
      if (chosen.length === threadCount && placementClass(topology, chosen) === choice) return chosen;
    }
  }
  return undefined;
}

/** The first of each group, then the second of each, … */
function takeInTurn(groups: readonly (readonly Cpu[])[], count: number): readonly number[] {
  const longest = Math.max(0, ...groups.map((group) => group.length));
  return Array.from({ length: longest }, (_, turn) => groups.flatMap((group) => group[turn]?.id ?? []))
    .flat()
    .slice(0, count);
}

/** CPUs without a key are in no group. */
function groupBy(cpus: readonly Cpu[], keyOf: (cpu: Cpu) => string | undefined): readonly (readonly Cpu[])[] {
  const groups = new Map<string, Cpu[]>();
  for (const cpu of cpus) {
    const key = keyOf(cpu);
    if (key === undefined) continue;
    groups.set(key, [...(groups.get(key) ?? []), cpu]);
  }
  return [...groups.values()];
}

/** In the order of `ids`. */
function cpusOf(topology: Topology, ids: readonly number[]): readonly Cpu[] {
  return ids.flatMap((id) => topology.cpus.find((cpu) => cpu.id === id) ?? []);
}

function withoutCoresOf(
  topology: Topology,
  pool: readonly number[],
  used: readonly number[],
): readonly number[] {
  const cores = new Set(cpusOf(topology, used).map((cpu) => cpu.core));
  return cpusOf(topology, pool)
    .filter((cpu) => !cores.has(cpu.core))
    .map(({ id }) => id);
}
