/**
 * The classic tests on riscv64. All verdicts are those of the RISC-V Instruction Set Manual, volume I,
 * "RVWMO Memory Consistency Model" ("rule" is one of its preserved program order), and where a group names
 * figures, of the tests of its appendix "RVWMO Explanatory Material". RVWMO is multi-copy atomic, so that
 * order in each thread is order for all.
 */

import { describe, expect, it } from 'vitest';
import { architectureModel } from '../../src/model/models.ts';
import { shape } from './shapes.ts';
import { itGives, verdictOf, type Row, type Verdict } from './verdict.ts';

const riscv = architectureModel('riscv64');

const full = 'Fence.rw.rw';
const ww = 'Fence.w.w';
const rr = 'Fence.r.r';
const acquire = 'Fence.r.rw';
const release = 'Fence.rw.w';
const tso = 'Fence.tso';

/** Tests that have no name among the shapes: what they show, the shape, the threads, the verdict. */
type OwnRow = readonly [string, string, ...(readonly string[]), Verdict];

function itGivesOwn(rows: readonly OwnRow[]): void {
  it.each(rows)('%s', (_, text, ...rest) => {
    expect(verdictOf(shape(text, ...rest.slice(0, -1)), riscv)).toBe(rest.at(-1));
  });
}

describe('riscv64 without any order', () => {
  const rows: readonly Row[] = [
    ['SB', 'po', 'po', 'allowed'],
    ['MP', 'po', 'po', 'allowed'],
    ['LB', 'po', 'po', 'allowed'],
    ['S', 'po', 'po', 'allowed'],
    ['R', 'po', 'po', 'allowed'],
    ['2+2W', 'po', 'po', 'allowed'],
    ['WRC', 'po', 'po', 'allowed'],
    ['RWC', 'po', 'po', 'allowed'],
    ['ISA2', 'po', 'po', 'po', 'allowed'],
    ['W+RWC', 'po', 'po', 'po', 'allowed'],
    ['3.SB', 'po', 'po', 'po', 'allowed'],
    ['3.LB', 'po', 'po', 'po', 'allowed'],
    ['3.2W', 'po', 'po', 'po', 'allowed'],
    ['IRIW', 'po', 'po', 'allowed'],
  ];
  itGives(riscv, rows);
});

describe('riscv64 coherence: rules 1 and 2 with the load value axiom', () => {
  const rows: readonly Row[] = [
    ['CoRR', 'po', 'forbidden'],
    ['CoWW', 'po', 'forbidden'],
    ['CoRW1', 'po', 'forbidden'],
    ['CoRW2', 'po', 'forbidden'],
    ['CoWR', 'po', 'forbidden'],
  ];
  itGives(riscv, rows);
});

describe('riscv64 with fence rw,rw in every thread: rule 4', () => {
  const rows: readonly Row[] = [
    ['SB', full, full, 'forbidden'],
    ['MP', full, full, 'forbidden'],
    ['LB', full, full, 'forbidden'],
    ['S', full, full, 'forbidden'],
    ['R', full, full, 'forbidden'],
    ['2+2W', full, full, 'forbidden'],
    ['WRC', full, full, 'forbidden'],
    ['RWC', full, full, 'forbidden'],
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
    ['IRIW', full, full, 'forbidden'],
    ['SB', full, 'po', 'allowed'],
    ['MP', full, 'po', 'allowed'],
    ['MP', 'po', full, 'allowed'],
  ];
  itGives(riscv, rows);
});

describe('riscv64 with other fences: rule 4, by predecessors and successors', () => {
  const rows: readonly Row[] = [
    ['MP', ww, rr, 'forbidden'],
    ['MP', release, acquire, 'forbidden'],
    ['MP', tso, tso, 'forbidden'],
    ['MP', rr, rr, 'allowed'],
    ['MP', ww, ww, 'allowed'],
    ['MP', 'Fence.rw.r', acquire, 'allowed'],
    ['MP', 'Fence.w.rw', 'Fence.rw.r', 'forbidden'],
    ['SB', 'Fence.w.r', 'Fence.w.r', 'forbidden'],
    ['SB', 'Fence.w.rw', 'Fence.rw.r', 'forbidden'],
    ['SB', `${ww}+${rr}`, `${ww}+${rr}`, 'allowed'],
    ['SB', `${release}+${acquire}`, `${release}+${acquire}`, 'allowed'],
    ['SB', tso, tso, 'allowed'],
    ['LB', 'Fence.r.w', 'Fence.r.w', 'forbidden'],
    ['LB', acquire, release, 'forbidden'],
    ['LB', tso, tso, 'forbidden'],
    ['LB', rr, rr, 'allowed'],
    ['LB', ww, ww, 'allowed'],
    ['S', ww, 'Fence.r.w', 'forbidden'],
    ['S', ww, rr, 'allowed'],
    ['R', ww, full, 'forbidden'],
    ['R', ww, tso, 'allowed'],
    ['2+2W', ww, release, 'forbidden'],
    ['2+2W', tso, tso, 'forbidden'],
    ['2+2W', ww, acquire, 'allowed'],
    ['WRC', acquire, rr, 'forbidden'],
    ['RWC', rr, full, 'forbidden'],
    ['RWC', rr, tso, 'allowed'],
    ['ISA2', ww, acquire, rr, 'forbidden'],
    ['W+RWC', ww, rr, full, 'forbidden'],
    ['W+RWC', ww, rr, tso, 'allowed'],
    ['Z6.0', ww, release, full, 'forbidden'],
    ['Z6.0', ww, release, tso, 'allowed'],
    ['Z6.1', ww, ww, 'Fence.r.w', 'forbidden'],
    ['Z6.3', ww, ww, rr, 'forbidden'],
    ['3.2W', ww, ww, ww, 'forbidden'],
    ['3.2W', ww, ww, rr, 'allowed'],
    ['IRIW', rr, rr, 'forbidden'],
    ['IRIW', ww, ww, 'allowed'],
  ];
  itGives(riscv, rows);
});

describe('riscv64 dependencies: rules 9 to 11', () => {
  const rows: readonly Row[] = [
    ['MP', ww, 'addr', 'forbidden'],
    ['MP', ww, 'ctrl', 'allowed'],
    ['MP', 'po', 'addr', 'allowed'],
    ['LB', 'data', 'data', 'forbidden'],
    ['LB', 'addr', 'addr', 'forbidden'],
    ['LB', 'ctrl', 'ctrl', 'forbidden'],
    ['LB', 'data', 'po', 'allowed'],
    ['S', ww, 'data', 'forbidden'],
    ['S', ww, 'addr', 'forbidden'],
    ['S', ww, 'ctrl', 'forbidden'],
    ['WRC', 'data', 'addr', 'forbidden'],
    ['WRC', 'ctrl', 'addr', 'forbidden'],
    ['WRC', 'data', 'ctrl', 'allowed'],
    ['ISA2', ww, 'data', 'addr', 'forbidden'],
    ['ISA2', ww, 'ctrl', 'addr', 'forbidden'],
    ['Z6.2', ww, 'data', 'ctrl', 'forbidden'],
    ['3.LB', 'data', 'addr', 'ctrl', 'forbidden'],
    ['IRIW', 'addr', 'addr', 'forbidden'],
    ['IRIW', 'ctrl', 'ctrl', 'allowed'],
  ];
  itGives(riscv, rows);
});

describe('riscv64 pipeline dependencies: rules 12 and 13', () => {
  const rows: readonly Row[] = [
    ['MP+rfi', ww, 'data po addr', 'forbidden'],
    ['MP+rfi', ww, 'addr po addr', 'forbidden'],
    ['S+R', ww, 'addr po', 'forbidden'],
    ['S+W', ww, 'addr po', 'forbidden'],
    ['S+W', ww, 'data po', 'allowed'],
    ['LB+R', 'addr po', 'addr po', 'forbidden'],
    ['LB+W', 'addr po', 'addr po', 'forbidden'],
    ['LB+W', 'data po', 'data po', 'allowed'],
    ['MP+R', ww, 'addr po', 'allowed'],
    ['MP+W', ww, 'addr po', 'allowed'],
  ];
  itGives(riscv, rows);
});

describe('riscv64 as the figures of "RVWMO Explanatory Material" have it', () => {
  const rows: readonly Row[] = [
    ['SB+rfi', `po ${rr}`, `po ${rr}`, 'allowed'],
    ['MP+rfi', ww, 'ctrl po addr', 'allowed'],
    ['RSW', ww, 'addr po addr', 'allowed'],
    ['RDW', ww, 'addr po addr', 'forbidden'],
  ];
  itGives(riscv, rows);
  itGivesOwn([
    ['sample: an own older write is never read', 'Wx=1 Wx=2 Rx=1 | Wx=4 | x=2', 'po po', 'forbidden'],
    ['MP+fence.w.w+fri-rfi-addr', 'Wx=1 Wy=1 | Ry=1 Wy=2 Ry=2 Rx=0', ww, 'po po addr', 'allowed'],
    [
      'a store between ends rule 12',
      'Wx=1 Wy=1 | Ry=1 Wz=1 Wz=2 Rz=2 Rx=0',
      ww,
      'data po po addr',
      'allowed',
    ],
    ['rule 13, in one thread of LB', 'Rx=1 Wy=1 | Ry=1 Rz=0 Wx=1', full, 'addr po', 'forbidden'],
    ['LB+fence.r.rw+data-po', 'Rx=1 Wy=1 | Ry=1 Wz=1 Wx=1', acquire, 'data po', 'allowed'],
    ['LB through an SC', 'Rx=1 Wy=1 Wz=1 | Rz=1 Wx=1', 'data [rmw X] po', 'data', 'forbidden'],
    ['LB through an AMO', 'Rx=1 Wy=1 Wz=1 | Rz=1 Wx=1', 'data [rmw AMO] po', 'data', 'allowed'],
  ]);
});

describe('riscv64 atomicity', () => {
  const rows: readonly Row[] = [
    ['RMW+W', '[X] rmw [X]', 'forbidden'],
    ['RMW+W', '[AMO] rmw [AMO]', 'forbidden'],
    ['RMW+W', 'po', 'allowed'],
    ['RMW+RMW', '[X] rmw [X]', '[X] rmw [X]', 'forbidden'],
    ['RMW+RMW', '[AMO] rmw [AMO]', '[AMO] rmw [AMO]', 'forbidden'],
    ['RMW+RMW', '[AMO] rmw [AMO]', '[X] rmw [X]', 'forbidden'],
  ];
  itGives(riscv, rows);
});

describe('riscv64 atomics without aq and rl order nothing, but are not read early: rules 3, 8 and 11', () => {
  const rows: readonly Row[] = [
    ['SB', '[rmw AMO] po', '[rmw AMO] po', 'allowed'],
    ['SB', '[rmw X] po', '[rmw X] po', 'allowed'],
    ['MP', 'po [rmw AMO]', 'addr', 'allowed'],
    ['MP', 'po [rmw X]', 'addr', 'allowed'],
    ['MP', '[rmw AMO] po', 'addr', 'allowed'],
    ['MP', ww, '[rmw AMO] po', 'allowed'],
    // What is behind an SC is behind the branch on its status.
    ['MP', '[rmw X] po', 'addr', 'forbidden'],
    ['LB', '[X] rmw [X]', 'data', 'forbidden'],
    ['SB+rfi', `[rmw AMO] po ${rr}`, `[rmw AMO] po ${rr}`, 'forbidden'],
    ['SB+rfi', `[rmw X] po ${rr}`, `[rmw X] po ${rr}`, 'forbidden'],
    ['SB+rfi', `[rmw AMO] po ${rr}`, `po ${rr}`, 'allowed'],
  ];
  itGives(riscv, rows);
});

describe('riscv64 has an AMO as one operation, load and store, and a pair LR/SC as two', () => {
  const rows: readonly Row[] = [
    // The first is ISA13+BIS of the tests at diy.inria.fr/cats7/riscv, whose comment forbids it.
    ['SB', '[rmw AMO Acq] po', full, 'forbidden'],
    ['SB', '[rmw X Acq | X] po', full, 'allowed'],
    ['SB', `[rmw AMO] ${rr}`, `[rmw AMO] ${rr}`, 'forbidden'],
    ['SB', `[rmw X] ${rr}`, `[rmw X] ${rr}`, 'allowed'],
    // Order for the store half is order for the load: no store of another thread comes between.
    ['SB', `${ww} [rmw AMO]`, `${ww} [rmw AMO]`, 'forbidden'],
    ['SB', `${ww} [rmw X]`, `${ww} [rmw X]`, 'forbidden'],
    ['MP', ww, 'ctrl [rmw AMO]', 'forbidden'],
    ['MP', ww, 'ctrl [rmw X]', 'forbidden'],
  ];
  itGives(riscv, rows);
});

describe('riscv64 acquire and release: rules 5 to 7', () => {
  const rows: readonly Row[] = [
    ['MP', 'po [rmw AMO Rel]', '[rmw AMO Acq] po', 'forbidden'],
    ['MP', 'po [rmw X | X Rel]', '[rmw X Acq | X] po', 'forbidden'],
    ['MP', 'po [rmw AMO Acq]', '[rmw AMO Acq] po', 'allowed'],
    ['MP', 'po [rmw AMO Rel]', '[rmw AMO Rel] po', 'allowed'],
    ['MP', 'po [rmw AMO AcqRel]', '[rmw AMO AcqRel] po', 'forbidden'],
    ['SB', '[rmw AMO Rel] po', '[rmw AMO Rel] po', 'allowed'],
    ['SB', '[rmw AMO AcqRel] po', '[rmw AMO AcqRel] po', 'forbidden'],
    ['SB', 'po [rmw AMO AcqRel]', 'po [rmw AMO AcqRel]', 'forbidden'],
    ['SB', '[rmw X | X Rel] po [X Acq]', '[rmw X | X Rel] po [X Acq]', 'forbidden'],
    ['SB', '[rmw X | X Rel] po', '[rmw X | X Rel] po', 'allowed'],
    ['LB', '[rmw AMO Acq] po', 'po [rmw AMO Rel]', 'forbidden'],
    ['2+2W', 'po [rmw AMO Rel]', '[rmw AMO Acq] po', 'forbidden'],
    ['IRIW', '[X Acq] po', '[X Acq] po', 'forbidden'],
    ['WRC', 'po [rmw AMO Rel]', '[X Acq] po', 'forbidden'],
    ['ISA2', 'po [rmw AMO Rel]', '[X Acq] po', '[X Acq] po', 'forbidden'],
    // As the kernel's cmpxchg: lr; sc.rl; fence rw,rw.
    ['SB', `[rmw X | X Rel] ${full}`, `[rmw X | X Rel] ${full}`, 'forbidden'],
    ['MP', 'po [rmw X | X Rel]', `[rmw X | X Rel] ${full}`, 'forbidden'],
  ];
  itGives(riscv, rows);
});
