/**
 * `npm run bench:bulk [TESTS [ITERATIONS [STRATEGIES]]]`: how long it takes to generate a thousand tests of
 * two threads and to run them 10,000 times each, as written or under some strategies; stage by stage, with
 * the memory that this process holds at the end of each.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { edgesNamed } from '../language/cycles/edges.ts';
import { generateTests } from '../language/cycles/generate.ts';
import { runLitmus } from '../pipeline.ts';
import { layOut, rowLines, type Column } from '../report/columns.ts';
import { tableText } from '../report/table.ts';
import { launchesFor } from '../plan/iteration-schedule.ts';
import { writeTests } from '../cli/write-tests.ts';
import { toolIdentity } from '../cli/tool.ts';

const [count = '1000', iterations = '10000', strategies = 'kernel'] = process.argv.slice(2);
const perStrategy = Number(iterations);

const columns: readonly Column[] = [
  { title: 'stage', align: 'left' },
  { title: 'wall', align: 'right' },
  { title: 'CPU', align: 'right' },
  { title: 'memory', align: 'right' },
];

interface Ended {
  readonly stage: string;
  readonly atMs: number;
  /** Of this process and its threads; not of the child that runs the tests. */
  readonly cpuMs: number;
  readonly memoryBytes: number;
}

const ended: Ended[] = [];
let current = 'start Node';

function begin(stage: string): void {
  const { user, system } = process.cpuUsage();
  const memoryBytes = process.memoryUsage.rss();
  ended.push({ stage: current, atMs: performance.now(), cpuMs: (user + system) / 1000, memoryBytes });
  current = stage;
}

const folder = mkdtempSync(join(tmpdir(), 'fencepost-bulk-'));
try {
  begin('generate');
  const tests = generateTests({ threads: [2], edges: edgesNamed([]), seed: 0n });
  const written = writeTests(tests, Number(count), join(folder, 'tests'), false);
  const { document } = await runLitmus(
    {
      files: [join(folder, 'tests')],
      strategies: strategies.split(','),
      amount: { kind: 'iterations', perStrategy, launches: launchesFor(perStrategy) },
      beganMs: 0,
      cpus: undefined,
      placement: undefined,
      engines: [],
      tuning: { kind: 'none' },
      earlier: undefined,
      variant: undefined,
      modelTimeMs: undefined,
      seed: 1n,
      resultsFolder: join(folder, 'results'),
      tool: toolIdentity(),
      arguments: [],
    },
    {
      stage: begin,
      progress: () => {},
      asking: () => {},
      notice: () => {},
      stopped: new AbortController().signal,
    },
  );
  begin('print');
  tableText(document, { width: 100, color: false });
  begin('');
  const load = loadavg()[0]?.toFixed(1);
  const rows = ended.map(({ stage, atMs, cpuMs, memoryBytes }, index) => {
    const before = ended[index - 1] ?? { atMs: 0, cpuMs: 0 };
    return [stage, ms(atMs - before.atMs), ms(cpuMs - before.cpuMs), megabytes(memoryBytes)];
  });
  const last = ended.at(-1) ?? { atMs: 0, cpuMs: 0 };
  const peak = megabytes(process.resourceUsage().maxRSS * 1024);
  const all = [...rows, ['all in all', ms(last.atMs), ms(last.cpuMs), `${peak} at most`]];
  const layout = layOut(columns, all, 100);
  const lines = [columns.map(({ title }) => title), ...all].flatMap((row) => rowLines(layout, row));
  process.stdout.write(
    `${written} tests (${document.rows.length} rows) of ${perStrategy} iterations, load ${load}\n${lines.join('\n')}\n`,
  );
} finally {
  rmSync(folder, { recursive: true });
}

function ms(duration: number): string {
  return `${Math.round(duration)} ms`;
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 2 ** 20)} MB`;
}
