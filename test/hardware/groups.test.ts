import { expect, test } from 'vitest';
import { preloadNames, rendezvousNames, type RunRequest } from '../../src/run/addon.ts';
import { countsOf, describeOnHardware, replyOf, run, runner, twoCpus } from './on-this-machine.ts';
import {
  incrementCell,
  keepRax,
  keepRdx,
  loadRax,
  perCell,
  register,
  request,
  store64,
} from './x86-64-code.ts';

const spacingBytes = 64;
const zero = { offsetBytes: 0, widthBytes: 8, value: 0n, pointer: false } as const;

/** Both threads load each cell before they store to it: P0 stores 1 and P1 2. */
async function loadThenStore(given: Partial<RunRequest>): Promise<RunRequest> {
  const cpus = await twoCpus();
  return request({
    threads: cpus.map((cpu, index) => ({
      code: perCell(spacingBytes, 8, loadRax(0), keepRax(0), store64(0, index + 1)),
      cpu,
      outBytes: 8,
    })),
    initial: [zero],
    observed: [register(0), register(1)],
    spacingBytes,
    batches: 20,
    ...given,
  });
}

describeOnHardware('groups in the order of a stride', () => {
  for (const rendezvous of rendezvousNames) {
    test(`are each visited once, also the last and smaller one, started by ${rendezvous}`, async () => {
      const [cpu] = await twoCpus();
      const code = perCell(spacingBytes, 8, loadRax(0), keepRax(0), store64(0, 7));
      for (const groupStride of [1, 2, 3, 4, 8]) {
        // 26 iterations are five groups; a cell that is visited again would be found to hold 7.
        const given = { cells: 26, group: 6, groupStride, rendezvous, batches: 3, spacingBytes };
        const threads = [{ code, cpu, outBytes: 8 }];
        const observed = [register(0), { ...zero, thread: -1, signed: true }];
        const reply = await run(request({ threads, initial: [zero], observed, ...given }));
        expect(countsOf(reply)).toEqual({ '0,7': 78 });
      }
    });
  }

  test('are visited in that order', async () => {
    const [cpu] = await twoCpus();
    // With a spacing of 0 all iterations share a cell, where they count in which order they run.
    const code = perCell(0, 16, loadRax(0), keepRax(0), keepRdx(1), incrementCell);
    const given = { cells: 10, group: 4, groupStride: 2, memoryBytes: 64, spacingBytes: 0, batches: 1 };
    const threads = [{ code, cpu, outBytes: 16 }];
    const observed = [register(0, 0), register(0, 1)];
    const reply = await run(request({ threads, initial: [zero], observed, ...given }));
    const leftInGroup = [4, 3, 2, 1].concat([2, 1], [4, 3, 2, 1]);
    expect(countsOf(reply)).toEqual(
      Object.fromEntries(leftInGroup.map((left, order) => [`${order},${left}`, 1])),
    );
  });

  test('are refused where the stride would leave some out', async () => {
    for (const groupStride of [0, 2, 6]) {
      const answer = await runner().run(await loadThenStore({ cells: 64, group: 8, groupStride }));
      expect(answer).toEqual({ kind: 'failed', message: 'run request: group_stride leaves groups out' });
    }
  });
});

describeOnHardware('preloading', () => {
  for (const preload of preloadNames) {
    for (const rendezvous of rendezvousNames) {
      test(`by ${preload} changes no value, started by ${rendezvous}`, async () => {
        const reply = await run(
          await loadThenStore({ cells: 1000, group: 16, groupStride: 5, preload, rendezvous }),
        );
        // Each finds the initial value or what the other stored, and never both the other's.
        expect(Object.keys(countsOf(reply)).filter((seen) => !['0,0', '0,1', '2,0'].includes(seen))).toEqual(
          [],
        );
      });
    }
  }

  test('touches cells of any spacing and width, to the last byte of the memory', async () => {
    for (const bytes of [8, 24, 64, 72, 200]) {
      for (const preload of preloadNames) {
        const given = { spacingBytes: bytes, memoryBytes: 500 * bytes, cells: 500, group: 7, preload };
        const last = { ...zero, offsetBytes: bytes - 4, widthBytes: 4, value: 3n } as const;
        const [cpu] = await twoCpus();
        const code = perCell(bytes, 8, keepRdx(0));
        const observed = [{ ...last, thread: -1, signed: true }];
        const reply = await run(
          request({ threads: [{ code, cpu, outBytes: 8 }], initial: [last], observed, ...given }),
        );
        expect(countsOf(reply)).toEqual({ '3': 2000 });
      }
    }
  });
});

describeOnHardware('stress threads', () => {
  /** One thread on the first CPU, with stress on the second. */
  async function beside(given: Partial<RunRequest>): Promise<RunRequest> {
    const [first, second] = await twoCpus();
    const code = perCell(spacingBytes, 8, loadRax(0), keepRax(0), store64(0, 7));
    return request({
      threads: [{ code, cpu: first, outBytes: 8 }],
      initial: [zero],
      observed: [register(0)],
      stress: { cpus: [second], bytes: 1 << 20 },
      ...given,
    });
  }

  test('run beside a test, are no part of it, and end with it', async () => {
    for (const rendezvous of rendezvousNames) {
      const reply = await run(await beside({ rendezvous, batches: 20 }));
      expect(countsOf(reply)).toEqual({ '0': 20 * 8192 });
      expect(reply.threads).toHaveLength(1);
    }
    // They would keep the second CPU's thread from it, and this block from its end.
    await run(await loadThenStore({}));
  });

  test('end with a block that is given up', async () => {
    const answer = await runner().run(await beside({ batches: 1e9, timeoutMs: 50 }));
    expect(answer).toMatchObject({ kind: 'reply', reply: { timedOut: true } });
    await run(await loadThenStore({}));
  });

  test('go round in the least memory there may be', async () => {
    const [, second] = await twoCpus();
    const reply = await run(await beside({ stress: { cpus: [second, second], bytes: 4096 } }));
    expect(countsOf(reply)).toEqual({ '0': 4 * 8192 });
  });

  test('are refused on a CPU of the test, on none in particular and on too little memory', async () => {
    const [first, second] = await twoCpus();
    const refused = [
      [{ cpus: [second, first], bytes: 4096 }, `stress on cpu ${first}, which runs a thread of the test`],
      [{ cpus: [-1], bytes: 4096 }, 'stress on no cpu in particular'],
      [{ cpus: [second], bytes: 4095 }, 'stress over less than 4096 bytes'],
    ] as const;
    for (const [stress, message] of refused) {
      expect(await runner().run(await beside({ stress }))).toEqual({
        kind: 'failed',
        message: `run request: ${message}`,
      });
    }
    expect(await runner().run(await beside({ copies: [[second]] }))).toMatchObject({ kind: 'failed' });
  });
});

describeOnHardware('a reply', () => {
  test('tells how long threads were off their CPUs and what a hypervisor took', async () => {
    const reply = replyOf(await runner().run(await loadThenStore({})));
    expect(reply.stealNs).toBeGreaterThanOrEqual(0);
    for (const { offCpuNs } of reply.threads) {
      expect(offCpuNs).toBeGreaterThanOrEqual(0);
      expect(offCpuNs).toBeLessThanOrEqual(reply.wallNs);
    }
  });
});
