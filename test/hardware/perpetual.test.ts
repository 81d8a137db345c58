import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readTests, suiteFolder } from '../../src/language/test-files.ts';
import { lowerPerpetual } from '../../src/lower/perpetual.ts';
import { x86_64 } from '../../src/lower/x86-64/target.ts';
import type { PerpetualReply, PerpetualRequest, ReadingRequest } from '../../src/run/addon.ts';
import { perpetual, perpetualBatch } from '../../src/plan/run-plan.ts';
import { runPerpetual, type PerpetualRecord } from '../../src/run/perpetual.ts';
import { describeOnHardware, replyOf, runner, twoCpus } from './on-this-machine.ts';
import { copyToOut } from './x86-64-code.ts';

/** What threads loaded: by thread, iteration and load. */
type Loaded = readonly (readonly (readonly number[])[])[];
type Reading = Omit<ReadingRequest, 'offsetBytes' | 'widthBytes'> & { readonly load: number };

const iterations = 7;
const most = iterations - 1;

/** Lets threads load what is given, on these CPUs in turn. */
function requestOf(loaded: Loaded, readings: readonly Reading[], cpus: readonly number[]): PerpetualRequest {
  return {
    threads: loaded.map((records, thread) => ({
      code: copyToOut(records.flat()),
      cpu: cpus[thread % cpus.length] ?? -1,
      outBytes: 4 * (records[0]?.length ?? 0),
    })),
    readings: readings.map(({ load, ...reading }) => ({ ...reading, offsetBytes: 4 * load, widthBytes: 4 })),
    memoryBytes: 64,
    iterations,
    batches: 1,
    timeoutMs: 20_000,
    endAfterMs: 0,
    stress: { cpus: [], bytes: 0 },
  };
}

/** Lets threads load what is given, and counts. */
async function count(loaded: Loaded, readings: readonly Reading[], batches = 1): Promise<PerpetualReply> {
  const request = requestOf(loaded, readings, await twoCpus());
  return replyOf(await runner().runPerpetual({ ...request, batches }));
}

/** Of so many threads: all that they load is nothing, as is wanted. */
const nothingSeen = (threads: number) =>
  Array.from({ length: threads }, () => Array.from({ length: iterations }, () => [0]));
const nothingWanted = [{ thread: 0, load: 0, writer: 0, stores: 1, wanted: 0 }];

/** Whether a choice of an iteration of each thread fulfils every reading, as src/lower/perpetual-form.ts has it. */
function fulfils(choice: readonly number[], loaded: Loaded, readings: readonly Reading[]): boolean {
  return readings.every(({ thread, load, writer, stores, wanted }) => {
    const value = loaded[thread]?.[choice[thread] ?? 0]?.[load] ?? Number.NaN;
    const own = (choice[writer] ?? 0) * stores;
    return wanted === 0 ? value <= own : value === own + wanted;
  });
}

function allChoices(threads: number): readonly (readonly number[])[] {
  if (threads === 0) return [[]];
  return allChoices(threads - 1).flatMap((some) =>
    Array.from({ length: iterations }, (_, n) => [...some, n]),
  );
}

/** The most choices of an iteration of each of two threads, none in two: a maximum bipartite matching. */
function mostChoices(loaded: Loaded, readings: readonly Reading[]): number {
  const partners = Array.from({ length: iterations }, (_, first) =>
    Array.from({ length: iterations }, (_, second) => second).filter((second) =>
      fulfils([first, second], loaded, readings),
    ),
  );
  const chosenBy = new Map<number, number>();
  const choose = (first: number, tried: Set<number>): boolean =>
    (partners[first] ?? []).some((second) => {
      if (tried.has(second)) return false;
      tried.add(second);
      const before = chosenBy.get(second);
      if (before !== undefined && !choose(before, tried)) return false;
      chosenBy.set(second, first);
      return true;
    });
  return partners.filter((_, first) => choose(first, new Set())).length;
}

const loads = 2;

function readingsOf(threads: number): fc.Arbitrary<readonly Reading[]> {
  const index = fc.nat({ max: threads - 1 });
  return fc
    .array(
      fc.record({
        thread: index,
        load: fc.nat({ max: loads - 1 }),
        writer: index,
        twice: fc.boolean(),
        wanted: fc.nat({ max: 2 }),
      }),
      { minLength: 1, maxLength: 4 },
    )
    .map((some) =>
      some.map(({ twice, wanted, ...reading }) => {
        const stores = twice ? 2 : 1;
        return { ...reading, stores, wanted: Math.min(wanted, stores) };
      }),
    );
}

/** Values that any store may have written; in order by load where loads are to be coherent. */
function loadedBy(threads: number, coherent: boolean): fc.Arbitrary<Loaded> {
  const column = fc
    .array(fc.nat({ max: 2 * iterations }), { minLength: iterations, maxLength: iterations })
    .map((values) => (coherent ? values.toSorted((left, right) => left - right) : values));
  const thread = fc
    .tuple(...Array.from({ length: loads }, () => column))
    .map((columns) => Array.from({ length: iterations }, (_, n) => columns.map((values) => values[n] ?? 0)));
  return fc.tuple(...Array.from({ length: threads }, () => thread));
}

describeOnHardware('outcomes that loaded values prove', () => {
  test('store buffering by hand: each iteration counts once', async () => {
    const readings = [
      { thread: 0, load: 0, writer: 1, stores: 1, wanted: 0 },
      { thread: 1, load: 0, writer: 0, stores: 1, wanted: 0 },
    ];
    // Both see nothing of each other at first; then P0 sees all, and P1 the stores of P0's second iteration.
    const loaded = [
      [[0], [0], [0], [most + 1], [most + 1], [most + 1], [most + 1]],
      [[0], [0], [0], [2], [2], [2], [2]],
    ];
    expect((await count(loaded, readings)).witnesses).toBe(3);
    expect(mostChoices(loaded, readings)).toBe(3);
  });

  test('of two coherent threads: as many as there can be', async () => {
    await fc.assert(
      fc.asyncProperty(loadedBy(2, true), readingsOf(2), async (loaded, readings) => {
        expect((await count(loaded, readings)).witnesses).toBe(mostChoices(loaded, readings));
      }),
      { numRuns: 400 },
    );
  });

  test('whatever two threads loaded: never more than there are', async () => {
    await fc.assert(
      fc.asyncProperty(loadedBy(2, false), readingsOf(2), async (loaded, readings) => {
        expect((await count(loaded, readings)).witnesses).toBeLessThanOrEqual(mostChoices(loaded, readings));
      }),
      { numRuns: 400 },
    );
  });

  test('of three coherent threads: some exactly where there are some', async () => {
    await fc.assert(
      fc.asyncProperty(loadedBy(3, true), readingsOf(3), async (loaded, readings) => {
        const some = allChoices(3).some((choice) => fulfils(choice, loaded, readings));
        expect((await count(loaded, readings)).witnesses > 0).toBe(some);
      }),
      { numRuns: 400 },
    );
  });

  test('every batch is counted, by one thread, also where they do not come out even', async () => {
    for (const batches of [1, 2, 3, 5]) {
      const reply = await count(nothingSeen(2), nothingWanted, batches);
      expect(reply).toMatchObject({ witnesses: batches * iterations, iterations: batches * iterations });
    }
  });

  test.each([
    ['a reading of a thread that does not exist', { writer: 2 }],
    ["a reading lies outside its thread's out records", { load: 1 }],
    ['a reading of a store that does not exist', { wanted: 2 }],
    ['more iterations than values can tell apart', { stores: 2 ** 30 }],
  ])('%s is refused', async (reason, wrong) => {
    const reading = { thread: 0, load: 0, writer: 1, stores: 1, wanted: 0, ...wrong };
    await expect(count(nothingSeen(2), [reading])).rejects.toThrow(reason);
  });
});

describeOnHardware('a perpetual block whose time is over', () => {
  test.each([1, 2, 3])(
    'of %i threads ends after a whole batch, and all that ran is counted',
    async (threads) => {
      const request = requestOf(nothingSeen(threads), nothingWanted, await twoCpus());
      const answer = await runner().runPerpetual({ ...request, batches: 1e9, endAfterMs: 20 });
      const { timedOut, iterations: ran, witnesses, threads: reports } = replyOf(answer);
      expect(timedOut).toBe(false);
      expect(ran).toBeGreaterThan(0);
      expect(ran).toBeLessThan(1e9 * iterations);
      expect(ran % iterations).toBe(0);
      expect(witnesses).toBe(ran);
      expect(reports).toHaveLength(threads);
    },
  );

  test('has run all its batches where they take less, and what is longer than a day is refused', async () => {
    const request = { ...requestOf(nothingSeen(2), nothingWanted, await twoCpus()), batches: 5 };
    const reply = replyOf(await runner().runPerpetual({ ...request, endAfterMs: 86_400_000 }));
    expect(reply.iterations).toBe(5 * iterations);
    expect(await runner().runPerpetual({ ...request, endAfterMs: 86_400_001 })).toEqual({
      kind: 'failed',
      message: 'run request: end_after_ms is longer than a day',
    });
  });
});

describeOnHardware('stress threads beside a perpetual block', () => {
  /** One thread on the first CPU, with stress on the second. */
  async function beside(given: Partial<PerpetualRequest>): Promise<PerpetualRequest> {
    const [first, second] = await twoCpus();
    const request = requestOf(nothingSeen(1), nothingWanted, [first]);
    return { ...request, batches: 100, stress: { cpus: [second], bytes: 1 << 20 }, ...given };
  }
  /** Stress would keep the second CPU's thread from it, and this block from its end. */
  const thenOnBoth = () => count(nothingSeen(2), nothingWanted, 100);

  test('are no part of the test, and end with it, however it ends', async () => {
    for (const given of [{}, { batches: 1e9, endAfterMs: 20 }]) {
      const reply = replyOf(await runner().runPerpetual(await beside(given)));
      expect(reply.timedOut).toBe(false);
      expect(reply.threads).toHaveLength(1);
      expect(reply.witnesses).toBe(reply.iterations);
      await thenOnBoth();
    }
    const answer = await runner().runPerpetual(await beside({ batches: 1e9, timeoutMs: 50 }));
    expect(answer).toMatchObject({ kind: 'reply', reply: { timedOut: true } });
    await thenOnBoth();
  });

  test('are refused on a CPU of the test and on too little memory', async () => {
    const [first, second] = await twoCpus();
    const refused = [
      [{ cpus: [second, first], bytes: 4096 }, `stress on cpu ${first}, which runs a thread of the test`],
      [{ cpus: [second], bytes: 4095 }, 'stress over less than 4096 bytes'],
    ] as const;
    for (const [stress, message] of refused) {
      expect(await runner().runPerpetual(await beside({ stress }))).toEqual({
        kind: 'failed',
        message: `run request: ${message}`,
      });
    }
  });
});

async function perpetually(name: string, batches: number): Promise<PerpetualRecord> {
  const [source] = readTests([join(suiteFolder, `${name}.litmus`)]);
  if (source === undefined) throw new Error(`no test ${name}`);
  const code = lowerPerpetual(source.test, x86_64);
  const cpus = await twoCpus();
  const affinity = {
    cpus: source.test.threads.map((_, index) => cpus[index % 2] ?? -1),
    copies: [],
    spare: [],
    class: 'unknown',
    oversubscribed: false,
    notes: [],
  } as const;
  const run = { placed: { name: perpetual.name, plan: perpetual, affinity } };
  const record = await runPerpetual(code, { run, cells: perpetualBatch, batches }, runner());
  expect(record).toMatchObject({ problem: undefined, iterations: batches * perpetualBatch });
  return record;
}

describeOnHardware('x86-64, perpetually', () => {
  test.each([
    'classic/SB',
    'classic/SB+wmb+rmb',
    'classic/SB+mb+po',
    'controls/A-reader-swapped',
    'controls/MP+nt',
    'kvm/K-vcpu-request+wmb+rmb',
  ])('%s is seen', async (name) => {
    const { outcomes, other, iterations: run } = await perpetually(name, 60);
    expect(outcomes[0]?.count).toBe(run - other);
    expect(outcomes[0]?.count).toBeGreaterThan(0);
  });

  test.each([
    'classic/SB+mbs',
    'classic/MP',
    'classic/MP+wmb+rmb',
    'classic/LB',
    'classic/CoRR',
    'classic/WRC',
    'classic/IRIW',
    'classic/ISA2',
  ])('%s is never seen', async (name) => {
    expect((await perpetually(name, 60)).outcomes).toEqual([]);
  });
});
