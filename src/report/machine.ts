import { formatCpuList } from '../plan/cpu-list.ts';
import type { MachineIdentity } from '../results/machine-schema.ts';
import { wrap } from './columns.ts';

/** Round trips of a cache line between two CPUs. */
export interface PingPong {
  readonly first: number;
  readonly second: number;
  /** Median nanoseconds there and back, or why it is unknown. */
  readonly roundTripNs: number | string;
}

/** What is known of the machine, a line each, in words. */
export function machineText(machine: MachineIdentity, pingPongs: readonly PingPong[], width: number): string {
  const facts: [string, string | undefined][] = [
    ['architecture', machine.architecture],
    ['CPU', machine.cpu.model],
    [
      'identification',
      Object.entries(machine.cpu.identification)
        .map(([key, value]) => `${key} ${value}`)
        .join(', '),
    ],
    ['microcode', machine.cpu.microcode ?? 'not told'],
    ['topology', topologyText(machine)],
    ['caches', cachesText(machine)],
    ['allowed CPUs', formatCpuList(machine.allowedCpus)],
    ['page, cache line', `${machine.pageSizeBytes ?? '?'} bytes, ${machine.cacheLineBytes ?? '?'} bytes`],
    ['frequency', frequencyText(machine)],
    ['kernel', `${machine.operatingSystem} ${machine.kernelRelease}`],
    ['Node', machine.nodeVersion],
    ['hypervisor', findingText(machine.hypervisor)],
    ['emulation', findingText(machine.emulation)],
    ['ordering', machine.ordering === undefined ? undefined : findingText(machine.ordering)],
    ['time base', timeBaseText(machine)],
    ['pinning', pinningText(machine)],
    ['load average', machine.loadAverage?.join(' ') ?? 'not told'],
    ...pingPongs.map(({ first, second, roundTripNs }): [string, string] => [
      `ping-pong ${first}-${second}`,
      typeof roundTripNs === 'string' ? roundTripNs : `${Math.round(roundTripNs)} ns there and back`,
    ]),
  ];
  const titleWidth = Math.max(...facts.map(([title]) => title.length)) + 2;
  return facts
    .filter((fact): fact is [string, string] => fact[1] !== undefined)
    .flatMap(([title, text]) =>
      wrap(text, Math.max(20, width - titleWidth)).map(
        (line, index) => (index === 0 ? title : '').padEnd(titleWidth) + line,
      ),
    )
    .join('\n');
}

function topologyText({ topology }: MachineIdentity): string {
  const plural = (n: number, noun: string) => `${n} ${noun}${n === 1 ? '' : 's'}`;
  const kinds = topology.kinds.map(({ name, cpus }) => `${name}: ${formatCpuList(cpus)}`);
  const unknown = topology.unknown.length === 0 ? [] : [`not told: ${topology.unknown.join(', ')}`];
  return [
    ...(topology.drawers === undefined ? [] : [plural(topology.drawers, 'drawer')]),
    ...(topology.books === undefined ? [] : [plural(topology.books, 'book')]),
    plural(topology.sockets, 'socket'),
    plural(topology.nodes, 'NUMA node'),
    plural(topology.cores, 'core'),
    plural(topology.threads, 'hardware thread'),
    ...kinds,
    ...unknown,
  ].join(', ');
}

function cachesText({ topology }: MachineIdentity): string {
  if (topology.caches.length === 0) return 'not told';
  return topology.caches
    .map(({ level, type, sizeBytes, sharedBy, instances }) => {
      const size = sizeBytes === undefined ? '' : ` ${sizeText(sizeBytes)}`;
      return `${instances} × L${level} ${type}${size} for ${sharedBy} CPU${sharedBy === 1 ? '' : 's'}`;
    })
    .join(', ');
}

function sizeText(bytes: number): string {
  return bytes >= 1 << 20 ? `${bytes / (1 << 20)} MiB` : `${bytes / 1024} KiB`;
}

function frequencyText({ frequency }: MachineIdentity): string {
  const parts = [
    frequency?.governor && `governor ${frequency.governor}`,
    frequency?.currentMHz && `now ${Math.round(frequency.currentMHz)} MHz`,
    frequency?.maximumMHz && `at most ${Math.round(frequency.maximumMHz)} MHz`,
  ];
  return parts.filter((part) => typeof part === 'string').join(', ') || 'not told';
}

function findingText(finding: MachineIdentity['hypervisor']): string {
  return finding === undefined ? 'none found' : `${finding.kind} (${finding.evidence})`;
}

function timeBaseText({ timeBase }: MachineIdentity): string {
  if (timeBase === undefined) return 'unknown: the addon is not there';
  if (timeBase.problem !== undefined) return `none usable: ${timeBase.problem}`;
  return `${timeBase.name}, ${(timeBase.ticksPerSecond / 1e6).toFixed(3)} MHz measured`;
}

function pinningText({ pinning }: MachineIdentity): string {
  if (pinning === undefined) return 'unknown: the addon is not there';
  return pinning.holds ? 'holds' : `does not hold: ${pinning.problem ?? 'no reason known'}`;
}
