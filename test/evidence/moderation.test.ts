import { describe, expect, it } from 'vitest';
import { digamma, moderated, trigamma, usualVariance, type Variance } from '../../src/evidence/moderation.ts';
import { randomFrom } from './simulated.ts';

/** Variances of five launches, whose true ones differ as an inverse gamma of so many degrees of freedom does. */
function variances(
  random: ReturnType<typeof randomFrom>,
  count: number,
  ofTrue: number,
): readonly Variance[] {
  return Array.from({ length: count }, () => ({
    factor: (3 * random.gamma(2 / 4)) / random.gamma(2 / ofTrue),
    degreesOfFreedom: 4,
  }));
}

describe('what is usual among variances', () => {
  it.each([4, 10])(
    'is learnt from many of them: their scale, and that it is worth %i degrees of freedom',
    (worth) => {
      const usual = usualVariance(variances(randomFrom(61), 4000, worth));
      expect(usual?.factor).toBeGreaterThan(2.7);
      expect(usual?.factor).toBeLessThan(3.3);
      expect((usual?.degreesOfFreedom ?? 0) / worth).toBeGreaterThan(0.7);
      expect((usual?.degreesOfFreedom ?? 0) / worth).toBeLessThan(1.4);
    },
  );

  it('is worth all that it was learnt from where they do not differ, and no more', () => {
    const alike = Array.from({ length: 50 }, () => ({ factor: 2, degreesOfFreedom: 4 }));
    expect(usualVariance(alike)?.degreesOfFreedom).toBe(200);
  });

  it('cannot be learnt from a few: each then stands for itself', () => {
    const few = variances(randomFrom(62), 4, 4);
    expect(usualVariance(few)).toBeUndefined();
    expect(few.map((one) => moderated(one, usualVariance(few)))).toEqual(few);
  });

  it('draws a variance towards it, by what each is worth', () => {
    const usual = { factor: 1, degreesOfFreedom: 12 };
    expect(moderated({ factor: 5, degreesOfFreedom: 4 }, usual)).toEqual({ factor: 2, degreesOfFreedom: 16 });
    expect(moderated({ factor: 0, degreesOfFreedom: 4 }, usual)).toEqual({
      factor: 0.75,
      degreesOfFreedom: 16,
    });
  });
});

it('the derivatives of ln Γ are as known', () => {
  expect(digamma(1)).toBeCloseTo(-0.5772156649, 8);
  expect(digamma(0.5)).toBeCloseTo(-1.963510026, 8);
  const harmonic = Array.from({ length: 29 }, (_, index) => 1 / (index + 1)).reduce((sum, one) => sum + one);
  expect(digamma(30)).toBeCloseTo(digamma(1) + harmonic, 8);
  expect(trigamma(1)).toBeCloseTo(Math.PI ** 2 / 6, 8);
  expect(trigamma(0.5)).toBeCloseTo(Math.PI ** 2 / 2, 8);
  expect(trigamma(1000)).toBeCloseTo(0.0010005002, 9);
});
