import { describe, expect, it } from 'vitest';
import { wrapConditionValues } from '../../src/language/condition-values.ts';
import { parseLitmus } from '../../src/language/parser.ts';
import { printProposition } from '../../src/language/printer.ts';

const wrapped = (type: string, condition: string) =>
  printProposition(
    wrapConditionValues(
      parseLitmus(
        `C t\n{}\nP0(${type} *x)\n{\n\tint r0 = READ_ONCE(*x);\n}\nexists (${condition})\n`,
        't.litmus',
      ),
    ).condition.proposition,
  );

describe('numbers in a condition are read as what they are compared with holds them', () => {
  it.each([
    ['u32', 'x=-1', 'x=4294967295'],
    ['int', 'x=4294967295', 'x=-1'],
    ['long', 'x=4294967295', 'x=4294967295'],
    ['unsigned long', 'x=-1', 'x=18446744073709551615'],
    ['int', '0:r0=4294967295', '0:r0=-1'],
    ['int', '~(x=1 \\/ 0:r0=-1)', '~(x=1 \\/ 0:r0=-1)'],
  ])('%s: %s is %s', (type, written, read) => {
    expect(wrapped(type, written)).toBe(read);
  });
});
