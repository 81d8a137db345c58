import { describe, expect, it } from 'vitest';
import { summaryText } from '../../src/report/summary.ts';
import { sampleDocument } from '../results/sample-document.ts';

const emulated = {
  ...sampleDocument,
  machine: {
    ...sampleDocument.machine,
    architecture: 's390x' as const,
    emulation: { kind: 'qemu-user', evidence: 'Saved by hand.' },
  },
};

describe('the summary of several machines', () => {
  const text = summaryText([sampleDocument, emulated]);
  const rowOf = (name: string) =>
    text
      .split('\n')
      .find((line) => line.includes(name))
      ?.split('|')
      .map((cell) => cell.trim())
      .slice(2, 4);

  it('gives a machine its verdicts, and an emulator none', () => {
    expect(rowOf('`SB kernel`')).toEqual(['seen 1000/8192', '(seen) 1000/8192']);
    expect(rowOf('`SB full`')).toEqual(['upheld 0/4096', '(never) 0/4096']);
    expect(rowOf('`SB compiler`')).toEqual(['= kernel', '= kernel']);
  });

  it('marks what is virtual and what is emulated', () => {
    expect(rowOf('test and strategy')).toEqual([
      'amd-epyc-2cpu-x86-64-kvm (virtual)',
      'amd-epyc-2cpu-s390x-qemu-user (emulated: no evidence)',
    ]);
  });
});
