import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseLitmus } from '../../../src/language/parser.ts';
import { cellLayout, leastSpacing } from '../../../src/lower/layout.ts';
import { lower } from '../../../src/lower/lower.ts';
import { targets } from '../../../src/lower/targets.ts';
import { targetName } from '../target-name.ts';
import { toolchains } from '../toolchains.ts';
import { machineProblem, startMachine } from './machine.ts';
import type { Machine } from './machine.ts';

const threads = 2;
const iterations = 1_000_000;
/** Runs until the threads have met in some: on a busy machine one may be over before the other begins. */
const wantedMeetings = 3;
const patienceMs = 20_000;

/** Bodies that add 1 to `sum` (4 bytes) and `total` (8 bytes), in ways that lose nothing. */
const bodies: readonly { readonly name: string; readonly body: string }[] = [
  {
    name: 'under spin_lock',
    body: `
	int r;
	long l;
	spin_lock(lock);
	r = atomic_read(sum);
	l = atomic_long_read(total);
	atomic_set(sum, r + 1);
	atomic_long_set(total, l + 1);
	spin_unlock(lock);`,
  },
  {
    name: 'under spin_trylock, or else under spin_lock',
    body: `
	int r;
	long l;
	r = spin_trylock(lock);
	if (r == 0)
		spin_lock(lock);
	r = atomic_read(sum);
	l = atomic_long_read(total);
	atomic_set(sum, r + 1);
	atomic_long_set(total, l + 1);
	spin_unlock(lock);`,
  },
  { name: 'by atomic_inc', body: `atomic_inc(sum); atomic_long_inc(total);` },
  {
    name: 'by additions of every order',
    body: `
	atomic_fetch_add_relaxed(3, sum);
	atomic_sub_return_acquire(4, sum);
	atomic_fetch_sub_release(-1, sum);
	atomic_add_return(1, sum);
	atomic_long_fetch_add_relaxed(3, total);
	atomic_long_sub_return_acquire(4, total);
	atomic_long_fetch_sub_release(-1, total);
	atomic_long_add_return(1, total);`,
  },
  {
    name: 'by compare-exchange loops',
    body: `
	atomic_add_unless(sum, 1, -1);
	atomic_inc_unless_negative(sum);
	atomic_dec_if_positive(sum);
	atomic_long_add_unless(total, 1, -1);
	atomic_long_inc_unless_negative(total);
	atomic_long_dec_if_positive(total);`,
  },
];

describe.each(targets.map((target) => ({ target, name: targetName(target) })))(
  'threads on $name',
  ({ target }) => {
    const problem = machineProblem(target.architecture);
    const reason = problem === undefined ? '' : ` (skipped: ${problem})`;
    let machine: Machine;

    beforeAll(async () => {
      if (problem === undefined) machine = await startMachine(target.architecture);
    });
    afterAll(() => machine?.stop());

    test.skipIf(problem).each(bodies)(
      `lose no addition to a counter that all of them change, $name${reason}`,
      async ({ body }) => {
        const parsed = parseLitmus(sourceOf(body), 'counter.litmus');
        // Every iteration on the same cell, so that the threads meet.
        const layout = {
          ...cellLayout(parsed, 'packed', leastSpacing(parsed, 'packed'), 1),
          spacingBytes: 0,
        };
        const [thread] = lower(parsed, target, layout).threads;
        if (thread === undefined) throw new Error('no thread');
        const { littleEndian } = toolchains[target.architecture];
        const offset = (location: string) => layout.offsets.get(location) ?? Number.NaN;
        let meetings = 0;
        const deadline = Date.now() + patienceMs;
        while (meetings < wantedMeetings && Date.now() < deadline) {
          const { status, memory } = await machine.run({
            code: thread.bytes,
            memory: new Uint8Array(layout.sizeBytes),
            outBytes: thread.outBytes,
            iterations,
            threads,
          });
          const view = new DataView(memory.buffer, memory.byteOffset, memory.byteLength);
          expect(status).toBe(0);
          expect(view.getInt32(offset('sum'), littleEndian)).toBe(threads * iterations);
          expect(view.getBigInt64(offset('total'), littleEndian)).toBe(BigInt(threads * iterations));
          if (view.getInt32(offset('unprotected'), littleEndian) < threads * iterations) meetings++;
        }
        expect(meetings).toBe(wantedMeetings);
      },
    );
  },
);

/** The body, beside an addition that nothing protects: where that loses some, the threads have met. */
function sourceOf(body: string): string {
  return `C counter

{}

P0(int *unprotected, atomic_t *sum, atomic_long_t *total, spinlock_t *lock)
{
	int u;
	u = READ_ONCE(*unprotected);
	WRITE_ONCE(*unprotected, u + 1);
${body}
}

exists (sum=0)
`;
}
