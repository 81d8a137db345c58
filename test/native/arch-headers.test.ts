import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Architecture } from '../../src/architecture.ts';
import { inTemporaryFolder, installedPrefix, toolchains } from '../lower/toolchains.ts';

/** The functions of native/arch that are instructions more than C++, each called by one of its own name. */
const calls = {
  read_time_base: 'uint64_t read_time_base() { return arch::read_time_base(); }',
  pause: 'void pause() { arch::pause(); }',
  full_fence: 'void full_fence() { arch::full_fence(); }',
  smp_mb: 'void smp_mb() { arch::smp_mb(); }',
  prefetch_for_store: 'void prefetch_for_store(const char *at) { arch::prefetch_for_store(at); }',
  settle: 'void settle() { arch::settle(); }',
  publish_code: 'void publish_code(void *begin, void *end) { arch::publish_code(begin, end); }',
  synchronise_instructions: 'void synchronise_instructions() { arch::synchronise_instructions(); }',
} as const;
type Name = keyof typeof calls;

interface Header {
  readonly architecture: Architecture;
  /** What is looked at in objdump's text of an instruction, one space after the mnemonic. */
  readonly telling: RegExp;
  readonly expected: Readonly<Record<Name, readonly string[]>>;
}

const headers: readonly Header[] = [
  {
    architecture: 'x86-64',
    telling: /^(rdtsc|pause|lock addl|mfence|lfence|cpuid|prefetchw)\b/,
    expected: {
      read_time_base: ['rdtsc'],
      pause: ['pause'],
      full_fence: ['mfence'],
      smp_mb: ['lock addl'],
      prefetch_for_store: ['prefetchw'],
      settle: ['mfence', 'lfence'],
      publish_code: [],
      synchronise_instructions: ['cpuid'],
    },
  },
  {
    architecture: 'arm64',
    telling: /^(?:bl \S+ <)?(isb|mrs \w+, cntvct_el0|dmb ish|dsb ish|yield|prfm pstl1keep|__clear_cache)\b/,
    expected: {
      read_time_base: ['isb', 'mrs x0, cntvct_el0'],
      pause: ['isb'],
      full_fence: ['dmb ish'],
      smp_mb: ['dmb ish'],
      prefetch_for_store: ['prfm pstl1keep'],
      settle: ['dsb ish'],
      publish_code: ['__clear_cache'],
      synchronise_instructions: ['isb'],
    },
  },
  {
    architecture: 'ppc64le',
    telling: /^(mftb|mr r1,r1|mr r2,r2|hwsync|isync|dcbst|dcbtstct 0|icbi)\b/,
    expected: {
      read_time_base: ['mftb'],
      pause: ['mr r1,r1', 'mr r2,r2'],
      full_fence: ['hwsync'],
      smp_mb: ['hwsync'],
      prefetch_for_store: ['dcbtstct 0'],
      settle: ['hwsync', 'isync'],
      publish_code: ['dcbst', 'hwsync', 'icbi', 'hwsync', 'isync'],
      synchronise_instructions: ['isync'],
    },
  },
  {
    architecture: 's390x',
    telling: /^(stckf|bnor %r0|br %r0|pfd 2)\b/,
    expected: {
      read_time_base: ['stckf'],
      pause: [],
      full_fence: ['bnor %r0'],
      smp_mb: ['bnor %r0'],
      prefetch_for_store: ['pfd 2'],
      settle: ['br %r0'],
      publish_code: [],
      synchronise_instructions: ['br %r0'],
    },
  },
  {
    architecture: 'riscv64',
    telling: /^(?:R_RISCV_CALL_PLT )?(rdtime|or zero,a0,3|fence\.i|fence \S+|__riscv_flush_icache)(?= |$)/,
    expected: {
      read_time_base: ['rdtime'],
      // PAUSE, whose name objdump does not know without its extension.
      pause: ['fence w,unknown'],
      full_fence: ['fence rw,rw'],
      smp_mb: ['fence rw,rw'],
      // An ORI to x0, likewise.
      prefetch_for_store: ['or zero,a0,3'],
      settle: ['fence rw,irw'],
      publish_code: ['fence rw,rw', '__riscv_flush_icache'],
      synchronise_instructions: ['fence.i'],
    },
  },
];

/** The rest, used so that the compiler looks at it. */
const facts = `std::string facts() {
  return arch::time_base_name + arch::time_base_problem() + arch::hypervisor_signature() +
         std::to_string(arch::cache_line_bytes());
}`;

describe.each(headers)('the header of $architecture', ({ architecture, telling, expected }) => {
  const prefix = installedPrefix(architecture, ['g++', 'objdump']);
  const cross = toolchains[architecture].prefix;
  const reason = prefix === undefined ? ` (skipped: ${cross}g++ or ${cross}objdump is not installed)` : '';

  test.skipIf(prefix === undefined)(
    `compiles without a warning to the instructions that the manual asks for${reason}`,
    () => {
      const functions = compiled(prefix ?? '', [facts, ...Object.values(calls)].join('\n'));
      const found = Object.keys(expected).map((name) => [
        name,
        (functions.get(name) ?? []).flatMap((text) => telling.exec(text)?.[1] ?? []),
      ]);
      expect(Object.fromEntries(found)).toEqual(expected);
    },
  );
});

/**
 * What g++ makes of C++ that uses the header: the instructions of each function, as objdump prints them, and
 * after those that name another function, what the linker is told of it.
 */
function compiled(prefix: string, source: string): ReadonlyMap<string, readonly string[]> {
  const header = new URL('../../native/arch/arch.h', import.meta.url).pathname;
  return inTemporaryFolder((folder) => {
    const file = join(folder, 'source.cc');
    const object = join(folder, 'source.o');
    writeFileSync(
      file,
      `#include "${header}"\nnamespace arch = fencepost::arch;\nextern "C" {\n${source}\n}\n`,
    );
    const options = ['-std=c++17', '-O1', '-fno-exceptions', '-Wall', '-Wextra', '-Werror'];
    execFileSync(`${prefix}g++`, [...options, '-c', '-o', object, file]);
    const listing = execFileSync(`${prefix}objdump`, ['-dr', '--no-show-raw-insn', object], {
      encoding: 'utf8',
    });
    return new Map(
      listing
        .split(/^[0-9a-f]+ <(?=.*>:$)/m)
        .map((part) => [
          part.slice(0, part.indexOf('>')),
          [...part.matchAll(/^\s*[0-9a-f]+:\s(.*)$/gm)].map(([, text = '']) =>
            text.trim().replace(/\s+/g, ' '),
          ),
        ]),
    );
  });
}
