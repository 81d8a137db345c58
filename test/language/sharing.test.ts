import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readSuite } from '../../src/language/test-files.ts';
import { sharing } from '../../src/language/sharing.ts';

/** Plain data with few different leaves, so that parts are often equal, and texts that look like keys. */
const data = fc.letrec((tie) => ({
  value: fc.oneof(
    fc.constantFrom<unknown>('', 'a', '1', '"a', 'array 0 1', '__proto__', 1, 1n, true, null, undefined),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('a', 'b', '1', 'object', '__proto__'), tie('value'), {
      noNullPrototype: true,
    }),
    fc
      .array(fc.tuple(fc.constantFrom('a', 'b'), tie('value')), { maxLength: 2 })
      .map((pairs) => new Map(pairs)),
    fc.array(fc.constantFrom('a', 'b'), { maxLength: 2 }).map((values) => new Set(values)),
    fc.array(fc.nat(3), { maxLength: 3 }).map((bytes) => Uint8Array.from(bytes)),
  ),
})).value;

describe('sharing', () => {
  it('gives what is equal to the value, and for two values the same one exactly where they are equal', () => {
    fc.assert(
      fc.property(data, data, (left, right) => {
        const share = sharing();
        expect(share(left)).toStrictEqual(left);
        expect(share(right)).toStrictEqual(right);
        expect(Object.is(share(left), share(right))).toBe(isSame(left, right));
      }),
    );
  });

  it('has equal parts of different values once', () => {
    const share = sharing();
    const { a } = share({ a: [1, { b: 'x' }] });
    const { c } = share({ c: [{ b: 'x' }, a] });
    expect(c).toEqual([a[1], a]);
    expect(c[0]).toBe(a[1]);
    expect(c[1]).toBe(a);
  });

  it('has some of the statements of the suite once, whoever they belong to', () => {
    const statements = readSuite().flatMap(({ test }) => test.threads.flatMap(({ body }) => body));
    expect(new Set(statements).size).toBeLessThan(statements.length);
  });
});

/** By what the values are made of, order included: what is made of other parts in another order is printed otherwise. */
function isSame(left: unknown, right: unknown): boolean {
  return printed(left) === printed(right);
}

function printed(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(printed).join()}]`;
  if (value instanceof Map) return `map${printed([...value])}`;
  if (value instanceof Set) return `set${printed([...value])}`;
  if (value instanceof Uint8Array) return `bytes${printed([...value])}`;
  if (typeof value === 'object' && value !== null) return `{${printed(Object.entries(value))}}`;
  return typeof value === 'string' ? JSON.stringify(value) : `${typeof value} ${String(value)}`;
}
