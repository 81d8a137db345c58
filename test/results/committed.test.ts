import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { globSync } from 'tinyglobby';
import { expect, test } from 'vitest';
import { machineName } from '../../src/results/machine.ts';
import { readResults } from '../../src/results/read.ts';

const results = fileURLToPath(new URL('../../results/', import.meta.url));
const sessions = globSync('*/*.json', { cwd: results, ignore: ['local/**', '*/tuning.json'] });

test.each(sessions)('%s is read, and lies in the folder of its machine', (file) => {
  const { machine, tool, session } = readResults(join(results, file));
  expect(basename(dirname(file))).toBe(machineName(machine));
  expect(machine.emulation).toBeUndefined();
  expect(tool.revision).toMatch(/^[0-9a-f]{40}$/);
  expect(session.arguments.join(' ')).not.toMatch(/\/(home|root|tmp)\b/);
});
