import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseLitmus } from '../../../src/language/parser.ts';
import { branchIf, branchIfNotZero, branchIfZero, jump } from '../../../src/lower/arm64/instructions.ts';
import { arm64Llsc, arm64Lse } from '../../../src/lower/arm64/target.ts';
import { cellLayout, leastSpacing } from '../../../src/lower/layout.ts';
import { lower, LoweringError } from '../../../src/lower/lower.ts';
import { label } from '../../../src/lower/machine-code.ts';
import type { Branch } from '../../../src/lower/machine-code.ts';
import type { Target } from '../../../src/lower/target.ts';
import { lowerProgram } from '../execution/compare.ts';
import { programs } from '../execution/programs.ts';

const variants = [arm64Llsc, arm64Lse].map((target) => ({ target, variant: target.variant }));

/** The instructions of a body of `int r0; int r1;` on `int *x, int *y, atomic_t *c`, without the frame. */
function bodyOf(target: Target, body: string): readonly string[] {
  const source = `C test\n\n{}\n\nP0(int *x, int *y, atomic_t *c)\n{\nint r0;\nint r1;\n${body}\n}\n\nexists (0:r1=1)\n`;
  const parsed = parseLitmus(source, 'test.litmus');
  const code = lower(parsed, target, cellLayout(parsed, 'packed', leastSpacing(parsed, 'packed'), 8));
  return code.threads.flatMap(({ listing }) =>
    listing.filter(({ role }) => role === 'body').map(({ text }) => text),
  );
}

describe.each(variants)('arm64 $variant', ({ target }) => {
  test('never touches x18, x29 and x30, and the stack only to save registers', () => {
    fc.assert(
      fc.property(programs, (program) => {
        const code = lowerProgram(program, 'packed', target);
        fc.pre(typeof code !== 'string');
        const listing = code.threads.flatMap((thread) => thread.listing);
        expect(listing.filter(({ text }) => /\b[xw](18|29|30)\b/.test(text))).toEqual([]);
        expect(listing.filter(({ text, role }) => role !== 'frame' && /\bsp\b/.test(text))).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });

  test.each(['==', '!=', '<', '<=', '>', '>='])(
    'a value of r0 %s 1 is computed without a branch and without a conditional select',
    (relation) => {
      const body = bodyOf(target, `r0 = READ_ONCE(*x);\nr1 = r0 ${relation} 1;\nWRITE_ONCE(*y, r1);`);
      expect(body.filter((text) => /^(b|cb|tb|cs|cinc|cinv|cneg)/.test(text))).toEqual([]);
    },
  );

  test('a sum with a difference that is always 0 is computed all the same', () => {
    const body = bodyOf(target, 'r0 = READ_ONCE(*x);\nr1 = READ_ONCE(*(y + (r0 ^ r0)));');
    const [value = ''] = /\bw\d+/.exec(body.find((text) => text.startsWith('ldr')) ?? '') ?? [];
    expect(body.some((text) => new RegExp(`^eor w\\d+, ${value}, ${value}$`).test(text))).toBe(true);
  });
});

test('the variants have the same code where there is no atomic operation', () => {
  const body = 'r0 = smp_load_acquire(x);\nsmp_rmb();\nsmp_store_release(y, r0);\nsmp_mb();\nr1 = r0 < 3;';
  expect(bodyOf(arm64Lse, body)).toEqual(bodyOf(arm64Llsc, body));
});

test('one atomic operation is one instruction with LSE and a loop without', () => {
  const body = 'r0 = atomic_fetch_add_acquire(r1, c);';
  expect(bodyOf(arm64Lse, body).filter((text) => text.startsWith('ldadda '))).toHaveLength(1);
  expect(bodyOf(arm64Llsc, body).filter((text) => /^(ldaxr|stxr|cbnz) /.test(text))).toHaveLength(3);
});

describe('a branch beyond its reach', () => {
  const to = label('far');
  const near = 2 ** 20;
  const rows: readonly (readonly [string, Branch, number])[] = [
    ['b.ne', branchIf('ne', to), near],
    ['cbz', branchIfZero(3, 4, to), near],
    ['cbnz', branchIfNotZero(3, 8, to), near],
    ['b', jump(to), 2 ** 27],
  ];
  test.each(rows)('%s is refused with what to do', (mnemonic, branch, reachBytes) => {
    for (const displacementBytes of [reachBytes, -reachBytes - 4]) {
      const encode = () => branch.encode(displacementBytes, 0);
      expect(encode).toThrow(LoweringError);
      expect(encode).toThrow(`arm64's ${mnemonic} reaches ${reachBytes}: split the thread's body`);
    }
  });
});
