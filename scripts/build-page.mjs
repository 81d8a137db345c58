/**
 * Builds the client of the report's page: TypeScript to modules, those and the libraries they import to
 * one script, and beside it the plotting library as it is published. Rollup's WebAssembly build is used
 * because it runs on every architecture that Node runs on.
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const source = join(root, 'src/report/page');
const modules = join(root, 'build/page');
const output = join(root, 'dist/report/page');
const installed = (path) => join(root, 'node_modules', path);

/** Published as scripts that set a global; in the order in which they are to run. */
const libraries = ['d3/dist/d3.min.js', '@observablehq/plot/dist/plot.umd.min.js'];

/** @returns a sentence that says why it cannot be built; undefined where it was. */
export async function buildPage() {
  if (!existsSync(source)) return undefined;
  if (!existsSync(installed('@rollup/wasm-node')))
    return 'the packages that build the report’s page are not installed';
  const tsc = installed('typescript/bin/tsc');
  const { status } = spawnSync(process.execPath, [tsc, '-p', join(root, 'tsconfig.page.json')], {
    cwd: root,
    stdio: ['ignore', 2, 2],
  });
  if (status !== 0) return 'the client of the report’s page does not compile, see above';
  try {
    const code = await bundled(join(modules, 'report/page/main.js'));
    mkdirSync(output, { recursive: true });
    writeFileSync(join(output, 'page.js'), code);
    copyFileSync(join(source, 'page.css'), join(output, 'page.css'));
    for (const library of libraries)
      copyFileSync(installed(library), join(output, library.replace(/.*\//, '')));
    return undefined;
  } catch (error) {
    return `the report’s page cannot be built: ${error.message}`;
  }
}

async function bundled(input) {
  const [{ rollup }, { default: resolve }] = await Promise.all([
    import('@rollup/wasm-node'),
    import('@rollup/plugin-node-resolve'),
  ]);
  const bundle = await rollup({ input, plugins: [resolve({ browser: true })] });
  const { output: chunks } = await bundle.generate({ format: 'iife' });
  await bundle.close();
  const [{ code }] = chunks;
  if (/<\/script|<!--/i.test(code)) throw new Error('its script would end the element that it stands in');
  return code;
}
