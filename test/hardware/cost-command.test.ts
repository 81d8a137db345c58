import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { suiteFolder } from '../../src/language/test-files.ts';
import { parseResults, readResults } from '../../src/results/read.ts';
import { describeOnHardware } from './on-this-machine.ts';

const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'fencepost-cost-'));
afterAll(() => rmSync(folder, { recursive: true }));

function cost(...args: readonly string[]) {
  return spawnSync(
    process.execPath,
    [
      main,
      'cost',
      join(suiteFolder, 'kvm/B-snapshot.litmus'),
      '--launches',
      '6',
      '--results',
      folder,
      ...args,
    ],
    { encoding: 'utf8', env: { ...process.env, NO_COLOR: '1', COLUMNS: '80' } },
  );
}

describeOnHardware('fencepost cost', () => {
  test('prints the prices, and keeps them where other commands find them', () => {
    const { status, stdout } = cost('--json');
    expect(status).toBe(0);
    const printed = parseResults(stdout, 'stdout');
    const [file = ''] = readdirSync(folder);
    expect(readResults(join(folder, file))).toEqual(printed);
    const [price] = printed.prices?.tests ?? [];
    expect(printed.prices?.unit).toBe('launch');
    expect(price).toMatchObject({ test: 'B-snapshot', blocks: 6, pinned: true, problems: [] });
    const { stdout: compared, status: read } = spawnSync(process.execPath, [main, 'compare', folder], {
      encoding: 'utf8',
    });
    expect([read, compared]).toEqual([0, expect.stringContaining('0 rows')]);
  });

  test('says in words what a barrier costs', () => {
    const { stdout, status } = cost('--strategy', 'kernel,ablation');
    expect(status).toBe(0);
    expect(stdout.replaceAll(/\s+/g, ' ')).toMatch(
      /smp_rmb.* cost nothing here: without them the code is the same/,
    );
  });
});
