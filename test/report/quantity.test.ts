import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shortCount, shortDuration, shortNs, shortRate } from '../../src/report/quantity.ts';

describe('a quantity', () => {
  it.each([
    [0, '0'],
    [9999, '9999'],
    [10_000, '10.0k'],
    [123_456, '123k'],
    [999_499, '999k'],
    [999_500, '1.00M'],
    [3_200_000, '3.20M'],
    [1.5e9, '1.50G'],
  ])('%d is written %s', (n, text) => {
    expect(shortCount(n)).toBe(text);
  });

  it('is never wider than five characters, nor off by more than half a percent', () => {
    const scale: Record<string, number> = { k: 1e3, M: 1e6, G: 1e9, T: 1e12 };
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e14 }), (n) => {
        const text = shortCount(n);
        expect(text.length).toBeLessThanOrEqual(5);
        const read = Number.parseFloat(text) * (scale[text.at(-1) ?? ''] ?? 1);
        expect(Math.abs(read - n)).toBeLessThanOrEqual(n * 0.00501);
      }),
    );
  });

  it('is not written as nothing where it is little', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-9, max: 1e5, noNaN: true }), (ns) => {
        expect(Number.parseFloat(shortNs(ns))).toBeGreaterThan(0);
      }),
    );
    expect([0, 0.0034, 0.0051, 0.04, 12.34].map(shortNs)).toEqual(['0.00', '0.0034', '0.01', '0.04', '12.3']);
  });

  it('writes durations and rates for reading', () => {
    expect([3200, 41_000, 125_000].map(shortDuration)).toEqual(['3.2 s', '41 s', '2 min 5 s']);
    expect([0, 4.123e-9].map(shortRate)).toEqual(['0', '4.1e-9']);
  });
});
