import { describe, expect, test } from 'vitest';
import type { Instruction } from '../../../src/lower/machine-code.ts';
import { targets } from '../../../src/lower/targets.ts';
import { findBinutils, inRoom } from './binutils.ts';
import type { Binutils } from './binutils.ts';
import type { BranchCase, EncodingTable } from './encoding-table.ts';
import { arm64Encodings } from './arm64.ts';
import { s390xEncodings } from './s390x.ts';
import { ppc64leEncodings } from './ppc64le.ts';
import { riscv64Encodings } from './riscv64.ts';
import { x86_64Encodings } from './x86-64.ts';

const tables: readonly EncodingTable[] = [
  x86_64Encodings,
  arm64Encodings,
  ppc64leEncodings,
  s390xEncodings,
  riscv64Encodings,
];

/** Where the code is taken to lie: far enough from 0 that a branch backwards ends at a positive address. */
const startAddress = 2 ** 32;

test('every target has a table of its encodings', () => {
  const covered = tables.map(({ architecture }) => architecture);
  expect(covered).toEqual([...new Set(targets.map(({ architecture }) => architecture))]);
});

describe.each(tables)('the encodings of $architecture', ({ architecture, cases, branchPrefix }) => {
  const placed = place(cases);

  test('are what the golden file says', async () => {
    const lines = placed.map(({ bytes, text }) => `${hex(bytes).padEnd(32)}${text}\n`);
    await expect(lines.join('')).toMatchFileSnapshot(`${architecture}.golden`);
  });

  const binutils = findBinutils(architecture);
  const installed = 'missing' in binutils ? undefined : binutils;
  const reason = 'missing' in binutils ? ` (skipped: ${binutils.missing})` : '';

  test.runIf(installed)(`are the bytes that GNU as makes of their text${reason}`, () => {
    const sources = placed.map((instruction) => assemblerText(instruction, branchPrefix));
    const assembled = (installed as Binutils).assemble(sources);
    const ours = placed.map(({ text, bytes }) => `${text}: ${hex(inRoom(bytes))}`);
    expect(ours).toEqual(placed.map(({ text }, index) => `${text}: ${hex(assembled[index] ?? [])}`));
  });

  test.runIf(installed)(`are the text that objdump reads in their bytes${reason}`, () => {
    const code = Uint8Array.from(placed.flatMap(({ bytes }) => bytes));
    const disassembled = (installed as Binutils).disassemble(code, startAddress);
    const read = placed.map(({ offset, bytes }) => `${hex(bytes)}: ${disassembled.get(offset)}`);
    expect(read).toEqual(placed.map(({ bytes, text }) => `${hex(bytes)}: ${text}`));
  });
});

interface Placed extends Instruction {
  readonly offset: number;
  /** Of a branch, from its own first byte. */
  readonly displacementBytes: number | undefined;
}

/** Puts the cases one after another, so that branches have an address to count from. */
function place(cases: readonly (Instruction | BranchCase)[]): readonly Placed[] {
  let offset = 0;
  return cases.map((encoded) => {
    const at = offset;
    const displacementBytes = 'branch' in encoded ? encoded.displacementBytes : undefined;
    const instruction =
      'branch' in encoded
        ? encoded.branch.encode(encoded.displacementBytes, startAddress + at + encoded.displacementBytes)
        : encoded;
    offset += instruction.bytes.length;
    return { ...instruction, offset: at, displacementBytes };
  });
}

/** What as is given: the text itself, but a branch counts from where it stands (`.`), as its bytes do. */
function assemblerText({ text, displacementBytes }: Placed, branchPrefix: string): string {
  if (displacementBytes === undefined) return text;
  const sign = displacementBytes < 0 ? '-' : '+';
  const target = /0x[0-9a-f]+(?=$| \/\/)/;
  return branchPrefix + text.replace(target, `.${sign}${Math.abs(displacementBytes)}`);
}

function hex(bytes: readonly number[]): string {
  return bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
