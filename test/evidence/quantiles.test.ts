import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  betaProbability,
  betaQuantile,
  twoSidedNormal,
  twoSidedT,
  twoSidedTProbability,
} from '../../src/evidence/quantiles.ts';

/** The probability of k successes or more in n, term by term. */
function binomialTail(k: number, n: number, p: number): number {
  let term = (1 - p) ** n;
  let below = 0;
  for (let successes = 0; successes < k; successes++) {
    below += term;
    term *= ((n - successes) / (successes + 1)) * (p / (1 - p));
  }
  return 1 - below;
}

describe('the beta distribution', () => {
  it('is the tail of the binomial, summed term by term', () => {
    fc.assert(
      fc.property(
        fc
          .integer({ min: 1, max: 60 })
          .chain((n) => fc.tuple(fc.integer({ min: 1, max: n }), fc.constant(n))),
        fc.double({ min: 0.01, max: 0.99, noNaN: true }),
        ([k, n], p) => {
          expect(betaProbability(p, k, n - k + 1)).toBeCloseTo(binomialTail(k, n, p), 11);
        },
      ),
    );
  });

  it('reaches a probability at its quantile', () => {
    const shape = fc.double({ min: 0.3, max: 5000, noNaN: true });
    fc.assert(
      fc.property(shape, shape, fc.double({ min: 1e-6, max: 1 - 1e-6, noNaN: true }), (a, b, probability) => {
        const quantile = betaQuantile(probability, a, b);
        fc.pre(quantile > 1e-12 && quantile < 1 - 1e-12);
        expect(betaProbability(quantile, a, b)).toBeCloseTo(probability, 8);
      }),
    );
  });

  // From SciPy 1.17, scipy.special.betaincinv.
  it.each([
    [0.025, 21, 1e9, 1.2999330769591584e-8],
    [0.975, 3.5, 120, 0.06390458594164486],
    [0.5, 0.3, 2, 0.04276750690589219],
    [0.025, 1e5, 1e9, 9.937124633737725e-5],
    [0.975, 2e6, 3e6, 0.40042944441834716],
    [1e-9, 40, 40, 0.19838365941172945],
    [0.975, 0.5, 1e8, 2.511943068388011e-8],
  ])('has its quantile %s for shapes %s and %s where SciPy has it', (probability, a, b, quantile) => {
    expect(betaQuantile(probability, a, b) / quantile).toBeCloseTo(1, 7);
  });
});

describe("Student's t", () => {
  // From SciPy 1.17, scipy.stats.t.ppf.
  it.each([
    [0.05, 1, 12.706204736174705],
    [0.05, 4, 2.7764451051977943],
    [0.025, 2.7, 4.540700544095123],
    [1e-6, 9, 11.636782027328891],
    [0.05, 120, 1.9799304050824411],
  ])('exceeds with probability %s, at %s degrees of freedom, what tables say', (probability, freedom, t) => {
    expect(twoSidedT(probability, freedom) / t).toBeCloseTo(1, 9);
    expect(twoSidedTProbability(t, freedom) / probability).toBeCloseTo(1, 9);
  });

  it('with one degree of freedom is the Cauchy distribution', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.001, max: 1000, noNaN: true }), (t) => {
        expect(twoSidedTProbability(t, 1)).toBeCloseTo(1 - (2 / Math.PI) * Math.atan(t), 12);
      }),
    );
  });
});

describe('the normal distribution', () => {
  it.each([
    [0.05, 1.9599639845400545],
    [0.5, 0.6744897501960817],
    [1e-9, 6.1094102048693975],
  ])('exceeds with probability %s what tables say', (probability, deviate) => {
    expect(twoSidedNormal(probability)).toBeCloseTo(deviate, 6);
  });
});
