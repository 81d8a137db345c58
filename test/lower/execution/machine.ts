import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { hostArchitecture } from '../../../src/architecture.ts';
import type { Architecture } from '../../../src/architecture.ts';
import { installedPrefix, isInstalled, toolchains } from '../toolchains.ts';

/** A processor of some architecture, real or emulated, that runs generated functions one after another. */
export interface Machine {
  /** Where the memory lies, and so the first cell. */
  readonly memoryAddress: bigint;
  readonly run: (work: Work) => Promise<Done>;
  readonly stop: () => void;
}

export interface Work {
  readonly code: Uint8Array;
  readonly memory: Uint8Array;
  /** Of each thread. */
  readonly outBytes: number;
  readonly iterations: number;
  /** How many threads run the code at once on the same memory: 1 unless given, at most 4. */
  readonly threads?: number;
}

export interface Done {
  /** What the function returned. */
  readonly status: number;
  readonly memory: Uint8Array;
  readonly out: Uint8Array;
}

const driver = new URL('./driver.c', import.meta.url).pathname;

/** Why no machine of an architecture can be had here, or undefined. */
export function machineProblem(architecture: Architecture): string | undefined {
  const { prefix, emulator } = toolchains[architecture];
  if (installedPrefix(architecture, ['gcc']) === undefined) return `${prefix}gcc is not installed`;
  const native = hostArchitecture() === architecture;
  return native || isInstalled(emulator) ? undefined : `${emulator} is not installed`;
}

/** Compiles the driver and starts it, under an emulator where the architecture is not this machine's. */
export async function startMachine(architecture: Architecture): Promise<Machine> {
  const folder = mkdtempSync(join(tmpdir(), 'fencepost-driver-'));
  const program = join(folder, 'driver');
  const compiler = `${installedPrefix(architecture, ['gcc'])}gcc`;
  execFileSync(compiler, [
    '-O1',
    '-Wall',
    '-Wextra',
    '-Werror',
    '-static',
    '-pthread',
    '-o',
    program,
    driver,
  ]);
  const native = hostArchitecture() === architecture;
  const child = native ? spawn(program) : spawn(toolchains[architecture].emulator, [program]);
  let complaint = '';
  // A driver that died says so below, better than its broken pipe does.
  child.stdin.on('error', () => undefined);
  child.stderr.on('data', (data: Buffer) => (complaint += data.toString()));
  const ended = new Promise<never>((_, reject) => {
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      rmSync(folder, { recursive: true, force: true });
      reject(new Error(`the driver ended with ${signal ?? `status ${code}`} ${complaint}`));
    });
  });
  ended.catch(() => undefined);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const nextLine = async () => String((await Promise.race([lines.next(), ended])).value);
  const memoryAddress = BigInt(`0x${await nextLine()}`);
  return {
    memoryAddress,
    run: async ({ code, memory, outBytes, iterations, threads = 1 }) => {
      child.stdin.write(`${threads} ${iterations} ${outBytes} ${hex(code)} ${hex(memory)}\n`);
      const [status = '', memoryAfter = '', out = ''] = (await nextLine()).split(' ');
      return {
        status: Number(status),
        memory: Buffer.from(memoryAfter, 'hex'),
        out: Buffer.from(out, 'hex'),
      };
    },
    // Not by ending its input: wrong code may have it in an endless loop.
    stop: () => child.kill('SIGKILL'),
  };
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
