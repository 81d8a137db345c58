import fc from 'fast-check';
import { expect, it } from 'vitest';
import { largestSets } from '../../src/evidence/largest-sets.ts';

const items = [0, 1, 2, 3, 4];
const subsets = Array.from({ length: 2 ** items.length }, (_, bits) =>
  items.filter((item) => ((bits >> item) & 1) === 1),
);

/** What can go where certain sets, and all that hold them, cannot. */
const without = (forbidden: readonly (readonly number[])[]) => (set: readonly number[]) =>
  !forbidden.some((one) => one.every((item) => set.includes(item)));

it('finds the sets that can go and are in no larger one that can', () => {
  fc.assert(
    fc.property(fc.array(fc.subarray(items, { minLength: 1 }), { maxLength: 6 }), (forbidden) => {
      const canGo = without(forbidden);
      const able = subsets.filter((set) => set.length > 0 && canGo(set));
      const largest = able.filter(
        (set) =>
          !able.some((other) => other.length > set.length && set.every((item) => other.includes(item))),
      );
      const found = largestSets(items, canGo);
      expect(found.toSorted().map(String)).toEqual(largest.toSorted().map(String));
    }),
  );
});

it('asks once of each set, and once in all where everything can go', () => {
  const asked: string[] = [];
  const recorded = (canGo: (set: readonly number[]) => boolean) => (set: readonly number[]) => {
    asked.push(set.join());
    return canGo(set);
  };
  largestSets(
    items,
    recorded(() => true),
  );
  expect(asked).toEqual(['0,1,2,3,4']);
  asked.length = 0;
  expect(
    largestSets(
      items,
      recorded(() => false),
    ),
  ).toEqual([]);
  expect(new Set(asked).size).toBe(asked.length);
});
