import { describe, expect, it } from 'vitest';
import { architectureModel } from '../../src/model/models.ts';
import { shape } from './shapes.ts';
import type { ShapeName } from './shapes.ts';
import { itGives, verdictOf } from './verdict.ts';
import type { Row, Verdict } from './verdict.ts';

const power = architectureModel('ppc64le');

/**
 * Every shape whose cycle has two or three threads with two accesses, and what Power says of it with lwsync
 * between the two in each: forbidden where the cycle has no write before a read on one thread, at most one fr,
 * and no fr where it has a co.
 */
const withLwsync: readonly (readonly [shape: ShapeName, threads: 2 | 3, verdict: Verdict])[] = [
  ['SB', 2, 'allowed'],
  ['MP', 2, 'forbidden'],
  ['LB', 2, 'forbidden'],
  ['S', 2, 'forbidden'],
  ['R', 2, 'allowed'],
  ['2+2W', 2, 'forbidden'],
  ['WRC', 2, 'forbidden'],
  ['RWC', 2, 'allowed'],
  ['WWC', 2, 'forbidden'],
  ['WRR+2W', 2, 'allowed'],
  ['WRW+WR', 2, 'allowed'],
  ['WRW+2W', 2, 'forbidden'],
  ['IRIW', 2, 'allowed'],
  ['ISA2', 3, 'forbidden'],
  ['W+RWC', 3, 'allowed'],
  ['Z6.0', 3, 'allowed'],
  ['Z6.1', 3, 'forbidden'],
  ['Z6.2', 3, 'forbidden'],
  ['Z6.3', 3, 'allowed'],
  ['Z6.4', 3, 'allowed'],
  ['Z6.5', 3, 'allowed'],
  ['3.SB', 3, 'allowed'],
  ['3.LB', 3, 'forbidden'],
  ['3.2W', 3, 'forbidden'],
];

const everywhere = (between: string, verdict: Verdict | undefined): readonly Row[] =>
  withLwsync.map(([name, threads, ofLwsync]) => [
    name,
    ...Array.from({ length: threads }, () => between),
    verdict ?? ofLwsync,
  ]);

describe('Power', () => {
  // "Herding Cats", the figure of the five coherence tests, and SC PER LOCATION.
  describe('keeps each location coherent', () => {
    itGives(power, [
      ['CoRR', 'po', 'forbidden'],
      ['CoWW', 'po', 'forbidden'],
      ['CoRW1', 'po', 'forbidden'],
      ['CoRW2', 'po', 'forbidden'],
      ['CoWR', 'po', 'forbidden'],
    ]);
  });

  // Maranget, Sarkar and Sewell, "A Tutorial Introduction to the ARM and POWER Relaxed Memory Models", 2012:
  // no two accesses of one thread to two locations are in order of themselves, and writes reach the other
  // threads one after another.
  describe('without barriers and dependencies lets every cycle happen', () => {
    itGives(power, everywhere('po', 'allowed'));
  });

  // Ibid.: a sync between each two accesses gives sequential consistency.
  describe('with sync everywhere is sequentially consistent', () => {
    itGives(power, everywhere('SYNC', 'forbidden'));
  });

  // Ibid., sections on lwsync, on cumulativity, SB and IRIW; "Herding Cats", OBSERVATION and PROPAGATION; for
  // R and Z6.3, Sarkar, Sewell, Alglave, Maranget and Williams, "Understanding POWER Multiprocessors", PLDI
  // 2011: coherence between writes is no order that lwsync is cumulative over.
  describe('with lwsync everywhere leaves the cycles that need a strong barrier', () => {
    itGives(power, everywhere('LWSYNC', undefined));
  });

  // The tutorial, section "Enforcing Order with Dependencies" and its tables of MP, LB, S.
  describe('has message passing, load buffering and S ordered on both sides or not at all', () => {
    itGives(power, [
      ['MP', 'SYNC', 'po', 'allowed'],
      ['MP', 'LWSYNC', 'po', 'allowed'],
      ['MP', 'po', 'SYNC', 'allowed'],
      ['MP', 'po', 'LWSYNC', 'allowed'],
      ['MP', 'po', 'addr', 'allowed'],
      ['MP', 'SYNC', 'LWSYNC', 'forbidden'],
      ['MP', 'LWSYNC', 'SYNC', 'forbidden'],
      ['MP', 'SYNC', 'addr', 'forbidden'],
      ['MP', 'LWSYNC', 'addr', 'forbidden'],
      ['MP', 'SYNC', 'ctrl', 'allowed'],
      ['MP', 'LWSYNC', 'ctrl', 'allowed'],
      ['MP', 'SYNC', 'ctrl+ISYNC', 'forbidden'],
      ['MP', 'LWSYNC', 'ctrl+ISYNC', 'forbidden'],
      ['MP', 'LWSYNC', 'ISYNC', 'allowed'],
      ['LB', 'po', 'data', 'allowed'],
      ['LB', 'po', 'SYNC', 'allowed'],
      ['LB', 'addr', 'addr', 'forbidden'],
      ['LB', 'data', 'data', 'forbidden'],
      ['LB', 'ctrl', 'ctrl', 'forbidden'],
      ['LB', 'addr', 'ctrl', 'forbidden'],
      ['LB', 'SYNC', 'data', 'forbidden'],
      ['LB', 'LWSYNC', 'ctrl', 'forbidden'],
      ['S', 'po', 'data', 'allowed'],
      ['S', 'LWSYNC', 'po', 'allowed'],
      ['S', 'SYNC', 'po', 'allowed'],
      ['S', 'LWSYNC', 'addr', 'forbidden'],
      ['S', 'LWSYNC', 'data', 'forbidden'],
      ['S', 'LWSYNC', 'ctrl', 'forbidden'],
    ]);
  });

  // The tutorial on SB, R and 2+2W; "Herding Cats" on r+lwsync+sync, which PROPAGATION leaves allowed.
  describe('wants sync between a write and a later read', () => {
    itGives(power, [
      ['SB', 'SYNC', 'LWSYNC', 'allowed'],
      ['SB', 'SYNC', 'po', 'allowed'],
      ['R', 'LWSYNC', 'SYNC', 'allowed'],
      ['R', 'SYNC', 'LWSYNC', 'allowed'],
      ['R', 'po', 'SYNC', 'allowed'],
      ['2+2W', 'LWSYNC', 'po', 'allowed'],
      ['2+2W', 'SYNC', 'po', 'allowed'],
      ['2+2W', 'SYNC', 'LWSYNC', 'forbidden'],
    ]);
  });

  // The tutorial, "Iterated Message Passing on more than two threads and Cumulativity", and on RWC and IRIW;
  // PLDI 2011 on WRC+data+addr, IRIW+addrs and Z6.3.
  describe('has barriers that are cumulative and writes that are not atomic', () => {
    itGives(power, [
      ['WRC', 'data', 'addr', 'allowed'],
      ['WRC', 'addr', 'addr', 'allowed'],
      ['WRC', 'po', 'LWSYNC', 'allowed'],
      ['WRC', 'LWSYNC', 'po', 'allowed'],
      ['WRC', 'LWSYNC', 'addr', 'forbidden'],
      ['WRC', 'SYNC', 'addr', 'forbidden'],
      ['ISA2', 'po', 'data', 'addr', 'allowed'],
      ['ISA2', 'LWSYNC', 'data', 'addr', 'forbidden'],
      ['ISA2', 'LWSYNC', 'addr', 'addr', 'forbidden'],
      ['ISA2', 'SYNC', 'data', 'addr', 'forbidden'],
      ['WWC', 'addr', 'addr', 'allowed'],
      ['WWC', 'LWSYNC', 'addr', 'forbidden'],
      ['RWC', 'addr', 'SYNC', 'allowed'],
      ['RWC', 'LWSYNC', 'SYNC', 'allowed'],
      ['IRIW', 'addr', 'addr', 'allowed'],
      ['IRIW', 'ctrl+ISYNC', 'ctrl+ISYNC', 'allowed'],
      ['Z6.2', 'LWSYNC', 'addr', 'addr', 'forbidden'],
      ['Z6.3', 'LWSYNC', 'LWSYNC', 'addr', 'allowed'],
      ['Z6.3', 'SYNC', 'SYNC', 'addr', 'forbidden'],
    ]);
  });

  // "Herding Cats" on fences for Power: eieio orders writes with writes, as lwsync does, and nothing else, and
  // both are too weak for w+rwc+eieio+addr+sync.
  describe('has eieio as a light barrier between writes', () => {
    itGives(power, [
      ['MP', 'EIEIO', 'addr', 'forbidden'],
      ['MP', 'LWSYNC', 'EIEIO', 'allowed'],
      ['LB', 'EIEIO', 'EIEIO', 'allowed'],
      ['SB', 'EIEIO', 'EIEIO', 'allowed'],
      ['2+2W', 'EIEIO', 'EIEIO', 'forbidden'],
      ['W+RWC', 'EIEIO', 'addr', 'SYNC', 'allowed'],
      ['W+RWC', 'LWSYNC', 'addr', 'SYNC', 'allowed'],
      ['W+RWC', 'SYNC', 'addr', 'SYNC', 'forbidden'],
      ['W+RWC', 'LWSYNC', 'SYNC', 'SYNC', 'forbidden'],
    ]);
  });

  // PLDI 2011 on PPOCA, PPOAA, RSW and RDW; "Herding Cats" on the preserved program order of Power, with
  // lb+addrs+ww and lb+datas+ww.
  describe('preserves what depends, through a write read early and through an address before a write', () => {
    itGives(power, [
      ['MP+rfi', 'SYNC', 'ctrl po addr', 'allowed'],
      ['MP+rfi', 'SYNC', 'addr po addr', 'forbidden'],
      ['MP+rfi', 'SYNC', 'data po addr', 'forbidden'],
      ['RSW', 'SYNC', 'addr po addr', 'allowed'],
      ['RDW', 'SYNC', 'addr po addr', 'forbidden'],
      ['MP+R', 'SYNC', 'addr addr', 'forbidden'],
      ['MP+R', 'SYNC', 'addr po', 'allowed'],
      ['MP+R', 'SYNC', 'ctrl addr', 'allowed'],
      ['MP+R', 'SYNC', 'addr ctrl+ISYNC', 'forbidden'],
      ['MP+W', 'SYNC', 'addr po', 'allowed'],
      ['S+R', 'LWSYNC', 'addr po', 'forbidden'],
      ['S+W', 'LWSYNC', 'addr po', 'forbidden'],
      ['S+W', 'LWSYNC', 'data po', 'allowed'],
      ['S+rfi', 'LWSYNC', 'data po data', 'forbidden'],
      ['LB+W', 'addr po', 'addr po', 'forbidden'],
      ['LB+W', 'data po', 'data po', 'allowed'],
      ['LB+R', 'addr po', 'addr po', 'forbidden'],
      ['LB+R', 'ctrl po', 'ctrl po', 'forbidden'],
    ]);

    // The same with another thread's write of z between: a detour, which is as good as an isync.
    it('and through a detour over another thread', () => {
      const detour = (dependency: string) =>
        shape('Wx=1 Wy=1 | Ry=1 Wz=1 Rz=2 Rx=0 | Wz=2 | z=2', 'SYNC', `${dependency} po addr`);
      expect(verdictOf(detour('data'), power)).toBe('forbidden');
      expect(verdictOf(detour('ctrl'), power)).toBe('forbidden');
      expect(verdictOf(detour('po'), power)).toBe('allowed');
    });
  });

  // "Herding Cats", preserved program order: po-loc is among cc0.
  it('sends a write on its way behind an earlier one to its location', () => {
    const twice = (dependency: string) => shape('Rx=1 Wy=1 Wy=2 | Ry=2 Wx=1', `${dependency} po`, 'data');
    expect(verdictOf(twice('data'), power)).toBe('forbidden');
    expect(verdictOf(twice('po'), power)).toBe('allowed');
  });

  // Among the logs published with "Herding Cats" (Stern00), where it differs from the model of PLDI 2011.
  it('lets two barriers after one read be seen in either order', () => {
    const stern = shape('Rx=1 Ry=0 Rz=1 | Wy=1 Wz=1 | Wz=2 Wx=1 | z=2', 'addr po', 'LWSYNC', 'LWSYNC');
    expect(verdictOf(stern, power)).toBe('allowed');
  });

  // Power ISA, book II, "Atomic Update": a store-conditional stores only if no other write came since the
  // reservation. The barriers around are still needed (ibid., "Lock Acquisition"), but for herd7's scXX.
  describe('has read-modify-writes that are atomic, and order little else', () => {
    itGives(power, [
      ['RMW+W', 'po', 'allowed'],
      ['RMW+W', '[X] rmw [X]', 'forbidden'],
      ['RMW+RMW', 'po', 'po', 'allowed'],
      ['RMW+RMW', '[X] rmw [X]', '[X] rmw [X]', 'forbidden'],
      ['SB', '[rmw X] po', '[rmw X] po', 'allowed'],
      ['SB', '[rmw X] SYNC', '[rmw X] SYNC', 'forbidden'],
      ['MP', 'po [rmw X]', 'addr', 'allowed'],
      ['MP', 'LWSYNC [rmw X]', '[rmw X] LWSYNC', 'forbidden'],
      ['MP', 'LWSYNC [rmw X]', '[rmw X] po', 'allowed'],
      ['2+2W', 'po [rmw X]', 'po [rmw X]', 'allowed'],
      ['2+2W', '[rmw X] po [rmw X]', '[rmw X] po [rmw X]', 'forbidden'],
    ]);
  });
});
