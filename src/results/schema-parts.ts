import { Type, type TObject, type TProperties } from 'typebox';

/** A type as plain immutable data, all the way down. */
export type Plain<T> = T extends readonly (infer Item)[]
  ? readonly Plain<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]: Plain<T[Key]> }
    : T;

const described = (description: string | undefined) => (description === undefined ? {} : { description });

/** An object that admits no other field: an unknown one means a typo or another version's file. */
export function strictObject<P extends TProperties>(properties: P, description?: string): TObject<P> {
  return Type.Object(properties, { ...described(description), additionalProperties: false });
}

export function text(description?: string) {
  return Type.String(described(description));
}

/** A whole number from 0, within 2^53. */
export function count(description?: string) {
  return Type.Integer({ ...described(description), minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
}

/** An object with string values, under any keys that fit the pattern. */
export function textsByKey(keyPattern: string, description: string) {
  return Type.Record(Type.String({ pattern: keyPattern }), Type.String(), {
    description,
    additionalProperties: false,
  });
}

/** A SHA-256 in hex. */
export function digest(description?: string) {
  return Type.String({ ...described(description), pattern: '^[0-9a-f]{64}$' });
}

/** An instant in UTC, as Date.prototype.toISOString prints it. */
export function instant(description?: string) {
  return Type.String({
    ...described(description),
    pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}(\\.\\d{1,9})?Z$',
  });
}
