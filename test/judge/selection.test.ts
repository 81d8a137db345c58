import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withControls } from '../../src/judge/selection.ts';
import { readTests } from '../../src/language/test-files.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'fencepost-selection-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function selected(name: string, header: string, strategies: readonly string[] = []) {
  const file = join(folder, `${name}.litmus`);
  writeFileSync(
    file,
    `C ${name}\n(*\n * Question: none\n${header}\n *)\n{}\nP0(int *x)\n{\n\tWRITE_ONCE(*x, 1);\n}\nexists (x=1)\n`,
  );
  return withControls(readTests([file]), [], strategies, 'x86-64');
}

describe('the tests of a run', () => {
  it('have the strategies asked for and those that must fire', () => {
    const [test] = selected('own', ' * Controls: none', ['kernel']);
    expect(test).toMatchObject({ role: 'asked', strategies: ['kernel', 'none'] });
  });

  it('are refused where a control is no test and no strategy, with its place', () => {
    expect(() => selected('unknown', ' * Controls: none\n *   nonesuch')).toThrow(
      /unknown\.litmus:5:6: 'Controls:' names nonesuch, which is no test here and no strategy\n \* {3}nonesuch\n {5}\^/,
    );
  });
});
