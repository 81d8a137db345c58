import { assert, bigInt, property } from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { MachineCode, ObservedValue } from '../../src/lower/machine-code.ts';
import { notAddressBit, numberInPointer, type RunReply } from '../../src/run/addon.ts';
import { outcomesOf } from '../../src/run/outcomes.ts';

/** x at the cell, y 4096 bytes on; what is observed is given. */
function codeObserving(...observed: readonly ObservedValue[]): MachineCode {
  const offsets = new Map([
    ['x', 0],
    ['y', 4096],
  ]);
  const named = new Map([
    [0, 'x'],
    [4096, 'y'],
    [4104, 'y[1]'],
  ]);
  return {
    architecture: 'x86-64',
    threads: [],
    layout: { name: 'split', spacingBytes: 64, cells: 64, offsets, named, sizeBytes: 8192 },
    initial: [],
    observed,
    digest: '',
  };
}

function observing(name: string, pointer: boolean): ObservedValue {
  const observable = { kind: 'register', thread: 0, name } as const;
  return { observable, thread: 0, offsetBytes: 0, widthBytes: 8, signed: true, pointer };
}

function reply(values: readonly bigint[], counts: readonly number[]): RunReply {
  return {
    values: BigInt64Array.from(values),
    counts: Float64Array.from(counts),
    threads: [],
    iterations: counts.reduce((sum, count) => sum + count, 0),
    runNs: 0,
    wallNs: 0,
    stealNs: undefined,
    stuck: undefined,
    timedOut: false,
  };
}

describe('outcomes', () => {
  test('numbers are told by the name of what holds them', () => {
    const code = codeObserving(observing('r0', false), observing('r1', false));
    expect(outcomesOf(reply([0n, 1n, -1n, 2n ** 62n], [3, 4]), code)).toEqual([
      { values: { '0:r0': '0', '0:r1': '1' }, count: 3 },
      { values: { '0:r0': '-1', '0:r1': '4611686018427387904' }, count: 4 },
    ]);
  });

  test('addresses are told by the location that is there', () => {
    const code = codeObserving(observing('r0', true));
    const told = outcomesOf(reply([0n, 4096n, 4104n, 8n, notAddressBit], [1, 1, 1, 1, 1]), code);
    expect(told.map(({ values }) => values['0:r0'])).toEqual(['x', 'y', 'y[1]', 'cell+8', '0']);
  });

  test('any number in a pointer is told apart from an address, unless it is near 2^62', () => {
    const numbers = bigInt({ min: -(2n ** 61n), max: 2n ** 61n });
    const told = (number: bigint) => numberInPointer(BigInt.asIntN(64, number ^ notAddressBit));
    assert(
      property(numbers, (number) => {
        expect(told(number)).toBe(number);
      }),
    );
  });
});
