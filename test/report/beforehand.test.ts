import { expect, test } from 'vitest';
import { sentencesBeforehand, shortnessOf } from '../../src/report/beforehand.ts';
import { plannedTests } from '../plan/planned-tests.ts';

const timeBase = (problem?: string) => ({
  timeBase: { name: 'TSC', ticksPerSecond: 1e9, problem },
});
const [planned] = plannedTests(['SB']);
if (planned === undefined) throw new Error('nothing is planned');

test('what the machine lacks and where threads share CPUs is said once each', () => {
  const shared = {
    ...planned,
    plans: planned.plans.map((placed) => ({
      ...placed,
      affinity: {
        ...placed.affinity,
        notes: ['2 threads share CPU 0: they take turns and seldom run at once.'],
      },
    })),
  };
  expect(sentencesBeforehand([planned], [], timeBase())).toEqual([]);
  expect(sentencesBeforehand([shared, shared], [], timeBase('no constant rate'))).toEqual([
    'No time base (no constant rate): threads meet by spinning alone, and start less exactly.',
    '2 threads share CPU 0: they take turns and seldom run at once.',
  ]);
});

test('a test without a perpetual form is news where several engines were asked for', () => {
  const refused = {
    ...planned,
    variants: planned.variants.map((variant) => ({ ...variant, notPerpetual: 'SB cannot run perpetually' })),
  };
  expect(sentencesBeforehand([refused], ['perpetual'], timeBase())).toEqual([]);
  expect(sentencesBeforehand([refused], ['spin', 'perpetual'], timeBase())).toEqual([
    'SB cannot run perpetually.',
  ]);
});

test('a time that is too short is told of before it is spent', () => {
  const amount = (budgetMs: number) => ({ kind: 'time', budgetMs, launches: 5 }) as const;
  expect(shortnessOf(amount(60_000), 2000, [planned])).toBeUndefined();
  expect(shortnessOf(amount(2010), 2000, [planned])).toMatch(/^The time is little for 1 test: /);
  expect(shortnessOf(amount(1000), 2000, [planned])).toContain('getting ready alone took 2.0 s');
  expect(shortnessOf({ kind: 'iterations', perStrategy: 10, launches: 1 }, 2000, [planned])).toBeUndefined();
});
