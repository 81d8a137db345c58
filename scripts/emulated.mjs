/**
 * Runs the suite on the other architectures under emulation, to see that our code works there: builds
 * the addon for each, starts its Node under qemu-user, and checks what comes out (emulated-checks.mjs).
 * Ends with a table; exit code 1 where something does not hold, 3 where all holds but a Node could
 * not be fetched. Options: --arch and --strategy (repeatable; all), --iterations of each strategy,
 * --results folder.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { outcomeKey } from '../dist/language/outcome.js';
import { readTests } from '../dist/language/test-files.js';
import { programOf } from '../dist/lower/events.js';
import { LoweringError } from '../dist/lower/lower.js';
import { targetFor } from '../dist/lower/targets.js';
import { linkModel } from '../dist/model/cat/linked.js';
import { CheckTimeout, checkProgram } from '../dist/model/check.js';
import { architectureModelNames } from '../dist/model/models.js';
import { parseResults } from '../dist/results/read.js';
import { variantsOf } from '../dist/strategy/strategies.js';
import { buildPrebuild } from './build-prebuild.mjs';
import {
  brokenByEmulator,
  problemsOfForbidden,
  problemsOfModel,
  problemsOfSuite,
  suiteFolders,
} from './emulated-checks.mjs';
import {
  emulated,
  emulatedNode,
  emulationFolder,
  installTools,
  UnavailableError,
} from './emulated-machines.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const main = join(root, 'dist/cli/main.js');

const { values: options } = parseArgs({
  options: {
    arch: { type: 'string', multiple: true, default: emulated },
    iterations: { type: 'string', default: '100000' },
    strategy: { type: 'string', multiple: true, default: [] },
    results: { type: 'string', default: join(emulationFolder, 'results') },
  },
});
const unknown = options.arch.filter((name) => !emulated.includes(name));
if (unknown.length > 0) {
  console.error(`--arch ${unknown.join(', ')}: not one of ${emulated.join(', ')}`);
  process.exit(2);
}

/** Files of tests whose outcome LKMM forbids, where LITMUS_CORPUS names a folder of them with verdicts. */
function forbiddenTests() {
  const corpus = process.env.LITMUS_CORPUS;
  if (corpus === undefined) return [];
  const folder = join(corpus, 'lkmm');
  const rows = readFileSync(join(folder, 'verdicts.tsv'), 'utf8').split('\n');
  const cells = rows.map((row) => row.split('\t'));
  return cells.filter(([, verdict]) => verdict === 'Never').map(([file]) => join(folder, file));
}

/** Runs tests with some Node and returns the results document and its file. Throws where it is none. */
function runTests(node, args, environment = {}) {
  const done = spawnSync(node, [main, 'run', ...args, '--json', '--results', options.results], {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, ...environment },
    maxBuffer: 256 * 1024 ** 2,
  });
  // 1: a finding; 3: some test did not run, such as one with RCU. The checks tell whether that should be.
  if (![0, 1, 3].includes(done.status)) {
    throw new Error(
      `the run ended with ${done.signal ?? `exit code ${done.status}`}: ${done.stderr.slice(-2000)}`,
    );
  }
  const [, file] = /^Results: (.*)$/m.exec(done.stderr);
  return { document: parseResults(done.stdout, 'the output'), file };
}

/** An architecture's model without the orders that its emulator is known not to keep. */
function emulatedModel(architecture) {
  const folder = join(root, 'src/model/models');
  const own = `${architectureModelNames[architecture]}.cat`;
  const broken = brokenByEmulator[architecture] ?? [];
  const load = (name) => {
    const text = readFileSync(join(folder, name), 'utf8');
    if (name !== own) return { name, source: text };
    const lines = text.split('\n');
    const kept = lines.filter((line) => !broken.includes(line.trim()));
    if (kept.length !== lines.length - broken.length)
      throw new Error(`${own} has no line ${broken.join(', ')}`);
    return { name, source: kept.join('\n') };
  };
  return linkModel(['stdlib.cat', own], load);
}

/** For a row of results, whether that model allows an outcome; undefined where it was not decided. */
function modelOf({ architecture, variant }) {
  const target = targetFor(architecture, variant);
  const model = emulatedModel(architecture);
  const sources = new Map(readTests(tests).map(({ test }) => [test.name, test]));
  return ({ test: { name }, strategy }) => {
    const source = sources.get(name);
    const [one] = source === undefined ? [] : variantsOf(source, [strategy]).variants;
    const allowed = one === undefined ? undefined : allowedOf(one.test, target, model);
    return allowed && ((values) => allowed.has(outcomeKey(values)));
  };
}

/** The outcomes that a model allows of a test's code; undefined where that takes too long. */
function allowedOf(test, target, model) {
  try {
    return checkProgram(test, programOf(test, target), model, { timeoutMs: 5000 }).allowed;
  } catch (error) {
    if (error instanceof CheckTimeout || error instanceof LoweringError) return undefined;
    throw error;
  }
}

const started = performance.now();
function say(sentence) {
  console.log(`[${((performance.now() - started) / 1000).toFixed(0)} s] ${sentence}`);
}

const forbidden = forbiddenTests();
const tests = [...suiteFolders, ...forbidden];
const strategies = options.strategy.flatMap((name) => ['--strategy', name]);
if (forbidden.length === 0) say('LITMUS_CORPUS is not set: the tests that LKMM forbids are left out');
rmSync(join(emulationFolder, 'results'), { recursive: true, force: true });
say('installing what is missing');
installTools(options.arch);
say(`this machine, for comparison: running ${suiteFolders.join(', ')}`);
const host = runTests(process.execPath, [...suiteFolders, ...strategies, '--iterations', '1000']).document;
const files = [];
const problems = [];
const unavailable = [];
for (const architecture of options.arch) {
  try {
    say(`${architecture}: building the addon, fetching Node`);
    await buildPrebuild(architecture);
    const node = emulatedNode(architecture);
    say(`${architecture}: running ${suiteFolders.join(', ')} and ${forbidden.length} other tests`);
    const args = [...tests, ...strategies, '--iterations', options.iterations, '--model-time', '5s'];
    const { document, file } = runTests(node, args, { FENCEPOST_NODE: node, PREBUILDS_ONLY: '1' });
    files.push(file);
    const names = forbidden.map((path) => basename(path, '.litmus'));
    say(`${architecture}: asking its model about what was seen`);
    const allowed = modelOf(document.target);
    const found = [
      ...problemsOfSuite(document, host, allowed),
      ...problemsOfForbidden(document, names),
      ...problemsOfModel(document, allowed),
    ];
    problems.push(...found.map((problem) => `${architecture}: ${problem}`));
  } catch (error) {
    const list = error instanceof UnavailableError ? unavailable : problems;
    list.push(`${architecture}: ${error.message}`);
  }
}

if (files.length > 0) {
  const comparison = [main, 'compare', ...files, '--strategy', 'kernel,none'];
  spawnSync(process.execPath, comparison, { cwd: root, stdio: 'inherit' });
}
for (const problem of problems) console.log(problem);
for (const reason of unavailable) console.log(`not run, its Node could not be fetched: ${reason}`);
const [broken, left] = [problems.length, unavailable.length];
say(
  `${broken === 0 ? 'all that ran holds' : `${broken} things do not hold, see above`}${left === 0 ? '' : `; ${left} not run`}`,
);
process.exit(broken > 0 ? 1 : left > 0 ? 3 : 0);
