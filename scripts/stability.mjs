/**
 * `npm run stability`: runs the suite again and again on this machine, and tells which verdicts were not the
 * same each time. Exit code 0: none; 1: some, or tests that were not reached each time; 2: wrong usage; 3: a run that failed.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { stabilityOf } from '../dist/evidence/stability.js';
import { stabilityText } from '../dist/report/stability.js';
import { readResults } from '../dist/results/read.js';

const main = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));
const usage = 'npm run stability -- [--runs 20] [--time 20s] [--hog] [tests..]';

function optionsOf(args) {
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        runs: { type: 'string', default: '20' },
        time: { type: 'string', default: '20s' },
        hog: { type: 'boolean', default: false },
      },
    });
    const runs = Number(values.runs);
    if (Number.isSafeInteger(runs) && runs >= 2) return { ...values, runs, files: positionals };
    throw new Error(`--runs ${values.runs}: give a number from 2 on`);
  } catch (error) {
    process.stderr.write(`${error.message}\n${usage}\n`);
    process.exit(2);
  }
}

/** Runs the tests once; resolves to the exit code. */
function runOnce(files, amount, folder) {
  return new Promise((resolve, reject) => {
    const args = [main, 'run', ...files, ...amount, '--results', folder, '--json'];
    const run = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'ignore'] });
    run.on('error', reject);
    run.on('close', resolve);
  });
}

function resultsIn(folder) {
  return readdirSync(folder).filter((name) => name.endsWith('.json'));
}

const options = optionsOf(process.argv.slice(2));
const folder = mkdtempSync(join(tmpdir(), 'fencepost-stability-'));
const hogs = Array.from({ length: options.hog ? availableParallelism() : 0 }, () =>
  spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' }),
);
const endHogs = () => {
  for (const hog of hogs) hog.kill('SIGKILL');
};
process.on('exit', endHogs);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => process.exit(130));
try {
  // Verdicts are to differ by what was seen alone: the models answer beforehand, and it is kept.
  process.stderr.write('asking the memory models\n');
  await runOnce(options.files, ['--iterations', '1000', '--model-time', '5min'], folder);
  for (const name of resultsIn(folder)) rmSync(join(folder, name));
  for (let run = 1; run <= options.runs; run++) {
    const began = performance.now();
    const code = await runOnce(options.files, ['--time', options.time], folder);
    const took = ((performance.now() - began) / 1000).toFixed(1);
    const load = loadavg()[0].toFixed(1);
    process.stderr.write(`run ${run} of ${options.runs}: ${took} s, exit code ${code}, load ${load}\n`);
  }
  const files = resultsIn(folder);
  const stability = stabilityOf(files.map((name) => readResults(join(folder, name))));
  const beside = options.hog ? ` beside ${hogs.length} CPU hogs` : '';
  process.stdout.write(
    `${stabilityText(stability, `${files.length} runs of ${options.time}${beside}`, process.stdout.columns ?? 100)}\n`,
  );
  process.exitCode =
    files.length < options.runs ? 3 : stability.flips.length + stability.notReached > 0 ? 1 : 0;
} finally {
  endHogs();
  rmSync(folder, { recursive: true });
}
