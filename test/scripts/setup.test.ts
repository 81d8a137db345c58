import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

const checkout = fileURLToPath(new URL('../..', import.meta.url));
/** The addon's name in a checkout that was built; its content is not looked at by the scripts. */
const built = 'build/Release/fencepost.node';

let folder: string;

/** A small checkout: the scripts, the addon's sources, one TypeScript file, and an addon that counts as built. */
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fencepost-'));
  for (const name of [
    'scripts',
    'native',
    'binding.gyp',
    'package.json',
    'package-lock.json',
    'tsconfig.json',
  ]) {
    cpSync(join(checkout, name), join(folder, name), { recursive: true });
  }
  symlinkSync(join(checkout, 'node_modules'), join(folder, 'node_modules'));
  write('src/answer.ts', 'export const answer: number = 42;\n');
  write(built, '');
});

afterEach(() => rmSync(folder, { recursive: true }));

function write(name: string, text: string): void {
  mkdirSync(dirname(join(folder, name)), { recursive: true });
  writeFileSync(join(folder, name), text);
}

/** As if it had been changed just after everything else. */
function touch(name: string): void {
  const later = new Date(Date.now() + 2000);
  utimesSync(join(folder, name), later, later);
}

function run(script: string, args: readonly string[] = [], environment: NodeJS.ProcessEnv = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(folder, 'scripts', script), ...args], {
    encoding: 'utf8',
    env: { ...process.env, ...environment },
  });
  return { status, stdout, stderr };
}

/** A PATH with Node on it and nothing else, so without a compiler. */
function bareEnvironment(): NodeJS.ProcessEnv {
  mkdirSync(join(folder, 'bin'));
  symlinkSync(process.execPath, join(folder, 'bin/node'));
  return { PATH: [join(folder, 'bin')].join(delimiter), PYTHON: undefined, MAKE: undefined, CXX: undefined };
}

describe('npm run setup', () => {
  test('compiles the TypeScript once, then has nothing to do and says nothing', () => {
    expect(run('setup.mjs')).toEqual({ status: 0, stdout: '', stderr: 'setup: compiling the TypeScript\n' });
    expect(existsSync(join(folder, 'dist/answer.js'))).toBe(true);
    expect(run('setup.mjs')).toEqual({ status: 0, stdout: '', stderr: '' });
  });

  test('compiles again when a source has changed', () => {
    run('setup.mjs');
    write('src/answer.ts', 'export const answer: number = 43;\n');
    touch('src/answer.ts');
    expect(run('setup.mjs').stderr).toBe('setup: compiling the TypeScript\n');
    expect(readFileSync(join(folder, 'dist/answer.js'), 'utf8')).toContain('43');
  });

  test('deletes what was compiled from a source that is gone', () => {
    write('src/old.ts', 'export const old = 1;\n');
    run('setup.mjs');
    expect(existsSync(join(folder, 'dist/old.js'))).toBe(true);
    rmSync(join(folder, 'src/old.ts'));
    touch('src');
    run('setup.mjs');
    expect(existsSync(join(folder, 'dist/old.js'))).toBe(false);
    expect(existsSync(join(folder, 'dist/old.js.map'))).toBe(false);
  });

  test('fails when the TypeScript does not compile, and tries again the next time', () => {
    write('src/answer.ts', "export const answer: number = 'many';\n");
    for (const attempt of [1, 2]) {
      const { status, stdout, stderr } = run('setup.mjs');
      expect([attempt, status, stdout]).toEqual([attempt, 1, '']);
      expect(stderr).toMatch(
        /src\/answer.ts\(1,14\)[^]*setup: the TypeScript does not compile, see above\n$/,
      );
    }
  });

  test('goes on without a compiler, naming what is missing', () => {
    touch('native/addon.cc');
    const { status, stderr } = run('setup.mjs', [], bareEnvironment());
    expect(status).toBe(0);
    expect(stderr).toContain('python3, make, a C++17 compiler (g++ or clang++) are missing');
    expect(stderr).toContain('setup: compiling the TypeScript');
  });

  test('fails without a compiler when it is to build everything', () => {
    const { status, stderr } = run('setup.mjs', ['--rebuild'], bareEnvironment());
    expect(status).toBe(1);
    expect(stderr).toContain('The addon was not built: python3, make, a C++17 compiler');
  });
});

describe('the install script', () => {
  test('leaves an installation whole that has no compiler, and says what will not work', () => {
    rmSync(join(folder, built));
    const { status, stdout, stderr } = run('build-addon.mjs', [], bareEnvironment());
    expect(status).toBe(0);
    expect(stdout).toBe('');
    expect(stderr).toContain('are missing');
    expect(stderr).toContain('fencepost can show, check and compare tests, but not run them');
  });

  const realAddon = join(checkout, built);
  const noAddon = existsSync(realAddon) ? '' : ' (skipped: no addon was built)';
  test.skipIf(noAddon !== '')(`uses a prebuilt addon that loads here${noAddon}`, () => {
    rmSync(join(folder, built));
    const prebuild = `prebuilds/${process.platform}-${process.arch}/fencepost.node`;
    mkdirSync(dirname(join(folder, prebuild)), { recursive: true });
    cpSync(realAddon, join(folder, prebuild));
    touch(prebuild);
    expect(run('build-addon.mjs', [], bareEnvironment())).toEqual({
      status: 0,
      stdout: '',
      stderr: `Fencepost: using the prebuilt addon ${join(folder, prebuild)}\n`,
    });
  });

  test('does not use a prebuilt addon that does not load', () => {
    rmSync(join(folder, built));
    write(`prebuilds/${process.platform}-${process.arch}/fencepost.node`, 'no library');
    const { stderr } = run('build-addon.mjs', [], bareEnvironment());
    expect(stderr).toContain('Fencepost: building the addon\n');
  });
});
