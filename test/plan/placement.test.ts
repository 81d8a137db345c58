import { describe, expect, test } from 'vitest';
import { placementChoices, placementClass, planAffinity, type Affinity } from '../../src/plan/affinity.ts';
import { absenceOf, classesOf, placeByClass, placesFor, placesText } from '../../src/plan/placement.ts';
import { topologyFrom } from '../../src/plan/topology.ts';
import { savedMachine } from './fixtures/saved-machine.ts';

const machines = [
  'apple-m1-linux',
  'apple-macos',
  'arm64-guest',
  'container-cpuset',
  'guest-2-vcpu',
  'interleaved-sockets',
  'laptop-hybrid',
  'power9-smt8',
  's390x-lpar',
  's390x-drawers',
  'two-socket-server',
] as const;
const saved = (name: string) => topologyFrom(savedMachine(name));

describe('the classes of a machine', () => {
  test('are known for machines of many kinds', async () => {
    const lines = machines.flatMap((machine) =>
      [2, 3, 4].map((threads) => {
        const topology = saved(machine);
        const classes = classesOf(topology, threads).map(
          (choice) => `${choice} ${placeByClass(topology, threads, choice)?.cpus.join(',')}`,
        );
        return `${machine}, ${threads} threads: ${classes.join('; ') || 'none'}`;
      }),
    );
    await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot('golden/placements.txt');
  });

  test.each(machines)(
    '%s: every placement is of its class, on CPUs of its own that are allowed',
    (machine) => {
      const topology = saved(machine);
      for (const choice of placementChoices) {
        for (const threads of [2, 3, 4, 5, 8]) {
          const affinity = placeByClass(topology, threads, choice);
          if (affinity === undefined) continue;
          const copies = [affinity.cpus, ...affinity.copies];
          for (const cpus of copies) expect(placementClass(topology, cpus)).toBe(choice);
          const all = [...copies.flat(), ...affinity.spare];
          expect(all.toSorted((left, right) => left - right)).toEqual(topology.allowed);
        }
      }
    },
  );

  test('a test of one thread has no place of a class', () => {
    for (const machine of machines) expect(classesOf(saved(machine), 1)).toEqual([]);
  });
});

describe('a class that a machine lacks', () => {
  test('is named, with the reason', () => {
    expect(absenceOf('smt-siblings', 2, saved('guest-2-vcpu'))).toBe(
      'Placement smt-siblings is absent here for tests of 2 threads: no core has 2 hardware threads that may be used; there are shared-cache.',
    );
    expect(absenceOf('across-sockets', 2, saved('arm64-guest'))).toMatch(/nothing is known\)\.$/);
    expect(absenceOf('across-drawers', 2, saved('guest-2-vcpu'))).toMatch(/: no two drawers have CPUs/);
  });

  test('is told of only where machines are known to have what it is about', () => {
    const guest = saved('guest-2-vcpu');
    expect(placesText(guest, 2, planAffinity(guest, 2))).not.toMatch(/book|drawer/);
    const drawers = saved('s390x-drawers');
    expect(placesText(drawers, 8, planAffinity(drawers, 8))).toBe(
      'Tests of 8 threads are placed as across-drawers, across-books; absent here: smt-siblings, shared-cache, same-socket, across-nodes, across-sockets.',
    );
  });
});

describe('a run at chosen places', () => {
  const server = saved('two-socket-server');
  const usual = planAffinity(server, 2);

  test('of one class is there and nowhere else, or says why it is not', () => {
    expect(placesFor(server, 2, 'across-sockets', usual)).toMatchObject([
      { cpus: [0, 4], class: 'across-sockets' },
    ]);
    expect(placesFor(server, 2, 'across-nodes', usual)).toMatch(/^Placement across-nodes is absent here/);
    expect(placesFor(server, 3, 'smt-siblings', planAffinity(server, 3))).toMatch(/no core has 3 hardware/);
  });

  test('of all is once in each class, the usual place first', () => {
    const places = placesFor(server, 2, 'all', usual);
    expect(Array.isArray(places) && places.map((place) => (place as Affinity).class)).toEqual([
      'shared-cache',
      'smt-siblings',
      'same-socket',
      'across-sockets',
    ]);
    expect(placesText(server, 2, usual)).toBe(
      'Tests of 2 threads are placed as shared-cache, smt-siblings, same-socket, across-sockets; absent here: across-nodes.',
    );
  });

  test('leaves a test of one thread where it was', () => {
    const one = planAffinity(server, 1);
    for (const choice of [...placementChoices, 'all'] as const) {
      expect(placesFor(server, 1, choice, one)).toEqual([one]);
    }
  });
});
