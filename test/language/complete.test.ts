import { describe, expect, test } from 'vitest';
import { parseLitmus } from '../../src/language/parser.ts';
import { printLitmus } from '../../src/language/printer.ts';

/** The canonical text of the threads of a test. */
function threadsOf(source: string): string {
  const lines = printLitmus(parseLitmus(source, 't.litmus')).split('\n');
  const first = lines.findIndex((line) => line.startsWith('P0'));
  const last = lines.findIndex((line) => line.startsWith('exists'));
  return lines.slice(first, last).join('\n').trim();
}

describe('what herd7 leaves implicit is written out', () => {
  test('a register that is only assigned', () => {
    expect(threadsOf('C t\n{}\nP0(int *x) { r1 = READ_ONCE(*x); }\nexists (0:r1=1)')).toBe(
      'P0(int *x)\n{\n\tint r1;\n\n\tr1 = READ_ONCE(*x);\n}',
    );
  });

  test('a register that is only read', () => {
    expect(threadsOf('C t\n{}\nP0(int *x) { int r1; r1 = 1; *x = rc9; }\nexists (x=1)')).toContain(
      '\tint rc9;\n',
    );
  });

  test('a local of any name, in a thread that declares nothing', () => {
    expect(threadsOf('C t\n{}\nP0(int *x) { busy = READ_ONCE(*x); }\nexists (x=1)')).toContain(
      '\tint busy;\n',
    );
  });

  test('a register that the initial state fills, and keeps what it was filled with', () => {
    expect(threadsOf('C t\n{ 0:ptr=y; }\nP0(int **x) { int r0; WRITE_ONCE(*x, ptr); }\nexists (x=y)')).toBe(
      'P0(int **x)\n{\n\tint ptr;\n\tint r0;\n\n\tWRITE_ONCE(*x, ptr);\n}',
    );
  });

  test('a register that only the condition names: it reads 0', () => {
    expect(threadsOf('C t\n{}\nP0(int *x) { }\nexists (0:r7=0)')).toBe('P0(int *x)\n{\n\tint r7;\n}');
  });

  test('a local declared once more in its block is the same one: it is only assigned', () => {
    expect(
      threadsOf('C t\n{}\nP0(int *x) { int r0 = 1; *x = r0; int r0 = 2; *x = r0; int r0; }\nexists (x=1)'),
    ).toBe('P0(int *x)\n{\n\tint r0 = 1;\n\n\t*x = r0;\n\tr0 = 2;\n\t*x = r0;\n}');
  });

  test('a location that is no parameter, with the type that others give it', () => {
    expect(
      threadsOf('C t\n{ long z; }\nP0(int *x) { *y = 1; *z = 2; }\nP1(atomic_t *y) { }\nexists (x=1)'),
    ).toContain('P0(int *x, atomic_t *y, long *z)');
  });

  test('a location that only an initial address names', () => {
    expect(threadsOf('C t\n{ p = &q; }\nP0(int **p) { *q = 1; }\nexists (x=1)')).toContain(
      'P0(int **p, int *q)',
    );
  });
});

test('a thread that declares its locals must declare them all, but for registers', () => {
  expect(() =>
    parseLitmus('C t\n{}\nP0(int *x) { int busy; bussy = READ_ONCE(*x); }\nexists (x=1)', 't'),
  ).toThrow("'bussy' is not declared in P0; did you mean 'busy'?");
});
