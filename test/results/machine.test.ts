import { describe, expect, test } from 'vitest';
import { Compile } from 'typebox/schema';
import type { MachineFacts } from '../../src/run/addon.ts';
import { identifyMachine, machineName, type MachineInputs } from '../../src/results/machine.ts';
import { machineSchema } from '../../src/results/machine-schema.ts';
import { schemaProblem } from '../../src/results/document-check.ts';
import { savedMachine } from '../plan/fixtures/saved-machine.ts';

const facts: MachineFacts = {
  allowedCpus: [0, 1],
  pageSizeBytes: 4096,
  cacheLineBytes: 64,
  canPin: true,
  pinningProblem: undefined,
  timeBase: { name: 'TSC', ticksPerSecond: 2_596_134_000, problem: undefined },
  hypervisorSignature: 'KVMKVMKVM',
  codeVariants: [],
};

function inputs(machine: string, more: Partial<MachineInputs> = {}): MachineInputs {
  return {
    files: savedMachine(machine),
    facts: undefined,
    architecture: 'x86-64',
    operatingSystem: 'linux',
    osRelease: '6.12.0',
    nodeVersion: 'v20.19.0',
    nodeModel: '',
    selfExe: undefined,
    threadSelfExe: undefined,
    ...more,
  };
}

const machines: readonly MachineInputs[] = [
  inputs('guest-2-vcpu', { facts }),
  inputs('guest-2-vcpu'),
  inputs('laptop-hybrid'),
  inputs('two-socket-server'),
  inputs('container-cpuset'),
  inputs('power9-smt8', { architecture: 'ppc64le' }),
  inputs('s390x-lpar', { architecture: 's390x' }),
  inputs('apple-m1-linux', { architecture: 'arm64' }),
  inputs('arm64-guest', { architecture: 'arm64' }),
  inputs('apple-macos', {
    architecture: 'arm64',
    operatingSystem: 'darwin',
    osRelease: '24.1.0',
    nodeModel: 'Apple M2',
    facts: {
      ...facts,
      allowedCpus: [0, 1, 2, 3, 4, 5, 6, 7],
      canPin: false,
      pinningProblem: 'macOS has no way to pin a thread',
      hypervisorSignature: '',
      codeVariants: [],
    },
  }),
];

describe('the identity of a machine', () => {
  test('of a guest with two virtual CPUs, in full', () => {
    expect(identifyMachine(inputs('guest-2-vcpu', { facts }))).toEqual({
      architecture: 'x86-64',
      operatingSystem: 'linux',
      kernelRelease: '6.12.0',
      nodeVersion: 'v20.19.0',
      cpu: {
        model: 'AMD EPYC',
        identification: { vendor: 'AuthenticAMD', family: '25', model: '17', stepping: '1' },
        microcode: '0x1000065',
      },
      topology: {
        sockets: 1,
        nodes: 1,
        cores: 2,
        threads: 2,
        kinds: [],
        caches: [
          { level: 1, type: 'data', sizeBytes: 32768, sharedBy: 1, instances: 2 },
          { level: 1, type: 'instruction', sizeBytes: 32768, sharedBy: 1, instances: 2 },
          { level: 2, type: 'unified', sizeBytes: 1048576, sharedBy: 1, instances: 2 },
          { level: 3, type: 'unified', sizeBytes: 33554432, sharedBy: 2, instances: 1 },
        ],
        unknown: [],
      },
      allowedCpus: [0, 1],
      pageSizeBytes: 4096,
      cacheLineBytes: 64,
      frequency: { currentMHz: 2596.134 },
      hypervisor: { kind: 'kvm', evidence: 'The signature in CPUID leaf 0x40000000 says "KVMKVMKVM".' },
      timeBase: { name: 'TSC', ticksPerSecond: 2_596_134_000 },
      pinning: { holds: true },
      loadAverage: [0.44, 0.11, 0.03],
    });
  });

  test('of a hybrid laptop tells its kinds of core, its governor and its caches', () => {
    const { topology, frequency } = identifyMachine(inputs('laptop-hybrid'));
    expect(topology.kinds).toEqual([
      { name: 'cpu_core', cpus: [0, 1, 2, 3, 4, 5, 6, 7] },
      { name: 'cpu_atom', cpus: [8, 9, 10, 11, 12, 13, 14, 15] },
    ]);
    expect([topology.sockets, topology.cores, topology.threads]).toEqual([1, 12, 16]);
    expect(topology.caches.filter(({ level }) => level === 2)).toEqual([
      { level: 2, type: 'unified', sizeBytes: 1280 * 1024, sharedBy: 2, instances: 4 },
      { level: 2, type: 'unified', sizeBytes: 2048 * 1024, sharedBy: 4, instances: 2 },
    ]);
    expect(frequency).toEqual({ governor: 'powersave', maximumMHz: 4400, currentMHz: 1700 });
  });

  test('of a machine with drawers and books counts them', () => {
    expect(identifyMachine(inputs('s390x-drawers')).topology).toMatchObject({
      drawers: 2,
      books: 4,
      sockets: 8,
      cores: 8,
    });
  });

  test('of a container has the CPUs of its cpuset', () => {
    expect(identifyMachine(inputs('container-cpuset')).allowedCpus).toEqual([2, 3, 6]);
  });

  test('of a Mac says that threads are not pinned, and what is unknown', () => {
    const identity = identifyMachine(machines.at(-1) as MachineInputs);
    expect(identity.cpu.model).toBe('Apple M2');
    expect(identity.pinning).toEqual({ holds: false, problem: 'macOS has no way to pin a thread' });
    expect(identity.topology.unknown).toEqual(['cores', 'sockets', 'nodes', 'caches']);
  });

  test('under qemu-user says so', () => {
    const links = { selfExe: '/usr/bin/node', threadSelfExe: '/usr/bin/qemu-s390x-static' };
    expect(identifyMachine(inputs('guest-2-vcpu', links)).emulation?.kind).toBe('qemu-user');
  });

  test.each(machines)('is valid for the schema ($#)', (machine) => {
    expect(schemaProblem(Compile(machineSchema), identifyMachine(machine))).toBeUndefined();
  });
});

describe('the name of a machine', () => {
  test('tells its hardware', () => {
    expect(machines.map((machine) => machineName(identifyMachine(machine)))).toEqual([
      'amd-epyc-2cpu-x86-64-kvm',
      'amd-epyc-2cpu-x86-64-virtual',
      '12th-gen-intel-core-i5-1240p-16cpu-x86-64',
      'amd-epyc-9124-16-core-16cpu-x86-64',
      'intel-xeon-gold-6126-7cpu-x86-64',
      'power9-architected-32cpu-ppc64le-powervm',
      'ibm-z15-8cpu-s390x-lpar',
      'apple-m1-icestorm-apple-m1-firestorm-8cpu-arm64',
      'arm-neoverse-n1-4cpu-arm64-virtual',
      'apple-m2-8cpu-arm64',
    ]);
  });

  test.each([
    ['../../etc/passwd', 'etc-passwd'],
    ['A'.repeat(300), 'a'.repeat(48)],
    ['カスタム', 'unknown'],
    ['', 'unknown'],
    ['CON', 'con'],
    ['x\u0000y/z\\', 'x-y-z'],
  ])('of a CPU called %j is safe for a folder', (model, safe) => {
    const identity = identifyMachine(inputs('guest-2-vcpu'));
    expect(machineName({ ...identity, cpu: { ...identity.cpu, model } })).toBe(`${safe}-2cpu-x86-64-virtual`);
  });
});
