import { CpuSelectionError, formatCpuList } from './cpu-list.ts';
import type { Cpu, Topology } from './topology.ts';

/** The classes that a run can be asked for: places where a machine may have CPUs for all of a test's threads. */
export const placementChoices = [
  'smt-siblings',
  'shared-cache',
  'same-socket',
  'across-nodes',
  'across-sockets',
  'across-books',
  'across-drawers',
] as const;
export type PlacementChoice = (typeof placementChoices)[number];

/**
 * How far apart the CPUs of a test lie, nearest first. `shared-cache`: different cores with a common data
 * cache or cluster. `same-socket`: nothing nearer is common, or the caches are unknown. `across-nodes`: one
 * socket, several NUMA nodes. `across-sockets`: in one book, where machines have books of sockets and drawers
 * of books. `unknown`: pinned to different CPUs of an unknown topology. `unpinned`: the
 * system places the threads.
 */
export const placementClasses = ['one-cpu', ...placementChoices, 'unknown', 'unpinned'] as const;
export type PlacementClass = (typeof placementClasses)[number];

export interface Affinity {
  /** The CPU of each thread; -1 where it is not pinned. */
  readonly cpus: readonly number[];
  /**
   * The CPUs of further copies of the test, thread by thread, that run beside it: as near to each other as
   * its own are, of no other kind, and on cores that no other copy uses, so that all run under the same
   * conditions.
   */
  readonly copies: readonly (readonly number[])[];
  /** CPUs that neither the test nor a copy uses. */
  readonly spare: readonly number[];
  readonly class: PlacementClass;
  /** More threads than CPUs: they take turns instead of running at once. */
  readonly oversubscribed: boolean;
  /** Sentences for the user. */
  readonly notes: readonly string[];
}

/**
 * Gives each thread of a test a CPU. By default distinct cores first, near each other and of the fastest
 * kind, then the remaining hardware threads of those cores, then round again. With `requestedCpus`,
 * thread i runs on the i-th of them, and round again where they are too few. CPUs that are left over
 * get copies of the test.
 * @throws CpuSelectionError where a requested CPU cannot be had, or no CPU at all.
 */
export function planAffinity(
  topology: Topology,
  threadCount: number,
  requestedCpus?: readonly number[],
): Affinity {
  if (topology.allowed.length === 0) {
    throw new CpuSelectionError(
      'No CPU is known on which this process may run: check its affinity with "taskset -p $$".',
    );
  }
  if (requestedCpus !== undefined) checkRequest(topology, requestedCpus);
  const pool = requestedCpus ?? preferredOrder(topology);
  const cpus = Array.from({ length: threadCount }, (_, thread) => pool[thread % pool.length] as number);
  const oversubscribed = threadCount > pool.length;
  const placed = placementClass(topology, cpus);
  const copies = oversubscribed ? [] : placeCopies(topology, pool, threadCount);
  const spare = pool.filter((cpu) => ![cpus, ...copies].flat().includes(cpu));
  const notes = [
    oversubscribed &&
      `${threadCount} threads share ${pool.length === 1 ? 'CPU' : 'CPUs'} ${formatCpuList(pool)}: they take turns and seldom run at once.`,
    requestedCpus !== undefined &&
      spare.length > 0 &&
      `${threadCount} threads${copies.length === 0 ? '' : ' and their copies'} use the other requested CPUs; ${formatCpuList(spare)} stay idle.`,
    placed === 'unknown' &&
      'Which CPUs share a core or a socket is unknown here: they were taken by number alone.',
    mixedKinds(topology, cpus),
  ];
  return {
    cpus,
    copies,
    spare,
    class: placed,
    oversubscribed,
    notes: notes.filter((note) => typeof note === 'string'),
  };
}

/** Takes the CPUs behind the first copy's in turn, as many as a copy needs. */
function placeCopies(
  topology: Topology,
  pool: readonly number[],
  threadCount: number,
): readonly (readonly number[])[] {
  const [first = [], ...others] = Array.from({ length: Math.floor(pool.length / threadCount) }, (_, copy) =>
    pool.slice(copy * threadCount, (copy + 1) * threadCount),
  );
  const kindsOf = (cpus: readonly number[]) => cpusOf(topology, cpus).map(({ kind }) => kind);
  const kinds = new Set(kindsOf(first));
  const placed = placementClass(topology, first);
  const used = new Set(cpusOf(topology, first).map(({ core }) => core));
  return others.filter((cpus) => {
    const cores = cpusOf(topology, cpus).map(({ core }) => core);
    const alike = placementClass(topology, cpus) === placed && kindsOf(cpus).every((kind) => kinds.has(kind));
    if (!alike || cores.some((core) => used.has(core))) return false;
    for (const core of cores) used.add(core);
    return true;
  });
}

function cpusOf(topology: Topology, ids: readonly number[]): readonly Cpu[] {
  return topology.cpus.filter(({ id }) => ids.includes(id));
}

/** The same placement, with the CPUs of the copies left to stress threads. */
export function withoutCopies(affinity: Affinity): Affinity {
  return { ...affinity, copies: [], spare: [...affinity.copies.flat(), ...affinity.spare] };
}

/** Where threads cannot be pinned (macOS): the system runs them where it likes. */
export function unpinnedAffinity(topology: Topology, threadCount: number): Affinity {
  return {
    cpus: Array.from({ length: threadCount }, () => -1),
    copies: [],
    spare: [],
    class: 'unpinned',
    oversubscribed: threadCount > topology.allowed.length,
    notes: ['Threads are not pinned: the system places them and may move them.'],
  };
}

function checkRequest(topology: Topology, requested: readonly number[]): void {
  if (requested.length === 0)
    throw new CpuSelectionError('No CPU was requested: name at least one, as in 0,1.');
  const absent = requested.filter((cpu) => !topology.present.includes(cpu));
  const offline = requested.filter((cpu) => topology.present.includes(cpu) && !topology.online.includes(cpu));
  const hidden = requested.filter((cpu) => topology.online.includes(cpu) && !topology.allowed.includes(cpu));
  const usable = formatCpuList(topology.allowed);
  const problems = [
    absent.length > 0 &&
      `${subject(absent, 'does', 'do')} not exist: this machine has ${formatCpuList(topology.present)}. Choose among ${usable}.`,
    offline.length > 0 &&
      `${subject(offline, 'is', 'are')} offline: choose among ${usable}, or bring ${offline.length === 1 ? 'it' : 'them'} online as root with "chcpu -e ${formatCpuList(offline)}".`,
    hidden.length > 0 &&
      `${subject(hidden, 'is', 'are')} hidden from this process by its cpuset or affinity (taskset, a container, a batch system): choose among ${usable}, or start it where ${formatCpuList(hidden)} is allowed (docker --cpuset-cpus, taskset -c).`,
  ].filter((problem) => typeof problem === 'string');
  if (problems.length > 0) throw new CpuSelectionError(problems.join(' '));
}

function subject(cpus: readonly number[], singular: string, plural: string): string {
  return cpus.length === 1
    ? `CPU ${formatCpuList(cpus)} ${singular}`
    : `CPUs ${formatCpuList(cpus)} ${plural}`;
}

/** The allowed CPUs, the ones to use first in front. */
export function preferredOrder(topology: Topology): number[] {
  const usable = topology.cpus.filter((cpu) => topology.allowed.includes(cpu.id));
  return usable
    .map((cpu) => ({ id: cpu.id, rank: preferenceRank(cpu, topology) }))
    .toSorted((a, b) => compareRanks(a.rank, b.rank))
    .map(({ id }) => id);
}

/** Compared number by number: a core's first usable thread, the fastest kind, then what lies near each other. */
function preferenceRank(cpu: Cpu, topology: Topology): readonly number[] {
  const usableSiblings = cpu.siblings.filter((sibling) => topology.allowed.includes(sibling));
  return [
    usableSiblings.indexOf(cpu.id),
    cpu.kind === undefined ? 0 : topology.kinds.indexOf(cpu.kind),
    cpu.drawer ?? 0,
    cpu.book ?? 0,
    cpu.socket,
    cpu.node,
    Math.min(...(cpu.caches.at(-1)?.sharedWith ?? [0])),
    cpu.cluster ?? 0,
    cpu.id,
  ];
}

function compareRanks(a: readonly number[], b: readonly number[]): number {
  for (const [index, left] of a.entries()) {
    const difference = left - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** What the CPUs, named once or more, have in common. */
export function placementClass(topology: Topology, cpuNumbers: readonly number[]): PlacementClass {
  const distinct = new Set(cpuNumbers);
  if (distinct.size <= 1) return 'one-cpu';
  const cpus = topology.cpus.filter((cpu) => distinct.has(cpu.id));
  const share = (what: (cpu: Cpu) => number | undefined) =>
    cpus.every((cpu) => what(cpu) !== undefined && what(cpu) === what(cpus[0] as Cpu));
  if (cpus.length < distinct.size || topology.unknown.includes('cores')) return 'unknown';
  if (share((cpu) => cpu.core)) return 'smt-siblings';
  if (share((cpu) => cpu.cluster) || shareCache(cpus)) return 'shared-cache';
  if (topology.unknown.includes('sockets')) return 'unknown';
  const differ = (what: (cpu: Cpu) => number | undefined) => new Set(cpus.map(what)).size > 1;
  if (differ((cpu) => cpu.drawer)) return 'across-drawers';
  if (differ((cpu) => cpu.book)) return 'across-books';
  if (differ((cpu) => cpu.socket)) return 'across-sockets';
  return differ((cpu) => cpu.node) ? 'across-nodes' : 'same-socket';
}

function shareCache(cpus: readonly Cpu[]): boolean {
  return (cpus[0]?.caches ?? []).some(
    (cache) => cache.type !== 'instruction' && cpus.every((cpu) => cache.sharedWith.includes(cpu.id)),
  );
}

function mixedKinds(topology: Topology, cpuNumbers: readonly number[]): string | undefined {
  const used = topology.cpus.filter((cpu) => cpuNumbers.includes(cpu.id));
  const kinds = topology.kinds.filter((kind) => used.some((cpu) => cpu.kind === kind));
  if (kinds.length < 2) return undefined;
  const parts = kinds.map((kind) => {
    const ofKind = used.filter((cpu) => cpu.kind === kind).map((cpu) => cpu.id);
    return `${kind} (CPU ${formatCpuList(ofKind)})`;
  });
  return `The threads run on different kinds of core: ${parts.join(', ')}.`;
}
