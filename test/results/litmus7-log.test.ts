import { describe, expect, it } from 'vitest';
import { isLitmus7Log, parseLitmus7Log } from '../../src/results/litmus7-log.ts';

/** As litmus7 prints it, with the test and its assembler before. */
const litmus7 = String.raw`%%%%%%%%%%%%%%%%%%%%%%%%%
% Results for SB.litmus %
%%%%%%%%%%%%%%%%%%%%%%%%%
C SB
{}
exists (0:r0=0 /\ 1:r0=0)
Generated assembler
	movl $1, (%rcx)

Test SB Allowed
Histogram (4 states)
12    *>0:r0=0; 1:r0=0;
500000:>0:r0=1; 1:r0=0;
499980:>0:r0=0; 1:r0=1;
8     :>0:r0=1; 1:r0=1;
Ok

Witnesses
Positive: 12, Negative: 999988
Condition exists (0:r0=0 /\ 1:r0=0) is validated
Hash=2d53e83cd627ba17ab11c875525e078b
Observation SB Sometimes 12 999988
Time SB 0.11
Machine:somewhere
`;

const test = (quantifier: string, kind: string, ending: string) => `Test X ${kind}
Histogram (2 states)
3     *>[x]=1; a[1]=2; 0:r1=y;
7     :>[x]=0; a[1]=-1; 0:r1=x;
No

${ending}
Condition ${quantifier} (x=1) is NOT validated
`;

describe('a litmus7 log', () => {
  it('gives its tests with outcomes, counts and condition', () => {
    expect(isLitmus7Log(litmus7)).toBe(true);
    expect(parseLitmus7Log(litmus7, 'SB.log')).toEqual([
      {
        name: 'SB',
        quantifier: 'exists',
        condition: String.raw`exists (0:r0=0 /\ 1:r0=0)`,
        outcomes: [
          { values: { '0:r0': '0', '1:r0': '0' }, count: 12 },
          { values: { '0:r0': '1', '1:r0': '0' }, count: 500_000 },
          { values: { '0:r0': '0', '1:r0': '1' }, count: 499_980 },
          { values: { '0:r0': '1', '1:r0': '1' }, count: 8 },
        ],
        iterations: 1_000_000,
        witnesses: 12,
      },
    ]);
  });

  it('names locations with and without brackets, elements of arrays and addresses', () => {
    const [only] = parseLitmus7Log(test('exists', 'Allowed', 'Observation X Sometimes 3 7'), 'X.log');
    expect(only?.outcomes[0]?.values).toEqual({ x: '1', 'a[1]': '2', '0:r1': 'y' });
    expect(only?.outcomes[1]?.values).toEqual({ x: '0', 'a[1]': '-1', '0:r1': 'x' });
  });

  it('counts the proposition, whatever it calls positive', () => {
    const witnessesOf = (text: string) => parseLitmus7Log(text, 'X.log')[0]?.witnesses;
    expect(witnessesOf(test('~exists', 'Forbidden', 'Observation X Sometimes 3 7'))).toBe(3);
    expect(witnessesOf(test('~exists', 'Forbidden', 'Witnesses\nPositive: 7, Negative: 3'))).toBe(3);
    expect(witnessesOf(test('forall', 'Required', 'Witnesses\nPositive: 7, Negative: 3'))).toBe(7);
    expect(witnessesOf(test('exists', 'Allowed', 'Witnesses\nPositive: 3, Negative: 7'))).toBe(3);
  });

  it('may have Windows line ends, tests that were skipped, and a test more than once', () => {
    const skipped = 'Test Y Allowed\nY: skipped\n';
    const text = `${skipped}${litmus7}${litmus7}`.replaceAll('\n', '\r\n');
    expect(parseLitmus7Log(text, 'SB.log')).toMatchObject([
      { name: 'SB', iterations: 2_000_000, witnesses: 24 },
    ]);
  });

  it.each([
    [
      'cut short in the histogram',
      litmus7.slice(0, litmus7.indexOf('499980')),
      /line 11: the histogram of "SB" was cut short/,
    ],
    [
      'cut short behind it',
      litmus7.slice(0, litmus7.indexOf('Witnesses')),
      /line 16: the test "SB" was cut short/,
    ],
    [
      'with a state that is none',
      litmus7.replace('0:r0=1; 1:r0=1;', 'what'),
      /line 15: .*is no "count:>state"/,
    ],
    [
      'with fewer states than it says',
      litmus7.replace('(4', '(5'),
      /line 11: 5 states are announced, and there are 4/,
    ],
    [
      'whose counts do not add up',
      litmus7.replace('Sometimes 12 ', 'Sometimes 13 '),
      /1000001 iterations are counted, but the histogram adds up to 1000000/,
    ],
    ['without a histogram', 'Test SB Allowed\nStates 3\n', /no test with a histogram/],
  ])('%s is refused, with the place', (_, text, message) => {
    expect(() => parseLitmus7Log(text, 'SB.log')).toThrow(message);
    expect(() => parseLitmus7Log(text, 'SB.log')).toThrow('SB.log');
  });
});
