import type { Position } from '../../language/litmus-test.ts';

/** A mistake in a model's text, or one found while it is applied. Its text is `file:line:column: sentence`. */
export class CatError extends Error {
  override readonly name = 'CatError';
  readonly place: Place;
  readonly sentence: string;

  constructor(sentence: string, place: Place) {
    super(`${place.file}:${place.line}:${place.column}: ${sentence}`);
    this.place = place;
    this.sentence = sentence;
  }
}

/** A place in one of the files that make up a model. */
export interface Place extends Position {
  readonly file: string;
}
