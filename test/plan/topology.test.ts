import { describe, expect, test } from 'vitest';
import { formatCpuList } from '../../src/plan/cpu-list.ts';
import { topologyFrom, type Topology } from '../../src/plan/topology.ts';
import { savedMachine } from './fixtures/saved-machine.ts';

/** CPU numbers by core, socket and so on. */
function grouped(
  topology: Topology,
  by: 'core' | 'cluster' | 'socket' | 'book' | 'drawer' | 'node' | 'kind',
): Record<string, number[]> {
  const groups: Record<string, number[]> = {};
  for (const cpu of topology.cpus) (groups[`${cpu[by]}`] ??= []).push(cpu.id);
  return groups;
}

describe('the topology of a saved machine', () => {
  test('a hybrid laptop has fast cores of two threads and slow ones in clusters', () => {
    const topology = topologyFrom(savedMachine('laptop-hybrid'));
    expect(Object.values(grouped(topology, 'core')).map(formatCpuList)).toEqual(
      '0-1 2-3 4-5 6-7 8 9 10 11 12 13 14 15'.split(' '),
    );
    expect(grouped(topology, 'kind')).toEqual({
      cpu_core: [0, 1, 2, 3, 4, 5, 6, 7],
      cpu_atom: [8, 9, 10, 11, 12, 13, 14, 15],
    });
    expect(topology.kinds).toEqual(['cpu_core', 'cpu_atom']);
    expect(Object.values(grouped(topology, 'cluster')).slice(-2)).toEqual([
      [8, 9, 10, 11],
      [12, 13, 14, 15],
    ]);
    expect(topology.cpus[8]?.caches[2]).toEqual({
      level: 2,
      type: 'unified',
      sizeBytes: 2 * 1024 ** 2,
      lineBytes: 64,
      sharedWith: [8, 9, 10, 11],
    });
    expect(topology.unknown).toEqual([]);
  });

  test('a two-socket server numbers second threads after all first ones', () => {
    const topology = topologyFrom(savedMachine('two-socket-server'));
    expect(topology.cpus[0]?.siblings).toEqual([0, 8]);
    expect(grouped(topology, 'socket')).toEqual({
      0: [0, 1, 2, 3, 8, 9, 10, 11],
      1: [4, 5, 6, 7, 12, 13, 14, 15],
    });
    expect(grouped(topology, 'node')).toEqual(grouped(topology, 'socket'));
    // cluster_id 65535: the kernel knows of none.
    expect(grouped(topology, 'cluster')).toEqual({ undefined: topology.online });
    expect(topology.cpus[3]?.caches.at(-1)?.sharedWith).toEqual([2, 3, 10, 11]);
  });

  test('a POWER9 partition has eight threads a core, and L1 for every four of them', () => {
    const topology = topologyFrom(savedMachine('power9-smt8'));
    expect(Object.values(grouped(topology, 'core')).map((cpus) => cpus.length)).toEqual([8, 8, 8, 8]);
    expect(grouped(topology, 'socket')[1]).toEqual(Array.from({ length: 16 }, (_, index) => 16 + index));
    expect(topology.cpus[1]?.caches[0]?.sharedWith).toEqual([1, 3, 5, 7]);
    expect(topology.cpus[1]?.caches[2]?.lineBytes).toBe(128);
  });

  test('an s390x partition has its chips as sockets, numbered from 0', () => {
    const topology = topologyFrom(savedMachine('s390x-lpar'));
    expect(grouped(topology, 'socket')).toEqual({ 0: [0, 1, 2, 3], 1: [4, 5, 6, 7] });
    expect(grouped(topology, 'core')).toEqual({ 0: [0, 1], 1: [2, 3], 2: [4, 5], 3: [6, 7] });
    expect(topology.cpus[0]?.caches.map(({ level, type }) => `L${level} ${type}`)).toEqual([
      'L1 data',
      'L1 instruction',
      'L2 data',
      'L2 instruction',
    ]);
  });

  test('a partition over drawers has its books in them, and its chips in these, whatever their numbers', () => {
    const topology = topologyFrom(savedMachine('s390x-drawers'));
    expect(Object.values(grouped(topology, 'drawer')).map(formatCpuList)).toEqual(['0-7', '8-15']);
    expect(Object.values(grouped(topology, 'book')).map(formatCpuList)).toEqual(
      '0-3 4-7 8-11 12-15'.split(' '),
    );
    expect(Object.values(grouped(topology, 'socket')).map(formatCpuList)).toEqual(
      '0-1 2-3 4-5 6-7 8-9 10-11 12-13 14-15'.split(' '),
    );
    expect(grouped(topologyFrom(savedMachine('s390x-lpar')), 'drawer')).toEqual({
      undefined: [0, 1, 2, 3, 4, 5, 6, 7],
    });
  });

  test('an Apple M1 under Linux has two clusters, the fast one in the second', () => {
    const topology = topologyFrom(savedMachine('apple-m1-linux'));
    expect(grouped(topology, 'cluster')).toEqual({ 0: [0, 1, 2, 3], 1: [4, 5, 6, 7] });
    expect(topology.kinds).toEqual(['capacity 1024', 'capacity 430']);
    expect(topology.unknown).toEqual(['nodes']);
  });

  test('a guest with two virtual CPUs has two cores with a common L3', () => {
    const topology = topologyFrom(savedMachine('guest-2-vcpu'));
    expect(topology.cpus.map(({ id, core, socket, node }) => [id, core, socket, node])).toEqual([
      [0, 0, 0, 0],
      [1, 1, 0, 0],
    ]);
    expect(topology.cpus[0]?.caches.at(-1)?.sharedWith).toEqual([0, 1]);
    expect(topology.unknown).toEqual([]);
  });

  test('a container sees all CPUs and may use those of its cpuset', () => {
    const topology = topologyFrom(savedMachine('container-cpuset'));
    expect(topology.present).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(topology.online).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(topology.allowed).toEqual([2, 3, 6]);
    expect(topology.cpus[2]?.siblings).toEqual([2, 6]);
  });
});

describe('what the kernel does not tell', () => {
  test('is listed, and every CPU counts as a core of its own', () => {
    const topology = topologyFrom(savedMachine('apple-macos'), [0, 1, 2, 3, 4, 5, 6, 7]);
    expect(topology.unknown).toEqual(['cores', 'sockets', 'nodes', 'caches']);
    expect(topology.cpus).toHaveLength(8);
    expect(new Set(topology.cpus.map(({ core }) => core)).size).toBe(8);
    expect(topology.allowed).toEqual(topology.online);
  });

  test('a package id of -1 says nothing of sockets', () => {
    expect(topologyFrom(savedMachine('arm64-guest')).unknown).toEqual(['sockets', 'nodes', 'caches']);
  });

  test.each([
    ['x86-64, arm64, ppc64le and riscv64', 'processor\t: 0\nmodel name\t: X\n\nprocessor\t: 3\n'],
    [
      's390x',
      'vendor_id       : IBM/S390\nprocessor 0: version = 00,  machine = 8561\nprocessor 3: version = 00\n',
    ],
  ])('without sysfs the CPUs are those of /proc/cpuinfo, as %s has it', (_, cpuinfo) => {
    const topology = topologyFrom(new Map([['/proc/cpuinfo', cpuinfo]]));
    expect(topology.online).toEqual([0, 3]);
    expect(topology.allowed).toEqual([0, 3]);
  });

  test('cores that are told for some CPUs only are not told', () => {
    const files = new Map(savedMachine('guest-2-vcpu'));
    files.delete('/sys/devices/system/cpu/cpu1/topology/core_cpus_list');
    files.delete('/sys/devices/system/cpu/cpu1/topology/thread_siblings_list');
    expect(topologyFrom(files).unknown).toEqual(['cores']);
  });

  test('a garbled file counts as absent', () => {
    const files = new Map(savedMachine('guest-2-vcpu'));
    files.set('/sys/devices/system/cpu/online', 'all of them\n');
    files.set('/sys/devices/system/cpu/cpu0/cache/index3/size', 'big\n');
    files.set('/sys/devices/system/cpu/cpu0/cache/index3/shared_cpu_list', '0-\n');
    const topology = topologyFrom(files);
    expect(topology.online).toEqual([0, 1]);
    expect(topology.cpus[0]?.caches[3]).toMatchObject({ sizeBytes: undefined, sharedWith: [0] });
  });

  test('no file and no affinity mask make an empty topology', () => {
    expect(topologyFrom(new Map())).toMatchObject({ cpus: [], present: [], online: [], allowed: [] });
  });
});

test('CPUs of the status file count only where they are online', () => {
  const files = new Map(savedMachine('container-cpuset'));
  files.set('/proc/self/status', 'Cpus_allowed_list:\t1,7-127\n');
  expect(topologyFrom(files).allowed).toEqual([1]);
});

test('CPUs that the process may run on are online, also where a container shows others', () => {
  const files = new Map(savedMachine('two-socket-server'));
  for (const list of ['online', 'present']) files.set(`/sys/devices/system/cpu/${list}`, '0-1\n');
  const topology = topologyFrom(files, [4, 12]);
  expect(topology.allowed).toEqual([4, 12]);
  expect(topology.cpus.find(({ id }) => id === 4)?.siblings).toEqual([4, 12]);
});
