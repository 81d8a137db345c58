import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { readMachineFiles, readProgramLinks } from '../../src/results/machine-files.ts';
import { topologyFrom } from '../../src/plan/topology.ts';
import { savedMachine } from '../plan/fixtures/saved-machine.ts';

const roots: string[] = [];

/** Files as a tree below a new folder. */
function tree(files: ReadonlyMap<string, string>): string {
  const root = mkdtempSync(join(tmpdir(), 'fencepost-machine-'));
  roots.push(root);
  for (const [path, text] of files) {
    mkdirSync(join(root, dirname(path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

afterEach(() => {
  for (const root of roots.splice(0)) rmSync(root, { recursive: true });
});

test.each(['laptop-hybrid', 's390x-lpar', 'guest-2-vcpu'])(
  'a tree of the files of %s is read as it was saved',
  (machine) => {
    const saved = savedMachine(machine);
    const read = readMachineFiles(tree(saved));
    expect(Object.fromEntries(read)).toEqual(Object.fromEntries(saved));
  },
);

test('nothing but the files that are known is read', () => {
  const root = tree(
    new Map([
      ['/sys/devices/system/cpu/cpu0/topology/thread_siblings_list', '0\n'],
      ['/sys/devices/system/cpu/cpufreq/boost', '1\n'],
      ['/sys/devices/system/cpu/cpuidle/current_driver', 'none\n'],
      ['/sys/class/dmi/id/product_serial', 'SECRET\n'],
      ['/proc/device-tree/serial-number', 'SECRET\n'],
      ['/etc/hostname', 'SECRET\n'],
    ]),
  );
  expect([...readMachineFiles(root).keys()]).toEqual([
    '/sys/devices/system/cpu/cpu0/topology/thread_siblings_list',
  ]);
});

test('an empty tree has no files', () => {
  expect(readMachineFiles(tree(new Map())).size).toBe(0);
});

test('this machine says on which CPUs this process may run, if it is Linux', () => {
  const topology = topologyFrom(readMachineFiles());
  expect(topology.allowed.length > 0).toBe(process.platform === 'linux');
});

test('this process has its program links, if it is Linux', () => {
  const { selfExe, threadSelfExe } = readProgramLinks();
  const found = process.platform === 'linux' ? 'string' : 'undefined';
  expect([typeof selfExe, typeof threadSelfExe]).toEqual([found, found]);
});
