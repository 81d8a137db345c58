import { parseCpuList } from './cpu-list.ts';

/** One cache as a CPU sees it. */
export interface Cache {
  readonly level: number;
  readonly type: 'data' | 'instruction' | 'unified';
  readonly sizeBytes: number | undefined;
  readonly lineBytes: number | undefined;
  /** The CPUs that use it, this one among them. */
  readonly sharedWith: readonly number[];
}

/**
 * A CPU as the kernel numbers it: a hardware thread. Cores, clusters, sockets and what holds these are numbered
 * from 0 over the whole machine, in the order of their lowest CPU, whatever numbers the firmware gave them.
 */
export interface Cpu {
  readonly id: number;
  readonly core: number;
  /** A group of cores inside a socket that share something (an L2 cache, an interconnect), where the kernel knows of any. */
  readonly cluster: number | undefined;
  readonly socket: number;
  /** Sockets that lie together, and books that do, where the kernel knows of any. */
  readonly book: number | undefined;
  readonly drawer: number | undefined;
  /** The NUMA node, as the kernel numbers it. */
  readonly node: number;
  /** The CPUs of this core, this one among them. */
  readonly siblings: readonly number[];
  readonly caches: readonly Cache[];
  /** On machines with cores of several kinds, one of `Topology.kinds`. */
  readonly kind: string | undefined;
}

/** What a topology can be silent about. */
export type TopologyGap = 'cores' | 'sockets' | 'nodes' | 'caches';

export interface Topology {
  /** The CPUs that are online, in ascending order. */
  readonly cpus: readonly Cpu[];
  /** The CPUs that are plugged in, online or not. */
  readonly present: readonly number[];
  readonly online: readonly number[];
  /** The CPUs this process may run on: online, and in its affinity mask and cpuset. */
  readonly allowed: readonly number[];
  /** The kinds of core, fastest first; empty where all are alike. */
  readonly kinds: readonly string[];
  /** What could not be read: there, each CPU counts as a core of its own, in one socket and node, without caches. */
  readonly unknown: readonly TopologyGap[];
}

const cpuRoot = '/sys/devices/system/cpu';

/** Ids by which kernels say that a CPU is in no group of the kind. */
const noGroup: ReadonlySet<string> = new Set(['-1', '65535']);

/**
 * The topology that Linux describes in `files`: texts of sysfs and proc files by absolute path.
 * Files may be absent (a container without sysfs, macOS): `unknown` then says what they would have told.
 * @param allowed as sched_getaffinity gives it; undefined: what /proc/self/status says, else all that are online.
 */
export function topologyFrom(files: ReadonlyMap<string, string>, allowed?: readonly number[]): Topology {
  const statusMask = /^Cpus_allowed_list:(.*)$/m.exec(files.get('/proc/self/status') ?? '')?.[1];
  const mask = allowed ?? cpuListIn(statusMask);
  // Some containers (lxcfs) show as many CPUs as they allow, numbered from 0, though they allow others.
  const listed = cpuListIn(files.get(`${cpuRoot}/online`)) ?? cpusInCpuinfo(files) ?? mask ?? [];
  const online = ascending([...listed, ...(allowed ?? [])]);
  const present = ascending([...(cpuListIn(files.get(`${cpuRoot}/present`)) ?? []), ...online]);

  const cores = groups(online, (cpu) => {
    const list =
      topologyFile(files, cpu, 'core_cpus_list') ?? topologyFile(files, cpu, 'thread_siblings_list');
    return cpuListIn(list);
  });
  const sockets = groups(online, (cpu) => {
    // -1: the firmware says nothing of sockets, and the list is then meaningless.
    if (topologyFile(files, cpu, 'physical_package_id') === '-1') return undefined;
    const list =
      topologyFile(files, cpu, 'package_cpus_list') ?? topologyFile(files, cpu, 'core_siblings_list');
    return cpuListIn(list);
  });
  const optional = (idFile: string, listFile: string) =>
    groups(online, (cpu) => {
      const id = topologyFile(files, cpu, idFile) ?? '-1';
      return noGroup.has(id) ? undefined : cpuListIn(topologyFile(files, cpu, listFile));
    });
  const clusters = optional('cluster_id', 'cluster_cpus_list');
  const books = optional('book_id', 'book_siblings_list');
  const drawers = optional('drawer_id', 'drawer_siblings_list');
  const nodes = nodesOf(files);
  const caches = new Map(online.map((cpu) => [cpu, cachesOf(files, cpu)]));
  const { kinds, kindOf } = kindsOf(files, online);

  const gaps: Record<TopologyGap, boolean> = {
    cores: cores === undefined,
    sockets: sockets === undefined,
    nodes: nodes === undefined,
    caches: [...caches.values()].some((list) => list.length === 0),
  };
  return {
    cpus: online.map((id, index) => ({
      id,
      core: cores?.get(id)?.number ?? index,
      cluster: clusters?.get(id)?.number,
      socket: sockets?.get(id)?.number ?? 0,
      book: books?.get(id)?.number,
      drawer: drawers?.get(id)?.number,
      node: nodes?.get(id) ?? 0,
      siblings: cores?.get(id)?.members ?? [id],
      caches: caches.get(id) ?? [],
      kind: kindOf(id),
    })),
    present,
    online,
    allowed: ascending((mask ?? online).filter((cpu) => online.includes(cpu))),
    kinds,
    unknown: (Object.keys(gaps) as TopologyGap[]).filter((gap) => gaps[gap]),
  };
}

function ascending(cpus: readonly number[]): number[] {
  return [...new Set(cpus)].toSorted((a, b) => a - b);
}

/** A list as the kernel prints it, or undefined where it is absent, empty or not one. */
function cpuListIn(text: string | undefined): number[] | undefined {
  if (text === undefined) return undefined;
  try {
    return parseCpuList(text);
  } catch {
    return undefined;
  }
}

function topologyFile(files: ReadonlyMap<string, string>, cpu: number, name: string): string | undefined {
  return files.get(`${cpuRoot}/cpu${cpu}/topology/${name}`)?.trim();
}

/** /proc/cpuinfo has a `processor : 3` line per online CPU; s390x writes `processor 3:`, then `cpu number : 3`. */
function cpusInCpuinfo(files: ReadonlyMap<string, string>): number[] | undefined {
  const text = files.get('/proc/cpuinfo') ?? '';
  const found = [...text.matchAll(/^processor\s*(?::\s*(\d+)|(\d+):)/gm)].map((match) =>
    Number(match[1] ?? match[2]),
  );
  return found.length === 0 ? undefined : found;
}

interface Group {
  readonly number: number;
  readonly members: readonly number[];
}

/**
 * Numbers the groups of CPUs that `membersOf` names. Undefined where it cannot tell for some CPU:
 * half a topology would be taken for a whole one.
 */
function groups(
  cpus: readonly number[],
  membersOf: (cpu: number) => readonly number[] | undefined,
): ReadonlyMap<number, Group> | undefined {
  const byCpu = new Map<number, Group>();
  let next = 0;
  for (const cpu of cpus) {
    const members = membersOf(cpu);
    if (members === undefined) return undefined;
    if (byCpu.has(cpu)) continue;
    const group = { number: next++, members: ascending([cpu, ...members]) };
    for (const member of group.members) byCpu.set(member, group);
  }
  return byCpu.size === 0 ? undefined : byCpu;
}

function nodesOf(files: ReadonlyMap<string, string>): ReadonlyMap<number, number> | undefined {
  const nodes = new Map<number, number>();
  for (const [path, text] of files) {
    const node = /^\/sys\/devices\/system\/node\/node(\d+)\/cpulist$/.exec(path)?.[1];
    if (node === undefined) continue;
    for (const cpu of cpuListIn(text) ?? []) nodes.set(cpu, Number(node));
  }
  return nodes.size === 0 ? undefined : nodes;
}

const cacheTypes: Readonly<Record<string, Cache['type']>> = {
  Data: 'data',
  Instruction: 'instruction',
  Unified: 'unified',
};

const unitBytes: Readonly<Record<string, number>> = { '': 1, K: 1024, M: 1024 ** 2, G: 1024 ** 3 };

function cachesOf(files: ReadonlyMap<string, string>, cpu: number): Cache[] {
  const caches: Cache[] = [];
  for (let index = 0; ; index++) {
    const file = (name: string) => files.get(`${cpuRoot}/cpu${cpu}/cache/index${index}/${name}`)?.trim();
    const type = cacheTypes[file('type') ?? ''];
    const level = Number(file('level') ?? NaN);
    if (type === undefined || !Number.isInteger(level)) return caches;
    const size = /^(\d+)([KMG]?)$/.exec(file('size') ?? '');
    const lineBytes = Number(file('coherency_line_size') ?? 0);
    caches.push({
      level,
      type,
      sizeBytes: size === null ? undefined : Number(size[1]) * (unitBytes[size[2] ?? ''] ?? 1),
      lineBytes: lineBytes > 0 ? lineBytes : undefined,
      sharedWith: ascending([cpu, ...(cpuListIn(file('shared_cpu_list')) ?? [])]),
    });
  }
}

/**
 * x86 hybrids list their kinds as perf devices, fastest first here; elsewhere cpu_capacity ranks the CPUs
 * (Documentation/scheduler/sched-capacity.rst).
 */
function kindsOf(
  files: ReadonlyMap<string, string>,
  online: readonly number[],
): { kinds: readonly string[]; kindOf: (cpu: number) => string | undefined } {
  const perfDevices = ['cpu_core', 'cpu_atom', 'cpu_lowpower'];
  const byCpu = new Map<number, string>();
  for (const device of perfDevices) {
    for (const cpu of cpuListIn(files.get(`/sys/devices/${device}/cpus`)) ?? []) byCpu.set(cpu, device);
  }
  if (byCpu.size === 0) {
    for (const cpu of online) {
      const capacity = files.get(`${cpuRoot}/cpu${cpu}/cpu_capacity`)?.trim();
      if (capacity !== undefined) byCpu.set(cpu, `capacity ${capacity}`);
    }
  }
  const capacityOf = (kind: string) => Number(/^capacity (\d+)$/.exec(kind)?.[1] ?? 0);
  const kinds = [...new Set(byCpu.values())].toSorted((a, b) => capacityOf(b) - capacityOf(a));
  return kinds.length < 2
    ? { kinds: [], kindOf: () => undefined }
    : { kinds, kindOf: (cpu) => byCpu.get(cpu) };
}
