import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { spinEveryIteration, strideFor } from '../../src/plan/run-plan.ts';

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
