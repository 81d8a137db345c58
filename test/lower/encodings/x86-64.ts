import { label } from '../../../src/lower/machine-code.ts';
import type { Address, Register, Width } from '../../../src/lower/primitives.ts';
import * as x86 from '../../../src/lower/x86-64/instructions.ts';
import type { EncodingTable } from './encoding-table.ts';
import { sweep } from './encoding-table.ts';

const registers: readonly Register[] = Array.from({ length: 16 }, (_, register) => register);
const widths: readonly Width[] = [4, 8];

/** Displacements at the edges of none, 8 bits and 32 bits; each base without one and with one. */
const addresses: readonly Address[] = [
  ...[0, 1, -1, 127, 128, -128, -129, 2 ** 31 - 1, -(2 ** 31)].map((displacement) => ({
    base: x86.rdi,
    displacement,
  })),
  ...[0, 8, 4096].flatMap((displacement) => registers.map((base) => ({ base, displacement }))),
];

/** Immediates at the edges of 8 and 32 bits, as signed numbers of either width. */
const immediates = [0n, 1n, -1n, 127n, 128n, -128n, -129n, 2n ** 31n - 1n, -(2n ** 31n)];

const wideImmediates = [
  2n ** 31n,
  2n ** 32n,
  -(2n ** 31n) - 1n,
  0x0123_4567_89ab_cdefn,
  2n ** 63n - 1n,
  -(2n ** 63n),
];

const operations = ['add', 'or', 'and', 'sub', 'xor', 'cmp'] as const;
const lockedOperations = ['add', 'or', 'and', 'sub', 'xor'] as const;
const conditions = ['b', 'ae', 'e', 'ne', 'be', 'a', 'l', 'ge', 'le', 'g'] as const;
const jumps = [
  5,
  6,
  127,
  128,
  131,
  132,
  133,
  134,
  0,
  -1,
  -122,
  -123,
  -128,
  4096,
  2 ** 31 - 1,
  -(2 ** 31) + 6,
];
const target = label('target');

export const x86_64Encodings: EncodingTable = {
  architecture: 'x86-64',
  branchPrefix: '{disp32} ',
  cases: [
    ...sweep([registers, registers, widths], x86.move),
    ...sweep([registers, immediates, widths], x86.moveImmediate),
    ...sweep([registers, wideImmediates], x86.moveAbsolute),
    ...sweep([registers, addresses, widths], x86.load),
    ...sweep([addresses, registers, widths], x86.store),
    ...sweep([addresses, immediates, widths], x86.storeImmediate),
    ...sweep([addresses, registers, widths], x86.storeNonTemporal),
    ...sweep([registers, addresses], x86.loadEffectiveAddress),
    ...sweep([registers, registers], x86.signExtend),
    ...sweep([operations, registers, registers, widths], x86.alu),
    ...operations.flatMap((operation) =>
      sweep([registers, immediates, widths], (to, value, width) =>
        x86.aluImmediate(operation, to, value, width),
      ),
    ),
    ...sweep([lockedOperations, addresses, registers, widths], x86.lockedAlu),
    ...sweep([lockedOperations, addresses, immediates, widths], x86.lockedAluImmediate),
    ...sweep([registers, registers, widths], x86.multiply),
    ...sweep([registers, widths], x86.negate),
    ...sweep([registers, widths], x86.complement),
    ...sweep([['shl', 'shr', 'sar'] as const, registers, widths], x86.shift),
    ...sweep([conditions, registers], x86.setIf),
    ...sweep([registers, registers], x86.zeroExtendByte),
    ...sweep([addresses, registers, widths], x86.exchange),
    ...sweep([addresses, registers, widths], x86.lockedExchangeAdd),
    ...sweep([addresses, registers, widths], x86.lockedCompareExchange),
    x86.mfence,
    x86.lfence,
    x86.sfence,
    x86.pause,
    x86.ret,
    ...registers.map(x86.push),
    ...registers.map(x86.pop),
    ...sweep([conditions, jumps], (condition, displacementBytes) => ({
      branch: x86.jumpIf(condition, target),
      displacementBytes,
    })),
    ...jumps.map((displacementBytes) => ({ branch: x86.jump(target), displacementBytes })),
  ],
};
