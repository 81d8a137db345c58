import { expect, test } from 'vitest';
import { rendezvousNames, type RunRequest } from '../../src/run/addon.ts';
import { countsOf, describeOnHardware, run, twoCpus } from './on-this-machine.ts';
import {
  constantEax,
  keepRax,
  keepRcx,
  loadEax,
  loadEcx,
  mfence,
  perCell,
  register,
  request,
  sfence,
  store32,
  storeEaxNonTemporal,
} from './x86-64-code.ts';

const spacingBytes = 64;
const cells = 8192;
/** x is at the cell, y in an array of its own behind all x. */
const y = spacingBytes * cells + 4096;

async function litmus(
  threads: readonly { readonly code: Uint8Array; readonly outBytes: number }[],
  given: Partial<RunRequest>,
): Promise<RunRequest> {
  const cpus = await twoCpus();
  const zero = { widthBytes: 4, value: 0n, pointer: false } as const;
  return request({
    threads: threads.map((thread, index) => ({ ...thread, cpu: cpus[index] ?? -1 })),
    initial: [
      { offsetBytes: 0, ...zero },
      { offsetBytes: y, ...zero },
    ],
    memoryBytes: 2 * y,
    spacingBytes,
    cells,
    ...given,
  });
}

/** P0: x = 1; fence; r0 = y.  P1: y = 1; fence; r0 = x. */
function storeBuffering(fence: readonly number[], given: Partial<RunRequest>): Promise<RunRequest> {
  const thread = (own: number, other: number) => ({
    code: perCell(spacingBytes, 8, store32(own, 1), [...fence], loadEax(other), keepRax(0)),
    outBytes: 8,
  });
  return litmus([thread(0, y), thread(y, 0)], { observed: [register(0), register(1)], ...given });
}

/** P0: x = 1 (non-temporal); fence; y = 1.  P1: r0 = y; r1 = x. */
function messagePassing(fence: readonly number[], given: Partial<RunRequest>): Promise<RunRequest> {
  const writer = perCell(spacingBytes, 8, constantEax(1), storeEaxNonTemporal(0), [...fence], store32(y, 1));
  const reader = perCell(spacingBytes, 16, loadEax(y), loadEcx(0), keepRax(0), keepRcx(1));
  return litmus(
    [
      { code: writer, outBytes: 8 },
      { code: reader, outBytes: 16 },
    ],
    { observed: [register(1, 0), register(1, 1)], ...given },
  );
}

describeOnHardware('what x86-64 may reorder', () => {
  for (const rendezvous of rendezvousNames) {
    test(`a store is seen delayed past a later load, started by ${rendezvous}`, async () => {
      const reply = await run(await storeBuffering([], { rendezvous, batches: 200 }));
      expect(countsOf(reply)['0,0']).toBeGreaterThan(0);
    });

    test(`a full fence between them is never passed, started by ${rendezvous}`, async () => {
      const reply = await run(await storeBuffering(mfence, { rendezvous, batches: 200 }));
      expect(countsOf(reply)['0,0']).toBeUndefined();
    });
  }

  test('a non-temporal store is seen delayed past a later store', async () => {
    const reply = await run(await messagePassing([], { batches: 200 }));
    expect(countsOf(reply)['1,0']).toBeGreaterThan(0);
  });

  test('a store fence keeps a non-temporal store in order', async () => {
    const reply = await run(await messagePassing(sfence, { batches: 200 }));
    expect(countsOf(reply)['1,0']).toBeUndefined();
  });

  test('two loads of one location never see it go backwards, and sometimes see it change', async () => {
    const writer = perCell(spacingBytes, 8, store32(0, 1));
    const reader = perCell(spacingBytes, 16, loadEax(0), loadEcx(0), keepRax(0), keepRcx(1));
    const reply = await run(
      await litmus(
        [
          { code: writer, outBytes: 8 },
          { code: reader, outBytes: 16 },
        ],
        { observed: [register(1, 0), register(1, 1)], rendezvous: 'deadline', batches: 200 },
      ),
    );
    const counts = countsOf(reply);
    expect(counts['1,0']).toBeUndefined();
    expect(counts['0,0']).toBeGreaterThan(0);
    expect(counts['1,1']).toBeGreaterThan(0);
  });
});
