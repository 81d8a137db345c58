import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { toolIdentity } from '../../src/cli/tool.ts';
import { writeTests } from '../../src/cli/write-tests.ts';
import { edgesNamed } from '../../src/language/cycles/edges.ts';
import { generateTests } from '../../src/language/cycles/generate.ts';
import { runLitmus } from '../../src/pipeline.ts';
import type { RunRequest, Stage } from '../../src/run-request.ts';
import { describeOnHardware } from './on-this-machine.ts';

const testCount = 24;
const blocksBeforeStop = 5;

const folder = mkdtempSync(join(tmpdir(), 'fencepost-many-'));
afterAll(() => rmSync(folder, { recursive: true }));

const request: RunRequest = {
  files: [join(folder, 'tests')],
  strategies: ['kernel'],
  amount: { kind: 'iterations', perStrategy: 10_000, launches: 1 },
  earlier: undefined,
  beganMs: performance.now(),
  cpus: undefined,
  placement: undefined,
  engines: [],
  tuning: { kind: 'none' },
  variant: undefined,
  modelTimeMs: undefined,
  seed: 1n,
  resultsFolder: join(folder, 'results'),
  tool: toolIdentity(),
  arguments: [],
};

/** Runs until so many blocks are over. */
async function ran(asked: RunRequest, blocks: number) {
  const stop = new AbortController();
  const stages: Stage[] = [];
  const rates: number[] = [];
  const { document, file } = await runLitmus(asked, {
    stage: (stage) => stages.push(stage),
    progress: ({ iterationsPerSecond }) => {
      rates.push(iterationsPerSecond);
      if (rates.length === blocks) stop.abort();
    },
    asking: () => {},
    notice: () => {},
    stopped: stop.signal,
  });
  return { document, file, stages, rates };
}

describeOnHardware('a short run of many tests', () => {
  it('is resumed as it was begun: models are asked while tests run, and of all of them', async () => {
    const tests = generateTests({ threads: [2], edges: edgesNamed([]), seed: 0n });
    writeTests(tests, testCount, join(folder, 'tests'), false);
    const stopped = await ran(request, blocksBeforeStop);
    expect(stopped.document.session.interrupted).toBe(true);
    const resumed = await ran(
      // As the command line has it, which knows nothing of how the session was begun.
      {
        ...request,
        amount: { kind: 'time', budgetMs: 1, launches: 5 },
        earlier: { act: 'resume', file: stopped.file },
      },
      Number.POSITIVE_INFINITY,
    );
    expect(resumed.stages).toEqual(stopped.stages);
    expect(resumed.stages.filter((stage) => stage === 'ask').length).toBe(2);
    expect(resumed.document.session).toMatchObject({ interrupted: false, schedule: request.amount });
    const asked = resumed.document.rows.filter(({ role }) => role === 'asked');
    expect(asked.length).toBe(testCount);
    expect(asked.map(({ verdict }) => verdict)).not.toContain('not-run');
    for (const { expectation } of asked)
      expect(expectation.models.map(({ observation }) => observation)).not.toContain(undefined);
  });
});
