import { expect, test } from 'vitest';
import { LitmusGrammar } from '../../src/language/grammar.ts';

test('the grammar has no ambiguity, no left recursion and no rule without an end', () => {
  // Chevrotain throws what it finds; when a test is parsed these checks are skipped, for they cost time.
  expect(() => new LitmusGrammar({ skipValidations: false })).not.toThrow();
});
