/**
 * The classic tests on arm64. Beside what a group cites, all verdicts are those of the Arm ARM (DDI 0487),
 * B2.3, and of C. Pulte et al., "Simplifying ARM Concurrency", POPL 2018: Armv8 is other-multi-copy-atomic,
 * so that order in each thread is order for all.
 */

import { describe, expect, it } from 'vitest';
import { architectureModel } from '../../src/model/models.ts';
import { shape } from './shapes.ts';
import { itGives, verdictOf, type Row } from './verdict.ts';

const arm64 = architectureModel('arm64');

const full = 'DMB.ISH';
const ld = 'DMB.ISHLD';
const st = 'DMB.ISHST';

/** As LDADDAL and CASAL of FEAT_LSE, and as LDAXR with STLXR. */
const atomic = '[rmw A | L]';
const exclusives = '[rmw X A | X L]';

describe('arm64 without any order', () => {
  const rows: readonly Row[] = [
    ['SB', 'po', 'po', 'allowed'],
    ['MP', 'po', 'po', 'allowed'],
    ['LB', 'po', 'po', 'allowed'],
    ['S', 'po', 'po', 'allowed'],
    ['R', 'po', 'po', 'allowed'],
    ['2+2W', 'po', 'po', 'allowed'],
    ['WRC', 'po', 'po', 'allowed'],
    ['RWC', 'po', 'po', 'allowed'],
    ['WWC', 'po', 'po', 'allowed'],
    ['ISA2', 'po', 'po', 'po', 'allowed'],
    ['W+RWC', 'po', 'po', 'po', 'allowed'],
    ['3.SB', 'po', 'po', 'po', 'allowed'],
    ['3.LB', 'po', 'po', 'po', 'allowed'],
    ['3.2W', 'po', 'po', 'po', 'allowed'],
    ['IRIW', 'po', 'po', 'allowed'],
  ];
  itGives(arm64, rows);
});

describe('arm64 coherence: the internal visibility requirement', () => {
  const rows: readonly Row[] = [
    ['CoRR', 'po', 'forbidden'],
    ['CoWW', 'po', 'forbidden'],
    ['CoRW1', 'po', 'forbidden'],
    ['CoRW2', 'po', 'forbidden'],
    ['CoWR', 'po', 'forbidden'],
  ];
  itGives(arm64, rows);
});

describe('arm64 with a full barrier, DMB or DSB, in every thread', () => {
  const rows: readonly Row[] = [
    ['SB', full, full, 'forbidden'],
    ['SB', 'DSB.SY', 'DSB.SY', 'forbidden'],
    ['MP', full, full, 'forbidden'],
    ['LB', full, full, 'forbidden'],
    ['S', full, full, 'forbidden'],
    ['R', full, full, 'forbidden'],
    ['2+2W', full, full, 'forbidden'],
    ['WRC', full, full, 'forbidden'],
    ['RWC', full, full, 'forbidden'],
    ['WWC', full, full, 'forbidden'],
    ['WRR+2W', full, full, 'forbidden'],
    ['WRW+WR', full, full, 'forbidden'],
    ['WRW+2W', full, full, 'forbidden'],
    ['ISA2', full, full, full, 'forbidden'],
    ['W+RWC', full, full, full, 'forbidden'],
    ['Z6.0', full, full, full, 'forbidden'],
    ['Z6.1', full, full, full, 'forbidden'],
    ['Z6.2', full, full, full, 'forbidden'],
    ['Z6.3', full, full, full, 'forbidden'],
    ['Z6.4', full, full, full, 'forbidden'],
    ['Z6.5', full, full, full, 'forbidden'],
    ['3.SB', full, full, full, 'forbidden'],
    ['3.LB', full, full, full, 'forbidden'],
    ['3.2W', full, full, full, 'forbidden'],
    ['IRIW', full, full, 'forbidden'],
    ['SB', full, 'po', 'allowed'],
    ['MP', 'po', full, 'allowed'],
    ['MP', full, 'po', 'allowed'],
    ['3.SB', full, full, 'po', 'allowed'],
  ];
  itGives(arm64, rows);
});

describe('arm64 with barriers for loads and for stores (Arm ARM B2.3, "Data Memory Barrier")', () => {
  const rows: readonly Row[] = [
    ['MP', st, ld, 'forbidden'],
    ['MP', 'DSB.ST', 'DSB.LD', 'forbidden'],
    ['MP', ld, ld, 'allowed'],
    ['MP', st, st, 'allowed'],
    ['SB', st, st, 'allowed'],
    ['SB', ld, ld, 'allowed'],
    ['SB', 'DSB.LD', 'DSB.SY', 'allowed'],
    ['SB', 'DSB.ST', 'DSB.SY', 'allowed'],
    ['LB', ld, ld, 'forbidden'],
    ['LB', st, st, 'allowed'],
    ['S', st, ld, 'forbidden'],
    ['S', st, st, 'allowed'],
    ['R', st, full, 'forbidden'],
    ['R', full, ld, 'allowed'],
    ['R', full, st, 'allowed'],
    ['2+2W', st, st, 'forbidden'],
    ['2+2W', st, ld, 'allowed'],
    ['Z6.0', st, ld, full, 'forbidden'],
    ['Z6.0', st, ld, st, 'allowed'],
    ['Z6.4', st, full, full, 'forbidden'],
    ['Z6.4', st, full, ld, 'allowed'],
    ['Z6.5', st, st, full, 'forbidden'],
    ['Z6.5', st, st, st, 'allowed'],
    ['3.2W', st, st, st, 'forbidden'],
    ['IRIW', ld, ld, 'forbidden'],
  ];
  itGives(arm64, rows);
});

describe('arm64 dependencies: dependency-ordered-before', () => {
  const rows: readonly Row[] = [
    ['MP', st, 'addr', 'forbidden'],
    ['MP', st, 'ctrl', 'allowed'],
    ['MP', st, 'ctrl+ISB', 'forbidden'],
    ['MP', st, 'addr+ISB', 'forbidden'],
    ['MP', st, 'ISB', 'allowed'],
    ['MP', 'po', 'addr', 'allowed'],
    ['SB', 'ISB', 'ISB', 'allowed'],
    ['LB', 'addr', 'addr', 'forbidden'],
    ['LB', 'data', 'data', 'forbidden'],
    ['LB', 'ctrl', 'ctrl', 'forbidden'],
    ['LB', 'data', 'po', 'allowed'],
    ['LB', 'ISB', 'ISB', 'allowed'],
    ['S', st, 'addr', 'forbidden'],
    ['S', st, 'data', 'forbidden'],
    ['S', st, 'ctrl', 'forbidden'],
    ['S', st, 'po', 'allowed'],
    ['WRC', 'data', 'addr', 'forbidden'],
    ['WRC', 'addr', 'addr', 'forbidden'],
    ['WRC', 'ctrl', 'ctrl+ISB', 'forbidden'],
    ['WRC', 'data', 'ctrl', 'allowed'],
    ['WRC', 'po', 'addr', 'allowed'],
    ['WWC', 'data', 'data', 'forbidden'],
    ['WWC', 'data', 'po', 'allowed'],
    ['RWC', 'addr', full, 'forbidden'],
    ['RWC', 'addr', 'po', 'allowed'],
    ['WRR+2W', 'addr', st, 'forbidden'],
    ['WRW+WR', 'data', full, 'forbidden'],
    ['WRW+2W', 'data', st, 'forbidden'],
    ['ISA2', st, 'data', 'addr', 'forbidden'],
    ['ISA2', st, 'ctrl', 'addr', 'forbidden'],
    ['ISA2', st, 'data', 'ctrl', 'allowed'],
    ['W+RWC', st, 'addr', full, 'forbidden'],
    ['W+RWC', st, 'addr', 'po', 'allowed'],
    ['Z6.0', st, 'data', full, 'forbidden'],
    ['Z6.1', st, st, 'data', 'forbidden'],
    ['Z6.1', st, st, 'po', 'allowed'],
    ['Z6.2', st, 'data', 'data', 'forbidden'],
    ['Z6.3', st, st, 'addr', 'forbidden'],
    ['Z6.3', st, st, 'ctrl', 'allowed'],
    ['3.LB', 'data', 'addr', 'ctrl', 'forbidden'],
    ['IRIW', 'addr', 'addr', 'forbidden'],
    ['IRIW', 'addr', 'ctrl+ISB', 'forbidden'],
    ['IRIW', 'addr', 'ctrl', 'allowed'],
  ];
  itGives(arm64, rows);
});

describe('arm64 dependencies with an access between', () => {
  const rows: readonly Row[] = [
    // A write waits until the addresses of the accesses before it are known; a read does not.
    ['S+R', st, 'addr po', 'forbidden'],
    ['S+W', st, 'addr po', 'forbidden'],
    ['S+W', st, 'data po', 'allowed'],
    ['LB+R', 'addr po', 'addr po', 'forbidden'],
    ['LB+W', 'addr po', 'addr po', 'forbidden'],
    ['LB+W', 'data po', 'data po', 'allowed'],
    ['MP+R', st, 'addr po', 'allowed'],
    ['MP+W', st, 'addr po', 'allowed'],
    ['MP+R', st, 'addr ISB', 'forbidden'],
    ['MP+W', st, 'addr ISB', 'forbidden'],
    ['MP+W', st, 'data ISB', 'allowed'],
    ['MP+R', st, 'addr addr', 'forbidden'],
    ['MP+R', st, 'ctrl addr', 'allowed'],
    // PPOCA: a write is forwarded to a read while it is still speculative. PPOAA: but not before its address or value is known.
    ['MP+rfi', full, 'ctrl po addr', 'allowed'],
    ['MP+rfi', full, 'addr po addr', 'forbidden'],
    ['MP+rfi', full, 'data po addr', 'forbidden'],
    ['MP+rfi', full, 'ctrl+ISB po addr', 'forbidden'],
    ['S+rfi', full, 'data po data', 'forbidden'],
    ['SB+rfi', 'po addr', 'po addr', 'allowed'],
    ['SB+rfi', 'po ctrl+ISB', 'po ctrl+ISB', 'allowed'],
    // Two reads of one location are in order only where they read from different writes.
    ['RSW', full, 'addr po addr', 'allowed'],
    ['RDW', full, 'addr po addr', 'forbidden'],
  ];
  itGives(arm64, rows);

  it('order up to a write is order up to the writes behind it to its location', () => {
    const overwritten = 'Wx=1 | Rx=1 Wy=1 Wy=2 | Ry=2 Rx=0';
    expect(verdictOf(shape(overwritten, 'data po', 'addr'), arm64)).toBe('forbidden');
    expect(verdictOf(shape(overwritten, 'po [L] po', 'addr'), arm64)).toBe('forbidden');
    expect(verdictOf(shape(overwritten, 'po po', 'addr'), arm64)).toBe('allowed');
  });
});

describe('arm64 acquire and release (Arm ARM B2.3, "Load-Acquire, Load-AcquirePC, and Store-Release")', () => {
  const rows: readonly Row[] = [
    ['MP', 'po [L]', '[A] po', 'forbidden'],
    ['MP', 'po [L]', '[Q] po', 'forbidden'],
    ['MP', 'po [L]', 'po [A]', 'allowed'],
    ['MP', '[L] po', '[A] po', 'allowed'],
    ['MP', 'po [L]', 'po', 'allowed'],
    ['MP', 'po', '[A] po', 'allowed'],
    ['SB', '[L] po [A]', '[L] po [A]', 'forbidden'],
    ['SB', '[L] po [Q]', '[L] po [Q]', 'allowed'],
    ['SB', '[L] po', '[L] po', 'allowed'],
    ['SB', 'po [A]', 'po [A]', 'allowed'],
    ['LB', '[A] po', '[A] po', 'forbidden'],
    ['LB', 'po [L]', 'po [L]', 'forbidden'],
    ['LB', 'po [L]', '[Q] po', 'forbidden'],
    ['LB', 'po [L]', 'po', 'allowed'],
    ['S', 'po [L]', '[A] po', 'forbidden'],
    ['R', 'po [L]', '[L] po [A]', 'forbidden'],
    ['R', 'po [L]', '[L] po', 'allowed'],
    ['2+2W', 'po [L]', 'po [L]', 'forbidden'],
    ['2+2W', '[L] po', '[L] po', 'allowed'],
    ['WRC', 'po [L]', '[A] po', 'forbidden'],
    ['WRC', '[A] po', 'addr', 'forbidden'],
    ['RWC', '[A] po', '[L] po [A]', 'forbidden'],
    ['RWC', '[A] po', '[L] po', 'allowed'],
    ['ISA2', 'po [L]', '[A] po [L]', '[A] po', 'forbidden'],
    ['ISA2', 'po [L]', '[A] po', '[A] po', 'forbidden'],
    ['W+RWC', 'po [L]', '[A] po', full, 'forbidden'],
    ['W+RWC', 'po [L]', '[A] po', '[L] po [A]', 'forbidden'],
    ['W+RWC', 'po [L]', '[A] po', 'po', 'allowed'],
    ['Z6.3', 'po [L]', 'po [L]', '[A] po', 'forbidden'],
    ['IRIW', '[A] po', '[A] po', 'forbidden'],
    ['IRIW', 'po [A]', 'po [A]', 'allowed'],
    // A release is ordered before an acquire of its own location, which may not be forwarded to; an acquirePC may.
    ['SB+rfi', '[L] po [A] po', '[L] po [A] po', 'forbidden'],
    ['SB+rfi', '[L] po [Q] po', '[L] po [Q] po', 'allowed'],
    ['SB+rfi', 'po [A] po', 'po [A] po', 'allowed'],
  ];
  itGives(arm64, rows);
});

describe('arm64 read-modify-writes are atomic', () => {
  const rows: readonly Row[] = [
    ['RMW+W', 'rmw', 'forbidden'],
    ['RMW+W', '[X] rmw [X]', 'forbidden'],
    ['RMW+W', 'po', 'allowed'],
    ['RMW+RMW', 'rmw', 'rmw', 'forbidden'],
    ['RMW+RMW', '[X] rmw [X]', '[X] rmw [X]', 'forbidden'],
    ['RMW+RMW', 'rmw', 'po', 'allowed'],
  ];
  itGives(arm64, rows);
});

/**
 * LDAXR and STLXR make no barrier of two half ones: Linux commit 8e86f0b409a4, "arm64: atomics: fix use of
 * acquire + release for full barrier semantics". One instruction that acquires and releases does for what
 * follows it: Arm ARM B2.3, "Barrier-ordered-before".
 */
describe('arm64 read-modify-writes as barriers', () => {
  const rows: readonly Row[] = [
    ['SB', `${atomic} po`, `${atomic} po`, 'forbidden'],
    ['SB', `${exclusives} po`, `${exclusives} po`, 'allowed'],
    ['SB', `[rmw X | X L] ${full}`, `[rmw X | X L] ${full}`, 'forbidden'],
    ['SB', '[rmw] po', '[rmw] po', 'allowed'],
    ['SB', '[rmw A |] po', '[rmw A |] po', 'allowed'],
    ['SB', '[rmw | L] po', '[rmw | L] po', 'allowed'],
    // In the place of a load: its write releases, and the other thread overwrites that.
    ['SB', 'po [rmw | L]', 'po [rmw | L]', 'forbidden'],
    ['SB', 'po [rmw A |]', 'po [rmw A |]', 'allowed'],
    ['MP', `${atomic} po`, 'addr', 'forbidden'],
    ['MP', `${exclusives} po`, 'addr', 'allowed'],
    ['MP', `po ${atomic}`, 'addr', 'forbidden'],
    ['MP', `po ${exclusives}`, 'addr', 'forbidden'],
    ['MP', 'po [rmw A |]', 'addr', 'allowed'],
    ['MP', st, '[rmw A |] po', 'forbidden'],
    ['MP', st, '[rmw | L] po', 'allowed'],
    ['MP', st, '[rmw] po', 'allowed'],
    ['2+2W', `${atomic} po`, `${atomic} po`, 'forbidden'],
    // Here each overwrites what the other wrote, so its load acquires from that.
    ['2+2W', `${exclusives} po`, `${exclusives} po`, 'forbidden'],
    ['2+2W', '[rmw] po', '[rmw] po', 'allowed'],
    ['IRIW', '[rmw A |] po', '[rmw A |] po', 'forbidden'],
    // STADD and its kin are no loads to a DMB LD (Arm ARM C6.2, "STADD"); to a full one they are.
    ['MP', st, `[rmw] ${ld}`, 'forbidden'],
    ['MP', st, `[rmw NoRet |] ${ld}`, 'allowed'],
    ['MP', st, `[rmw NoRet |] ${full}`, 'forbidden'],
    ['LB', `[rmw NoRet |] ${ld}`, 'data', 'allowed'],
    ['2+2W', `[rmw NoRet |] ${st}`, st, 'forbidden'],
  ];
  itGives(arm64, rows);

  it('a read-modify-write passes on what a release published to who acquires', () => {
    const passedOn = shape('Wx=1 Wy=1 | Ry=1 Wy=2 | Ry=2 Rx=0', 'po [L]', 'rmw', '[A] po');
    expect(verdictOf(passedOn, arm64)).toBe('forbidden');
  });

  it('an acquire of its write is ordered behind its read, though a plain read is not', () => {
    const ofOwnWrite = 'Wx=1 Wy=1 | Ry=1 Wy=2 Ry=2 Rx=0';
    expect(verdictOf(shape(ofOwnWrite, full, 'rmw po [A] po'), arm64)).toBe('forbidden');
    expect(verdictOf(shape(ofOwnWrite, full, 'rmw po [Q] po'), arm64)).toBe('forbidden');
    expect(verdictOf(shape(ofOwnWrite, full, 'rmw po addr'), arm64)).toBe('allowed');
    expect(verdictOf(shape(ofOwnWrite, full, 'po po [A] po'), arm64)).toBe('allowed');
  });
});
