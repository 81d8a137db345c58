/** What of a collection can be done without, together. */

/** The whole lattice of subsets is at most 2 to this many. */
export const mostInSets = 8;

/**
 * The largest sets of items that can go together. What cannot go as a set cannot go as a larger one,
 * so the sets are tried from the whole downwards, and nothing below one that can go.
 * @param canGo asked at most once of each set; items in their order.
 */
export function largestSets<T>(
  items: readonly T[],
  canGo: (items: readonly T[]) => boolean,
): readonly (readonly T[])[] {
  const found: (readonly T[])[] = [];
  let level: readonly (readonly T[])[] = [items];
  while (level.length > 0) {
    const open = level.filter((set) => !found.some((larger) => set.every((item) => larger.includes(item))));
    const refused = open.filter((set) => {
      const goes = set.length > 0 && canGo(set);
      if (goes) found.push(set);
      return !goes;
    });
    const smaller = refused.flatMap((set) => set.map((item) => set.filter((other) => other !== item)));
    level = [...new Map(smaller.map((set) => [set.map((item) => items.indexOf(item)).join(), set])).values()];
  }
  return found;
}
