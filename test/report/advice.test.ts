import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { adviseOn, type Advice } from '../../src/evidence/advice.ts';
import type { Recorded } from '../../src/evidence/recorded.ts';
import { parseLitmus } from '../../src/language/parser.ts';
import { adviceText } from '../../src/report/advice.ts';

const suite = fileURLToPath(new URL('../../litmus/', import.meta.url));
const advised = new Map<string, Advice>();

function adviceOn(file: string): Advice {
  const source = readFileSync(`${suite}${file}`, 'utf8');
  const advice = advised.get(file) ?? adviseOn(parseLitmus(source, file), source, 20_000);
  advised.set(file, advice);
  return advice;
}

function text(file: string, recorded: readonly Recorded[] = [], width = 80): string {
  return adviceText(adviceOn(file), recorded, `litmus/${file}`, { width, color: false });
}

/** The answer, which comes first, as one line. */
function answerOf(file: string): string {
  const [answer] = text(file).split('\n\n');
  return (answer ?? '').replaceAll(/\s+/g, ' ');
}

describe('the text of the advice', () => {
  it.each(['kvm/C-page-fault', 'kvm/K-vcpu-request+wmb+rmb', 'controls/A-nt+wmb', 'classic/MP+rel+acq'])(
    'of %s',
    async (name) => {
      const told = text(`${name}.litmus`);
      expect(Math.max(...told.split('\n').map((line) => stringWidth(line)))).toBeLessThanOrEqual(80);
      await expect(`${told}\n`).toMatchFileSnapshot(`golden/advice-${basename(name)}.txt`);
    },
  );

  it('fits a narrow terminal', () => {
    const lines = text('kvm/C-page-fault.litmus', [], 60).split('\n');
    expect(Math.max(...lines.map((line) => stringWidth(line)))).toBeLessThanOrEqual(60);
  });

  it("says in so many words that of shape C the snapshot's smp_rmb is load-bearing and the pair is not", () => {
    const answer = answerOf('kvm/C-page-fault.litmus');
    expect(answer).toContain("The snapshot's smp_rmb (P1 line 60) is load-bearing.");
    expect(answer).toContain(
      "The smp_wmb of the retry check's pair (P0 line 47) and the smp_rmb of the retry check's pair " +
        '(P1 line 66) are not load-bearing: both can go, even together.',
    );
  });

  it('says that of shape E all three are', () => {
    expect(answerOf('kvm/E-page-lock.litmus')).toContain(
      "The smp_wmb of the retry check's pair (P0 line 43), the snapshot's smp_rmb (P1 line 56) and the " +
        "smp_rmb of the retry check's pair (P1 line 62) are all load-bearing.",
    );
  });

  it('says of a test that fails as written that no barrier can be judged, and what would help', () => {
    const answer = answerOf('kvm/K-vcpu-request+wmb+rmb.litmus');
    expect(answer).toContain('no barrier of it can be judged by taking it away');
    expect(answer).toContain('The strategy full makes it Never.');
  });

  it('puts what a machine showed beside the barrier, in the words of its results file', () => {
    const guard = adviceOn('kvm/C-page-fault.litmus').guards.find(({ kind }) => kind === 'fence');
    const recorded: Recorded = {
      machine: 'ampere-altra',
      architecture: 'arm64',
      emulated: false,
      startedAt: '2025-01-02T03:04:05.678Z',
      strategy: guard?.name ?? '',
      sameCodeAs: undefined,
      event: 'witness',
      iterations: 1_000_000,
      witnesses: 0,
      observation: 'Never',
      verdict: 'unseen',
      reason: 'never seen',
    };
    const told = text('kvm/C-page-fault.litmus', [
      recorded,
      { ...recorded, strategy: 'kernel', emulated: true },
    ]);
    expect(told).toContain('  ampere-altra without it: unseen, seen 0 times in 1.00M\n');
    expect(told).toContain('ampere-altra, as written: unseen, seen 0 times in 1.00M;');
    expect(told).toMatch(/emulated,\s+so\s+no\s+evidence/);
  });

  it('tells of a broken chain with both sides', () => {
    const advice = adviceOn('classic/MP+rel+acq.litmus');
    const broken = { ...advice, chainBreaks: [{ architecture: 'arm64' as const, without: undefined }] };
    expect(adviceText(broken, [], 'MP.litmus', { width: 200, color: false })).toContain(
      'A finding: the model of arm64 allows it as written, where LKMM forbids it.',
    );
  });
});
