import { label } from '../../../src/lower/machine-code.ts';
import type { Address, Register, Width } from '../../../src/lower/primitives.ts';
import * as ppc from '../../../src/lower/ppc64le/instructions.ts';
import type { EncodingTable } from './encoding-table.ts';
import { sweep } from './encoding-table.ts';

const registers: readonly Register[] = Array.from({ length: 32 }, (_, register) => register);
/** Where r0 would read as zero. */
const bases = registers.slice(1);
const widths: readonly Width[] = [4, 8];
const signs = [true, false];

/** A base of each number; displacements at the edges of 16 bits, as multiples of 4, which DS wants. */
const addresses: readonly Address[] = [
  ...[0, 4, -4, 32764, -32768].map((displacement) => ({ base: ppc.r3, displacement })),
  ...bases.map((base) => ({ base, displacement: 8 })),
];

/** Displacements that only the D-form has. */
const oddAddresses: readonly Address[] = [1, 2, 3, -1, 32767].map((displacement) => ({
  base: ppc.r3,
  displacement,
}));

const signedImmediates = [0n, 1n, -1n, 255n, 32767n, -32768n];
const unsignedImmediates = [0n, 1n, 255n, 32767n, 32768n, 65535n];

const additions = ['subf', 'mulld', 'mullw', 'add'] as const;
const logicals = ['slw', 'sld', 'and', 'andc', 'xor', 'srw', 'srd', 'sraw', 'srad'] as const;
const conditions = ['lt', 'ge', 'gt', 'le', 'eq', 'ne', 'ne-'] as const;
const shortJumps = [0, 4, -4, 8, 4096, -4096, 32764, -32768];
const longJumps = [...shortJumps, 32768, -32772, 2 ** 25 - 4, -(2 ** 25)];
const target = label('target');

/** Two registers that differ, each pair once. */
const differing = sweep([registers, registers], (one, other) => [one, other] as const).filter(
  ([one, other]) => one !== other,
);

export const ppc64leEncodings: EncodingTable = {
  architecture: 'ppc64le',
  branchPrefix: '',
  cases: [
    ...sweep([registers, addresses, widths], ppc.load),
    ...sweep([registers, oddAddresses], (to, from) => ppc.load(to, from, 4)),
    ...sweep([addresses, registers, widths], ppc.store),
    ...sweep([oddAddresses, registers], (to, from) => ppc.store(to, from, 4)),
    ...sweep([registers, registers, widths], ppc.loadReserve),
    ...sweep([registers, registers], ppc.loadReserveLock),
    ...sweep([registers, registers, widths], ppc.storeConditional),
    ...sweep([registers, signedImmediates], ppc.loadImmediate),
    ...sweep([registers, signedImmediates], ppc.loadImmediateShifted),
    ...sweep([['addic.', 'addi'] as const, registers, bases, signedImmediates], ppc.addImmediate),
    ...sweep(
      [['ori', 'oris', 'xori', 'andi.'] as const, registers, bases, unsignedImmediates],
      ppc.logicalImmediate,
    ),
    ...sweep([additions, registers, registers, registers], ppc.arithmetic),
    ...sweep([logicals, registers, registers, registers], ppc.logical),
    ...differing.map(([one, other]) => ppc.logical('or', one, other, one)),
    ...differing.map(([one, other]) => ppc.move(one, other)),
    ...sweep([registers, registers], ppc.signExtend),
    ...sweep([registers, registers], ppc.zeroExtend),
    ...sweep([registers, registers], ppc.shiftLeft32),
    ...registers.map(ppc.moveFromCondition),
    ...sweep([['lt', 'gt', 'eq'] as const, registers, registers], (bit, to, from) =>
      ppc.extractConditionBit(to, from, bit),
    ),
    ...sweep([registers, registers, widths, signs], ppc.compare),
    ...sweep([registers, signedImmediates, widths], (left, value, width) =>
      ppc.compareImmediate(left, value, width, true),
    ),
    ...sweep([registers, unsignedImmediates, widths], (left, value, width) =>
      ppc.compareImmediate(left, value, width, false),
    ),
    ppc.sync,
    ppc.lwsync,
    ppc.lowPriority,
    ppc.mediumPriority,
    ppc.blr,
    ...sweep([conditions, shortJumps], (condition, displacementBytes) => ({
      branch: ppc.branchIf(condition, target),
      displacementBytes,
    })),
    ...longJumps.map((displacementBytes) => ({ branch: ppc.jump(target), displacementBytes })),
  ],
};
