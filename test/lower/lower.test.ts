import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { LitmusTest } from '../../src/language/litmus-test.ts';
import { parseLitmus } from '../../src/language/parser.ts';
import { cellLayout, leastSpacing } from '../../src/lower/layout.ts';
import { lower, LoweringError } from '../../src/lower/lower.ts';
import type { MachineCode } from '../../src/lower/machine-code.ts';
import type { Target } from '../../src/lower/target.ts';
import { targets } from '../../src/lower/targets.ts';
import { x86_64 } from '../../src/lower/x86-64/target.ts';
import { programs } from './execution/programs.ts';
import { targetName } from './target-name.ts';

function lowered(test: LitmusTest, target: Target, layout: 'split' | 'packed' = 'packed'): MachineCode {
  return lower(test, target, cellLayout(test, layout, leastSpacing(test, layout), 8));
}

/** A test of one thread on `int *x, int *y`. */
function thread(body: string, rest = 'exists (x=1)', initial = ''): LitmusTest {
  return parseLitmus(
    `C test\n\n{${initial}}\n\nP0(int *x, int *y)\n{\n${body}\n}\n\n${rest}\n`,
    'test.litmus',
  );
}

const messagePassing = (fence: string) =>
  thread(
    `int r0;\nint r1;\nr0 = READ_ONCE(*x);\n${fence}();\nr1 = READ_ONCE(*y);`,
    'exists (0:r0=1 /\\ 0:r1=0)',
  );

describe.each(targets.map((target) => ({ target, name: targetName(target) })))(
  'lowering to $name',
  ({ target }) => {
    test('observes the condition, then locations, the filter and the phases, each once', () => {
      const parsed = parseLitmus(
        `C test
(*
 * Phases: early = 0:r2=1 /\\ y=0
 *)
{ int a[2]; int *p = &x; }
P0(int *x, int *y, int *a, int **p)
{
	int *r0;
	int r1;
	long r2;
	r0 = READ_ONCE(*p);
	r1 = READ_ONCE(*r0);
	r2 = READ_ONCE(*y);
}
locations [a[1]; 0:r1; p;]
filter (x=1)
exists (0:r1=1 /\\ 0:r0=x)
`,
        'test.litmus',
      );
      const { observed, threads, layout } = lowered(parsed, target);
      const slot = (offsetBytes: number) => ({
        thread: 0,
        offsetBytes,
        signed: true,
        pointer: false,
        widthBytes: 4,
      });
      const location = (name: string, index = 0) => ({
        thread: undefined,
        offsetBytes: (layout.offsets.get(name) ?? Number.NaN) + 8 * index,
        signed: true,
        pointer: false,
        widthBytes: 4,
      });
      const pointer = { widthBytes: 8, signed: false, pointer: true };
      const register = (name: string) => ({ kind: 'register', thread: 0, name });
      const named = (name: string, index?: number) => ({ kind: 'location', name, index });
      expect(observed).toEqual([
        { observable: register('r1'), ...slot(0) },
        { observable: register('r0'), ...slot(8), ...pointer },
        { observable: named('a', 1), ...location('a', 1) },
        { observable: named('p'), ...location('p'), ...pointer },
        { observable: named('x'), ...location('x') },
        { observable: register('r2'), ...slot(16), widthBytes: 8 },
        { observable: named('y'), ...location('y') },
      ]);
      expect(threads[0]?.outBytes).toBe(24);
    });

    test('gives every element of every location its initial value, 0 included', () => {
      const parsed = thread(
        'WRITE_ONCE(*x, 1);',
        'exists (x=1)',
        ' int x = -2; int a[2] = {1}; long z = 5; int *p = &a[1]; ',
      );
      const { initial, layout } = lowered(parsed, target);
      const offset = (name: string) => layout.offsets.get(name) ?? Number.NaN;
      const write = (offsetBytes: number, widthBytes: number, value: bigint, pointer = false) => ({
        offsetBytes,
        widthBytes,
        value,
        pointer,
      });
      expect(initial).toEqual([
        write(offset('x'), 4, -2n),
        write(offset('a'), 4, 1n),
        write(offset('a') + 8, 4, 0n),
        write(offset('z'), 8, 5n),
        write(offset('p'), 8, BigInt(offset('a') + 8), true),
        write(offset('y'), 4, 0n),
      ]);
    });

    test('says of every instruction of the body which line it came from', () => {
      const { threads } = lowered(messagePassing('smp_mb'), target);
      const lines = threads[0]?.listing
        .filter(({ role }) => role === 'body')
        .map(({ sourceLine }) => sourceLine);
      expect([...new Set(lines)]).toEqual([9, 10, 11]);
    });

    test('lists the bytes in order and without gaps', () => {
      fc.assert(
        fc.property(programs, (program) => {
          const code = lowerUnlessTooLarge(program, target);
          fc.pre(code !== undefined);
          for (const { bytes, listing } of code.threads) {
            expect([...bytes]).toEqual(listing.flatMap((line) => line.bytes));
            let end = 0;
            for (const line of listing) {
              expect(line.offset).toBe(end);
              end += line.bytes.length;
            }
          }
        }),
      );
    });

    test('gives equal digests exactly to equal bytes', () => {
      fc.assert(
        fc.property(programs, programs, fc.boolean(), (one, other, same) => {
          const [left, right] = [one, same ? structuredClone(one) : other].map((program) =>
            lowerUnlessTooLarge(program, target),
          );
          fc.pre(left !== undefined && right !== undefined);
          const equalBytes = bytesOf(left).every((bytes, index) => bytes === bytesOf(right)[index]);
          expect(left.digest === right.digest).toBe(equalBytes);
        }),
      );
    });

    test('the digest tells where one thread ends and the next begins', () => {
      const store = 'WRITE_ONCE(*x, 1);';
      const threads = (first: string, second: string) =>
        parseLitmus(
          `C test\n{}\nP0(int *x)\n{${first}}\nP1(int *x)\n{${second}}\nexists (x=1)\n`,
          'test.litmus',
        );
      const digests = [threads(store, ''), threads('', store)].map(
        (parsed) => lowered(parsed, target).digest,
      );
      expect(new Set(digests).size).toBe(2);
    });

    describe('refuses with the place and the remedy', () => {
      test.each([
        ['RCU', 'rcu_read_lock();', /^P0, line 7: rcu_read_lock\(\) is RCU, which no target lowers/],
        [
          'division',
          'int r0;\nr0 = READ_ONCE(*x) / 2;',
          /^P0, line 8: no target divides \(\/\): .* shift or a mask$/,
        ],
        ['a remainder', 'int r0;\nr0 = READ_ONCE(*x) % 2;', /^P0, line 8: no target divides \(%\)/],
        [
          'more variables than there are registers',
          Array.from({ length: 40 }, (_, index) => `int r${index};\nr${index} = READ_ONCE(*x);`).join('\n'),
          /^P0, line 5: it needs 4\d registers, 40 of them for its variables \(r0, .*r39\), and \S+ has \d+ .*: use fewer variables$/,
        ],
        [
          'an expression too deep for the registers that are left',
          `int r0;\nr0 = ${'READ_ONCE(*x) + ('.repeat(40)}1${')'.repeat(40)};`,
          /^P0, line 8: the expression needs \d+ registers .* has \d+ left .*: split the expression or use fewer variables$/,
        ],
      ])('%s', (_, body, message) => {
        expect(() => lowered(thread(body), target)).toThrow(LoweringError);
        expect(() => lowered(thread(body), target)).toThrow(message);
      });
    });
  },
);

function lowerUnlessTooLarge(program: LitmusTest, target: Target): MachineCode | undefined {
  try {
    return lowered(program, target);
  } catch (error) {
    if (error instanceof LoweringError) return undefined;
    throw error;
  }
}

function bytesOf({ threads }: MachineCode): readonly string[] {
  return threads.map(({ bytes }) => Buffer.from(bytes).toString('hex'));
}

test('on x86-64, smp_rmb and barrier are the same code, and smp_mb is not', () => {
  const digest = (fence: string) => lowered(messagePassing(fence), x86_64).digest;
  expect(digest('smp_rmb')).toBe(digest('barrier'));
  expect(digest('smp_mb')).not.toBe(digest('barrier'));
});
