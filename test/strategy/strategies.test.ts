import { createPatch } from 'diff';
import fc from 'fast-check';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Header, LitmusTest } from '../../src/language/litmus-test.ts';
import { parseLitmus } from '../../src/language/parser.ts';
import { printLitmus } from '../../src/language/printer.ts';
import { readTests, suiteFolder } from '../../src/language/test-files.ts';
import { barriersOf } from '../../src/strategy/barriers.ts';
import { ablations } from '../../src/strategy/ablation.ts';
import { strategies, UnknownStrategyError, variantsOf } from '../../src/strategy/strategies.ts';
import { arbitraryTest } from '../language/arbitrary-test.ts';
import { withoutPositions } from '../language/without-positions.ts';
import { bodyOf, testOf, testWith } from './source.ts';

const suite = readTests([suiteFolder]).map(({ test: one }) => one);
const suiteTest = (name: string) => suite.find((one) => one.name === name)!;
const bareHeader: Header = {
  question: undefined,
  result: undefined,
  counters: [],
  struct: [],
  phases: [],
  vouchesFor: [],
  controls: [],
  text: [],
};
const code = (one: LitmusTest) => printLitmus({ ...one, header: bareHeader });
const variant = (one: LitmusTest, strategy: string) => variantsOf(one, [strategy]).variants[0]!.test;

describe('each strategy of the table on', () => {
  test.each([
    'A-retry-check',
    'C-page-fault',
    'J-nested',
    'K-vcpu-request',
    'SB+mbs',
    'MP+rel+acq',
    'IRIW+mbs',
    'SB+xchgs',
    'lock-counter',
  ])('%s', async (name) => {
    const { variants, refused } = variantsOf(suiteTest(name));
    const diffs = variants.map(({ strategy, test: one, notes }) => {
      const patch = createPatch(name, code(suiteTest(name)), code(one), undefined, undefined, { context: 1 });
      const changed = patch
        .split('\n')
        .slice(4)
        .filter((line) => !line.startsWith('@@'));
      return [`=== ${strategy}`, ...notes.map((note) => `note: ${note}`), ...changed].join('\n').trimEnd();
    });
    const reasons = refused.map(({ strategy, reason }) => `=== ${strategy}\nnot applicable: ${reason}`);
    await expect([...diffs, ...reasons, ''].join('\n')).toMatchFileSnapshot(`golden/${name}.txt`);
  });
});

describe('variantsOf', () => {
  const sample = testOf('WRITE_ONCE(*x, 1); smp_wmb(); WRITE_ONCE(*y, 1);');
  const names = (wanted?: readonly string[]) => {
    const { variants, refused } = variantsOf(sample, wanted);
    return {
      applies: variants.map(({ strategy }) => strategy),
      not: refused.map(({ strategy }) => strategy),
    };
  };

  test('tries the whole table unless told otherwise', () => {
    expect(names()).toEqual({
      applies: ['kernel', 'full', 'acquire-release', 'atomics', 'compiler', 'none'],
      not: ['atomics-return', 'atomics-mb'],
    });
  });

  test('takes names, "ablation" for all of them, and "all"; each once', () => {
    expect(names(['none', 'kernel', 'none']).applies).toEqual(['none', 'kernel']);
    expect(names(['ablation']).applies).toEqual(['no-smp_wmb@3']);
    expect(names(['no-smp_wmb@3']).applies).toEqual(['no-smp_wmb@3']);
    expect(names(['all', 'none']).applies).toEqual([...names().applies, 'no-smp_wmb@3']);
  });

  test('refuses an ablation of another test, with the reason', () => {
    expect(variantsOf(sample, ['no-smp_rmb@9'])).toEqual({
      variants: [],
      refused: [{ strategy: 'no-smp_rmb@9', reason: 'the test has no barrier of that name: no-smp_rmb@9' }],
    });
  });

  test('throws for a name that no test could have, and lists those there are', () => {
    expect(() => variantsOf(sample, ['noen'])).toThrow(UnknownStrategyError);
    expect(() => variantsOf(sample, ['noen'])).toThrow(
      /There is no strategy "noen": choose among kernel, full/,
    );
  });

  test('keeps Result for the test as written alone', () => {
    const stated = testWith({ header: 'Result: Never' }, 'smp_wmb();');
    expect(variant(stated, 'kernel').header.result).toBe('Never');
    expect(variant(stated, 'none').header.result).toBeUndefined();
  });

  test('refuses what would leave the test as it is', () => {
    const compiler = testOf('WRITE_ONCE(*x, 1); barrier(); WRITE_ONCE(*y, 1);');
    expect(variantsOf(compiler, ['compiler']).refused).toEqual([
      { strategy: 'compiler', reason: 'it would leave the test as it is' },
    ]);
  });

  test('does not look at thousands of barriers one at a time, and says so', () => {
    const huge = testOf('WRITE_ONCE(*x, 1); smp_wmb();'.repeat(4000));
    expect(variantsOf(huge, ['ablation', 'acquire-release']).refused).toEqual([
      { strategy: 'ablation', reason: 'the test has 4000 barriers, more than 200' },
      { strategy: 'acquire-release', reason: 'the test has 4000 fences, more than 200' },
    ]);
    expect(variantsOf(huge, ['none']).variants).toHaveLength(1);
  });

  test('says why there is nothing to strengthen', () => {
    const reason = (body: string) => variantsOf(testOf(body), ['full']).refused[0]?.reason;
    expect(reason('WRITE_ONCE(*x, 1);')).toBe('the test has no fence to strengthen');
    expect(reason('smp_mb(); mb();')).toBe('every fence of the test is a full one already');
  });
});

test('every strategy has a name and a sentence of its own', () => {
  expect(new Set(strategies.map(({ name }) => name)).size).toBe(strategies.length);
  for (const { sentence } of strategies) expect(sentence).toMatch(/^[^.]{10,}$/);
});

describe('whatever the test,', () => {
  /** As a user's file would bring it: each node with a place of its own. */
  const fromFile = arbitraryTest.map((one) => parseLitmus(printLitmus(one), 'random.litmus'));
  const forAll = (check: (one: LitmusTest) => void) =>
    fc.assert(fc.property(fromFile, check), { numRuns: 50 });

  test('a variant is a valid test, which prints and parses back to itself', () => {
    forAll((one) => {
      for (const { test: made } of variantsOf(one, ['all']).variants) {
        const back = parseLitmus(printLitmus(made), 'variant.litmus');
        expect(withoutPositions(back)).toEqual(withoutPositions(made));
      }
    });
  });

  test('none and atomics leave no barrier, compiler none but barrier(), full no fence but a full one', () => {
    forAll((one) => {
      const labels = (strategy: string) =>
        variantsOf(one, [strategy]).variants.flatMap(({ test: made }) => barriersOf(made));
      expect(labels('none')).toEqual([]);
      expect(labels('atomics')).toEqual([]);
      expect(labels('compiler').filter(({ label }) => label !== 'barrier')).toEqual([]);
      const fences = labels('full').filter(({ barrier }) => barrier.kind === 'fence');
      expect(fences.filter(({ label }) => label !== 'smp_mb' && label !== 'mb')).toEqual([]);
    });
  });

  test('acquire-release leaves no fence but barrier()', () => {
    forAll((one) => {
      const made = variantsOf(one, ['acquire-release']).variants.flatMap(({ test: made }) =>
        barriersOf(made),
      );
      expect(made.filter(({ barrier, label }) => barrier.kind !== 'access' && label !== 'barrier')).toEqual(
        [],
      );
    });
  });

  test('there is an ablation for each barrier, and it takes that one away', () => {
    forAll((one) => {
      const all = ablations(one);
      expect(all).toHaveLength(barriersOf(one).length);
      for (const { test: made } of variantsOf(one, ['ablation']).variants) {
        expect(barriersOf(made)).toHaveLength(all.length - 1);
      }
    });
  });

  test('a strategy has nothing to do where it has been at work', () => {
    forAll((one) => {
      for (const strategy of ['full', 'compiler', 'none', 'acquire-release']) {
        for (const { test: made } of variantsOf(one, [strategy]).variants) {
          expect(variantsOf(made, [strategy]).variants).toEqual([]);
        }
      }
    });
  });
});

const corpus = process.env['LITMUS_CORPUS'];
const inCorpus = corpus === undefined ? ' (skipped: LITMUS_CORPUS is not set)' : '';

describe.skipIf(corpus === undefined)(`renderings made by hand, whose verdicts are known${inCorpus}`, () => {
  const kvm = (name: string) => {
    const file = join(corpus ?? '', 'kvm', `${name}.litmus`);
    expect(existsSync(file)).toBe(true);
    return parseLitmus(readFileSync(file, 'utf8'), file);
  };
  const bodies = (one: LitmusTest) =>
    one.threads.map(({ index }) => bodyOf(one, index).filter(isNoDeclaration));
  const isNoDeclaration = (line: string) => !/^int \w+;$/.test(line);

  test('none on A', () => {
    expect(bodies(variant(kvm('A-rmb+wmb'), 'none'))).toEqual(bodies(kvm('A-none')));
  });

  test('full and acquire-release on A', () => {
    expect(bodies(variant(kvm('A-rmb+wmb'), 'full'))).toEqual(bodies(kvm('A-mb')));
    expect(bodies(variant(kvm('A-rmb+wmb'), 'acquire-release'))).toEqual(bodies(kvm('A-acq+rel')));
  });

  test('atomics on A and C', () => {
    const counting = (one: LitmusTest) => ({
      ...one,
      header: { ...one.header, counters: ['seq', 'inprog'] },
    });
    expect(bodies(variant(counting(kvm('A-rmb+wmb')), 'atomics'))).toEqual(bodies(kvm('A-atomics')));
    const atomics = variant(counting(kvm('C-wmb1-snap1-rmb1')), 'atomics');
    expect(bodies(atomics)).toEqual(bodies(kvm('C-atomics')));
    expect(atomics.threads.map(({ parameters }) => parameters.map(({ type }) => type))).toEqual(
      kvm('C-atomics').threads.map(({ parameters }) => parameters.map(({ type }) => type)),
    );
  });

  test.each(['C', 'D', 'E'])('ablations of %s', (shape) => {
    const made = variantsOf(kvm(`${shape}-wmb1-snap1-rmb1`), ['ablation']).variants;
    const dropped = ['wmb0-snap1-rmb1', 'wmb1-snap0-rmb1', 'wmb1-snap1-rmb0'];
    expect(made.map(({ test: one }) => bodies(one))).toEqual(
      dropped.map((name) => bodies(kvm(`${shape}-${name}`))),
    );
  });
});
