import { expect, test } from 'vitest';
import { parseLitmus } from '../../src/language/parser.ts';
import { maybeUnassigned } from '../../src/lower/assignment.ts';

/** What must be zeroed in a thread on `int *x` with the locals r0, r1 and r2, of which r0 is observed. */
function zeroed(body: string): readonly string[] {
  const source = `C test\n{}\nP0(int *x)\n{\n\tint r0;\n\tint r1;\n\tint r2;\n${body}\n}\nexists (0:r0=1)\n`;
  const [thread] = parseLitmus(source, 'test.litmus').threads;
  return [...maybeUnassigned(thread?.body ?? [], ['r0'])].filter((name) => name !== 'x').toSorted();
}

test.each([
  ['nothing that is assigned before it is read', 'r0 = READ_ONCE(*x); r1 = r0; r0 = r1;', []],
  ['what is observed but never assigned', 'r1 = READ_ONCE(*x);', ['r0']],
  ['what is read before it is assigned', 'r0 = r1; r1 = 2;', ['r1']],
  ['what its own assignment reads first', 'r0 = r0 + 1;', ['r0']],
  ['what only one branch assigns', 'if (READ_ONCE(*x)) r0 = 1;', ['r0']],
  ['nothing that both branches assign', 'if (READ_ONCE(*x)) { r0 = 1; } else { r0 = 2; }', []],
  [
    'what a branch reads although the other assigns it',
    'r0 = 1; if (*x) { r1 = 1; } else { r0 = r1; }',
    ['r1'],
  ],
  ['what is read after a branch that may not assign it', 'r0 = 1; if (*x) { r1 = 1; } r2 = r1;', ['r1']],
  ['what a condition or a stored value reads', 'r0 = 1; if (r1 == 2) WRITE_ONCE(*x, r2);', ['r1', 'r2']],
  ['nothing that is unassigned but neither read nor observed', 'r0 = 1;', []],
])('zeroes %s', (_, body, expected) => {
  expect(zeroed(body)).toEqual(expected);
});
