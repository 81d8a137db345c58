import type { Position } from './litmus-test.ts';

/** A mistake in a litmus file before it is known which file: parser.ts makes it a LitmusSyntaxError. */
export class Mistake extends Error {
  override readonly name = 'Mistake';
  readonly at: Position;

  constructor(sentence: string, at: Position) {
    super(sentence);
    this.at = at;
  }
}
