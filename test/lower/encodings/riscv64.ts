import { label } from '../../../src/lower/machine-code.ts';
import type { Address, Register, Width } from '../../../src/lower/primitives.ts';
import * as riscv from '../../../src/lower/riscv64/instructions.ts';
import type { EncodingTable } from './encoding-table.ts';
import { sweep } from './encoding-table.ts';

const registers: readonly Register[] = Array.from({ length: 32 }, (_, register) => register);
/** From zero and tp, objdump counts addresses and notes them beside the instruction; no code names them so. */
const bases = registers.filter((register) => register !== 0 && register !== 4);
const widths: readonly Width[] = [4, 8];

const immediates = [0, 1, -1, 2, 8, 255, 256, 2047, -2048];
/** A base of each number; displacements at the edges of 12 bits and of the S format's two parts. */
const addresses: readonly Address[] = [
  ...[0, 1, -1, 31, 32, -32, -33, 2047, -2048].map((displacement) => ({ base: riscv.sp, displacement })),
  ...bases.map((base) => ({ base, displacement: 8 })),
];

const amos = ['amoswap', 'amoadd', 'amoxor', 'amoand', 'amoor'] as const;
const accessSets = ['r', 'w', 'rw', 'ir', 'ow', 'iorw'] as const;
const operations = ['add', 'sub', 'mul', 'sll', 'srl', 'sra', 'slt', 'sltu', 'xor', 'or', 'and'] as const;
const shifts = ['sll', 'srl', 'sra'] as const;
const conditions = ['eq', 'ne', 'lt', 'ge', 'ltu', 'geu'] as const;
const shortJumps = [0, 4, -4, 2, -2, 16, 30, 32, -32, 1024, 2046, 2048, -2048, -2050, 4094, -4096];
const longJumps = [...shortJumps, 4096, -4098, 2 ** 19, -(2 ** 19) - 2, 2 ** 20 - 2, -(2 ** 20)];
const target = label('target');

export const riscv64Encodings: EncodingTable = {
  architecture: 'riscv64',
  branchPrefix: '',
  cases: [
    ...sweep([registers, addresses, widths], riscv.load),
    ...sweep([addresses, registers, widths], riscv.store),
    ...sweep([registers, registers, widths], riscv.loadReserved),
    ...sweep([['', '.rl'] as const, registers, registers, registers, widths], riscv.storeConditional),
    ...sweep([amos, ['', '.aqrl'] as const, registers, registers, registers, widths], riscv.amo),
    ...sweep([accessSets, accessSets], riscv.fence),
    ...sweep([registers, bases, immediates, widths], riscv.addImmediate),
    ...sweep([registers, immediates], riscv.loadImmediate),
    ...sweep([registers, bases], riscv.move),
    ...sweep([registers, bases], riscv.signExtend),
    ...sweep(
      [['slti', 'sltiu', 'xori', 'ori', 'andi'] as const, registers, registers, immediates],
      riscv.immediate,
    ),
    riscv.immediate('xori', 10, 11, -1),
    riscv.immediate('sltiu', 10, 11, 1),
    ...sweep([shifts, registers, registers, [0, 1, 15, 16, 31], widths], riscv.shiftImmediate),
    ...sweep([shifts, registers, registers, [32, 33, 63]], (operation, to, from, count) =>
      riscv.shiftImmediate(operation, to, from, count, 8),
    ),
    ...sweep([operations, registers, registers, registers, widths], riscv.operate),
    ...sweep([operations, [0, 10], [0, 10], [0, 10], widths], riscv.operate),
    riscv.ret,
    ...sweep([conditions, registers, registers, shortJumps], (condition, left, right, displacementBytes) => ({
      branch: riscv.branchIf(condition, left, right, target),
      displacementBytes,
    })),
    ...conditions.flatMap((condition) =>
      [
        [0, 0],
        [0, 10],
        [10, 0],
      ].map(([left = 0, right = 0]) => ({
        branch: riscv.branchIf(condition, left, right, target),
        displacementBytes: 8,
      })),
    ),
    ...longJumps.map((displacementBytes) => ({ branch: riscv.jump(target), displacementBytes })),
    // Last, for objdump notes what LUI wrote beside later uses of the register.
    ...sweep([registers, [0, 1, -1, 0x1_2345, 2 ** 19 - 1, -(2 ** 19)]], riscv.loadUpperImmediate),
  ],
};
