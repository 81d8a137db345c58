import { expect, test } from 'vitest';
import { nearest } from '../../src/language/nearest.ts';

const names = ['READ_ONCE', 'WRITE_ONCE', 'smp_mb', 'smp_rmb', 'smp_wmb', 'barrier', 'x'];

test.each([
  ['READ_ONC', 'READ_ONCE'],
  ['read_once', 'READ_ONCE'],
  ['REED_ONCE', 'READ_ONCE'],
  ['smp_wmbb', 'smp_wmb'],
  ['barier', 'barrier'],
  ['frobnicate', undefined],
  ['y', undefined],
  ['', undefined],
])('%s is nearest to %s', (word, meant) => {
  expect(nearest(word, names)).toBe(meant);
});
