import { readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { LitmusTest } from '../../src/language/litmus-test.ts';
import { controlsAmong } from '../../src/judge/controls.ts';
import { holds } from '../../src/language/outcome.ts';
import { layoutNames } from '../../src/lower/machine-code.ts';
import { printLitmus } from '../../src/language/printer.ts';
import { readTests, suiteFolder } from '../../src/language/test-files.ts';
import { variantsOf } from '../../src/strategy/strategies.ts';
import { sequentialObservation, sequentialOutcomes } from './sequential-consistency.ts';

const files = readTests([suiteFolder]).map(({ file, test: one }) => ({
  folder: basename(dirname(file)),
  name: basename(file, '.litmus'),
  litmus: one,
}));
const suite = files.map(({ litmus }) => litmus);
const inFolder = (folder: string) => files.filter((one) => one.folder === folder).map(({ litmus }) => litmus);
const named = (name: string) => suite.find((one) => one.name === name)!;
const each = (tests: readonly LitmusTest[]) => tests.map((one) => [one.name, one] as const);
const uses = (one: LitmusTest, primitive: string) => printLitmus(one).includes(`${primitive}(`);

describe('every file', () => {
  test.each(files.map((file) => [file.name, file] as const))('%s asks one question and states its result', (name, { folder, litmus }) => {
    expect(litmus.name).toBe(name);
    expect(litmus.header.question).toMatch(/^[A-Z].*\?$/);
    // A non-temporal store, and wmb(), have no meaning in LKMM.
    const stated = uses(litmus, 'WRITE_ONCE_NT') ? [undefined] : ['Never', 'Sometimes', 'Always'];
    expect(stated).toContain(litmus.header.result);
    if (folder !== 'controls') expect(litmus.header.vouchesFor).toEqual([]);
  });

  test('the README lists them all, each with its question', () => {
    const readme = readFileSync(join(suiteFolder, 'README.md'), 'utf8');
    for (const folder of ['kvm', 'classic', 'controls']) {
      const rows = inFolder(folder).map(
        ({ name, header }) => `| [${name}](${folder}/${name.replaceAll('+', '%2B')}.litmus) | ${header.question} | ${header.result ?? '-'} |`,
      );
      const listed = readme.split('\n').filter((line) => line.includes(`](${folder}/`));
      expect(listed).toEqual(rows);
    }
  });
});

describe('controls', () => {
  test('Vouches-for names tests of the suite, or every test with *', () => {
    const names = suite.flatMap(({ header }) => header.vouchesFor.flatMap((vouching) => vouching.names));
    expect(names.filter((name) => name !== '*' && named(name) === undefined)).toEqual([]);
  });

  test('Controls names strategies that apply to the test, or tests of the suite', () => {
    const unknown = suite.flatMap((one) =>
      one.header.controls
        .flatMap(({ names }) => names)
        .filter((name) => named(name) === undefined && variantsOf(one, [name]).variants.length === 0)
        .map((name) => `${one.name}: ${name}`),
    );
    expect(unknown).toEqual([]);
  });

  test('layouts that a vouching names exist', () => {
    const layouts = suite.flatMap(({ header }) => [...header.vouchesFor, ...header.controls]).flatMap(({ layouts: some }) => some ?? []);
    expect(layouts.filter((layout) => !(layoutNames as readonly string[]).includes(layout))).toEqual([]);
  });

  test('every test of kvm and classic that must never be seen has one on every architecture', () => {
    const without = (['x86-64', 'arm64', 'ppc64le', 's390x', 'riscv64'] as const).flatMap((architecture) =>
      [...inFolder('kvm'), ...inFolder('classic')]
        .filter(({ header }) => header.result === 'Never')
        .filter((one) => controlsAmong(suite)(one, architecture, 'split').length === 0)
        .map(({ name }) => `${name} on ${architecture}`),
    );
    expect(without).toEqual([]);
  });

  test('those of the protocol are the ones that shape by shape prove something', () => {
    const vouchers = (name: string) =>
      controlsAmong(suite)(named(name), 'x86-64', 'split').map(({ test: control, strategy }) => strategy === 'kernel' ? control : strategy).toSorted();
    expect(vouchers('A-retry-check')).toEqual(['A-nt', 'A-reader-swapped', 'A-writer-swapped', 'SB-two']);
    expect(vouchers('B-snapshot')).toEqual(['B-nt', 'B-snapshot-late', 'SB-two']);
    expect(vouchers('C-page-fault')).toEqual(['C-snapshot-late', 'C-unlocked', 'SB-two']);
    for (const [shape, name] of [['D', 'D-pfncache'], ['E', 'E-page-lock']] as const) {
      const own = ['reader-swapped', 'snapshot-late', 'unlocked', 'writer-swapped'].map((what) => `${shape}-${what}`);
      expect(vouchers(name)).toEqual([...own, 'SB-two']);
    }
    expect(vouchers('J-nested')).toEqual(['J-snapshot-late', 'J-unlocked', 'SB-three']);
    expect(vouchers('K-vcpu-request')).toEqual(['SB-two', 'none']);
    expect(vouchers('IRIW+mbs')).toEqual(['SB-four']);
  });
});

describe('run one access at a time,', () => {
  test.each(each(suite.filter(({ header }) => header.result === 'Never')))('%s is never seen', (_, one) => {
    expect(sequentialObservation(one)).toBe('Never');
  });

  const byReordering = (one: LitmusTest) => one.name.startsWith('SB-') || uses(one, 'WRITE_ONCE_NT');
  const controls = inFolder('controls');

  test.each(each(controls.filter((one) => !byReordering(one))))('the control %s fires: it needs no reordering', (_, one) => {
    expect(sequentialObservation(one)).toBe('Sometimes');
  });

  test.each(each(controls.filter(byReordering)))('%s does not fire: reordering alone can show it', (_, one) => {
    expect(sequentialObservation(one)).toBe('Never');
  });

  test('the pre-check lets faults go on that are then turned away', () => {
    expect(sequentialObservation(named('G-unsafe-precheck'))).toBe('Sometimes');
  });

  test.each(each(inFolder('kvm').filter(({ header }) => header.phases.length > 0)))('every phase of %s is reached but the stale one, and each outcome is in one', (_, one) => {
    const outcomes = sequentialOutcomes(one);
    const { phases } = one.header;
    const reached = phases.filter(({ proposition }) => outcomes.some((outcome) => holds(proposition, outcome)));
    expect(reached.map(({ name }) => name)).toEqual(phases.map(({ name }) => name).filter((name) => name !== 'installed stale'));
    for (const outcome of outcomes) {
      expect(phases.filter(({ proposition }) => holds(proposition, outcome))).toHaveLength(1);
    }
  });
});

describe('no strategy changes what a test does one access at a time:', () => {
  /** The final states in one text, as far as the variant still has the registers. */
  const seen = (one: LitmusTest, variant: LitmusTest) => {
    const known = new Set(Object.keys(sequentialOutcomes(variant)[0] ?? {}));
    const kept = (outcome: object) => Object.entries(outcome).filter(([name]) => known.has(name));
    const states = sequentialOutcomes(one).map((outcome) => JSON.stringify(kept(outcome).toSorted()));
    return [...new Set(states)].toSorted().join('\n');
  };
  test.each(each(suite))('%s', (_, one) => {
    const changed = variantsOf(one, ['all'])
      .variants.filter(({ test: variant }) => seen(one, variant) !== seen(variant, variant))
      .map(({ strategy }) => strategy);
    expect(changed).toEqual([]);
  });
});
