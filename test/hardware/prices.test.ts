import { expect, test } from 'vitest';
import { join } from 'node:path';
import { readTests, suiteFolder } from '../../src/language/test-files.ts';
import { targetFor } from '../../src/lower/targets.ts';
import { planAffinity } from '../../src/plan/affinity.ts';
import { pricesOf } from '../../src/pricing.ts';
import type { PriceRequest } from '../../src/run/addon.ts';
import { inspectMachine } from '../../src/results/inspect-machine.ts';
import { describeOnHardware, replyOf, runner, twoCpus } from './on-this-machine.ts';

const returnsZero = Uint8Array.from([0x31, 0xc0, 0xc3]); // xor eax,eax; ret
const returnsSeven = Uint8Array.from([0xb8, 7, 0, 0, 0, 0xc3]); // mov eax,7; ret
// A cell must hold 5; it then holds -1.
const checksInitial = Uint8Array.from(
  [
    [0x48, 0x83, 0x3f, 0x05], // cmp qword ptr [rdi],5
    [0x75, 0x0a], // jne to the mov below
    [0x48, 0xc7, 0x07, 0xff, 0xff, 0xff, 0xff], // mov qword ptr [rdi],-1
    [0x31, 0xc0, 0xc3], // xor eax,eax; ret
    [0xb8, 1, 0, 0, 0, 0xc3], // mov eax,1; ret
  ].flat(),
);

function request(cpu: number, codes: readonly Uint8Array[], given: Partial<PriceRequest> = {}): PriceRequest {
  return {
    programs: codes.map((code) => ({
      threads: [{ code, entryBytes: 0, cpu, outBytes: 0 }],
      initial: [{ offsetBytes: 0, widthBytes: 8, value: 5n, pointer: false }],
    })),
    memoryBytes: 4096,
    spacingBytes: 64,
    cells: 16,
    group: 16,
    passes: 3,
    rounds: 4,
    timeoutMs: 10_000,
    ...given,
  };
}

describeOnHardware('timing', () => {
  test('gives a time for each program, thread and round, and says of cycles that they are there or why not', async () => {
    const [first] = await twoCpus();
    const reply = replyOf(await runner().price(request(first, [returnsZero, checksInitial])));
    expect(reply.ticks).toHaveLength(4 * 2);
    expect(reply.ticks.every((ticks) => ticks > 0)).toBe(true);
    expect(reply.cycles.length === 0).toBe(reply.cyclesProblem !== undefined);
    expect(reply).toMatchObject({ stuck: undefined, timedOut: false, threads: [{ cpu: first }] });
  });

  test('begins each pass from the initial values, and each function at its entry', async () => {
    const [first] = await twoCpus();
    const code = Uint8Array.from([...Array.from({ length: 32 }, () => 0xcc), ...checksInitial]);
    const { programs, ...rest } = request(first, [code], { group: 1 });
    const entered = programs.map((program) => ({
      ...program,
      threads: program.threads.map((thread) => ({ ...thread, entryBytes: 32 })),
    }));
    expect(replyOf(await runner().price({ ...rest, programs: entered })).stuck).toBeUndefined();
  });

  test('tells which program gave up, and times the next request', async () => {
    const [first] = await twoCpus();
    const stuck = replyOf(await runner().price(request(first, [returnsZero, returnsSeven])));
    expect(stuck.stuck).toEqual({ program: 1, thread: 0, status: 7 });
    expect(replyOf(await runner().price(request(first, [returnsZero]))).stuck).toBeUndefined();
  });

  test('refuses cells and values outside the memory', async () => {
    const [first] = await twoCpus();
    const message = (given: Partial<PriceRequest>) =>
      runner()
        .price(request(first, [returnsZero], given))
        .then((answer) => 'message' in answer && answer.message);
    expect(await message({ cells: 1000 })).toContain('the cells lie outside the test memory');
    expect(await message({ memoryBytes: 16 * 64, spacingBytes: 64, cells: 0 })).toContain('at least 1');
    expect(await message({ programs: [] })).toContain('no programs');
  });

  test('prices of a test with a barrier and one without: all there, in order, never negative', async () => {
    const { topology, facts } = await inspectMachine(runner());
    const target = targetFor('x86-64');
    if (facts === undefined || target === undefined) throw new Error('nothing to time with');
    const files = ['classic/SB+mbs', 'kvm/C-page-fault'].map((name) => join(suiteFolder, `${name}.litmus`));
    const prices = await pricesOf({
      tests: readTests(files).map((source) => ({ source, role: 'asked', strategies: ['all'] })),
      target,
      facts,
      place: (threads) => planAffinity(topology, threads),
      seed: 1n,
      unit: 'block',
      units: 6,
      runner: async () => runner(),
      progress: () => {},
      stopped: new AbortController().signal,
    });
    const [storeBuffering, pageFault] = prices?.tests ?? [];
    expect([storeBuffering?.problems, pageFault?.problems]).toEqual([[], []]);
    for (const { low = 0, ns = 0, high = 0, resolutionNs = 0 } of storeBuffering?.steps ?? []) {
      expect([0 <= low, low <= ns, ns <= high]).toEqual([true, true, true]);
      expect(Math.max(ns, resolutionNs)).toBeGreaterThan(0);
    }
    const kinds = (of: typeof pageFault) =>
      of?.differences.flatMap(({ barrier, contended, kind }) => (barrier && !contended ? [kind] : []));
    expect(new Set(kinds(pageFault))).toEqual(new Set(['same-code']));
    expect(kinds(storeBuffering)?.filter((kind) => kind === 'same-code')).toHaveLength(2);
    for (const { kind, ns, resolutionNs } of storeBuffering?.differences ?? []) {
      expect(kind === 'same-code' || (ns ?? resolutionNs ?? -1) > 0).toBe(true);
    }
  });
});
