import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ret, store } from '../../../src/lower/arm64/instructions.ts';
import { addConstant, constant, pointer, reachable } from '../../../src/lower/arm64/operands.ts';
import { assemble } from '../../../src/lower/assemble.ts';
import type { Code } from '../../../src/lower/machine-code.ts';
import type { Width } from '../../../src/lower/primitives.ts';
import { machineProblem, startMachine } from '../execution/machine.ts';
import type { Machine } from '../execution/machine.ts';

const problem = machineProblem('arm64');
const reason = problem === undefined ? '' : ` (skipped: ${problem})`;
const cell = 0;
const result = 3;

/** Numbers with halves of all zeros, of all ones and of neither, in all places. */
const numbers = fc
  .array(fc.oneof(fc.constantFrom(0, 0xffff, 1, 0x8000), fc.nat(0xffff)), { minLength: 4, maxLength: 4 })
  .map((halves) => BigInt.asIntN(64, BigInt(`0x${halves.map((half) => hex(half)).join('')}`)));

const displacements = fc
  .tuple(fc.constantFrom(1, -1), fc.nat(40), fc.integer({ min: -2, max: 2 }))
  .map(([sign, bits, near]) => sign * 2 ** bits + near);

function hex(half: number): string {
  return half.toString(16).padStart(4, '0');
}

describe('arm64 operands', () => {
  let machine: Machine;

  beforeAll(async () => {
    if (problem === undefined) machine = await startMachine('arm64');
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
    `constants of either width arrive whole, those of 4 bytes with a zero upper half${reason}`,
    async () => {
      await fc.assert(
        fc.asyncProperty(numbers, fc.constantFrom<Width[]>(4, 8), async (number, width) => {
          const value = BigInt.asIntN(width * 8, number);
          const expected = width === 8 ? value : BigInt.asUintN(32, value);
          expect(await left(constant(result, value, width))).toBe(expected);
        }),
        { numRuns: 1000 },
      );
    },
  );

  test.skipIf(problem)(`a pointer plus a constant of any size is that sum${reason}`, async () => {
    await fc.assert(
      fc.asyncProperty(displacements, async (bytes) => {
        expect(await left(addConstant(result, cell, bytes))).toBe(machine.memoryAddress + BigInt(bytes));
      }),
      { numRuns: 1000 },
    );
  });
});

test('an address without a displacement stays as it is', () => {
  expect(pointer({ base: 5, displacement: 0 })).toEqual({ register: 5, code: [] });
});

test('an address that a load can name stays as it is, and others are computed first', () => {
  expect(reachable({ base: 5, displacement: 4095 * 8 }, 8).code).toHaveLength(0);
  for (const displacement of [4096 * 8, 4, -8]) {
    const { address, code } = reachable({ base: 5, displacement }, 8);
    expect(address.displacement).toBe(0);
    expect(code).toHaveLength(1);
  }
});
