import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { costText } from '../../src/report/cost.ts';
import { priceSentences } from '../../src/report/cost-words.ts';
import { parseResults } from '../../src/results/read.ts';
import type { ResultsDocument } from '../../src/results/schema.ts';
import { pricedDocument } from './cost-sample.ts';

const text = (document: ResultsDocument, width = 80) => costText(document, { width, color: false });

describe('the report of prices', () => {
  it.each([80, 120])('in a terminal of %d columns', async (width) => {
    const report = text(pricedDocument, width);
    expect(Math.max(...report.split('\n').map((line) => stringWidth(line)))).toBeLessThanOrEqual(width);
    await expect(`${report}\n`).toMatchFileSnapshot(`golden/cost-${width}.txt`);
  });

  it('is of a document that can be read', () => {
    expect(parseResults(JSON.stringify(pricedDocument), 'priced.json')).toEqual(pricedDocument);
  });

  it('shows core cycles where the kernel counts them', () => {
    const { prices } = pricedDocument;
    if (prices === undefined) throw new Error('no prices');
    const { cyclesProblem: _, ...counted } = prices;
    const tests = prices.tests.map((test) => ({
      ...test,
      steps: test.steps.map((step) => ({ ...step, cycles: 33.3 })),
    }));
    const report = text({ ...pricedDocument, prices: { ...counted, tests } }, 120);
    expect(report).toContain('cycles');
    expect(report).toContain('33.3');
    expect(report).not.toContain('absent');
  });

  it('says what is emulated, virtual or not pinned', () => {
    const { prices, machine } = pricedDocument;
    if (prices === undefined) throw new Error('no prices');
    const evidence = 'so it says';
    const marked = text({
      ...pricedDocument,
      machine: {
        ...machine,
        emulation: { kind: 'qemu-user', evidence },
        hypervisor: { kind: 'kvm', evidence },
      },
      prices: { ...prices, tests: prices.tests.map((test) => ({ ...test, pinned: false })) },
    });
    expect(marked).toContain("Emulated (qemu-user): these are the emulator's prices");
    expect(marked).toContain('A virtual machine (kvm)');
    expect(marked).toContain('Threads were not pinned');
  });

  it('says so where nothing was timed', () => {
    const { prices: _, ...empty } = pricedDocument;
    expect(text(empty)).toContain('Nothing was timed');
  });
});

describe('prices in words', () => {
  it('answer for each barrier, and for what else was in question', () => {
    const [test] = pricedDocument.prices?.tests ?? [];
    if (test === undefined) throw new Error('no test');
    expect(priceSentences(test)).toEqual([
      'smp_mb() (P1 line 71) costs P1 2.04 ns a step alone; costs P0 under 3.70 ns and P1 17.2 ns with all threads together.',
      "The snapshot's smp_rmb (P1 line 60) costs nothing here: without it the code is the same.",
      'Making the counters atomic costs P0 6.25 ns a step alone; costs P0 10.3 ns and saves P1 3.40 ns with all threads together.',
    ]);
  });
});
