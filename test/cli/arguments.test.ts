import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { milliseconds, millisecondsOrNone, seedFrom, withoutFolders } from '../../src/cli/arguments.ts';
import { UsageError } from '../../src/cli/problem.ts';

describe('a time', () => {
  const msPer = { ms: 1, s: 1000, '': 1000, m: 60_000, min: 60_000, h: 3_600_000 };

  it('is a number with its unit, or of seconds', () => {
    for (const [unit, ms] of Object.entries(msPer)) {
      fc.assert(
        fc.property(fc.integer({ min: 1, max: 10_000 }), (n) => {
          expect(milliseconds(`${n / 8}${unit}`, '--time')).toBeCloseTo((n / 8) * ms, 6);
        }),
      );
    }
    expect(milliseconds('.5', '--time')).toBe(500);
  });

  it.each(['0', '0s', '-1s', 'soon', '', '5 days', '1e3', '1.'])('is not %j', (text) => {
    expect(() => milliseconds(text, '--timeout')).toThrow(UsageError);
    expect(() => milliseconds(text, '--timeout')).toThrow(`--timeout ${text}: give a time above zero`);
  });

  it('may be none where that means something', () => {
    for (const none of ['0', '0s', '0.0', '0ms', '0min']) expect(millisecondsOrNone(none, '--time')).toBe(0);
    expect(millisecondsOrNone('2s', '--time')).toBe(2000);
    expect(() => millisecondsOrNone('0x', '--model-time')).toThrow('--model-time 0x');
  });
});

describe('a seed', () => {
  it('is one of 64 bits, or any', () => {
    expect(seedFrom('18446744073709551615')).toBe(2n ** 64n - 1n);
    expect(() => seedFrom('18446744073709551616')).toThrow('give a whole number below 2^64');
    expect(seedFrom(undefined)).not.toBe(seedFrom(undefined));
  });
});

it('a path is recorded by its last name alone', () => {
  expect(['--results=/home/me/r', 'a/b.litmus', '/x/a,/y/b', 'litmus/'].map(withoutFolders)).toEqual([
    '--results=r',
    'b.litmus',
    'a,b',
    'litmus/',
  ]);
});
