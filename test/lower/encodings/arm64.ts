import * as arm64 from '../../../src/lower/arm64/instructions.ts';
import { label } from '../../../src/lower/machine-code.ts';
import type { Address, Register, Width } from '../../../src/lower/primitives.ts';
import type { EncodingTable } from './encoding-table.ts';
import { sweep } from './encoding-table.ts';

const widths: readonly Width[] = [4, 8];

/** All but number 31, which is not the zero register as a base and turns some operands into aliases. */
const registers: readonly Register[] = Array.from({ length: 31 }, (_, register) => register);
const operands: readonly Register[] = [...registers, arm64.zero];
const bases: readonly Register[] = [...registers, arm64.sp];

function addresses(width: Width): readonly Address[] {
  return [
    ...[0, width, 4094 * width, 4095 * width].map((displacement) => ({ base: 1, displacement })),
    ...bases.map((base) => ({ base, displacement: width })),
  ];
}

const acquires = ['', 'a'] as const;
const releases = ['', 'l'] as const;
const orders = ['', 'a', 'l', 'al'] as const;
const fetchOperations = ['add', 'clr', 'eor', 'set'] as const;

/** A store-exclusive's status is neither of its other registers. */
const statuses = registers.slice(0, -2);

const immediates = [0, 1, 0x7ff, 0x800, 0xffe, 0xfff];

/** Halves that MOV, the alias, can be written with: a shifted 0, and its complement, cannot. */
const halves = [1, 0x7fff, 0x8000, 0xfffe];
const anyHalves = [0, ...halves, 0xffff];
const shifts = (width: Width) => (width === 8 ? [0, 16, 32, 48] : [0, 16]);

const conditions = ['eq', 'ne', 'cs', 'cc', 'hi', 'ls', 'ge', 'lt', 'gt', 'le'] as const;
const nearBranches = [4, 0, -4, 8, 4096, -4096, 2 ** 20 - 4, -(2 ** 20)];
const jumps = [...nearBranches, 2 ** 27 - 4, -(2 ** 27)];
const target = label('target');

export const arm64Encodings: EncodingTable = {
  architecture: 'arm64',
  branchPrefix: '',
  cases: [
    ...widths.flatMap((width) => [
      ...sweep([operands, addresses(width)], (to, from) => arm64.load(to, from, width)),
      ...sweep([addresses(width), operands], (to, from) => arm64.store(to, from, width)),
    ]),
    ...sweep([operands, bases, widths], arm64.loadAcquire),
    ...sweep([bases, operands, widths], arm64.storeRelease),
    ...sweep([acquires, operands, bases, widths], arm64.loadExclusive),
    ...releases.flatMap((release) => [
      ...sweep([statuses, widths], (status, width) => arm64.storeExclusive(release, status, 29, 30, width)),
      ...sweep([operands.slice(1), widths], (from, width) =>
        arm64.storeExclusive(release, 0, from, arm64.sp, width),
      ),
      ...sweep([bases.slice(1), widths], (base, width) =>
        arm64.storeExclusive(release, 0, arm64.zero, base, width),
      ),
    ]),
    ...bases.map(arm64.prefetchForStore),
    ...sweep([fetchOperations, orders, operands, registers, bases, widths], arm64.fetch),
    ...sweep([fetchOperations, operands, bases, widths], arm64.storeAtomically),
    ...sweep([orders, operands, operands, bases, widths], arm64.swap),
    ...sweep([orders, operands, operands, bases, widths], arm64.compareAndSwap),
    ...(['ish', 'ishld', 'ishst'] as const).map(arm64.dataMemoryBarrier),
    ...(['sy', 'ld', 'st'] as const).map(arm64.dataSynchronisationBarrier),
    arm64.yieldHint,
    arm64.ret,
    ...widths.flatMap((width) => [
      ...sweep([operands, halves, shifts(width)], (to, half, shift) =>
        arm64.moveWide(to, half, shift, width),
      ),
      arm64.moveWide(0, 0, 0, width),
      arm64.moveWide(0, 0xffff, 0, width),
      ...sweep([operands, halves, shifts(width)], (to, half, shift) =>
        arm64.moveInverted(to, half, shift, width),
      ),
      arm64.moveInverted(0, 0, 0, width),
      ...sweep([operands, anyHalves, shifts(width)], (to, half, shift) =>
        arm64.moveKeeping(to, half, shift, width),
      ),
    ]),
    ...sweep(
      [['add', 'sub'] as const, registers, registers, immediates, widths, [false, true]],
      (...fields) => arm64.aluImmediate(...fields),
    ),
    ...sweep(
      [
        ['add', 'sub', 'and', 'bic', 'orr', 'eor', 'mul', 'lsl', 'lsr', 'asr'] as const,
        operands,
        registers,
        operands,
        widths,
      ],
      arm64.alu,
    ),
    ...sweep([operands, operands, widths], arm64.move),
    ...sweep([registers, operands, widths], arm64.negate),
    ...sweep([operands, operands, widths], arm64.complement),
    ...widths.flatMap((width) =>
      sweep(
        [['lsl', 'lsr', 'asr'] as const, operands, operands, [1, 2, width * 8 - 2, width * 8 - 1]],
        (operation, to, from, count) => arm64.shiftImmediate(operation, to, from, count, width),
      ),
    ),
    ...sweep([operands, operands], arm64.signExtend),
    ...sweep([operands, operands, widths], arm64.compare),
    ...sweep([registers, immediates, widths], arm64.compareImmediate),
    ...operands.map(arm64.carry),
    ...operands.map(arm64.negatedBorrow),
    ...sweep(
      [
        ['stp', 'ldp'] as const,
        registers.slice(0, -1),
        operands.slice(-1),
        [0, 8, 496, 504, -8, -512].map((displacement) => ({ base: arm64.sp, displacement })),
      ],
      arm64.pair,
    ),
    ...sweep([registers, [arm64.zero], [8, 80, 504, 512]], arm64.pushPair),
    ...sweep([[0], operands.slice(1), [8, 80, 496, 504]], arm64.popPair),
    ...sweep([conditions, nearBranches], (condition, displacementBytes) => ({
      branch: arm64.branchIf(condition, target),
      displacementBytes,
    })),
    ...sweep([operands, widths, nearBranches], (register, width, displacementBytes) => ({
      branch: arm64.branchIfZero(register, width, target),
      displacementBytes,
    })),
    ...sweep([operands, widths, nearBranches], (register, width, displacementBytes) => ({
      branch: arm64.branchIfNotZero(register, width, target),
      displacementBytes,
    })),
    ...jumps.map((displacementBytes) => ({ branch: arm64.jump(target), displacementBytes })),
  ],
};
