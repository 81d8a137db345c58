import { label } from '../../../src/lower/machine-code.ts';
import type { Address, Register, Width } from '../../../src/lower/primitives.ts';
import * as z from '../../../src/lower/s390x/instructions.ts';
import type { EncodingTable } from './encoding-table.ts';
import { sweep } from './encoding-table.ts';

const registers: readonly Register[] = Array.from({ length: 16 }, (_, register) => register);
const bases = registers.slice(1);
const widths: readonly Width[] = [4, 8];

/** Displacements at the edges of 12 bits unsigned and of 20 bits signed, and where the high 8 bits change. */
const addresses: readonly Address[] = [
  ...[0, 1, 4095, 4096, 8191, 8192, -1, -4096, -4097, 2 ** 19 - 1, -(2 ** 19)].map((displacement) => ({
    base: z.r2,
    displacement,
  })),
  ...[0, 8, -8].flatMap((displacement) => bases.map((base) => ({ base, displacement }))),
];

const signed8 = [0n, 1n, -1n, 127n, -128n];
const signed16 = [0n, 1n, -1n, 255n, 256n, 2n ** 15n - 1n, -(2n ** 15n)];
const signed32 = [0n, 1n, -1n, 65_535n, 65_536n, 0x0123_4567n, 2n ** 31n - 1n, -(2n ** 31n)];
const unsigned32 = [0n, 1n, 65_535n, 65_536n, 0x0123_4567n, 2n ** 31n - 1n, 2n ** 31n, 2n ** 32n - 1n];

const counts = [...[0, 1, 31, 32, 63].map((bits) => ({ bits })), ...bases.map((register) => ({ register }))];
const conditions = ['e', 'ne', 'l', 'nl', 'h', 'nh'] as const;
const jumps = [6, 2, 0, -2, 4, 65_534, 65_536, -65_536, -65_538, 2 ** 32 - 2, -(2 ** 32)];
const target = label('target');

export const s390xEncodings: EncodingTable = {
  architecture: 's390x',
  branchPrefix: '',
  cases: [
    ...sweep([registers, addresses, widths], z.load),
    ...sweep([registers, addresses], z.loadAndTest),
    ...sweep([addresses, registers, widths], z.store),
    ...sweep([registers, addresses], z.loadAddress),
    ...sweep([addresses, registers, registers], z.storeMultiple),
    ...sweep([registers, registers, addresses], z.loadMultiple),
    ...sweep([registers, registers, addresses, widths], z.compareAndSwap),
    ...sweep([['laa', 'lan', 'lao', 'lax'] as const, registers, registers, addresses, widths], z.loadAnd),
    ...sweep([addresses, signed8, widths], z.addToStorage),
    ...sweep([registers, signed16], z.loadImmediate16),
    ...sweep([registers, signed16], z.addImmediate16),
    ...sweep([registers, signed32], z.loadImmediate32),
    ...sweep([registers, unsigned32], z.loadUpperHalf),
    ...sweep([registers, unsigned32], z.insertLowerHalf),
    ...sweep([registers, signed32], z.addImmediate32),
    ...sweep([registers, signed32, widths], z.compareImmediate),
    ...sweep([registers, unsigned32, widths], z.compareLogicalImmediate),
    ...sweep([registers, registers, signed16, widths], z.addImmediate),
    ...sweep([registers, registers], z.move),
    ...sweep([registers, registers], z.signExtend),
    ...sweep([registers, registers], z.zeroExtend),
    ...sweep([registers, registers, widths], z.negate),
    ...sweep([registers, registers, widths], z.multiply),
    ...sweep([registers, registers, widths], z.compare),
    ...sweep([registers, registers, widths], z.compareLogical),
    ...sweep([['a', 's', 'n', 'o', 'x'] as const, registers, registers, registers, widths], z.combine),
    ...sweep([['left', 'right', 'right signed'] as const, registers, registers, counts, widths], z.shift),
    ...sweep([conditions, registers, registers], z.moveIf),
    z.serialise,
    ...bases.map(z.branchTo),
    ...sweep([conditions, jumps], (condition, displacementBytes) => ({
      branch: z.jumpIf(condition, target),
      displacementBytes,
    })),
    ...jumps.map((displacementBytes) => ({ branch: z.jump(target), displacementBytes })),
  ],
};
