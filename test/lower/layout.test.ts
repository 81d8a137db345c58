import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { LitmusTest } from '../../src/language/litmus-test.ts';
import { parseLitmus } from '../../src/language/parser.ts';
import { cellLayout, leastSpacing } from '../../src/lower/layout.ts';
import { LoweringError } from '../../src/lower/lower.ts';
import { layoutNames } from '../../src/lower/machine-code.ts';
import type { CellLayout } from '../../src/lower/machine-code.ts';

/** Locations l0, l1, … of 1 or more 8-byte elements each; the kernel struct holds some of them. */
function testWith(lengths: readonly number[], struct: readonly string[] = []): LitmusTest {
  const declared = lengths.map((length, index) =>
    length === 1 ? `int l${index};` : `int l${index}[${length}];`,
  );
  const header = struct.length === 0 ? '' : `(*\n * Struct: ${struct.join(' ')}\n *)\n`;
  return parseLitmus(
    `C test\n${header}{ ${declared.join(' ')} }\nP0(int *l0)\n{\n\tWRITE_ONCE(*l0, 1);\n}\nexists (true)\n`,
    'test.litmus',
  );
}

const shapes = fc
  .array(fc.oneof({ weight: 3, arbitrary: fc.constant(1) }, fc.integer({ min: 2, max: 5 })), {
    minLength: 1,
    maxLength: 12,
  })
  .chain((lengths) =>
    fc.record({
      lengths: fc.constant(lengths),
      struct: fc.shuffledSubarray(
        lengths.map((_, index) => `l${index}`),
        { minLength: 1 },
      ),
      name: fc.constantFrom(...layoutNames),
      extraBytes: fc.integer({ min: 0, max: 300 }),
      cells: fc.integer({ min: 1, max: 600 }),
    }),
  );

/** Where each element of each location lies in one iteration. */
function elementsIn(
  { offsets, spacingBytes }: CellLayout,
  lengths: readonly number[],
  iteration: number,
): number[] {
  return lengths.flatMap((length, index) =>
    Array.from(
      { length },
      (_, element) => (offsets.get(`l${index}`) ?? Number.NaN) + iteration * spacingBytes + 8 * element,
    ),
  );
}

describe('a cell layout', () => {
  test('keeps every location of every iteration aligned, inside the memory, and apart from all others', () => {
    fc.assert(
      fc.property(shapes, ({ lengths, struct, name, extraBytes, cells }) => {
        const parsed = testWith(lengths, struct);
        const layout = cellLayout(parsed, name, leastSpacing(parsed, name) + extraBytes, cells);
        const starts = Array.from({ length: cells }, (_, iteration) =>
          elementsIn(layout, lengths, iteration),
        ).flat();
        expect(starts.every((start) => start % 8 === 0 && start >= 0 && start + 8 <= layout.sizeBytes)).toBe(
          true,
        );
        expect(new Set(starts).size).toBe(starts.length);
      }),
    );
  });

  test('split: locations of an iteration share no page, no 128-byte line and no low 12 address bits', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 32 }), fc.integer({ min: 1, max: 300 }), (count, cells) => {
        const parsed = testWith(Array.from({ length: count }, () => 1));
        const { offsets } = cellLayout(parsed, 'split', 16, cells);
        const distinct = (of: (offset: number) => number) => new Set([...offsets.values()].map(of)).size;
        expect(distinct((offset) => Math.floor(offset / 4096))).toBe(count);
        expect(distinct((offset) => offset % 4096)).toBe(count);
        expect(distinct((offset) => Math.floor(offset / 128) % 32)).toBe(count);
      }),
    );
  });

  test('packed: locations follow one another, 8 bytes apart', () => {
    const { offsets, sizeBytes } = cellLayout(testWith([1, 3, 1]), 'packed', 64, 10);
    expect([...offsets]).toEqual([
      ['l0', 0],
      ['l1', 8],
      ['l2', 32],
    ]);
    expect(sizeBytes).toBe(640);
  });

  test("kernel: the struct's fields follow one another in its order, the others lie apart", () => {
    const { offsets } = cellLayout(testWith([1, 1, 1, 1], ['l2', 'l0']), 'kernel', 16, 10);
    const [first = Number.NaN, second, third = 0, fourth = 0] = ['l2', 'l0', 'l1', 'l3'].map((name) =>
      offsets.get(name),
    );
    expect(second).toBe(first + 8);
    expect(Math.floor(third / 4096)).toBe(1);
    expect(Math.floor(fourth / 4096)).toBe(2);
  });

  test('rounds the spacing up to a multiple of 8', () => {
    expect(cellLayout(testWith([1]), 'split', 13, 10).spacingBytes).toBe(16);
  });

  test('refuses a spacing that does not hold a record', () => {
    const attempt = () => cellLayout(testWith([1, 3, 1]), 'packed', 32, 10);
    expect(attempt).toThrow(LoweringError);
    expect(attempt).toThrow(
      'the packed layout of test needs 40 bytes for each iteration, and the spacing is 32: use a spacing of at least 40 bytes',
    );
  });

  test('refuses the kernel layout of a test without a struct, and a struct with an unknown field', () => {
    expect(() => cellLayout(testWith([1]), 'kernel', 16, 10)).toThrow(/no kernel layout: .*"Struct:" line/);
    expect(() => cellLayout(testWith([1], ['l0', 'nosuch']), 'kernel', 16, 10)).toThrow(
      /names nosuch, which is no location/,
    );
  });
});
