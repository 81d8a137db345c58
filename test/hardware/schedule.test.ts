import { expect, test } from 'vitest';
import { rendezvousNames } from '../../src/run/addon.ts';
import { countsOf, describeOnHardware, replyOf, run, runner, twoCpus } from './on-this-machine.ts';
import { keepRdx, perCell, register, request } from './x86-64-code.ts';

const spacingBytes = 64;
/** Each iteration keeps how many of its group are left. */
const code = perCell(spacingBytes, 8, keepRdx(0));

describeOnHardware('groups, batches and threads', () => {
  for (const rendezvous of rendezvousNames) {
    test(`the last group takes what is left, started by ${rendezvous}`, async () => {
      const threads = [{ code, cpu: (await twoCpus())[0], outBytes: 8 }];
      const given = { cells: 10, group: 4, batches: 3, rendezvous, spacingBytes };
      const reply = await run(request({ threads, observed: [register(0)], ...given }));
      expect(countsOf(reply)).toEqual({ '1': 9, '2': 9, '3': 6, '4': 6 });
    });

    test(`a group may be larger than a batch, started by ${rendezvous}`, async () => {
      const threads = (await twoCpus()).map((cpu) => ({ code, cpu, outBytes: 8 }));
      const given = { cells: 2, group: 100, batches: 2, rendezvous, spacingBytes };
      const reply = await run(request({ threads, observed: [register(0), register(1)], ...given }));
      expect(countsOf(reply)).toEqual({ '1,1': 2, '2,2': 2 });
    });

    test(`more threads than CPUs come to an end, started by ${rendezvous}`, async () => {
      const threads = Array.from({ length: 5 }, () => ({ code, cpu: -1, outBytes: 8 }));
      const given = { cells: 64, group: 16, batches: 4, rendezvous, spacingBytes };
      const reply = await run(request({ threads, observed: [register(4)], ...given }));
      expect(Object.keys(countsOf(reply))).toHaveLength(16);
    });

    test(`a block ends after a whole batch when its time is over, started by ${rendezvous}`, async () => {
      const [first, second] = await twoCpus();
      const threads = [{ code, cpu: first, outBytes: 8 }];
      const given = { cells: 10, group: 4, batches: 1e9, endAfterMs: 20, rendezvous, spacingBytes };
      const copies = [[second]];
      const answer = await runner().run(request({ threads, observed: [register(0)], copies, ...given }));
      const reply = replyOf(answer);
      expect(reply.timedOut).toBe(false);
      const batches = reply.iterations / 10;
      expect(countsOf(reply)).toEqual({
        '1': 3 * batches,
        '2': 3 * batches,
        '3': 2 * batches,
        '4': 2 * batches,
      });
    });

    for (const seed of [0n, 1n, 2n ** 64n - 1n]) {
      test(`random start delays from seed ${seed} leave no iteration out, started by ${rendezvous}`, async () => {
        const threads = (await twoCpus()).map((cpu) => ({ code, cpu, outBytes: 8 }));
        const given = { seed, startDelayNs: 500, cells: 640, group: 64, rendezvous, spacingBytes };
        const reply = await run(
          request({ threads, observed: [register(0), register(1)], batches: 8, ...given }),
        );
        const expected = Array.from({ length: 64 }, (_, index) => [`${index + 1},${index + 1}`, 80]);
        expect(countsOf(reply)).toEqual(Object.fromEntries(expected));
      });
    }
  }
});
