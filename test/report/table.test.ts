import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { withEvidence } from '../../src/evidence/session-evidence.ts';
import { tableText } from '../../src/report/table.ts';
import type { ResultsDocument } from '../../src/results/schema.ts';
import { pricedDocument } from './cost-sample.ts';
import { sampleDocument } from '../results/sample-document.ts';

const text = (document: ResultsDocument, width = 80) =>
  tableText(withEvidence(document), { width, color: false });

describe('the table', () => {
  it.each([80, 50])('in a terminal of %d columns', async (width) => {
    const table = text(sampleDocument, width);
    expect(Math.max(...table.split('\n').map((line) => stringWidth(line)))).toBeLessThanOrEqual(width);
    await expect(`${table}\n`).toMatchFileSnapshot(`golden/table-${width}.txt`);
  });

  it('tells few sightings one by one, and has the interval beside the rate where there is room', () => {
    const [row, ...rest] = sampleDocument.rows;
    if (row === undefined) throw new Error('the sample has no row');
    const runs = row.runs.map((run) => ({
      ...run,
      witnesses: 2,
      blocks: run.blocks.map((block) => ({ ...block, witnesses: 1 })),
    }));
    const table = text({ ...sampleDocument, rows: [{ ...row, witnesses: 2, runs }, ...rest] }, 120);
    expect(table).toMatch(/2\.4e-4 \[\d\.\de-\d, \d\.\de-\d\] .* seen twice$/m);
  });

  it('gives a reason once for all that have it, test by test', () => {
    const [row] = sampleDocument.rows;
    if (row === undefined) throw new Error('the sample has no row');
    const named = (name: string, strategy: string) => ({
      ...row,
      test: { ...row.test, name },
      strategy,
      verdict: 'inconclusive' as const,
      reason: 'no control',
    });
    const rows = [named('WRC', 'kernel'), named('IRIW', 'kernel'), named('WRC', 'full')];
    expect(text({ ...sampleDocument, rows }, 120)).toContain(
      'inconclusive: WRC kernel, full; IRIW kernel: no control.',
    );
  });

  it('flags a rate that drifted', () => {
    const [row] = sampleDocument.rows;
    if (row === undefined) throw new Error('the sample has no row');
    const [run] = row.runs;
    const blocks = Array.from({ length: 20 }, (_, index) => ({
      iterations: 4096,
      witnesses: 100 + 20 * index,
      runNs: 1,
      wallNs: 1,
      strayed: 0,
      switches: 0,
    }));
    const witnesses = blocks.reduce((sum, block) => sum + block.witnesses, 0);
    const counted = { iterations: 20 * 4096, witnesses };
    const drifting = { ...row, ...counted, runs: run === undefined ? [] : [{ ...run, ...counted, blocks }] };
    const table = text({ ...sampleDocument, rows: [drifting] });
    expect(table).toContain('7.1e-2~');
    expect(table).toContain('"~": the rate drifted under some plan, in 1 of 1 series of blocks');
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

  it('tells what a step takes where it was timed, with its interval, beside the code that was or below it', () => {
    const [row] = sampleDocument.rows;
    const { prices } = pricedDocument;
    if (row === undefined || prices === undefined) throw new Error('the samples have too little');
    const rows = ['atomics', 'full'].map((strategy) => ({
      ...row,
      strategy,
      test: { ...row.test, name: 'C-page-fault' },
    }));
    const table = text({ ...sampleDocument, rows, prices });
    expect(table).toContain('\n    ns a step alone: P0 14.4 (14.1-14.8), P1 < 0.0034\n');
    expect(table).toContain('\n    ns a step together: P0 39.2 (38.4-40.4), P1 1234 (1209-1271)\n');
    expect(table.match(/ns a step alone/g)).toHaveLength(1);
    expect(table.replaceAll('\n', ' ')).toContain('as a median over 12 launches (N) with its 95 % interval');
    const wide = text({ ...sampleDocument, rows, prices }, 160);
    expect(wide).toMatch(/verdict +ns a step alone +ns a step together$/m);
    expect(wide).toMatch(/seen +P0 14\.4 \(14\.1-14\.8\) +P0 39\.2 \(38\.4-40\.4\)$/m);
    expect(wide).toMatch(/^ +P1 < 0\.0034 +P1 1234 \(1209-1271\)$/m);
    expect(text(sampleDocument)).not.toContain('ns a step');
  });

  it('colours the verdict where colours are wanted, and nowhere else', () => {
    expect(text(sampleDocument)).not.toContain('\u001B');
    expect(tableText(withEvidence(sampleDocument), { width: 80, color: true })).toContain('\u001B[32mupheld');
  });
});
