import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseLitmus } from '../../src/language/parser.ts';
import { forEachExpressionIn } from '../../src/language/walk.ts';
import type { LitmusTest } from '../../src/language/litmus-test.ts';
import { signatures } from '../../src/language/primitives.ts';
import { cellLayout, leastSpacing } from '../../src/lower/layout.ts';
import { lower } from '../../src/lower/lower.ts';
import { targets } from '../../src/lower/targets.ts';
import { targetName } from './target-name.ts';

const corpus = process.env['LITMUS_CORPUS'];
const reason = corpus === undefined ? ' (skipped: LITMUS_CORPUS is not set)' : '';
const files = ['lkmm', 'kvm'].flatMap((folder) =>
  corpus === undefined
    ? []
    : readdirSync(join(corpus, folder))
        .filter((file) => file.endsWith('.litmus'))
        .map((file) => join(corpus, folder, file)),
);

describe.each(targets.map((target) => ({ target, name: targetName(target) })))('$name', ({ target }) => {
  test.skipIf(corpus === undefined)(
    `every test of the corpus lowers, but for RCU, which is refused${reason}`,
    () => {
      expect(files.length).toBeGreaterThan(80);
      for (const file of files) {
        const parsed = parseLitmus(readFileSync(file, 'utf8'), file);
        for (const layout of ['split', 'packed'] as const) {
          const attempt = () =>
            lower(parsed, target, cellLayout(parsed, layout, leastSpacing(parsed, layout), 8));
          if (usesRcu(parsed)) expect(attempt).toThrow(/is S?RCU/);
          else expect(attempt().threads.length).toBe(parsed.threads.length);
        }
      }
    },
  );
});

function usesRcu(parsed: LitmusTest): boolean {
  let found = false;
  for (const { body } of parsed.threads) {
    forEachExpressionIn(body, (part) => {
      if (part.kind === 'call' && signatures.get(part.name)?.primitive.kind === 'rcu') found = true;
    });
  }
  return found;
}
