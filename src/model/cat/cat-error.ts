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

/** What a model asks for is more than can be computed; thrown where its place is not known. */
export class TooMuch extends Error {
  override readonly name = 'TooMuch';
}

/**
 * Does what recurses as deep as a model's text nests, or computes as much as it asks for.
 * @throws CatError where the stack or the memory allowed does not suffice
 */
export function withinBounds<T>(act: () => T, at: () => Place): T {
  try {
    return act();
  } catch (error) {
    if (error instanceof TooMuch) throw new CatError(error.message, at());
    // The stack is that of the thread that runs us: how deep is too deep cannot be told beforehand.
    if (error instanceof RangeError) {
      throw new CatError('this is nested too deep: split it into several definitions', at());
    }
    throw error;
  }
}
