import { describe, expect, test } from 'vitest';
import {
  accessesIn,
  nearest,
  stepsOf,
  surroundingsOf,
  type Access,
} from '../../src/strategy/program-order.ts';
import { evaluatedExpressions, type Call } from '../../src/strategy/rewrite.ts';
import { testOf } from './source.ts';

/** The lines on which the accesses of a body stand that may be nearest before or after its one fence. */
function linesAround(body: string) {
  const [thread] = testOf(body).threads;
  const fence = evaluatedExpressions(thread!.body).find(
    (expression): expression is Call => expression.kind === 'call' && expression.name === 'smp_mb',
  );
  const around = surroundingsOf(stepsOf(thread!.body), fence!)!;
  const lines = (accesses: readonly Access[]) =>
    accesses.map(({ node }) => node.at.line).toSorted((a, b) => a - b);
  return {
    loadsBefore: lines(nearest(around.before, ({ reads }) => reads)),
    storesAfter: lines(nearest(around.after, ({ writes }) => writes)),
  };
}

describe('the nearest accesses of a fence', () => {
  test('are those beside it in straight code', () => {
    const { loadsBefore, storesAfter } = linesAround(
      'r0 = READ_ONCE(*x);\nr1 = READ_ONCE(*y);\nsmp_mb();\nWRITE_ONCE(*x, 1);\nWRITE_ONCE(*y, 1);',
    );
    expect(loadsBefore).toEqual([4]);
    expect(storesAfter).toEqual([6]);
  });

  test('are found outside the branch that the fence is in', () => {
    const { loadsBefore, storesAfter } = linesAround(
      'r0 = READ_ONCE(*x);\nif (r0) {\nsmp_mb();\n}\nWRITE_ONCE(*y, 1);',
    );
    expect(loadsBefore).toEqual([3]);
    expect(storesAfter).toEqual([7]);
  });

  test('are in both branches of an if, and beyond it where a branch has none', () => {
    const { loadsBefore, storesAfter } = linesAround(
      [
        'r0 = READ_ONCE(*x);',
        'if (r0)',
        'r1 = READ_ONCE(*y);',
        'smp_mb();',
        'if (r0)',
        'WRITE_ONCE(*x, 1);',
        'else',
        'WRITE_ONCE(*y, 1);',
        'WRITE_ONCE(*z, 1);',
      ].join('\n'),
    );
    expect(loadsBefore).toEqual([3, 5]);
    expect(storesAfter).toEqual([8, 10]);
  });

  test('include a compare-exchange, which may not write, and what comes after it', () => {
    const { storesAfter } = linesAround('smp_mb();\nr0 = cmpxchg(x, 0, 1);\nWRITE_ONCE(*y, 1);');
    expect(storesAfter).toEqual([4, 5]);
  });
});

describe('program order', () => {
  const order = (body: string) =>
    accessesIn(stepsOf(testOf(body).threads[0]!.body)).map(
      ({ what, reads, writes }) => `${what} ${reads} ${writes}`,
    );

  test('has the value of a store before the store', () => {
    expect(order('WRITE_ONCE(*x, READ_ONCE(*y));')).toEqual(['load yes no', 'store no yes']);
    expect(order('*x = *y;')).toEqual(['load yes no', 'store no yes']);
  });

  test('counts the read of a void atomic as none, for no fence of reads orders it', () => {
    expect(order('atomic_inc(v);')).toEqual(['atomic_inc no yes']);
  });

  test('knows that a lock reads and writes, and an unlock writes', () => {
    expect(order('spin_lock(l); spin_unlock(l);')).toEqual(['spin_lock yes yes', 'spin_unlock no yes']);
  });
});
