import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Architecture } from '../../../src/architecture.ts';
import { inTemporaryFolder, installedPrefix, toolchains } from '../toolchains.ts';

/** GNU as and objdump for one architecture: the independent word on what bytes mean. */
export interface Binutils {
  /** The bytes of each line of assembly, padded by `inRoom`. */
  readonly assemble: (lines: readonly string[]) => readonly (readonly number[])[];
  /** The text at each offset of code that starts at `address`; white space is one space. */
  readonly disassemble: (code: Uint8Array, address: number) => ReadonlyMap<number, string>;
}

/** Room for one instruction: the longest of any architecture has 15 bytes. */
const roomBytes = 16;

/** The tools for an architecture, or why there are none. */
export function findBinutils(architecture: Architecture): Binutils | { readonly missing: string } {
  const { prefix, asArguments, objdumpArguments } = toolchains[architecture];
  const found = installedPrefix(architecture, ['as', 'objcopy', 'objdump']);
  if (found === undefined) return { missing: `${prefix}as, objcopy or objdump is not installed` };
  return {
    assemble: (lines) =>
      inTemporaryFolder((folder) => {
        const run = (tool: string, args: readonly string[]) =>
          execFileSync(found + tool, args, { cwd: folder });
        const source = lines.map((line) => `${line}\n.balign ${roomBytes}, 0\n`).join('');
        writeFileSync(join(folder, 'code.s'), `.text\n${source}`);
        run('as', [...asArguments, '-o', 'code.o', 'code.s']);
        run('objcopy', ['-O', 'binary', '-j', '.text', 'code.o', 'code.bin']);
        const bytes = [...readFileSync(join(folder, 'code.bin'))];
        return lines.map((_, index) => bytes.slice(index * roomBytes, (index + 1) * roomBytes));
      }),
    disassemble: (code, address) =>
      inTemporaryFolder((folder) => {
        const file = join(folder, 'code.bin');
        writeFileSync(file, code);
        const output = execFileSync(
          `${found}objdump`,
          ['-D', '-b', 'binary', ...objdumpArguments, '--no-show-raw-insn', `--adjust-vma=${address}`, file],
          { encoding: 'utf8', maxBuffer: 2 ** 28 },
        );
        return textByOffset(output, address);
      }),
  };
}

/** Bytes with zeros after them, as `assemble` returns its own. */
export function inRoom(bytes: readonly number[]): readonly number[] {
  return [...bytes, ...Array.from({ length: roomBytes - bytes.length }, () => 0)];
}

function textByOffset(output: string, address: number): ReadonlyMap<number, string> {
  const lines = output.matchAll(/^\s*([0-9a-f]+):\t(.*)$/gm);
  return new Map(
    [...lines].map(([, offset = '', text = '']) => [
      Number.parseInt(offset, 16) - address,
      text.trim().replace(/\s+/g, ' '),
    ]),
  );
}
