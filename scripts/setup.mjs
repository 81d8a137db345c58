/**
 * Makes a checkout ready to run: installs the packages, builds the addon and the TypeScript, each only
 * where it is missing or out of date. `--rebuild` builds both whatever their age, and fails if either
 * does. Says what it does on stderr: stdout belongs to the command that follows.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildPage } from './build-page.mjs';
import { lastChange } from './freshness.mjs';
import { requireNode } from './node-version.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const rebuild = process.argv.includes('--rebuild');

function say(sentence) {
  console.error(`setup: ${sentence}`);
}

function fail(sentence) {
  say(sentence);
  process.exit(1);
}

function readJson(path) {
  return JSON.parse(readFileSync(path, 'utf8'));
}

/** Whether node_modules holds what package-lock.json names, as npm's own record of node_modules tells. */
function packagesAreCurrent() {
  const lockFile = join(root, 'package-lock.json');
  const record = join(root, 'node_modules/.package-lock.json');
  if (!existsSync(lockFile)) return existsSync(record); // an unpacked npm package has no lock file
  if (!existsSync(record)) return false;
  const installed = readJson(record).packages;
  return Object.entries(readJson(lockFile).packages).every(
    ([path, { version, optional, peer }]) =>
      path === '' ||
      installed[path]?.version === version ||
      (installed[path] === undefined && (optional === true || peer === true)), // not for this platform
  );
}

function installPackages() {
  const command = existsSync(join(root, 'package-lock.json'))
    ? ['ci']
    : ['install', '--omit=dev', '--no-package-lock'];
  say(`installing packages (npm ${command.join(' ')})`);
  const npm = process.env.npm_execpath;
  const [program, ...args] = npm === undefined ? ['npm'] : [process.execPath, npm];
  const options = [...command, '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  const { status } = spawnSync(program, [...args, ...options], { cwd: root, stdio: ['ignore', 2, 2] });
  if (status !== 0) fail(`npm ${command.join(' ')} failed, see above`);
}

const source = join(root, 'src');
const output = join(root, 'dist');
const configuration = join(root, 'tsconfig.json');
/** Its age is the age of the last compilation that succeeded. */
const stamp = join(output, '.compiled');

function typeScriptIsCurrent() {
  if (!existsSync(source)) return true; // an unpacked npm package has dist alone
  return lastChange(stamp) >= lastChange(source, configuration);
}

async function compileTypeScript() {
  say('compiling the TypeScript');
  const begin = new Date();
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  const { status } = spawnSync(process.execPath, [tsc, '-p', configuration], {
    cwd: root,
    stdio: ['ignore', 2, 2],
  });
  if (status !== 0) fail('the TypeScript does not compile, see above');
  removeOrphans();
  const problem = await buildPage();
  if (problem !== undefined) {
    if (rebuild) fail(problem);
    say(problem); // all but the report works without it
  }
  writeFileSync(stamp, '');
  utimesSync(stamp, begin, begin); // a source saved while tsc ran is newer
}

/** Deletes compiled files whose source is gone. */
function removeOrphans() {
  for (const name of readdirSync(output, { recursive: true })) {
    const compiledFrom = name.replace(/\.js(\.map)?$/, '');
    if (compiledFrom === name || name.startsWith(join('report', 'page'))) continue; // the page's are bundled
    if (!['.ts', '.tsx'].some((kind) => existsSync(join(source, compiledFrom + kind))))
      rmSync(join(output, name));
  }
}

requireNode();
if (!packagesAreCurrent()) installPackages();

// Only now: it needs an installed package.
const { addonIsCurrent, buildAddon } = await import('./build-addon.mjs');
if (rebuild || !addonIsCurrent()) {
  say('building the addon (native/)');
  const problem = buildAddon({ fromScratch: rebuild });
  if (problem !== undefined) {
    if (rebuild) fail(problem);
    say(problem); // all but running tests works without it
  }
}
if (rebuild || !typeScriptIsCurrent()) await compileTypeScript();
