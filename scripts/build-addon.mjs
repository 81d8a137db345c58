/**
 * Builds build/Release/fencepost.node with node-gyp. Run by itself it is the package's install
 * script: it leaves alone what a prebuilt addon serves, and never fails an installation, for
 * everything but running tests works without the addon.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { lastChange } from './freshness.mjs';
import { requireNode } from './node-version.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const require = createRequire(import.meta.url);
const built = join(root, 'build/Release/fencepost.node');
const sources = [join(root, 'native'), join(root, 'binding.gyp')];

/** Whether the addon that would be loaded is there and no older than its sources. */
export function addonIsCurrent() {
  if (existsSync(built)) return lastChange(built) >= lastChange(...sources);
  return fittingPrebuild() !== undefined;
}

/**
 * The path of a prebuilt addon that loads on this platform, or undefined. In a checkout it must also be
 * no older than its sources; in a package, where npm dates files as it unpacks them, it is what was packed.
 */
function fittingPrebuild() {
  const lookup = "process.env.PREBUILDS_ONLY = '1'; const find = require(process.argv[1]);";
  const load = 'const path = find.resolve(process.argv[2]); require(path); process.stdout.write(path);';
  if (!existsSync(join(root, 'prebuilds'))) return undefined;
  // In a process of its own: a library made for another system may not load, or may crash.
  const tried = run(process.execPath, ['-e', lookup + load, require.resolve('node-gyp-build'), root]);
  if (tried.status !== 0) return undefined;
  const isCheckout = existsSync(join(root, 'src'));
  return isCheckout && lastChange(tried.stdout) < lastChange(...sources) ? undefined : tried.stdout;
}

/** Builds the addon. Returns a sentence that says what went wrong, or undefined. */
export function buildAddon({ fromScratch }) {
  const missing = missingTools();
  if (missing.length > 0) {
    return (
      `The addon was not built: ${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} missing.\n` +
      'Install what is missing (Debian, Ubuntu: apt-get install python3 make g++), then: npm run build'
    );
  }
  const result = run(process.execPath, [
    require.resolve('node-gyp/bin/node-gyp.js'),
    ...(fromScratch ? ['rebuild'] : ['configure', 'build']),
    '--jobs=max',
    ...ownHeaders(),
  ]);
  if (result.status === 0) {
    utimesSync(built, new Date(), new Date()); // make leaves the file alone where a change made no difference
    return undefined;
  }
  return `${result.stdout}${result.stderr}\nThe addon was not built: node-gyp failed, see above.`;
}

/** The option that names the headers installed with this Node, so that none are downloaded. */
function ownHeaders() {
  const prefix = dirname(dirname(process.execPath));
  return existsSync(join(prefix, 'include/node/node_api.h')) ? [`--nodedir=${prefix}`] : [];
}

function missingTools() {
  const tools = [
    { name: 'python3', found: runs(process.env.PYTHON ?? 'python3', ['--version']) },
    { name: 'make', found: runs(process.env.MAKE ?? 'make', ['--version']) },
    { name: 'a C++17 compiler (g++ or clang++)', found: compiles(process.env.CXX ?? 'g++') },
  ];
  return tools.filter(({ found }) => !found).map(({ name }) => name);
}

function compiles(compiler) {
  const folder = mkdtempSync(join(tmpdir(), 'fencepost-'));
  try {
    const source = join(folder, 'probe.cc');
    writeFileSync(source, '#include <optional>\nint main() { return std::optional<int>(0).value(); }\n');
    const [command = '', ...args] = compiler.split(' '); // CXX may name a wrapper: "ccache g++"
    return runs(command, [...args, '-std=c++17', '-fsyntax-only', source]);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function runs(command, args) {
  return run(command, args).status === 0;
}

function run(command, args) {
  return spawnSync(command, args, { cwd: root, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  requireNode();
  const prebuild = existsSync(built) ? undefined : fittingPrebuild();
  if (prebuild !== undefined) {
    console.error(`Fencepost: using the prebuilt addon ${prebuild}`);
  } else if (!addonIsCurrent()) {
    console.error('Fencepost: building the addon');
    const problem = buildAddon({ fromScratch: false });
    if (problem !== undefined) {
      console.error(`${problem}\nUntil then fencepost can show, check and compare tests, but not run them.`);
    }
  }
}
