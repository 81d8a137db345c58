import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { benjaminiHochberg, holm } from '../../src/evidence/multiple-tests.ts';
import { randomFrom, share } from './simulated.ts';

const probabilities = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 30 });

/** Each to nine digits. */
const rounded = (values: readonly number[]) => values.map((value) => Number(value.toFixed(9)));

describe('a correction for many tests', () => {
  it('gives what R gives: p.adjust(c(0.01, 0.04, 0.03, 0.005), …)', () => {
    const raw = [0.01, 0.04, 0.03, 0.005];
    expect(rounded(holm(raw))).toEqual([0.03, 0.06, 0.06, 0.02]);
    expect(rounded(benjaminiHochberg(raw))).toEqual([0.02, 0.04, 0.04, 0.02]);
  });

  it('never lowers a probability or changes the order, and Holm raises at least as much', () => {
    fc.assert(
      fc.property(probabilities, (raw) => {
        const [strict, lenient] = [holm(raw), benjaminiHochberg(raw)];
        raw.forEach((probability, index) => {
          expect(lenient[index]).toBeGreaterThanOrEqual(probability);
          expect((strict[index] ?? 0) - (lenient[index] ?? 0)).toBeGreaterThan(-1e-12);
          expect(strict[index]).toBeLessThanOrEqual(1);
          raw.forEach((other, at) => {
            if (other <= probability) expect(strict[at]).toBeLessThanOrEqual(strict[index] ?? 0);
          });
        });
      }),
    );
  });

  it('leaves a single test as it is, and no test at all', () => {
    expect(holm([0.03])).toEqual([0.03]);
    expect(benjaminiHochberg([0.03])).toEqual([0.03]);
    expect(holm([])).toEqual([]);
  });

  it('of 100 tests without an effect, finds one in at most 5 % of families', () => {
    const random = randomFrom(4);
    const family = () => Array.from({ length: 100 }, () => random.uniform());
    expect(share(2000, () => holm(family()).some((p) => p < 0.05))).toBeLessThan(0.065);
    expect(share(2000, () => benjaminiHochberg(family()).some((p) => p < 0.05))).toBeLessThan(0.065);
  });
});
