import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { find, rules, type Clues } from '../../src/results/virtualisation.ts';
import { parseSavedMachine } from '../plan/fixtures/saved-machine.ts';

interface SavedCase {
  readonly name: string;
  readonly clues: Clues;
  /** Names of the rules that must see it. */
  readonly tells: readonly string[];
}

const cases = readFileSync(new URL('fixtures/virtualisation.txt', import.meta.url), 'utf8')
  .split(/^=== /m)
  .slice(1)
  .map((section): SavedCase => {
    const files = parseSavedMachine(section);
    return {
      name: section.slice(0, section.indexOf('\n')),
      clues: {
        files,
        hypervisorSignature: files.get('/cpuid/0x40000000')?.trimEnd() ?? '',
        selfExe: files.get('/link/self')?.trim(),
        threadSelfExe: files.get('/link/thread-self')?.trim(),
        nodeModel: files.get('/node/cpu-model')?.trim() ?? '',
      },
      tells: (files.get('/tells') ?? '').split('\n').filter((line) => line !== ''),
    };
  });

function saved(name: string): Clues {
  const found = cases.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no saved machine is called ${name}`);
  return found.clues;
}

describe('each rule sees the machines it is for, and no others', () => {
  test.each(cases)('$name', ({ clues, tells }) => {
    const seen = rules.filter(({ told }) => told(clues) !== undefined).map(({ name }) => name);
    expect(seen).toEqual(tells);
  });

  test.each(rules)('$name has a saved machine', ({ name }) => {
    expect(cases.filter(({ tells }) => tells.includes(name))).not.toHaveLength(0);
  });
});

describe('the first rule answers', () => {
  test.each([
    ['a bare x86 server', undefined, undefined],
    ['x86-64 under qemu-user on a KVM guest, as qemu 7.2 showed it', 'qemu-user', 'virtual'],
    ['x86-64 under Rosetta in a Linux guest on a Mac', 'rosetta', undefined],
    ['an x86 machine emulated by QEMU', 'qemu-system', 'virtual'],
    ['an x86 KVM guest of QEMU', undefined, 'kvm'],
    ['an s390x machine emulated by QEMU', 'qemu-system', undefined],
    ['an s390x logical partition', undefined, 'lpar'],
    ['an arm64 KVM guest of QEMU', undefined, 'kvm'],
    ['a bare POWER9 server', undefined, undefined],
  ])('%s: emulation %s, hypervisor %s', (name, emulation, hypervisor) => {
    expect(find('emulation', saved(name))?.kind).toBe(emulation);
    expect(find('hypervisor', saved(name))?.kind).toBe(hypervisor);
  });
});

test('the evidence says where it was found, and quotes nothing that a user chose', () => {
  expect(find('hypervisor', saved('an x86 KVM guest of QEMU'))).toEqual({
    kind: 'kvm',
    evidence: 'The signature in CPUID leaf 0x40000000 says "KVMKVMKVM".',
  });
  expect(
    find('emulation', saved('x86-64 under qemu-user on a KVM guest, as qemu 7.2 showed it'))?.evidence,
  ).toBe(
    '/proc/self/exe, which the emulator answers, differs from /proc/thread-self/exe, which it does not.',
  );
  const everything = cases.flatMap(({ clues }) => rules.flatMap(({ told }) => told(clues) ?? []));
  expect(everything.filter((evidence) => !evidence.endsWith('.'))).toEqual([]);
  expect(everything.filter((evidence) => /secret|\/usr\/bin/i.test(evidence))).toEqual([]);
});
