import { expect, test } from 'vitest';
import { numberInPointer, type InitialWriteRequest, type ObservedValueRequest } from '../../src/run/addon.ts';
import { countsOf, describeOnHardware, run } from './on-this-machine.ts';
import {
  addressRax,
  countedIn256s,
  keepRax,
  keepRdx,
  loadRax,
  perCell,
  register,
  request,
  store32,
  store64,
  storeRax,
} from './x86-64-code.ts';

const spacingBytes = 64;

function initial(
  offsetBytes: number,
  widthBytes: 4 | 8,
  value: bigint,
  pointer = false,
): InitialWriteRequest {
  return { offsetBytes, widthBytes, value, pointer };
}

function location(
  offsetBytes: number,
  widthBytes: 4 | 8,
  signed = true,
  pointer = false,
): ObservedValueRequest {
  return { thread: -1, offsetBytes, widthBytes, signed, pointer };
}

/** One unpinned thread. */
function thread(outBytes: number, ...body: readonly number[][]) {
  return [{ code: perCell(spacingBytes, outBytes, ...body), cpu: -1, outBytes }];
}

describeOnHardware('values', () => {
  test('initial values of each width and sign are read back from the cell', async () => {
    const reply = await run(
      request({
        threads: thread(8, keepRdx(0)),
        initial: [
          initial(0, 4, -2n),
          initial(4, 4, 7n),
          initial(8, 8, -(2n ** 63n)),
          initial(16, 8, 2n ** 40n + 5n),
        ],
        observed: [location(0, 4), location(0, 4, false), location(4, 4), location(8, 8), location(16, 8)],
        spacingBytes,
      }),
    );
    expect(countsOf(reply)).toEqual({
      [[-2n, 2n ** 32n - 2n, 7n, -(2n ** 63n), 2n ** 40n + 5n].join(',')]: reply.iterations,
    });
  });

  test('initial values are written anew before each batch', async () => {
    const observed = [register(0), location(0, 8)];
    const code = thread(8, loadRax(0), keepRax(0), store64(0, 9));
    const reply = await run(
      request({ threads: code, initial: [initial(0, 8, 3n)], observed, spacingBytes, batches: 5 }),
    );
    expect(countsOf(reply)).toEqual({ '3,9': reply.iterations });
  });

  test('an out record that the code leaves alone reads 0, whatever an earlier block left there', async () => {
    const observed = [register(0)];
    await run(request({ threads: thread(8, keepRdx(0)), observed, spacingBytes }));
    const reply = await run(request({ threads: thread(8, store32(0, 1)), observed, spacingBytes }));
    expect(countsOf(reply)).toEqual({ '0': reply.iterations });
  });

  test('addresses are told relative to their own cell, in registers and in locations', async () => {
    const reply = await run(
      request({
        threads: thread(8, loadRax(8), keepRax(0), addressRax(24), storeRax(16)),
        initial: [initial(8, 8, 40n, true)],
        observed: [
          { thread: 0, offsetBytes: 0, widthBytes: 8, signed: false, pointer: true },
          location(16, 8, false, true),
        ],
        spacingBytes,
      }),
    );
    expect(countsOf(reply)).toEqual({ '40,24': reply.iterations });
  });

  test('a pointer that holds a number is told apart from an address', async () => {
    const numbers = [0n, 40n, -1n, -4095n];
    const reply = await run(
      request({
        threads: thread(8, keepRdx(0)),
        initial: numbers.map((value, index) => initial(8 * index, 8, value)),
        observed: numbers.map((_, index) => location(8 * index, 8, false, true)),
        spacingBytes,
      }),
    );
    expect([...reply.values].map(numberInPointer)).toEqual(numbers);
  });

  test('every distinct value is counted, however many there are', async () => {
    const [cells, batches] = [1000, 3];
    const reply = await run(
      request({
        threads: thread(8, keepRdx(0), store32(0, 5)),
        observed: [register(0), location(0, 4)],
        spacingBytes,
        cells,
        batches,
        group: cells,
      }),
    );
    const expected = Array.from({ length: cells }, (_, index) => [`${cells - index},5`, batches]);
    expect(countsOf(reply)).toEqual(Object.fromEntries(expected));
  });

  test('values that grow while they are counted are told like those before', async () => {
    const [cells, batches] = [8192, 3];
    const reply = await run(
      request({
        threads: thread(8, countedIn256s(cells), keepRax(0)),
        observed: [register(0), register(0), register(0)],
        spacingBytes,
        cells,
        batches,
        group: cells,
      }),
    );
    const expected = Array.from({ length: cells / 256 }, (_, k) => [`${k},${k},${k}`, 256 * batches]);
    expect(countsOf(reply)).toEqual(Object.fromEntries(expected));
  });

  test('many observed values at once are counted like few', async () => {
    const offsets = Array.from({ length: 16 }, (_, index) => 4 * index);
    const reply = await run(
      request({
        threads: thread(8, keepRdx(0)),
        initial: offsets.map((offset) => initial(offset, 4, BigInt(offset % 3))),
        observed: offsets.map((offset) => location(offset, 4)),
        spacingBytes,
      }),
    );
    expect(countsOf(reply)).toEqual({ [offsets.map((offset) => offset % 3).join(',')]: reply.iterations });
  });

  test('a test that observes nothing has one outcome', async () => {
    const reply = await run(request({ threads: thread(8, keepRdx(0)), spacingBytes }));
    expect(countsOf(reply)).toEqual({ '': reply.iterations });
  });
});
