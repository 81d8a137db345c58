import { readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { globSync } from 'tinyglobby';
import { describe, expect, it } from 'vitest';

/** The sentence that is the folder list; a file may import from its own folder and from those before it. */
const sentence = [
  'architecture.ts',
  'workers',
  'language',
  'strategy',
  'model',
  'lower',
  'plan',
  'run',
  'judge',
  'results',
  'evidence',
  'tuning',
  'report',
  'checking',
  'host.ts',
  'pricing.ts',
  'run-request.ts',
  'budget.ts',
  'pipeline.ts',
  'cost.ts',
  'tune.ts',
  'cli',
  'bench',
];

const sourceFolder = fileURLToPath(new URL('../src/', import.meta.url));
const files = globSync('**/*.{ts,tsx}', { cwd: sourceFolder });

const place = (file: string): number => sentence.indexOf(file.split('/')[0] ?? '');

function importsOf(file: string): string[] {
  const text = readFileSync(join(sourceFolder, file), 'utf8');
  return [...text.matchAll(/(?:from|import\()\s*'(\.[^']*)'/g)].map(([, path]) =>
    relative(sourceFolder, resolve(sourceFolder, dirname(file), path ?? '')),
  );
}

describe('imports point only backwards along the sentence', () => {
  it('every file has a place in it', () => {
    expect(files.filter((file) => place(file) === -1)).toEqual([]);
  });

  it.each(files)('%s', (file) => {
    const forwards = importsOf(file).filter((imported) => place(imported) > place(file));
    expect(forwards, `${file} imports from further along`).toEqual([]);
  });

  it('only main.ts loads a command: what several share is no part of one', () => {
    const commands = importsOf('cli/main.ts').filter((file) =>
      readFileSync(join(sourceFolder, file), 'utf8').includes('CommandModule'),
    );
    expect(commands.length).toBeGreaterThan(10);
    const loading = files.filter(
      (file) => file !== 'cli/main.ts' && importsOf(file).some((imported) => commands.includes(imported)),
    );
    expect(loading).toEqual([]);
  });

  it('only src/run/ loads the addon', () => {
    const loading = files.filter((file) =>
      /node-gyp-build|createRequire/.test(readFileSync(join(sourceFolder, file), 'utf8')),
    );
    expect(loading.map((file) => dirname(file)).filter((folder) => folder !== 'run')).toEqual([]);
  });

  it('only architecture.ts asks Node which processor this is', () => {
    const asking = files.filter((file) =>
      /process\.arch\b/.test(readFileSync(join(sourceFolder, file), 'utf8')),
    );
    expect(asking).toEqual(['architecture.ts']);
  });

  it('only the command line ends the process', () => {
    const ending = files.filter((file) =>
      /process\.exit\(/.test(readFileSync(join(sourceFolder, file), 'utf8')),
    );
    expect(ending.filter((file) => !['cli/main.ts', 'run/child.ts'].includes(file))).toEqual([]);
  });
});
