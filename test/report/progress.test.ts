import { expect, it } from 'vitest';
import { progressOf } from '../../src/report/progress.ts';
import { plannedTests } from '../plan/planned-tests.ts';

it('counts the blocks of the session that is gone on with', () => {
  const experiment = plannedTests(['A', 'B']);
  const terms = { kind: 'iterations', perStrategy: 1000, launches: 1 } as const;
  const block = (test: string, endedMs: number) => ({ test, launch: 0, iterations: 1000, endedMs });
  const whole = progressOf(experiment, terms);
  whole(block('A', 100));
  const resumed = progressOf(experiment, terms, [block('A', 100)]);
  expect(resumed(block('B', 200))).toEqual(whole(block('B', 200)));
});
