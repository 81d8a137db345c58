import type { Position, Thread } from '../language/litmus-test.ts';
import { mostPaths } from './program.ts';

/** A test that a model cannot speak of, and where in the test's file. */
export class ModelError extends Error {
  override readonly name = 'ModelError';
  readonly at: Position;

  constructor(sentence: string, at: Position) {
    super(sentence);
    this.at = at;
  }
}

export function tooManyPaths({ index, at }: Thread): ModelError {
  return new ModelError(
    `P${index} has more than ${mostPaths} control paths: check a test with fewer conditions in one thread`,
    at,
  );
}
