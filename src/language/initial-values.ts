import type { IToken } from 'chevrotain';
import { positionOf } from './literals.ts';
import type { Constant, CType, InitialValue } from './litmus-test.ts';
import { Mistake } from './mistake.ts';

/** What stands after the `=` of a location: one value, or the elements of an array. */
export type Initialiser = Constant | readonly Constant[];

const zero: Constant = { kind: 'number', value: 0n };

/** The initial value of a location; what is not given is 0, an array without initialiser included. */
export function initialLocation(
  name: IToken,
  type: CType | undefined,
  length: number | undefined,
  initialiser: Initialiser | undefined,
): InitialValue {
  const at = positionOf(name);
  if (length === 0) throw new Mistake(`the array '${name.image}' has no elements`, at);
  const values = length === undefined ? scalar(name, initialiser) : elements(name, length, initialiser);
  return { kind: 'location', name: name.image, type, length, values, at };
}

function scalar(name: IToken, initialiser: Initialiser = zero): readonly Constant[] {
  if ('kind' in initialiser) return [initialiser];
  throw new Mistake(`'${name.image}' is no array: give it one value, or its length`, positionOf(name));
}

function elements(name: IToken, length: number, initialiser: Initialiser = []): readonly Constant[] {
  if ('kind' in initialiser) {
    throw new Mistake(`'${name.image}' is an array: give its values in braces`, positionOf(name));
  }
  if (initialiser.length > length) {
    throw new Mistake(
      `'${name.image}' has ${length} elements, but ${initialiser.length} values`,
      positionOf(name),
    );
  }
  return Array.from({ length }, (_, index) => initialiser[index] ?? zero);
}
