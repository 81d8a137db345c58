import { describe, expect, test } from 'vitest';
import { stepsIn } from '../../src/strategy/counter-steps.ts';
import { testOf } from './source.ts';

/** The steps of x in a thread: amount, and the register that held the value before. x starts at 0 and has no other writer. */
function steps(body: string, known: ReadonlyMap<string, bigint> = new Map([['x', 0n]])): readonly string[] {
  const found = stepsIn(testOf(body).threads[0]!.body, ['x'], known);
  return [...found.values()].map(
    ({ amount, read }) => `${amount}${read === undefined ? '' : ` ${read.register}`}`,
  );
}

describe('a read and a write of the value plus a constant is a step', () => {
  test.each([
    ['r0 = READ_ONCE(*x); WRITE_ONCE(*x, r0 + 1);', ['1 r0']],
    ['r0 = READ_ONCE(*x); WRITE_ONCE(*x, 1 + r0);', ['1 r0']],
    ['r0 = READ_ONCE(*x); WRITE_ONCE(*x, r0 - 2);', ['-2 r0']],
    ['int old = READ_ONCE(*x); WRITE_ONCE(*x, old + 1);', ['1 old']],
    ['WRITE_ONCE(*x, READ_ONCE(*x) + 1);', ['1']],
    ['*x = *x + 1;', ['1']],
    ['r0 = READ_ONCE(*x); WRITE_ONCE(*y, 1); if (r1) WRITE_ONCE(*x, r0 + 1);', ['1 r0']],
  ])('%s', (body, expected) => {
    expect(steps(body, new Map())).toEqual(expected);
  });
});

describe('but not', () => {
  test.each([
    ['of another location', 'r0 = READ_ONCE(*y); WRITE_ONCE(*x, r0 + 1);'],
    ['after the register was assigned', 'r0 = READ_ONCE(*x); r0 = 7; WRITE_ONCE(*x, r0 + 1);'],
    ['after the thread wrote the counter', 'r0 = READ_ONCE(*x); r1 = xchg(x, 5); WRITE_ONCE(*x, r0 + 1);'],
    ['where one branch assigned it', 'r0 = READ_ONCE(*x); if (r1) r0 = 1; WRITE_ONCE(*x, r0 + 1);'],
    ['of a variable amount', 'r0 = READ_ONCE(*x); WRITE_ONCE(*x, r0 + r1);'],
    ['of nothing', 'r0 = READ_ONCE(*x); WRITE_ONCE(*x, r0 + 0);'],
    ['a constant, where other threads write too', 'WRITE_ONCE(*x, 1);'],
  ])('%s', (_, body) => {
    expect(steps(body, new Map())).toEqual([]);
  });
});

describe('a constant written over a known one is a step', () => {
  test.each([
    ['WRITE_ONCE(*x, 1); WRITE_ONCE(*x, 0);', ['1', '-1']],
    ['WRITE_ONCE(*x, 3);', ['3']],
    ['WRITE_ONCE(*x, 1); atomic_inc(v); *x = 2;', ['1', '1']],
    ['WRITE_ONCE(*x, r0); WRITE_ONCE(*x, 1);', []],
    ['WRITE_ONCE(*x, 0);', []],
    ['r0 = xchg(x, 1); WRITE_ONCE(*x, 2);', []],
    ['WRITE_ONCE(*x, 1); r0 = READ_ONCE(*x); WRITE_ONCE(*x, r0 + 1); WRITE_ONCE(*x, 3);', ['1', '1 r0', '1']],
    ['if (r0) WRITE_ONCE(*x, 1); else WRITE_ONCE(*x, 1); WRITE_ONCE(*x, 2);', ['1', '1', '1']],
    ['if (r0) WRITE_ONCE(*x, 1); WRITE_ONCE(*x, 2);', ['1']],
  ])('%s', (body, expected) => {
    expect(steps(body)).toEqual(expected);
  });
});

test('a void atomic on a counter is a step already', () => {
  const found = stepsIn(
    testOf('atomic_inc(v); atomic_sub(2, v); atomic_or(1, v);').threads[0]!.body,
    ['v'],
    new Map(),
  );
  expect([...found.values()].map(({ amount }) => amount)).toEqual([1n, -2n]);
});
