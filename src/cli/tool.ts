import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Tool } from '../results/schema.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** The tool's name and version, and the git revision where it runs from a checkout of its own. */
export function toolIdentity(): Tool {
  const { name, version } = packageFacts();
  const revision = gitRevision();
  return { name, version, ...(revision === undefined ? {} : { revision }) };
}

export function toolVersion(): string {
  return packageFacts().version;
}

function packageFacts(): Tool {
  return JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as Tool;
}

function gitRevision(): string | undefined {
  if (!existsSync(`${root}.git`)) return undefined;
  try {
    const git = (...args: string[]) =>
      execFileSync('git', ['-C', root, ...args], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      }).trim();
    const changed = git('status', '--porcelain', '--', 'src', 'native', 'litmus') === '' ? '' : '+changes';
    return `${git('rev-parse', 'HEAD')}${changed}`;
  } catch {
    return undefined; // no git, or a checkout that is not ours to ask
  }
}
