import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const store = fileURLToPath(new URL('../../litmus/classic/SB+mbs.litmus', import.meta.url));

function cost(...args: string[]) {
  const { status, stderr } = spawnSync(process.execPath, [main, 'cost', ...args], { encoding: 'utf8' });
  return { status, stderr };
}

describe('fencepost cost', () => {
  it('ends with 2 and names the remedy on wrong usage', () => {
    expect(cost()).toMatchObject({ status: 2 });
    expect(cost('nowhere.litmus')).toMatchObject({ status: 2 });
    expect(cost(store, '--strategy', 'kernle').stderr).toMatch(/kernle.*kernel/s);
    expect(cost(store, '--launches', '5')).toMatchObject({ status: 2 });
    expect(cost(store, '--launches', '5').stderr).toContain('give a whole number from 6 on');
    expect(cost(store, '--launches', 'many').stderr).toContain('give a whole number from 6 on');
  });
});
