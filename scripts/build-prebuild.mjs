/**
 * Builds the addon in prebuilds/<platform>-<arch>/ with cmake-js, where node-gyp-build finds it: for
 * this machine, or for the architecture named on the command line with Debian's cross compiler.
 * Downloads nothing: the headers are those of the package node-api-headers.
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { architectures, foreignNames, hostArchitecture } from '../dist/architecture.js';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const { CMake } = createRequire(import.meta.url)('cmake-js');

/**
 * The path of the prebuilt addon for an architecture. Node calls ppc64le `ppc64`, and so is its folder
 * called. The tag keeps it from a Linux with another C library, where it would not load.
 */
export function prebuildPath(architecture) {
  const platform = architecture === hostArchitecture() ? process.platform : 'linux';
  const file = platform === 'linux' ? 'fencepost.glibc.node' : 'fencepost.node';
  return join(root, 'prebuilds', `${platform}-${foreignNames[architecture].node}`, file);
}

/** Builds the addon for an architecture. Throws, saying what is missing or what failed. */
export async function buildPrebuild(architecture) {
  const { gnu, node, debian } = foreignNames[architecture];
  const native = architecture === hostArchitecture();
  if (!runs('cmake')) throw new Error('cmake is missing (Debian: apt-get install cmake ninja-build)');
  if (!native && !runs(`${gnu}-linux-gnu-g++`)) {
    throw new Error(
      `${gnu}-linux-gnu-g++ is missing (Debian: apt-get install crossbuild-essential-${debian})`,
    );
  }
  const out = join(root, 'build/prebuild', architecture);
  const cmake = new CMake({
    directory: join(root, 'native'),
    out,
    arch: node,
    isNodeApi: true,
    cMakeOptions: native
      ? {}
      : { CMAKE_TOOLCHAIN_FILE: join(root, 'native/cross.cmake'), FENCEPOST_GNU_NAME: gnu },
  });
  await cmake.compile();
  const prebuild = prebuildPath(architecture);
  mkdirSync(dirname(prebuild), { recursive: true });
  copyFileSync(join(out, 'Release/fencepost.node'), prebuild);
  return prebuild;
}

function runs(command) {
  return spawnSync(command, ['--version'], { stdio: 'ignore' }).status === 0;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [asked = hostArchitecture(), ...rest] = process.argv.slice(2);
  if (rest.length > 0 || !architectures.includes(asked)) {
    console.error(`usage: npm run build:cross -- ${architectures.join('|')}`);
    process.exit(2);
  }
  try {
    console.error(`Built ${relative(process.cwd(), await buildPrebuild(asked))}`);
  } catch (error) {
    console.error(`The prebuilt addon for ${asked} was not built: ${error.message}`);
    process.exit(1);
  }
}
