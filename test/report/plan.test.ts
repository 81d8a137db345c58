import { expect, test } from 'vitest';
import { planText } from '../../src/report/plan.ts';
import { plannedTests } from '../plan/planned-tests.ts';

const [planned] = plannedTests(['SB']);
const [placed] = planned?.plans ?? [];
if (planned === undefined || placed === undefined) throw new Error('nothing is planned');
const { plan, affinity } = placed;
const { test: litmusTest } = planned;

const lineOf = (text: string, title: string) =>
  text
    .split('\n')
    .find((line) => line.startsWith(`  ${title} `))
    ?.slice(17);

test('a plan is told with all that it does, and where', () => {
  const tuned = { ...plan, lanes: 2, groupStride: 7, preload: 'write', stressBytes: 65536 } as const;
  const text = planText(
    litmusTest,
    [{ plan: tuned, affinity: { ...affinity, copies: [[2, 3]] } }],
    [[0, 2], [1]],
  );
  expect(text).toContain('SB: 2 threads, 1 plan\n');
  expect(lineOf(text, 'CPUs')).toBe(`0,1 (${affinity.class}), and copies on 2,3`);
  expect(lineOf(text, 'lanes')).toMatch(/^2: P0 and P2, P1; threads of a lane run as one/);
  expect(lineOf(text, 'order')).toBe('every 7th group, round and round');
  expect(lineOf(text, 'preload')).toMatch(/as for a store/);
  expect(lineOf(text, 'stress')).toBe('on CPUs that are left over, over 65536 bytes');
});

test('without them it says so, and without a machine it names no CPUs', () => {
  const text = planText(litmusTest, [{ plan }]);
  expect(lineOf(text, 'CPUs')).toBeUndefined();
  expect(lineOf(text, 'lanes')).toBeUndefined();
  expect(lineOf(text, 'stress')).toBe('none');
});

test('threads that take turns, or are not pinned, are told', () => {
  const on = (cpus: readonly number[], oversubscribed: boolean) =>
    lineOf(planText(litmusTest, [{ plan, affinity: { ...affinity, cpus, oversubscribed } }]), 'CPUs');
  expect(on([0, 0], true)).toMatch(/^0,0 .*: threads take turns$/);
  expect(on([-1, -1], false)).toMatch(/^not pinned \(/);
});
