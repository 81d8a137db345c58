import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { parseLitmus } from '../../src/language/parser.ts';
import { readTests } from '../../src/language/test-files.ts';
import { targetFor } from '../../src/lower/targets.ts';
import type { Architecture } from '../../src/architecture.ts';
import { fencesIn } from '../../src/lower/lanes.ts';
import { lanesFor } from '../../src/plan/lanes.ts';

const litmus = fileURLToPath(new URL('../../litmus/', import.meta.url));
const suite = new Map(readTests([litmus]).map((one) => [one.test.name, one.test]));
const testNamed = (name: string) => {
  const found = suite.get(name);
  if (found === undefined) throw new Error(`no test ${name}`);
  return found;
};
const targetOf = (architecture: Architecture) => {
  const target = targetFor(architecture);
  if (target === undefined) throw new Error(`no target ${architecture}`);
  return target;
};
const lanesOn = (architecture: Architecture, name: string, cpus: number) =>
  lanesFor(testNamed(name), targetOf(architecture), cpus);
const fencesOn = (architecture: Architecture, name: string) =>
  fencesIn(testNamed(name), lanesOn(architecture, name, 2) ?? [], targetOf(architecture));

test('threads that pass each other by share a lane everywhere', () => {
  for (const architecture of ['x86-64', 'arm64', 'ppc64le', 's390x', 'riscv64'] as const) {
    const lanes = lanesOn(architecture, 'SB-four', 2);
    expect(lanes?.map((lane) => lane.length)).toEqual([2, 2]);
  }
  expect(lanesOn('arm64', 'SB-four', 2)).toEqual([
    [0, 2],
    [1, 3],
  ]);
});

test('those that have a location in common do with a fence between them, or where the CPU delays stores only', () => {
  expect(lanesOn('x86-64', 'SB-three', 2)).toEqual([[0, 1], [2]]);
  expect(fencesOn('x86-64', 'SB-three')).toBe(0);
  expect(fencesOn('s390x', 'SB-three')).toBe(0);
  expect(lanesOn('arm64', 'SB-three', 2)).toEqual([[0, 1], [2]]);
  expect(fencesOn('arm64', 'SB-three')).toBe(1);
  // Its second thread reads what the first one writes, on x86 too.
  expect(lanesOn('x86-64', 'Z6.0', 2)).toEqual([[0, 1], [2]]);
  expect(fencesOn('x86-64', 'Z6.0')).toBe(1);
});

test('there are none in which the test could not show its event', () => {
  // x86 forbids it without barriers.
  for (const name of ['IRIW', 'WRC', 'ISA2']) expect(lanesOn('x86-64', name, 2)).toBeUndefined();
  // Power allows it, of readers that have a CPU each: in lanes someone reads what is written after.
  expect(lanesOn('ppc64le', 'IRIW', 4)).toBeUndefined();
});

test('there are none for tests with locks', () => {
  expect(lanesOn('x86-64', 'J-unlocked', 2)).toBeUndefined();
});

test('there are none where threads take a location for different types', () => {
  const text = readFileSync(join(litmus, 'controls/SB-four.litmus'), 'utf8').replace('int *w', 'long *w');
  const target = targetOf('x86-64');
  expect(text).toContain('long *w');
  expect(lanesFor(parseLitmus(text, 'SB-four.litmus'), target, 2)).toBeUndefined();
});

test('there are as many lanes as CPUs, and none where each thread has a CPU or where there is one', () => {
  expect(
    lanesOn('x86-64', 'SB-four', 3)
      ?.map((lane) => lane.length)
      .toSorted(),
  ).toEqual([1, 1, 2]);
  expect(lanesOn('x86-64', 'SB-four', 4)).toBeUndefined();
  expect(lanesOn('x86-64', 'SB-four', 1)).toBeUndefined();
  expect(lanesOn('x86-64', 'SB-two', 2)).toBeUndefined();
});
