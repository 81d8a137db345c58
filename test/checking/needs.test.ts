import { describe, expect, it } from 'vitest';
import { join } from 'node:path';
import { askNeeds } from '../../src/checking/needs.ts';
import { readTestFile, suiteFolder } from '../../src/language/test-files.ts';

const questioned = (name: string) => {
  const file = join(suiteFolder, name);
  return { file, source: readTestFile(file) };
};

describe('asking the models about barriers', () => {
  it('tells who needs each, and draws how it happens without', async () => {
    let asked = 0;
    const [answer] = await askNeeds(
      [questioned('classic/MP+wmb+rmb.litmus')],
      { timeoutMs: 30_000, totalMs: 60_000 },
      (done) => (asked = done),
    );
    expect(asked).toBe(7);
    const needs = answer?.models.map(({ model, alone }) =>
      [model, ...alone.map(({ need }) => need)].join(' '),
    );
    expect(needs?.toSorted()).toEqual([
      'arm64 needed needed',
      'lkmm needed needed',
      'ppc64le needed needed',
      'riscv64 needed needed',
      's390x not-needed not-needed',
      'x86-64 not-needed not-needed',
    ]);
    expect(answer?.graphs.map(({ kind }) => kind)).toEqual(['refusal', 'witness', 'witness']);
    expect(answer?.graphs[1]?.svg).toMatch(/^<svg /);
  });

  it('ends when its time is up, and gives what there is by then', async () => {
    const tests = [questioned('kvm/J-nested.litmus'), questioned('classic/SB.litmus')];
    const answers = await askNeeds(tests, { timeoutMs: 60_000, totalMs: 300 }, () => {});
    expect(answers).toHaveLength(2);
    expect(answers[0]?.models.length ?? 0).toBeLessThan(6);
  });
});
