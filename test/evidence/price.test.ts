import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  differenceIn,
  estimateOf,
  fewestBlocks,
  findingOf,
  type Estimate,
} from '../../src/evidence/price.ts';
import { medianOf } from '../../src/evidence/quantiles.ts';
import { randomFrom, share } from './simulated.ts';

function estimated(blocks: readonly number[]): Estimate {
  const estimate = estimateOf(blocks);
  if (estimate === undefined) throw new Error('too few blocks');
  return estimate;
}

describe('an estimate over blocks', () => {
  const random = randomFrom(20);
  const shapes = {
    symmetric: { draw: () => random.normal(), median: 0 },
    skewed: { draw: () => Math.exp(random.normal()), median: 1 },
    // Where code lies decides between two speeds.
    lumpy: { draw: () => (random.uniform() < 0.6 ? 2 : 3) + random.normal() / 100, median: 2.0097 },
  };

  it.each(
    Object.entries(shapes).flatMap(([shape, given]) =>
      [fewestBlocks, 9, 12, 30].map((blocks) => ({ shape, blocks, ...given })),
    ),
  )('covers the true median of $blocks $shape blocks in 95 % of trials', ({ draw, median, blocks }) => {
    const covered = share(2000, () => {
      const { low, high } = estimated(Array.from({ length: blocks }, draw));
      return low <= median && median <= high;
    });
    expect(covered).toBeGreaterThan(0.94);
  });

  it('is refused where blocks are too few for it', () => {
    expect(estimateOf(Array.from({ length: fewestBlocks - 1 }, (_, block) => block))).toBeUndefined();
  });

  it('leaves no more out at the ends than it may', () => {
    const ends = (n: number) => {
      const { low, high } = estimated(Array.from({ length: n }, (_, index) => index));
      return [low, n - 1 - high];
    };
    // Of a binomial table with p = 1/2.
    expect([6, 8, 9, 12, 20].map(ends)).toEqual([
      [0, 0],
      [0, 0],
      [1, 1],
      [2, 2],
      [5, 5],
    ]);
  });
});

describe('the difference in a block', () => {
  const rounds = fc.array(fc.double({ min: 0, max: 100, noNaN: true }), { minLength: 2, maxLength: 12 });

  it('is none between a program and itself, and changes its sign with its sides', () => {
    fc.assert(
      fc.property(rounds, rounds, (one, other) => {
        const [left, right] = [one.slice(0, other.length), other.slice(0, one.length)];
        expect(differenceIn(left, left)).toBe(0);
        expect(differenceIn(left, right)).toBeCloseTo(-differenceIn(right, left), 9);
      }),
    );
  });

  it('is not moved by a machine that slows down evenly while turns go A B B A', () => {
    fc.assert(
      fc.property(fc.double({ min: -1, max: 1, noNaN: true }), (slope) => {
        const turn = (round: number, place: number) => 10 + slope * (2 * round + place);
        const one = [0, 1, 2, 3].map((round) => turn(round, round % 2) + 5);
        const other = [0, 1, 2, 3].map((round) => turn(round, 1 - (round % 2)));
        expect(differenceIn(one, other)).toBeCloseTo(5, 9);
      }),
    );
  });

  it('is not moved by an interrupt', () => {
    const one = Array.from({ length: 12 }, () => 7);
    expect(
      differenceIn(
        one.with(3, 9000),
        Array.from({ length: 12 }, () => 5),
      ),
    ).toBe(2);
  });
});

describe('what is said of a difference', () => {
  const around = (median: number, by: number): Estimate => ({ median, low: median - by, high: median + by });
  const copies = around(0, 0.1);

  it('is its amount where it is beyond what two copies of the same code differ by', () => {
    expect(findingOf(around(2, 0.5), copies, 0.01)).toEqual({
      kind: 'costs',
      amount: { median: 2, low: 1.5, high: 2.5 },
      resolution: 0.1,
    });
    expect(findingOf(around(-2, 0.5), copies, 0.01)).toEqual({
      kind: 'saves',
      amount: { median: 2, low: 1.5, high: 2.5 },
      resolution: 0.1,
    });
  });

  it('is that it is below resolution where copies differ as much, or the interval leaves it open', () => {
    expect(findingOf(around(0.05, 0.01), copies, 0.01)).toEqual({
      kind: 'below-resolution',
      resolution: 0.1,
    });
    expect(findingOf(around(-1, 3), copies, 0.01)).toEqual({ kind: 'below-resolution', resolution: 4 });
    expect(findingOf(around(0, 0), around(0, 0), 0.25)).toEqual({
      kind: 'below-resolution',
      resolution: 0.25,
    });
  });

  it('is never a negative amount, and never nothing', () => {
    const number = fc.double({ min: -50, max: 50, noNaN: true });
    fc.assert(
      fc.property(
        fc.array(number, { minLength: 6, maxLength: 20 }),
        fc.array(number, { minLength: 6 }),
        (one, two) => {
          const finding = findingOf(estimated(one), estimated(two), 0.001);
          expect(finding.resolution).toBeGreaterThan(0);
          if (finding.kind === 'below-resolution') return;
          const { low, median, high } = finding.amount;
          expect([0 < low, low <= median, median <= high]).toEqual([true, true, true]);
        },
      ),
    );
  });

  it('finds a price of a tenth among noise, and calls noise alone a price in 5 % of trials at most', () => {
    const random = randomFrom(7);
    const block = (price: number) => price + random.logNormal(0.05) - random.logNormal(0.05);
    const kindOf = (price: number) =>
      findingOf(
        estimated(Array.from({ length: 20 }, () => block(price))),
        estimated(Array.from({ length: 20 }, () => block(0))),
        0.001,
      ).kind;
    expect(share(500, () => kindOf(0) !== 'below-resolution')).toBeLessThan(0.05);
    expect(share(500, () => kindOf(0.6) === 'costs')).toBeGreaterThan(0.95);
  });
});

describe('a median', () => {
  it('is the middle, or half way between the two in the middle', () => {
    expect(medianOf([3, 1, 2])).toBe(2);
    expect(medianOf([4, 1, 3, 2])).toBe(2.5);
  });
});
