import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, expect, it } from 'vitest';
import { writeTests } from '../../src/cli/write-tests.ts';
import { edgesNamed } from '../../src/language/cycles/edges.ts';
import { generateTests } from '../../src/language/cycles/generate.ts';
import { readTests } from '../../src/language/test-files.ts';
import { targetFor } from '../../src/lower/targets.ts';
import { planExperiment } from '../../src/plan/experiment.ts';
import { plansFor } from '../../src/plan/run-plan.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const folder = mkdtempSync(join(tmpdir(), 'fencepost-memory-'));
afterAll(() => rmSync(folder, { recursive: true }));

const [few, many] = [300, 1100];
/** It is 2.7; with nothing shared it was 13.5. */
const mostKilobytesPerTest = 5;

/** What Node holds while so many generated tests are planned. */
function heldWith(count: number): number {
  const target = targetFor('x86-64');
  if (target === undefined) throw new Error('no target');
  const to = join(folder, `${count}`);
  writeTests(generateTests({ threads: [2], edges: edgesNamed([]), seed: 0n }), count, to, true);
  const experiment = planExperiment({
    tests: readTests([to]).map((source) => ({ source, role: 'asked', strategies: ['kernel'] })),
    target,
    plans: (test) => plansFor(test, true, { iterations: 10_000 }),
    place: () => ({
      cpus: [0, 1],
      copies: [],
      spare: [],
      class: 'same-socket',
      oversubscribed: false,
      notes: [],
    }),
  });
  collectGarbage();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  expect(experiment.length).toBe(count);
  return heapUsed + arrayBuffers;
}

it('a generated test takes little memory once it is planned', () => {
  heldWith(few); // what is compiled and remembered once and for all
  const kilobytes = (heldWith(many) - heldWith(few)) / 1024 / (many - few);
  expect(kilobytes).toBeLessThan(mostKilobytesPerTest);
});
