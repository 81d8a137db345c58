import fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { layOut, rowLines, wrap } from '../../src/report/columns.ts';

const columns = [
  { title: 'strategy', align: 'left', grow: true },
  { title: 'iterations', align: 'right', dispensable: 1 },
  { title: 'verdict', align: 'left' },
] as const;

describe('columns', () => {
  it('wrap the growing column and align the others', () => {
    const rows = [['kernel = acquire-release = compiler = none', '1.20M', 'upheld']];
    const layout = layOut(columns, rows, 42);
    expect(rowLines(layout, rows[0] ?? [])).toEqual([
      'kernel =                    1.20M  upheld',
      'acquire-release =',
      'compiler = none',
    ]);
  });

  it('leave out a dispensable column where the terminal is too narrow', () => {
    const rows = [['kernel', '1.20M', 'upheld']];
    expect(rowLines(layOut(columns, rows, 20), rows[0] ?? [])).toEqual(['kernel    upheld']);
  });

  it('never exceed the width, down to the narrowest that fits', () => {
    const cell = fc.string({ maxLength: 60 });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(cell, fc.constant('99.9M'), fc.constant('inconclusive')), { minLength: 1 }),
        fc.integer({ min: 30, max: 200 }),
        (rows, width) => {
          const layout = layOut(columns, rows, width);
          for (const line of rows.flatMap((row) => rowLines(layout, row))) {
            expect(stringWidth(line)).toBeLessThanOrEqual(width);
          }
        },
      ),
    );
  });

  it('wrap keeps every word', () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[a-z]{1,12}$/), { minLength: 1 }), (words) => {
        expect(wrap(words.join(' '), 12).join(' ').split(' ')).toEqual(words);
      }),
    );
  });

  it('wrap cuts a word that is too long after a hyphen', () => {
    expect(wrap('kernel = acquire-release = none', 14)).toEqual(['kernel =', 'acquire-', 'release = none']);
  });

  it('wrap cuts a word without hyphens where the line ends, and loses nothing of it', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z-]{1,60}$/), fc.integer({ min: 1, max: 20 }), (word, width) => {
        const lines = wrap(word, width);
        expect(lines.join('')).toBe(word);
        expect(Math.max(...lines.map((line) => stringWidth(line)))).toBeLessThanOrEqual(width);
      }),
    );
  });
});
