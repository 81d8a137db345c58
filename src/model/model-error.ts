import type { Position } from '../language/litmus-test.ts';

/** A test that a model cannot speak of, and where in the test's file. */
export class ModelError extends Error {
  override readonly name = 'ModelError';
  readonly at: Position;

  constructor(sentence: string, at: Position) {
    super(sentence);
    this.at = at;
  }
}
