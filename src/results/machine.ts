import type { Architecture } from '../architecture.ts';
import { topologyFrom, type Topology } from '../plan/topology.ts';
import type { MachineFacts } from '../run/addon.ts';
import { clockMHz, processorFrom } from './cpuinfo.ts';
import type { MachineIdentity } from './machine-schema.ts';
import { find, type Question } from './virtualisation.ts';

/** All that is asked of the machine, so that `identifyMachine` needs no machine to be tested. */
export interface MachineInputs {
  /** From `readMachineFiles`. */
  readonly files: ReadonlyMap<string, string>;
  /** From the addon; undefined where there is none. */
  readonly facts: MachineFacts | undefined;
  readonly architecture: Architecture;
  /** process.platform */
  readonly operatingSystem: string;
  /** os.release() */
  readonly osRelease: string;
  readonly nodeVersion: string;
  /** os.cpus()[0].model, or an empty string. */
  readonly nodeModel: string;
  /** Where the links /proc/self/exe and /proc/thread-self/exe lead, read by the process that runs the tests. */
  readonly selfExe: string | undefined;
  readonly threadSelfExe: string | undefined;
}

/** What is known of a machine: hardware, kernel and runtime, never a host name, a user or a path. */
export function identifyMachine(inputs: MachineInputs): MachineIdentity {
  const { files, facts } = inputs;
  const cpuinfo = files.get('/proc/cpuinfo');
  const topology = topologyFrom(files, facts?.allowedCpus);
  const clues = { ...inputs, hypervisorSignature: facts?.hypervisorSignature ?? '' };
  const found = (question: Question) => find(question, clues);
  return withoutAbsent({
    architecture: inputs.architecture,
    operatingSystem: inputs.operatingSystem,
    kernelRelease: inputs.osRelease,
    nodeVersion: inputs.nodeVersion,
    cpu: processorFrom(inputs.architecture, cpuinfo, inputs.nodeModel),
    topology: summarise(topology),
    allowedCpus: topology.allowed,
    pageSizeBytes: facts?.pageSizeBytes,
    cacheLineBytes: facts?.cacheLineBytes,
    frequency: frequencyOf(files, topology),
    hypervisor: found('hypervisor'),
    emulation: found('emulation'),
    ordering: found('ordering'),
    timeBase: facts && withoutAbsent(facts.timeBase),
    pinning: facts && withoutAbsent({ holds: facts.canPin, problem: facts.pinningProblem }),
    loadAverage: loadAverageIn(files.get('/proc/loadavg')),
  });
}

/** Drops fields that are undefined, which JSON does not have. */
function withoutAbsent<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  const present = Object.entries(value).filter(([, field]) => field !== undefined);
  return Object.fromEntries(present) as { [K in keyof T]: Exclude<T[K], undefined> };
}

function summarise(topology: Topology): MachineIdentity['topology'] {
  const distinct = (values: readonly unknown[]) => new Set(values).size;
  const ifAny = (values: readonly (number | undefined)[]) =>
    distinct(values.filter((value) => value !== undefined)) || undefined;
  return withoutAbsent({
    sockets: distinct(topology.cpus.map(({ socket }) => socket)),
    books: ifAny(topology.cpus.map(({ book }) => book)),
    drawers: ifAny(topology.cpus.map(({ drawer }) => drawer)),
    nodes: distinct(topology.cpus.map(({ node }) => node)),
    cores: distinct(topology.cpus.map(({ core }) => core)),
    threads: topology.cpus.length,
    kinds: topology.kinds.map((name) => ({
      name,
      cpus: topology.cpus.filter(({ kind }) => kind === name).map(({ id }) => id),
    })),
    caches: summariseCaches(topology),
    unknown: topology.unknown,
  });
}

type CacheLine = MachineIdentity['topology']['caches'][number];

/** Caches of the same level, type, size and sharing make one line. */
function summariseCaches(topology: Topology): CacheLine[] {
  const seenByEachCpu = topology.cpus.flatMap((cpu) => cpu.caches);
  const instances = new Map(
    seenByEachCpu.map((cache) => [
      JSON.stringify([cache.level, cache.type, cache.sizeBytes, cache.sharedWith]),
      cache,
    ]),
  );
  const lines = new Map<string, CacheLine>();
  for (const { level, type, sizeBytes, sharedWith } of instances.values()) {
    const key = JSON.stringify([level, type, sizeBytes, sharedWith.length]);
    const before = lines.get(key)?.instances ?? 0;
    lines.set(
      key,
      withoutAbsent({ level, type, sizeBytes, sharedBy: sharedWith.length, instances: before + 1 }),
    );
  }
  return [...lines.values()];
}

function frequencyOf(
  files: ReadonlyMap<string, string>,
  topology: Topology,
): MachineIdentity['frequency'] | undefined {
  const perCpu = (file: string) =>
    topology.allowed.flatMap(
      (cpu) => files.get(`/sys/devices/system/cpu/cpu${cpu}/cpufreq/${file}`)?.trim() ?? [],
    );
  const governors = new Set(perCpu('scaling_governor'));
  const maximaKHz = perCpu('cpuinfo_max_freq').map(Number).filter(Number.isFinite);
  const frequency = withoutAbsent({
    governor: governors.size === 0 ? undefined : [...governors].join(' + '),
    maximumMHz: maximaKHz.length === 0 ? undefined : Math.max(...maximaKHz) / 1000,
    currentMHz: clockMHz(files.get('/proc/cpuinfo')),
  });
  return Object.keys(frequency).length === 0 ? undefined : frequency;
}

function loadAverageIn(text: string | undefined): number[] | undefined {
  const loads = (text ?? '').split(' ').slice(0, 3).map(Number);
  return text !== undefined && loads.length === 3 && loads.every(Number.isFinite) ? loads : undefined;
}

const longestModelName = 48;

/**
 * A name for folders and files that tells the hardware and nothing else: `amd-epyc-2cpu-x86-64-kvm`.
 * Machines of the same hardware have the same name.
 */
export function machineName(machine: MachineIdentity): string {
  const model = slug(machine.cpu.model.replaceAll(/\((?:R|TM)\)|\bCPU\b|\bprocessor\b|@.*$/gi, ' '));
  const parts = [
    model.slice(0, longestModelName).replace(/-+$/, '') || 'unknown',
    `${machine.topology.threads}cpu`,
    machine.architecture,
    (machine.emulation ?? machine.hypervisor)?.kind,
  ];
  return parts.filter((part) => part !== undefined).join('-');
}

function slug(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '');
}
