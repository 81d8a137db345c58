import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hostArchitecture } from '../../src/architecture.ts';
import type { Architecture } from '../../src/architecture.ts';

/** What the GNU tools and qemu call an architecture, and what they must be told. */
export interface Toolchain {
  /** Debian's prefix of the cross tools. */
  readonly prefix: string;
  readonly asArguments: readonly string[];
  readonly objdumpArguments: readonly string[];
  readonly emulator: string;
  readonly littleEndian: boolean;
}

export const toolchains: Readonly<Record<Architecture, Toolchain>> = {
  'x86-64': {
    prefix: 'x86_64-linux-gnu-',
    asArguments: ['--64'],
    objdumpArguments: ['-m', 'i386:x86-64'],
    emulator: 'qemu-x86_64-static',
    littleEndian: true,
  },
  arm64: {
    prefix: 'aarch64-linux-gnu-',
    asArguments: ['-march=armv8.1-a'],
    objdumpArguments: ['-m', 'aarch64'],
    emulator: 'qemu-aarch64-static',
    littleEndian: true,
  },
  ppc64le: {
    prefix: 'powerpc64le-linux-gnu-',
    asArguments: ['-mpower8', '-mregnames'],
    objdumpArguments: ['-m', 'powerpc:common64', '-EL'],
    emulator: 'qemu-ppc64le-static',
    littleEndian: true,
  },
  s390x: {
    prefix: 's390x-linux-gnu-',
    asArguments: ['-march=z13'],
    objdumpArguments: ['-m', 's390:64-bit'],
    emulator: 'qemu-s390x-static',
    littleEndian: false,
  },
  riscv64: {
    prefix: 'riscv64-linux-gnu-',
    asArguments: ['-march=rv64ima'],
    objdumpArguments: ['-m', 'riscv:rv64'],
    emulator: 'qemu-riscv64-static',
    littleEndian: true,
  },
};

/** The prefix under which all these tools are installed for an architecture, or undefined. */
export function installedPrefix(architecture: Architecture, tools: readonly string[]): string | undefined {
  const native = hostArchitecture() === architecture ? [''] : [];
  return [toolchains[architecture].prefix, ...native].find((prefix) =>
    tools.every((tool) => isInstalled(prefix + tool)),
  );
}

export function isInstalled(tool: string): boolean {
  try {
    execFileSync(tool, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

export function inTemporaryFolder<Result>(act: (folder: string) => Result): Result {
  const folder = mkdtempSync(join(tmpdir(), 'fencepost-'));
  try {
    return act(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
