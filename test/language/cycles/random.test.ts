import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { randomFrom, shuffled } from '../../../src/language/cycles/random.ts';

describe('a shuffle', () => {
  it('has each number once', () => {
    fc.assert(
      fc.property(fc.nat({ max: 300 }), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), (size, seed) => {
        const numbers = [...shuffled(size, randomFrom(seed))].toSorted((a, b) => a - b);
        expect(numbers).toEqual(Array.from({ length: size }, (_, number) => number));
      }),
    );
  });

  it('begins anywhere, also in a range that no memory could hold', () => {
    const size = 2 ** 53;
    const firsts = Array.from(
      { length: 100 },
      (_, seed) => shuffled(size, randomFrom(BigInt(seed))).next().value ?? 0,
    );
    expect(firsts.filter((number) => number < size / 2).length).toBeGreaterThan(25);
    expect(firsts.filter((number) => number >= size / 2).length).toBeGreaterThan(25);
    expect(firsts.every((number) => Number.isSafeInteger(number) && number >= 0 && number < size)).toBe(true);
  });

  it('is the generator of Steele, Lea and Flood', () => {
    // The first output of SplitMix64 from seed 0 is e220a8397b1dcdaf.
    expect(randomFrom(0n)(2 ** 32)).toBe(0xe220a839);
  });
});
