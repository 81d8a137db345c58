import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseLitmus } from '../../src/language/parser.ts';
import { engineNames, plansFor, spinEveryIteration, strideFor } from '../../src/plan/run-plan.ts';

test('a stride leaves no group out, whatever the number of iterations', () => {
  const upTo = (max: number) => fc.integer({ min: 1, max });
  fc.assert(
    fc.property(upTo(100), upTo(2000), upTo(300), (group, cells, groupStride) => {
      const stride = strideFor({ ...spinEveryIteration, group, groupStride }, cells);
      const groups = Math.ceil(cells / group);
      const visited = new Set(Array.from({ length: groups }, (_, turn) => (turn * stride) % groups));
      expect(visited.size).toBe(groups);
      expect(stride).toBeGreaterThanOrEqual(groupStride);
    }),
  );
});

test('groups are visited in order where the plan says nothing of it', () => {
  expect(strideFor(spinEveryIteration, 4096)).toBe(1);
});

const storeBuffering = parseLitmus(
  'C sb\n{}\nP0(int *x, int *y)\n{\n\tWRITE_ONCE(*x, 1);\n\tint r0 = READ_ONCE(*y);\n}\nP1(int *x, int *y)\n{\n\tWRITE_ONCE(*y, 1);\n\tint r0 = READ_ONCE(*x);\n}\nexists (0:r0=0 /\\ 1:r0=0)\n',
  'sb.litmus',
);
const namesOf = (...choice: Parameters<typeof plansFor>) => plansFor(...choice).map(({ name }) => name);

test('without a time base no plan starts threads by it, unless it was asked for', () => {
  const rendezvous = plansFor(storeBuffering, false).map((plan) => plan.rendezvous);
  expect(rendezvous).toEqual(['spin', 'spin', 'free', 'perpetual']);
  expect(namesOf(storeBuffering, false, { engines: ['deadline'] })).toEqual([
    'split-deadline',
    'packed-deadline',
  ]);
});

test('threads that take turns do not run perpetually, unless asked to', () => {
  expect(namesOf(storeBuffering, true, { oversubscribed: true })).not.toContain('perpetual');
  expect(namesOf(storeBuffering, true, { oversubscribed: true, engines: ['perpetual'] })).toEqual([
    'perpetual',
  ]);
});

test('where a test can run in lanes its threads take turns under one plan alone, unless asked for more', () => {
  const choice = { oversubscribed: true, lanes: 2 };
  expect(namesOf(storeBuffering, true, choice)).toEqual(['split-deadline', 'split-deadline-2-lanes']);
  const asked = namesOf(storeBuffering, true, { ...choice, engines: ['spin', 'free'] });
  expect(asked).toEqual(['split-spin', 'split-spin-2-lanes', 'packed-spin', 'split-free', 'packed-free']);
});

test.each(engineNames)('--engine %s: every plan has it, under a name of its own', (engine) => {
  const plans = plansFor(storeBuffering, true, { engines: [engine] });
  expect(plans.map((plan) => plan.rendezvous)).toEqual(plans.map(() => engine));
  const all = plansFor(storeBuffering, true, { engines: engineNames });
  expect(new Set(all.map(({ name }) => name)).size).toBe(7);
});

test('so few iterations that plans would have no batch of their own run under fewer of them', () => {
  const plansOf = (iterations: number) => plansFor(storeBuffering, true, { iterations }).length;
  expect([1, 10_000, 20_000, 1e6].map(plansOf)).toEqual([1, 1, 2, 4]);
  expect(plansFor(storeBuffering, true, { iterations: 1, engines: ['spin'] })).toHaveLength(2);
});

test('plans found on a machine run beside the portable ones, of the engines that were asked for', () => {
  const tuned = [{ ...spinEveryIteration, name: 'tuned' }];
  expect(namesOf(storeBuffering, true, { tuned }).at(-1)).toBe('tuned');
  expect(namesOf(storeBuffering, true, { tuned, engines: ['free'] })).not.toContain('tuned');
});
