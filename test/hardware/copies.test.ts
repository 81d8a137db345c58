import { expect, test } from 'vitest';
import { rendezvousNames } from '../../src/run/addon.ts';
import { countsOf, describeOnHardware, replyOf, runner, twoCpus } from './on-this-machine.ts';
import { keepRax, keepRdx, loadRax, perCell, register, request, store64 } from './x86-64-code.ts';

const cells = 64;
const spacingBytes = 64;
const value = { offsetBytes: 0, widthBytes: 8, value: 0n, pointer: false } as const;

describeOnHardware('copies of a test', () => {
  for (const rendezvous of rendezvousNames) {
    test(`all run and are counted, each where it was placed, started by ${rendezvous}`, async () => {
      const [first, second] = await twoCpus();
      const code = perCell(spacingBytes, 8, keepRdx(0));
      const reply = replyOf(
        await runner().run(
          request({
            threads: [{ code, cpu: first, outBytes: 8 }],
            observed: [register(0)],
            cells,
            group: 4,
            batches: 3,
            rendezvous,
            copies: [[second], [first]],
          }),
        ),
      );
      expect(countsOf(reply)).toEqual({ '1': 144, '2': 144, '3': 144, '4': 144 });
      expect(reply.iterations).toBe(3 * 3 * cells);
      expect(reply.threads.map(({ cpu }) => cpu)).toEqual([first, second, first]);
      expect(reply.threads.every(({ strayedBatches }) => strayedBatches === 0)).toBe(true);
    });
  }

  test('have memory of their own: none sees what another stored', async () => {
    const [first, second] = await twoCpus();
    // Each cell is loaded before it is stored to, and initialised before each batch.
    const code = perCell(spacingBytes, 8, loadRax(0), keepRax(0), store64(0, 7));
    const reply = replyOf(
      await runner().run(
        request({
          threads: [{ code, cpu: first, outBytes: 8 }],
          initial: [value],
          observed: [register(0)],
          cells,
          batches: 50,
          copies: [[second]],
        }),
      ),
    );
    expect(countsOf(reply)).toEqual({ '0': 2 * 50 * cells });
  });

  test('are refused where a thread of one has no CPU', async () => {
    const [first] = await twoCpus();
    const code = perCell(spacingBytes, 8, keepRdx(0));
    const given = { threads: [{ code, cpu: first, outBytes: 8 }], copies: [[]] };
    expect(await runner().run(request(given))).toMatchObject({
      kind: 'failed',
      message: expect.stringContaining('a copy needs a cpu for each thread') as string,
    });
  });
});
