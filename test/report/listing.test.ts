import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { architectures } from '../../src/architecture.ts';
import { parseLitmus } from '../../src/language/parser.ts';
import { cellLayout } from '../../src/lower/layout.ts';
import { lower } from '../../src/lower/lower.ts';
import { targetFor } from '../../src/lower/targets.ts';
import { listingText } from '../../src/report/listing.ts';
import { sideBySideText } from '../../src/report/side-by-side.ts';

const file = fileURLToPath(new URL('../../litmus/kvm/C-page-fault.litmus', import.meta.url));
const source = readFileSync(file, 'utf8');
const pageFault = parseLitmus(source, file);
const style = { width: 100, color: false };

function codeOf(architecture: (typeof architectures)[number]) {
  const target = targetFor(architecture);
  if (target === undefined) throw new Error(`no target for ${architecture}`);
  return lower(pageFault, target, cellLayout(pageFault, 'split', 8, 64));
}

const snapshotFence = source.split('\n').findIndex((line) => line.trim().startsWith('smp_rmb();')) + 1;

describe('a listing', () => {
  it.each([
    ['x86-64', '(no instruction)'],
    ['s390x', '(no instruction)'],
    ['arm64', 'dmb ishld'],
    ['ppc64le', 'lwsync'],
    ['riscv64', 'fence r,r'],
  ] as const)("on %s shows for the snapshot's smp_rmb: %s", (architecture, text) => {
    const lines = listingText(codeOf(architecture), pageFault, source, style).split('\n');
    const shown = lines.find((line) => line.includes(`${snapshotFence}: smp_rmb();`));
    expect(shown).toContain(text);
  });

  it('side by side puts every architecture under each line of the test', () => {
    const columns = architectures.map((title) => ({ title, code: codeOf(title) }));
    const lines = sideBySideText(columns, pageFault, source, style).split('\n');
    const heading = lines.findIndex((line) => line.startsWith(`${snapshotFence}: smp_rmb();`));
    expect(lines[heading + 1]?.split(/\s{2,}/)).toEqual(['-', 'dmb ishld', 'lwsync', '-', 'fence r,r']);
  });
});
