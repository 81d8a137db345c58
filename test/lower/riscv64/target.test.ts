import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseLitmus } from '../../../src/language/parser.ts';
import { cellLayout, leastSpacing } from '../../../src/lower/layout.ts';
import { lower, LoweringError } from '../../../src/lower/lower.ts';
import { label } from '../../../src/lower/machine-code.ts';
import type { Code } from '../../../src/lower/machine-code.ts';
import * as riscv from '../../../src/lower/riscv64/instructions.ts';
import { riscv64 } from '../../../src/lower/riscv64/target.ts';
import { lowerProgram } from '../execution/compare.ts';
import { programs } from '../execution/programs.ts';

function textOf(code: Code): readonly string[] {
  return code.map((item) => (item.kind === 'instruction' ? item.text : item.kind));
}

/** The instructions of a body of `int r0; int r1;` on `int *x, int *y, atomic_t *c, spinlock_t *s`, without the frame. */
function bodyOf(body: string): readonly string[] {
  const source = `C test\n\n{}\n\nP0(int *x, int *y, atomic_t *c, spinlock_t *s)\n{\nint r0;\nint r1;\n${body}\n}\n\nexists (0:r1=1)\n`;
  const parsed = parseLitmus(source, 'test.litmus');
  const code = lower(parsed, riscv64, cellLayout(parsed, 'packed', leastSpacing(parsed, 'packed'), 8));
  return code.threads.flatMap(({ listing }) =>
    listing.filter(({ role }) => role === 'body').map(({ text }) => text),
  );
}

/** What each random program's code says, instruction by instruction. */
function forEveryListing(check: (texts: readonly string[]) => void): void {
  fc.assert(
    fc.property(programs, (program) => {
      const code = lowerProgram(program, 'packed', riscv64);
      fc.pre(typeof code !== 'string');
      for (const { listing } of code.threads) check(listing.map(({ text }) => text));
    }),
    { numRuns: 200 },
  );
}

describe('on riscv64', () => {
  test('ra, gp and tp are never touched, and the stack only to save registers', () => {
    forEveryListing((texts) => {
      expect(texts.filter((text) => /\b(ra|gp|tp)\b/.test(text))).toEqual([]);
      expect(texts.filter((text) => /\bsp\b/.test(text) && !/^(add sp|[sl]d s\d)/.test(text))).toEqual([]);
    });
  });

  test('every local that the ABI wants preserved is saved before and restored after, in its own slot', () => {
    const slots = Array.from({ length: 12 }, (_, index) => `s${index},${8 * index}(sp)`);
    expect(textOf(riscv64.enter())).toEqual(['add sp,sp,-96', ...slots.map((slot) => `sd ${slot}`)]);
    expect(textOf(riscv64.leave(7))).toEqual([
      'li a0,7',
      ...slots.map((slot) => `ld ${slot}`),
      'add sp,sp,96',
      'ret',
    ]);
  });

  test('LUI writes t6, and nothing adds to t6 or addresses by it, so that objdump has no address to note', () => {
    forEveryListing((texts) => {
      expect(texts.filter((text) => text.startsWith('lui ') && !text.startsWith('lui t6,'))).toEqual([]);
      expect(texts.filter((text) => /\(t6\)|^addw? \w+,t6,/.test(text))).toEqual([]);
    });
  });

  test('between LR and SC stands one branch out, and after SC the branch back: a constrained loop', () => {
    let loops = 0;
    forEveryListing((texts) => {
      texts.forEach((text, index) => {
        if (!text.startsWith('lr.')) return;
        const [, differs = '', storeConditional = '', again = ''] = texts.slice(index, index + 4);
        expect(differs).toMatch(/^bnez? t1,/);
        expect(storeConditional).toMatch(/^sc\.[wd](\.rl)? t2,\w+,\(\w+\)$/);
        expect(storeConditional.slice(-4)).toBe(text.slice(-4));
        expect(again).toMatch(/^bnez t2,/);
        loops++;
      });
      expect(texts.filter((text) => text.startsWith('sc.')).length).toBe(
        texts.filter((text) => text.startsWith('lr.')).length,
      );
    });
    expect(loops).toBeGreaterThan(0);
  });

  test.each(['==', '!=', '<', '<=', '>', '>='])(
    'a value of r0 %s 1 is computed without a branch',
    (relation) => {
      const body = bodyOf(`r0 = READ_ONCE(*x);\nr1 = r0 ${relation} 1;\nWRITE_ONCE(*y, r1);`);
      expect(body.filter((text) => /^[bj]/.test(text))).toEqual([]);
    },
  );

  test('a difference that is always 0 is computed all the same, and the address with it', () => {
    expect(bodyOf('r0 = READ_ONCE(*x);\nr1 = READ_ONCE(*(y + (r0 ^ r0)));')).toEqual([
      'lw a3,0(a0)',
      'add a5,a0,8',
      'xor a6,a3,a3',
      'sll a6,a6,0x3',
      'add a5,a5,a6',
      'lw a4,0(a5)',
    ]);
  });

  test.each([
    ['atomic_add(r0, c);', ['amoadd.w zero,a3,(t0)']],
    ['r1 = atomic_fetch_add_relaxed(r0, c);', ['amoadd.w a4,a3,(t0)']],
    ['r1 = atomic_fetch_add_acquire(r0, c);', ['amoadd.w a4,a3,(t0)', 'fence r,rw']],
    ['r1 = atomic_fetch_add_release(r0, c);', ['fence rw,w', 'amoadd.w a4,a3,(t0)']],
    ['r1 = atomic_fetch_add(r0, c);', ['amoadd.w.aqrl a4,a3,(t0)']],
    ['r1 = atomic_fetch_sub(r0, c);', ['negw t3,a3', 'amoadd.w.aqrl a4,t3,(t0)']],
    ['r1 = atomic_fetch_andnot(r0, c);', ['not t3,a3', 'amoand.w.aqrl a4,t3,(t0)']],
    ['r1 = atomic_xchg(c, r0);', ['amoswap.w.aqrl a4,a3,(t0)']],
  ])('%s is one AMO with its own order or with fences beside it', (statement, expected) => {
    const [address, ...code] = bodyOf(`r0 = READ_ONCE(*x);\n${statement}`).slice(1);
    expect(address).toBe('add t0,a0,16');
    expect(code).toEqual(expected);
  });

  test('a conditional branch jumps as far as a jump does', () => {
    const far = `${'WRITE_ONCE(*x, 1);\n'.repeat(2000)}`;
    expect(bodyOf(`r0 = READ_ONCE(*x);\nif (r0 == 1) {\n${far}}`).slice(1, 4)).toEqual([
      'li t3,1',
      expect.stringMatching(/^beq a3,t3,0x/),
      expect.stringMatching(/^j 0x/),
    ]);
  });

  test.each([
    ['bnez', riscv.branchIf('ne', 10, riscv.zero, label('far')), 2 ** 12],
    ['bgeu', riscv.branchIf('geu', 10, 11, label('far')), 2 ** 12],
    ['j', riscv.jump(label('far')), 2 ** 20],
  ])('%s beyond its reach is refused with what to do', (mnemonic, branch, reachBytes) => {
    for (const displacementBytes of [reachBytes, -reachBytes - 2]) {
      const encode = () => branch.encode(displacementBytes, 0);
      expect(encode).toThrow(LoweringError);
      expect(encode).toThrow(`riscv64's ${mnemonic} reaches ${reachBytes}: split the thread's body`);
    }
  });

  test('a displacement or an immediate of more than 12 bits is refused', () => {
    for (const value of [2048, -2049]) {
      expect(() => riscv.load(10, { base: 11, displacement: value }, 8)).toThrow('does not fit in 12 bits');
      expect(() => riscv.store({ base: 11, displacement: value }, 10, 8)).toThrow('does not fit in 12 bits');
      expect(() => riscv.addImmediate(10, 11, value, 8)).toThrow('does not fit in 12 bits');
    }
    expect(() => riscv.shiftImmediate('sll', 10, 11, 32, 4)).toThrow('sll by 32 of 4 bytes');
  });
});
