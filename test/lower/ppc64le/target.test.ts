import { describe, expect, test } from 'vitest';
import { label } from '../../../src/lower/machine-code.ts';
import type { Code } from '../../../src/lower/machine-code.ts';
import { LoweringError } from '../../../src/lower/lowering-error.ts';
import * as ppc from '../../../src/lower/ppc64le/instructions.ts';
import { ppc64le } from '../../../src/lower/ppc64le/target.ts';

const int = { width: 4, signed: true } as const;

function textOf(code: Code): readonly string[] {
  return code.map((item) => (item.kind === 'instruction' ? item.text : item.kind));
}

describe('on ppc64le', () => {
  test('a register ORed with itself passes through another, as `or rX,rX,rX` would set a priority', () => {
    for (const register of ppc64le.registers.locals) {
      const itself = { kind: 'register', register } as const;
      expect(textOf(ppc64le.arithmetic('|', register, register, itself, int))).toEqual([
        `mr r0,r${register}`,
        `mr r${register},r0`,
      ]);
    }
  });

  test('no variable lives in r30 or r31, of which `ori rX,rX,0` flushes a cache or bars speculation', () => {
    const { locals, cell, out, count } = ppc64le.registers;
    expect([...locals, cell, out, count].filter((register) => register >= 30)).toEqual([]);
  });

  test('the stack pointer, the TOC pointer and the thread pointer are given to nobody', () => {
    const { locals, cell, out, count } = ppc64le.registers;
    const given = [...locals, cell, out, count];
    expect(given.filter((register) => [1, 2, 13].includes(register))).toEqual([]);
    expect(new Set(given).size).toBe(given.length);
  });

  test('every local that the ABI wants preserved is saved before and restored after, in its own slot', () => {
    const preserved = ppc64le.registers.locals.filter((register) => register >= 14);
    const slots = preserved.map((register) => `r${register},${8 * (register - 32)}(r1)`);
    expect(textOf(ppc64le.enter())).toEqual(slots.map((slot) => `std ${slot}`));
    expect(textOf(ppc64le.leave(7))).toEqual(['li r3,7', ...slots.map((slot) => `ld ${slot}`), 'blr']);
  });

  test('r0 as a base, which would read as zero, is refused', () => {
    expect(() => ppc.load(ppc.r3, { base: ppc.r0, displacement: 0 }, 4)).toThrow('r0 reads as zero');
    expect(() => ppc.addImmediate('addi', ppc.r3, ppc.r0, 1n)).toThrow('r0 reads as zero');
  });

  test('a displacement that its form cannot hold is refused', () => {
    const at = (displacement: number) => ({ base: ppc.r3, displacement });
    expect(() => ppc.load(ppc.r4, at(32768), 4)).toThrow('does not fit');
    expect(() => ppc.load(ppc.r4, at(6), 8)).toThrow('does not fit');
    expect(() => ppc.store(at(6), ppc.r4, 8)).toThrow('does not fit');
    expect(ppc.store(at(6), ppc.r4, 4).text).toBe('stw r4,6(r3)');
  });

  test('a branch beyond its reach is an error that says so', () => {
    const branch = ppc.branchIf('ne', label('head'));
    expect(branch.encode(-32768, 0).text).toBe('bne 0x0');
    expect(() => branch.encode(-32772, 0)).toThrow(LoweringError);
    expect(() => branch.encode(32768, 0)).toThrow('bne reaches 32768 on ppc64le: shorten');
  });
});
