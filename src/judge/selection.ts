/** Which tests a run consists of: those asked for, and the controls without which a "never" of theirs says nothing. */

import type { Architecture } from '../architecture.ts';
import type { LitmusTest, Position } from '../language/litmus-test.ts';
import { printLitmus } from '../language/printer.ts';
import { LitmusSyntaxError } from '../language/syntax-error.ts';
import { readTestFile, type TestFile } from '../language/test-files.ts';
import { layoutNames } from '../lower/machine-code.ts';
import type { SelectedTest } from '../plan/experiment.ts';
import { requireStrategies, UnknownStrategyError } from '../strategy/strategies.ts';
import { controlsAmong } from './controls.ts';

/**
 * The suite with nothing of it vouching for a test that only shares its name with one of the suite: a
 * control is made for the test it was written beside.
 */
export function strangersApart(
  asked: readonly TestFile[],
  suite: readonly TestFile[],
  notice: (sentence: string) => void,
): readonly TestFile[] {
  const own = new Map(suite.map(({ test }) => [test.name, printLitmus(test)]));
  const strangers = asked.filter(
    ({ test }) => own.has(test.name) && own.get(test.name) !== printLitmus(test),
  );
  for (const { file, test } of strangers) {
    notice(`${file} is not the suite's ${test.name}: the controls made for that one do not vouch for it.`);
  }
  const strange = new Set(strangers.map(({ test }) => test.name));
  return suite.map((one) => ({
    ...one,
    test: {
      ...one.test,
      header: {
        ...one.test.header,
        vouchesFor: one.test.header.vouchesFor.map((vouching) => ({
          ...vouching,
          names: vouching.names.filter((name) => !strange.has(name)),
        })),
      },
    },
  }));
}

/**
 * The tests asked for, and with them the controls without which a "never" says nothing: tests of the
 * suite that vouch for one of them, and strategies of their own that must fire.
 * @throws LitmusSyntaxError where a `Controls:` names neither.
 */
export function withControls(
  asked: readonly TestFile[],
  suite: readonly TestFile[],
  strategies: readonly string[],
  architecture: Architecture,
): readonly SelectedTest[] {
  const names = new Set(asked.map(({ test }) => test.name));
  const known = [...asked, ...suite.filter(({ test }) => !names.has(test.name))];
  const candidates = known.map(({ test }) => test);
  checkControlNames(asked, new Set(candidates.map(({ name }) => name)));
  const controlsOf = controlsAmong(candidates);
  const needed = new Map<string, Set<string>>();
  for (const { test } of asked) {
    for (const layout of layoutNames) {
      for (const control of controlsOf(test, architecture, layout)) {
        needed.set(control.test, (needed.get(control.test) ?? new Set()).add(control.strategy));
      }
    }
  }
  const own = (name: string) => [...(needed.get(name) ?? [])].filter((strategy) => strategy !== 'kernel');
  const controls = known.filter(({ test }) => !names.has(test.name) && needed.has(test.name));
  // A control is there to fire as it is written: its strategies would only take time from the tests.
  const usual = ({ header }: LitmusTest) => (header.vouchesFor.length > 0 ? ['kernel'] : ['all']);
  return [
    ...asked.map((source) => ({
      source,
      role: 'asked' as const,
      strategies: [...(strategies.length === 0 ? usual(source.test) : strategies), ...own(source.test.name)],
    })),
    ...controls.map((source) => ({ source, role: 'control' as const, strategies: ['kernel'] })),
  ];
}

function checkControlNames(asked: readonly TestFile[], tests: ReadonlySet<string>): void {
  for (const { file, test } of asked) {
    const names = test.header.controls.flatMap((line) => line.names);
    for (const name of names.filter((one) => !tests.has(one))) {
      try {
        requireStrategies([name]);
      } catch (error) {
        if (!(error instanceof UnknownStrategyError)) throw error;
        const source = readTestFile(file);
        const sentence = `'Controls:' names ${name}, which is no test here and no strategy`;
        throw new LitmusSyntaxError(sentence, placeOf(name, source), file, source);
      }
    }
  }
}

/** Where a word first stands behind a `Controls:`. */
function placeOf(word: string, source: string): Position {
  const start = source.indexOf('Controls:');
  const found = [...source.slice(start).matchAll(/\S+/g)].find(([text]) => text === word);
  const before = source.slice(0, start + (found?.index ?? 0)).split('\n');
  return { line: before.length, column: (before.at(-1) ?? '').length + 1 };
}
