/** Random whole numbers below a bound of at most 2^53, the same for the same seed (SplitMix64). */
export type Random = (below: number) => number;

export function randomFrom(seed: bigint): Random {
  let state = BigInt.asUintN(64, seed);
  return (below) => {
    state = BigInt.asUintN(64, state + 0x9e3779b97f4a7c15n);
    let mixed = state;
    mixed = BigInt.asUintN(64, (mixed ^ (mixed >> 30n)) * 0xbf58476d1ce4e5b9n);
    mixed = BigInt.asUintN(64, (mixed ^ (mixed >> 27n)) * 0x94d049bb133111ebn);
    mixed ^= mixed >> 31n;
    return Number((mixed * BigInt(below)) >> 64n);
  };
}

/**
 * Every whole number below `size` once, in random order: Fisher and Yates' shuffle, of which only the
 * numbers that have changed places are kept.
 */
export function* shuffled(size: number, random: Random): Generator<number> {
  const moved = new Map<number, number>();
  for (let left = size; left > 0; left -= 1) {
    const place = random(left);
    yield moved.get(place) ?? place;
    moved.set(place, moved.get(left - 1) ?? left - 1);
    moved.delete(left - 1);
  }
}
