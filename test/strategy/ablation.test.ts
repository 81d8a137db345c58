import { describe, expect, test } from 'vitest';
import { ablations } from '../../src/strategy/ablation.ts';
import { reasonOf, rewritten, testOf } from './source.ts';

const sample = testOf(
  'WRITE_ONCE(*x, 1);\nsmp_wmb(); smp_wmb();\nsmp_store_release(y, 1);\nr0 = atomic_inc_return(v);\nsmp_store_mb(*z, 1);',
  'r0 = smp_load_acquire(y);',
);

test('each barrier has its own, named by its line, with a number where a line has two', () => {
  expect(ablations(sample).map(({ name }) => name)).toEqual([
    'no-smp_wmb@4',
    'no-smp_wmb@4#2',
    'no-release@5',
    'no-full@6',
    'no-smp_store_mb@7',
    'no-acquire@10',
  ]);
});

test('each has a sentence', () => {
  expect(ablations(sample).map(({ sentence }) => sentence)).toEqual([
    'the smp_wmb() on line 4 is dropped',
    'the smp_wmb() on line 4 is dropped',
    'the release on line 5 is weakened',
    'the full order on line 6 is weakened',
    'the smp_store_mb() on line 7 is weakened',
    'the acquire on line 10 is weakened',
  ]);
});

describe('rewriting', () => {
  const rewriteOf = (name: string) =>
    ablations(sample)
      .find((one) => one.name === name)!
      .rewrite(sample);

  test('weakens that barrier alone', () => {
    expect(rewritten(rewriteOf('no-release@5'))).toEqual([
      'WRITE_ONCE(*x, 1);',
      'smp_wmb();',
      'smp_wmb();',
      'WRITE_ONCE(*y, 1);',
      'r0 = atomic_inc_return(v);',
      'smp_store_mb(*z, 1);',
    ]);
    expect(rewritten(rewriteOf('no-smp_wmb@4#2')).filter((line) => line === 'smp_wmb();')).toHaveLength(1);
  });

  test('does not apply to a test that has no such barrier', () => {
    expect(reasonOf(ablations(sample)[0]!.rewrite(testOf('smp_mb();')))).toBe('the test has no such barrier');
  });
});
