import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ThreadReply } from '../../src/run/addon.ts';
import { disturbanceOf, disturbances, disturbancesIn, type BlockTimes } from '../../src/run/disturbance.ts';

const ms = 1e6;
const wallNs = 50 * ms;

const thread = (offMs: number, involuntarySwitches = 0): ThreadReply => ({
  cpu: 0,
  strayedBatches: 0,
  involuntarySwitches,
  ranNs: wallNs - offMs * ms,
  offCpuNs: offMs * ms,
});

const block = (threads: readonly ThreadReply[], given: Partial<BlockTimes> = {}): BlockTimes => ({
  wallNs,
  stealNs: 0,
  threads,
  cpus: threads.length,
  ...given,
});

describe('a block is disturbed', () => {
  test('not by moments: a kernel thread that ran for some microseconds', () => {
    expect(disturbanceOf(block([thread(0), thread(0.4, 3)]))).toBeUndefined();
  });

  test('by what ran instead of one of its threads', () => {
    expect(disturbanceOf(block([thread(0), thread(12.34, 3)]))).toBe(
      'descheduled: a thread was off its CPU for 12.3 ms of 50.0 ms, at 3 context switches',
    );
    // A page of memory that had to be waited for, say.
    expect(disturbanceOf(block([thread(0), thread(12)]))).toMatch(/^descheduled: /);
  });

  test('by a standstill of all its threads without a context switch', () => {
    expect(disturbanceOf(block([thread(31), thread(30)]))).toBe(
      'standstill: no thread ran for 30.0 ms of 50.0 ms, as when a process is stopped',
    );
  });

  test('by steal time, where that is known', () => {
    const threads = [thread(0), thread(0)];
    expect(disturbanceOf(block(threads, { stealNs: 10 * ms }))).toBe(
      'steal time: the hypervisor took 10.0 ms from its CPUs',
    );
    expect(disturbanceOf(block(threads, { stealNs: undefined }))).toBeUndefined();
  });

  test('where its threads take turns only by what others took from their CPUs', () => {
    const turns = [thread(25, 90), thread(25, 90), thread(25, 90), thread(25, 90)];
    expect(disturbanceOf(block(turns, { cpus: 2 }))).toBeUndefined();
    const less = [thread(40, 90), thread(30, 90), thread(30, 90), thread(30, 90)];
    expect(disturbanceOf(block(less, { cpus: 2 }))).toBe(
      'descheduled: other programs had its CPUs for 30.0 ms of 100.0 ms',
    );
  });

  test('and the sentence tells by what', () => {
    const anyMs = fc.integer({ min: 0, max: 50 });
    const threads = fc.array(fc.tuple(anyMs, fc.nat({ max: 9 })), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(threads, anyMs, (offs, stealMs) => {
        const times = block(
          offs.map(([off, switches]) => thread(off, switches)),
          { stealNs: stealMs * ms },
        );
        const sentence = disturbanceOf(times);
        const kinds = sentence === undefined ? [] : disturbancesIn(sentence);
        expect(kinds.includes('steal time')).toBe(stealMs * ms > wallNs * offs.length * 0.01);
        expect(kinds.includes('standstill') || kinds.includes('descheduled')).toBe(
          offs.some(([off]) => off > 0.5),
        );
        expect(kinds).toEqual(disturbances.filter((kind) => kinds.includes(kind)));
        expect(sentence === undefined).toBe(kinds.length === 0);
      }),
    );
  });
});
