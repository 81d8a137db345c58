import { expect, test } from 'vitest';
import { readSuite } from '../../src/language/test-files.ts';
import { klitmusName } from '../../src/strategy/klitmus-name.ts';
import { variantsOf } from '../../src/strategy/strategies.ts';

test('a test as written keeps its name, and every strategy of every test has one of its own that klitmus7 takes', () => {
  const suite = readSuite().map((source) => source.test);
  const names = suite.flatMap((one) =>
    variantsOf(one, ['all']).variants.map(({ strategy }) => klitmusName(one.name, strategy)),
  );
  expect(names).toEqual(expect.arrayContaining(suite.map(({ name }) => name)));
  expect(new Set(names).size).toBe(names.length);
  expect(names.filter((name) => !/^[\w.+-]+$/.test(name))).toEqual([]);
  expect(names.filter((name) => name.includes('--')).length).toBeGreaterThan(suite.length);
});
