import { describe, expect, test } from 'vitest';
import { readSuite } from '../../src/language/test-files.ts';
import { familiesOf } from '../../src/tuning/control-families.ts';

const suite = readSuite();
const named = (...names: readonly string[]) =>
  suite.filter(({ test: { name } }) => names.includes(name)).map((source) => source.test);

describe('control families', () => {
  test('tests with the same controls are one, whichever they are', () => {
    const [family, ...others] = familiesOf(named('MP+wmb+rmb', 'MP+mbs', 'MP+rel+acq'), suite, 'x86-64');
    expect(others).toEqual([]);
    expect(family).toMatchObject({ name: 'MP+nt, SB-two', threads: 2 });
    expect(family?.tests.toSorted()).toEqual(['MP+mbs', 'MP+rel+acq', 'MP+wmb+rmb']);
  });

  test('have nothing but controls in them: no strategy of a test but those that must fire', () => {
    const families = familiesOf(
      suite.map((source) => source.test),
      suite,
      'x86-64',
    );
    expect(families.length).toBeGreaterThan(10);
    for (const { controls } of families) {
      for (const { source, strategy } of controls) {
        const { vouchesFor, controls: own } = source.test.header;
        const isNamed = suite.some(({ test: { header } }) =>
          header.controls.some(({ names }) => names.includes(source.test.name)),
        );
        const mustFire = own.some(({ names }) => names.includes(strategy));
        expect(strategy === 'kernel' ? vouchesFor.length > 0 || isNamed : mustFire).toBe(true);
      }
    }
  });

  test('of a strategy of the test itself are its own', () => {
    expect(familiesOf(named('SB+mbs'), suite, 'x86-64').map(({ name }) => name)).toEqual([
      'SB+mbs none, SB-two',
    ]);
  });

  test('tell in which layouts a control vouches', () => {
    const [family] = familiesOf(named('A-retry-check'), suite, 'x86-64');
    const layoutsOf = (name: string) =>
      family?.controls.find(({ source }) => source.test.name === name)?.layouts;
    expect(layoutsOf('A-nt')).toEqual(['split']);
    expect(layoutsOf('A-writer-swapped')).toEqual(['split', 'packed', 'kernel']);
  });
});
