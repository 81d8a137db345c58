import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { placementClass, planAffinity, unpinnedAffinity, withoutCopies } from '../../src/plan/affinity.ts';
import { CpuSelectionError } from '../../src/plan/cpu-list.ts';
import { topologyFrom } from '../../src/plan/topology.ts';
import { savedMachine } from './fixtures/saved-machine.ts';

const saved = (name: string) => topologyFrom(savedMachine(name));

describe('threads are placed by default', () => {
  test.each([
    // machine, threads, CPUs, class
    ['guest-2-vcpu', 1, [0], 'one-cpu'],
    ['guest-2-vcpu', 2, [0, 1], 'shared-cache'],
    ['two-socket-server', 2, [0, 1], 'shared-cache'],
    ['two-socket-server', 4, [0, 1, 2, 3], 'same-socket'],
    ['two-socket-server', 5, [0, 1, 2, 3, 4], 'across-sockets'],
    ['two-socket-server', 10, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9], 'across-sockets'],
    ['interleaved-sockets', 2, [0, 2], 'same-socket'],
    ['interleaved-sockets', 3, [0, 2, 1], 'across-sockets'],
    ['power9-smt8', 3, [0, 8, 16], 'across-sockets'],
    ['power9-smt8', 5, [0, 8, 16, 24, 1], 'across-sockets'],
    ['s390x-lpar', 2, [0, 2], 'same-socket'],
    ['s390x-lpar', 4, [0, 2, 4, 6], 'across-sockets'],
    ['s390x-drawers', 2, [0, 2], 'across-sockets'],
    ['s390x-drawers', 4, [0, 2, 4, 6], 'across-books'],
    ['s390x-drawers', 5, [0, 2, 4, 6, 8], 'across-drawers'],
    ['container-cpuset', 2, [2, 3], 'shared-cache'],
    ['container-cpuset', 3, [2, 3, 6], 'shared-cache'],
  ] as const)('on %s, %i: on CPUs %j, %s', (machine, threads, cpus, placed) => {
    expect(planAffinity(saved(machine), threads)).toMatchObject({
      cpus,
      class: placed,
      oversubscribed: false,
    });
  });

  test('on fast cores first, then on slow ones, then on second threads', () => {
    expect(planAffinity(saved('laptop-hybrid'), 14).cpus).toEqual(
      [0, 2, 4, 6].concat([8, 9, 10, 11, 12, 13, 14, 15], [1, 3]),
    );
    expect(planAffinity(saved('apple-m1-linux'), 2)).toMatchObject({ cpus: [4, 5], class: 'shared-cache' });
  });

  test('on cores of several kinds only with a note', () => {
    expect(planAffinity(saved('laptop-hybrid'), 4).notes).toEqual([]);
    expect(planAffinity(saved('laptop-hybrid'), 6).notes).toEqual([
      'The threads run on different kinds of core: cpu_core (CPU 0,2,4,6), cpu_atom (CPU 8-9).',
    ]);
  });

  test('round again, marked, where there are more of them than CPUs', () => {
    expect(planAffinity(saved('guest-2-vcpu'), 4)).toEqual({
      cpus: [0, 1, 0, 1],
      copies: [],
      spare: [],
      class: 'shared-cache',
      oversubscribed: true,
      notes: ['4 threads share CPUs 0-1: they take turns and seldom run at once.'],
    });
  });

  test('by number alone, and said so, where the topology is unknown', () => {
    expect(planAffinity(topologyFrom(new Map(), [0, 1, 2]), 2)).toEqual({
      cpus: [0, 1],
      copies: [],
      spare: [2],
      class: 'unknown',
      oversubscribed: false,
      notes: ['Which CPUs share a core or a socket is unknown here: they were taken by number alone.'],
    });
    expect(planAffinity(saved('arm64-guest'), 2).class).toBe('unknown');
  });

  test('nowhere if no CPU is allowed', () => {
    expect(() => planAffinity(topologyFrom(new Map()), 2)).toThrow(CpuSelectionError);
  });
});

describe('CPUs that are left over', () => {
  test('run copies, and are spare where these would share a core with the test', () => {
    const server = planAffinity(saved('two-socket-server'), 2);
    expect(server).toMatchObject({
      cpus: [0, 1],
      copies: [
        [2, 3],
        [4, 5],
        [6, 7],
      ],
      spare: [8, 9, 10, 11, 12, 13, 14, 15],
    });
    expect(planAffinity(saved('guest-2-vcpu'), 2).spare).toEqual([]);
  });

  test('are all spare where stress takes the place of the copies', () => {
    const machines = ['guest-2-vcpu', 'two-socket-server', 'laptop-hybrid', 'power9-smt8', 's390x-lpar'];
    for (const topology of machines.map(saved)) {
      for (const threads of [1, 2, 3, 4]) {
        const affinity = planAffinity(topology, threads);
        const stressed = withoutCopies(affinity);
        expect(stressed.copies).toEqual([]);
        expect([...new Set([...affinity.cpus, ...stressed.spare])].toSorted((a, b) => a - b)).toEqual(
          topology.allowed,
        );
      }
    }
  });
});

describe('threads are placed on request', () => {
  test('in the order of the request', () => {
    expect(planAffinity(saved('two-socket-server'), 2, [8, 0])).toMatchObject({
      cpus: [8, 0],
      class: 'smt-siblings',
    });
    expect(planAffinity(saved('two-socket-server'), 2, [0, 4])).toMatchObject({ class: 'across-sockets' });
  });

  test('with a note on requested CPUs that stay idle', () => {
    expect(planAffinity(saved('two-socket-server'), 2, [0, 1, 2]).notes).toEqual([
      '2 threads use the other requested CPUs; 2 stay idle.',
    ]);
    expect(planAffinity(saved('two-socket-server'), 2, [0, 1, 2, 3, 4]).notes).toEqual([
      '2 threads and their copies use the other requested CPUs; 4 stay idle.',
    ]);
  });

  test('on one CPU, marked, if it is the only one requested', () => {
    expect(planAffinity(saved('guest-2-vcpu'), 2, [1])).toEqual({
      cpus: [1, 1],
      copies: [],
      spare: [],
      class: 'one-cpu',
      oversubscribed: true,
      notes: ['2 threads share CPU 1: they take turns and seldom run at once.'],
    });
  });

  test.each([
    [[2, 8], 'CPU 8 does not exist: this machine has 0-7. Choose among 2-3,6.'],
    [[9, 8], 'CPUs 8-9 do not exist: this machine has 0-7. Choose among 2-3,6.'],
    [[7], 'CPU 7 is offline: choose among 2-3,6, or bring it online as root with "chcpu -e 7".'],
    [
      [0, 2],
      'CPU 0 is hidden from this process by its cpuset or affinity (taskset, a container, a batch system): ' +
        'choose among 2-3,6, or start it where 0 is allowed (docker --cpuset-cpus, taskset -c).',
    ],
    [[], 'No CPU was requested: name at least one, as in 0,1.'],
  ])('but not on %j in a container, and the reason is given', (requested, message) => {
    expect(() => planAffinity(saved('container-cpuset'), 2, requested)).toThrow(
      new CpuSelectionError(message),
    );
  });

  test('all problems of a request are told at once', () => {
    expect(() => planAffinity(saved('container-cpuset'), 2, [0, 7, 8])).toThrow(
      /CPU 8 does not exist.*CPU 7 is offline.*CPU 0 is hidden/,
    );
  });
});

describe('CPUs that are left over get copies, placed as the first', () => {
  test.each([
    // machine, threads, requested CPUs, CPUs of the copies
    ['guest-2-vcpu', 2, undefined, []],
    ['guest-2-vcpu', 1, undefined, [[1]]],
    [
      'two-socket-server',
      2,
      undefined,
      [
        [2, 3],
        [4, 5],
        [6, 7],
      ],
    ],
    [
      'two-socket-server',
      2,
      [0, 8, 1, 9, 2, 10],
      [
        [1, 9],
        [2, 10],
      ],
    ],
    ['power9-smt8', 2, undefined, [[16, 24]]],
    ['s390x-lpar', 2, undefined, [[4, 6]]],
    ['laptop-hybrid', 2, undefined, [[4, 6]]],
    ['container-cpuset', 2, undefined, []],
    ['apple-m1-linux', 2, undefined, [[6, 7]]],
  ] as const)('on %s, %i threads, of CPUs %j: on %j', (machine, threads, requested, copies) => {
    expect(planAffinity(saved(machine), threads, requested).copies).toEqual(copies);
  });
});

describe('the class of a placement', () => {
  test.each([
    ['laptop-hybrid', [0, 1], 'smt-siblings'],
    ['laptop-hybrid', [0, 0], 'one-cpu'],
    ['laptop-hybrid', [8, 11], 'shared-cache'],
    ['laptop-hybrid', [0, 8], 'shared-cache'],
    ['power9-smt8', [0, 1], 'smt-siblings'],
    ['power9-smt8', [0, 8], 'same-socket'],
    ['apple-m1-linux', [0, 4], 'same-socket'],
    ['two-socket-server', [0, 2], 'same-socket'],
    ['two-socket-server', [0, 8, 1], 'shared-cache'],
    ['guest-2-vcpu', [0, 17], 'unknown'],
  ] as const)('on %s, CPUs %j: %s', (machine, cpus, expected) => {
    expect(placementClass(saved(machine), cpus)).toBe(expected);
  });

  test('tells NUMA nodes of one socket apart', () => {
    const files = new Map(savedMachine('two-socket-server'));
    files.set('/sys/devices/system/node/node0/cpulist', '0-1,8-9');
    files.set('/sys/devices/system/node/node2/cpulist', '2-3,10-11');
    expect(placementClass(topologyFrom(files), [0, 2])).toBe('across-nodes');
  });

  test('is no more than same-socket where the caches are unknown', () => {
    const withoutCaches = new Map(
      [...savedMachine('guest-2-vcpu')].filter(([path]) => !path.includes('/cache/')),
    );
    expect(placementClass(topologyFrom(withoutCaches), [0, 1])).toBe('same-socket');
  });

  test('is not told by a common instruction cache', () => {
    const files = new Map([...savedMachine('guest-2-vcpu')].filter(([path]) => !path.includes('/index3/')));
    for (const cpu of [0, 1])
      files.set(`/sys/devices/system/cpu/cpu${cpu}/cache/index1/shared_cpu_list`, '0-1');
    expect(placementClass(topologyFrom(files), [0, 1])).toBe('same-socket');
  });
});

test('threads that cannot be pinned have no CPU', () => {
  const topology = topologyFrom(savedMachine('apple-macos'), [0, 1, 2, 3, 4, 5, 6, 7]);
  expect(unpinnedAffinity(topology, 2)).toMatchObject({
    cpus: [-1, -1],
    class: 'unpinned',
    oversubscribed: false,
  });
  expect(unpinnedAffinity(topology, 9).oversubscribed).toBe(true);
});

test('on any machine every thread has an allowed CPU, and no core has two while one has none', () => {
  const machines = ['laptop-hybrid', 'two-socket-server', 'power9-smt8', 's390x-lpar', 'container-cpuset'];
  fc.assert(
    fc.property(
      fc.constantFrom(...machines),
      fc.integer({ min: 1, max: 40 }),
      fc.infiniteStream(fc.boolean()),
      (machine, threads, keep) => {
        const files = savedMachine(machine);
        const mask = topologyFrom(files).online.filter(() => keep.next().value);
        fc.pre(mask.length > 0);
        const topology = topologyFrom(files, mask);
        const { cpus, oversubscribed } = planAffinity(topology, threads);
        expect(cpus).toHaveLength(threads);
        for (const cpu of cpus) expect(mask).toContain(cpu);
        expect(oversubscribed).toBe(threads > mask.length);
        const coreOf = (cpu: number) => topology.cpus.find(({ id }) => id === cpu)?.core;
        const cores = new Set(mask.map(coreOf));
        expect(new Set(cpus.map(coreOf)).size).toBe(Math.min(threads, cores.size));
      },
    ),
  );
});
