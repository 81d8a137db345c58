import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { statedObservation } from '../../src/judge/expectation.ts';
import type { LitmusTest } from '../../src/language/litmus-test.ts';
import { parseLitmus } from '../../src/language/parser.ts';
import { signatures } from '../../src/language/primitives.ts';
import { readSuite } from '../../src/language/test-files.ts';
import { forEachExpressionIn } from '../../src/language/walk.ts';
import { targets } from '../../src/lower/targets.ts';
import type { CheckResult } from '../../src/model/check.ts';
import { targetName } from '../lower/target-name.ts';
import { checkedAsCode, checkedAsKernelC } from './checked.ts';

const corpus = process.env['LITMUS_CORPUS'];
const reason = corpus === undefined ? ' (skipped: LITMUS_CORPUS is not set)' : '';

interface Row {
  readonly file: string;
  readonly verdict: string;
  readonly states: number;
}

/** What herd7 says of a folder's tests with the kernel's own model. */
function verdictsOf(folder: string): readonly Row[] {
  if (corpus === undefined) return [];
  const [, ...lines] = readFileSync(join(corpus, folder, 'verdicts.tsv'), 'utf8')
    .trimEnd()
    .split('\n');
  return lines.map((line) => {
    const [file = '', verdict = '', states] = line.split('\t');
    return { file, verdict, states: Number(states) };
  });
}

/** By file: several tests ask for the same. */
const answers = new Map<string, CheckResult>();

function underLkmm(one: LitmusTest): CheckResult {
  const answer = answers.get(one.name) ?? checkedAsKernelC('lkmm', one);
  answers.set(one.name, answer);
  return answer;
}

function parsed(folder: string, file: string): LitmusTest {
  return parseLitmus(readFileSync(join(corpus!, folder, file), 'utf8'), file);
}

describe.each([
  ['lkmm', 47],
  ['kvm', 42],
] as const)('of the corpus folder %s', (folder, count) => {
  test.skipIf(corpus === undefined)(`every verdict and number of states is herd7's${reason}`, () => {
    const expected = verdictsOf(folder);
    expect(expected).toHaveLength(count);
    const found = expected.map(({ file }): Row => {
      const { observation, states } = underLkmm(parsed(folder, file));
      return { file, verdict: observation, states: states.length };
    });
    expect(found).toEqual(expected);
  });
});

describe('of nested invalidations, which herd7 does not finish,', () => {
  test.skipIf(corpus === undefined).each([
    ['J-nested.litmus', 'Never'],
    ['J-nested-nosnap.litmus', 'Sometimes'],
  ] as const)(`%s is seen %s${reason}`, (file, expected) => {
    expect(underLkmm(parsed('kvm', file)).observation).toBe(expected);
  });
});

describe.each(targets.map((target) => ({ target, name: targetName(target) })))('$name', ({ target }) => {
  test.skipIf(corpus === undefined)(
    `allows no final state of a corpus test without RCU that LKMM forbids${reason}`,
    () => {
      const files = ['lkmm', 'kvm'].flatMap((folder) =>
        readdirSync(join(corpus!, folder))
          .filter((file) => file.endsWith('.litmus'))
          .map((file) => parsed(folder, file)),
      );
      const lowerable = files.filter((one) => !usesRcu(one));
      expect(lowerable.length).toBeGreaterThan(80);
      const beyond = lowerable.flatMap((one) => {
        const { allowed } = underLkmm(one);
        return [...checkedAsCode(target, one).allowed]
          .filter((outcome) => !allowed.has(outcome))
          .map((outcome) => `${one.name}: ${outcome}`);
      });
      expect(beyond).toEqual([]);
    },
  );
});

function usesRcu(one: LitmusTest): boolean {
  let found = false;
  for (const { body } of one.threads) {
    forEachExpressionIn(body, (part) => {
      if (part.kind === 'call' && signatures.get(part.name)?.primitive.kind === 'rcu') found = true;
    });
  }
  return found;
}

describe('the suite', () => {
  const stated = readSuite().flatMap(({ test: one }) => {
    const observation = statedObservation(one);
    return observation === undefined ? [] : [[one.name, observation, one] as const];
  });

  test.each(stated)('says of %s what LKMM says of it: %s', (_, observation, one) => {
    expect(checkedAsKernelC('lkmm', one).observation).toBe(observation);
  });
});
