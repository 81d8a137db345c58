import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseLitmus } from '../../../src/language/parser.ts';
import { lowerPerpetual } from '../../../src/lower/perpetual.ts';
import { targets } from '../../../src/lower/targets.ts';
import { targetName } from '../target-name.ts';
import { machineProblem, startMachine } from './machine.ts';
import type { Machine } from './machine.ts';

const source = `C own-stores
{ x=3; long l; }
P0(int *x, long *l, int *z)
{
	int r0;
	long r1;
	int r2;
	int r3;
	r2 = READ_ONCE(*x);
	WRITE_ONCE(*x, 1);
	r0 = READ_ONCE(*x);
	smp_mb();
	smp_store_release(x, 2);
	WRITE_ONCE(*l, 7);
	r1 = smp_load_acquire(l);
	r3 = READ_ONCE(*z);
}
P1(int *z)
{
	WRITE_ONCE(*z, 1);
}
exists (0:r0=1 /\\ 0:r1=7 /\\ 0:r2=3 /\\ 0:r3=1)
`;

describe.each(targets.map((target) => ({ target, name: targetName(target) })))(
  'a perpetual thread on $name',
  ({ target }) => {
    const problem = machineProblem(target.architecture);
    const reason = problem === undefined ? '' : ` (skipped: ${problem})`;
    let machine: Machine;

    beforeAll(async () => {
      if (problem === undefined) machine = await startMachine(target.architecture);
    });
    afterAll(() => machine?.stop());

    test.skipIf(problem)(`stores values that tell the iteration, on one cell${reason}`, async () => {
      const { threads, layout, readings } = lowerPerpetual(parseLitmus(source, 'own-stores.litmus'), target);
      const [thread] = threads;
      if (thread === undefined) throw new Error('P0 is missing');
      const iterations = 300;
      const { status, memory, out } = await machine.run({
        code: thread.bytes,
        memory: new Uint8Array(layout.sizeBytes),
        outBytes: iterations * thread.outBytes,
        iterations,
      });
      expect(status).toBe(0);
      const bigEndian = target.architecture === 's390x';
      const numberAt = (bytes: Uint8Array, offset: number, width: number) => {
        const view = new DataView(bytes.buffer, bytes.byteOffset);
        return width === 8 ? Number(view.getBigInt64(offset, !bigEndian)) : view.getInt32(offset, !bigEndian);
      };
      const loaded = (n: number, at: number) => {
        const { offsetBytes = 0, widthBytes = 4 } = readings[at] ?? {};
        return numberAt(out, n * thread.outBytes + offsetBytes, widthBytes);
      };
      const loads = Array.from({ length: iterations }, (_, n) => readings.map((_, at) => loaded(n, at)));
      // In the order of the code: x before its stores, x between them, l behind its own, and z, whose thread
      // does not run.
      expect(loads).toEqual(Array.from({ length: iterations }, (_, n) => [2 * n, 2 * n + 1, n + 1, 0]));
      expect(numberAt(memory, layout.offsets.get('x') ?? 0, 4)).toBe(2 * iterations);
      expect(numberAt(memory, layout.offsets.get('l') ?? 0, 8)).toBe(iterations);
    });
  },
);
