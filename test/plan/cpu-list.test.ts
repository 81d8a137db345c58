import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CpuSelectionError, formatCpuList, parseCpuList } from '../../src/plan/cpu-list.ts';

/** What is thrown at a text, if anything. */
function refusalOf(text: string): unknown {
  try {
    parseCpuList(text);
    return undefined;
  } catch (error) {
    return error;
  }
}

describe('reading a CPU list', () => {
  test('takes numbers and ranges in the order written', () => {
    expect(parseCpuList('0-3,8')).toEqual([0, 1, 2, 3, 8]);
    expect(parseCpuList(' 9, 4-5 ,0\n')).toEqual([9, 4, 5, 0]);
  });

  test.each([
    ['', 'The CPU list is empty: write numbers and ranges, as in 0-3,8.'],
    ['0,,2', '"0,,2" has an empty part: write numbers and ranges, as in 0-3,8.'],
    ['0,x', '"x" is neither a CPU number nor a range: write them as in 0-3,8.'],
    ['-1', '"-1" is neither a CPU number nor a range: write them as in 0-3,8.'],
    ['1.5', '"1.5" is neither a CPU number nor a range: write them as in 0-3,8.'],
    ['3-1', 'The range 3-1 runs backwards: write 1-3.'],
    ['0-2,1', 'CPU 1 is named twice in "0-2,1".'],
    ['0-99999999999999999999', 'CPU 99999999999999999999 is beyond the greatest possible, 65535.'],
  ])('refuses %j and says what is wrong', (text, message) => {
    expect(() => parseCpuList(text)).toThrow(new CpuSelectionError(message));
  });

  test('gives a list or a CpuSelectionError for any text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[0-9,\- ]{0,12}$/)), (text) => {
        expect(refusalOf(text)).toSatisfy(
          (refusal) => refusal === undefined || refusal instanceof CpuSelectionError,
        );
      }),
    );
  });
});

describe('printing a CPU list', () => {
  test('sorts, drops repetitions and joins neighbours', () => {
    expect(formatCpuList([8, 2, 1, 0, 2])).toBe('0-2,8');
    expect(formatCpuList([])).toBe('');
  });

  test('is read back to the same CPUs', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat({ max: 300 }), { minLength: 1 }), (cpus) => {
        expect(parseCpuList(formatCpuList(cpus))).toEqual(cpus.toSorted((a, b) => a - b));
      }),
    );
  });
});
