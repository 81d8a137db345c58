import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { assemble } from '../../../src/lower/assemble.ts';
import type { Code } from '../../../src/lower/machine-code.ts';
import type { Width } from '../../../src/lower/primitives.ts';
import { ret, store } from '../../../src/lower/riscv64/instructions.ts';
import { addConstant, constant, pointer } from '../../../src/lower/riscv64/operands.ts';
import { machineProblem, startMachine } from '../execution/machine.ts';
import type { Machine } from '../execution/machine.ts';

const problem = machineProblem('riscv64');
const reason = problem === undefined ? '' : ` (skipped: ${problem})`;
const cell = 10;
const result = 13;

/** Numbers of six parts of 12 bits, of all zeros, of all ones, on either side of the sign bit and of anything. */
const numbers = fc
  .array(fc.oneof(fc.constantFrom(0, 0xfff, 1, 0x7ff, 0x800), fc.nat(0xfff)), { minLength: 6, maxLength: 6 })
  .map((parts) => parts.reduce((number, part) => (number << 12n) | BigInt(part), 0n));

const displacements = fc
  .tuple(fc.constantFrom(1, -1), fc.nat(40), fc.integer({ min: -2, max: 2 }))
  .map(([sign, bits, near]) => sign * 2 ** bits + near);

describe('riscv64 operands', () => {
  let machine: Machine;

  beforeAll(async () => {
    if (problem === undefined) machine = await startMachine('riscv64');
  });
  afterAll(() => machine?.stop());

  /** What code leaves in register `result`, given the address of the memory in `cell`. */
  async function left(code: Code): Promise<bigint> {
    const items: Code = [...code, store({ base: cell, displacement: 0 }, result, 8), ret];
    const { bytes } = assemble(items.map((item) => ({ item, role: 'body', sourceLine: undefined })));
    const { memory } = await machine.run({
      code: bytes,
      memory: new Uint8Array(8),
      outBytes: 0,
      iterations: 1,
    });
    return new DataView(memory.buffer, memory.byteOffset).getBigInt64(0, true);
  }

  test.skipIf(problem)(
    `constants of either width arrive whole, those of 4 bytes sign-extended${reason}`,
    () =>
      fc.assert(
        fc.asyncProperty(numbers, fc.constantFrom<Width[]>(4, 8), async (number, width) => {
          expect(await left(constant(result, number, width))).toBe(BigInt.asIntN(width * 8, number));
        }),
        { numRuns: 1000 },
      ),
  );

  test.skipIf(problem)(`a pointer plus a constant of any size is that sum${reason}`, () =>
    fc.assert(
      fc.asyncProperty(displacements, async (bytes) => {
        expect(await left(addConstant(result, cell, bytes))).toBe(machine.memoryAddress + BigInt(bytes));
      }),
      { numRuns: 1000 },
    ),
  );
});

test('a constant takes one instruction of 12 bits, two of 32, and at most eight', () => {
  expect(constant(result, 2047n, 8)).toHaveLength(1);
  expect(constant(result, 2048n, 8)).toHaveLength(2);
  expect(constant(result, -(2n ** 31n), 8)).toHaveLength(2);
  expect(constant(result, 0x1234_5678_9abc_def0n, 8)).toHaveLength(8);
});

test('an address without a displacement stays as it is, and others are computed first', () => {
  expect(pointer({ base: 15, displacement: 0 })).toEqual({ register: 15, code: [] });
  expect(pointer({ base: 15, displacement: 2047 }).code).toHaveLength(1);
});
