import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { tableText } from '../../src/report/table.ts';
import type { ResultsDocument } from '../../src/results/schema.ts';
import { sampleDocument } from '../results/sample-document.ts';

const text = (document: ResultsDocument, width = 80) => tableText(document, { width, color: false });

describe('the table', () => {
  it.each([80, 50])('in a terminal of %d columns', async (width) => {
    const table = text(sampleDocument, width);
    expect(Math.max(...table.split('\n').map((line) => stringWidth(line)))).toBeLessThanOrEqual(width);
    await expect(`${table}\n`).toMatchFileSnapshot(`golden/table-${width}.txt`);
  });

  it('says that an emulated run is no evidence', () => {
    const emulation = { kind: 'qemu-user', evidence: '/proc/self/exe is faked' };
    const emulated = { ...sampleDocument, machine: { ...sampleDocument.machine, emulation } };
    expect(text(emulated)).toContain('Emulated (qemu-user)');
    expect(text(sampleDocument)).not.toContain('Emulated');
  });

  it('cautions before anyone blames the chip for a violation', () => {
    const [row] = sampleDocument.rows;
    if (row === undefined) throw new Error('the sample has no row');
    const violated = { ...sampleDocument, rows: [{ ...row, verdict: 'violation' as const }] };
    expect(text(violated)).toContain('more often a wrong test than a broken chip');
  });

  it('colours the verdict where colours are wanted, and nowhere else', () => {
    expect(text(sampleDocument)).not.toContain('\u001B');
    expect(tableText(sampleDocument, { width: 80, color: true })).toContain('\u001B[32mupheld');
  });
});
