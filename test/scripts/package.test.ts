import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { foreignNames, hostArchitecture } from '../../src/architecture.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const architecture = hostArchitecture();
const prebuilds = `prebuilds/${process.platform}-${architecture === undefined ? '' : foreignNames[architecture].node}`;
const built = join(root, 'build/Release/fencepost.node');
const reason = existsSync(built) && process.platform === 'linux' ? undefined : 'no addon was built here';

describe.skipIf(reason !== undefined)(
  `the npm package${reason === undefined ? '' : ` (skipped: ${reason})`}`,
  () => {
    let folder: string;
    let files: readonly string[];

    beforeAll(() => {
      folder = mkdtempSync(join(tmpdir(), 'fencepost-package-'));
      const prebuild = join(root, prebuilds, 'fencepost.glibc.node');
      const mine = !existsSync(prebuild);
      if (mine) {
        mkdirSync(join(root, prebuilds), { recursive: true });
        copyFileSync(built, prebuild);
      }
      execFileSync('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', folder], {
        cwd: root,
      });
      if (mine) rmSync(join(root, prebuilds), { recursive: true });
      const [archive = ''] = readdirSync(folder);
      execFileSync('tar', ['-xzf', join(folder, archive), '-C', folder]);
      files = readdirSync(join(folder, 'package'), { recursive: true }).map(String);
      symlinkSync(join(root, 'node_modules'), join(folder, 'package/node_modules'));
    });
    afterAll(() => rmSync(folder, { recursive: true }));

    it('has the prebuilt addon, the tests and the commands in it, and no results of this machine', () => {
      expect(files).toEqual(
        expect.arrayContaining([
          `${prebuilds}/fencepost.glibc.node`,
          'dist/cli/main.js',
          'litmus/kvm/C-page-fault.litmus',
          'native/addon.cc',
          'LICENSE',
        ]),
      );
      expect(files.filter((name) => name.startsWith('results/local'))).toEqual([]);
    });

    it('runs where there is no compiler', () => {
      const { status, stdout, stderr } = spawnSync(
        process.execPath,
        ['dist/cli/main.js', 'run', 'litmus/classic/SB.litmus', '--iterations', '10k', '--json'],
        { cwd: join(folder, 'package'), encoding: 'utf8', env: { PATH: folder, PREBUILDS_ONLY: '1' } },
      );
      expect(stderr).toContain('Results: ');
      expect(status).toBe(0);
      expect(stdout).toContain('"witnesses"');
    });
  },
);
