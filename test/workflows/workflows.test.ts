import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { NoOperationTraceWriter, parseWorkflow } from '@actions/workflow-parser';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { architectures } from '../../src/architecture.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const folder = `${root}.github/workflows/`;
const { scripts } = JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as {
  scripts: Record<string, string>;
};

interface Job {
  readonly 'timeout-minutes'?: number;
  readonly needs?: string;
  readonly strategy?: { readonly matrix: { readonly include: readonly Record<string, string>[] } };
  readonly steps: readonly { readonly uses?: string; readonly run?: string }[];
}
interface Workflow {
  readonly permissions?: Record<string, string>;
  readonly jobs: Record<string, Job>;
}

const workflow = (name: string) => parse(readFileSync(folder + name, 'utf8')) as Workflow;
const names = readdirSync(folder);

describe.each(names)('the workflow %s', (name) => {
  const { permissions, jobs } = workflow(name);
  const steps = Object.values(jobs).flatMap((job) => job.steps);

  it("is one by GitHub's own parser", () => {
    const file = { name, content: readFileSync(folder + name, 'utf8') };
    const { context } = parseWorkflow(file, new NoOperationTraceWriter());
    expect(context.errors.getErrors().map(({ message }) => message)).toEqual([]);
  });

  it('may read the repository and nothing else', () => {
    expect(permissions).toEqual({ contents: 'read' });
  });

  it('gives every job a time budget', () => {
    for (const job of Object.values(jobs)) expect(job['timeout-minutes']).toBeLessThanOrEqual(45);
  });

  it('pins every action to a version', () => {
    const versioned = /^actions\/[\w-]+@v\d+$/;
    expect(steps.flatMap(({ uses }) => uses ?? []).filter((action) => !versioned.test(action))).toEqual([]);
  });

  it('calls npm scripts that exist', () => {
    const called = steps.flatMap(({ run }) =>
      [...(run ?? '').matchAll(/npm run (?:--silent )?([\w:]+)/g)].map(([, script]) => script),
    );
    expect(called.filter((script) => scripts[script ?? ''] === undefined)).toEqual([]);
  });
});

describe('the matrix of machines', () => {
  const { run, compare } = workflow('litmus.yml').jobs;
  const machines = run?.strategy?.matrix.include ?? [];

  it('has every architecture, and macOS', () => {
    expect(machines.map((machine) => machine['name'])).toEqual(
      expect.arrayContaining([...architectures, 'arm64-macos']),
    );
  });

  it.each(['ppc64le', 's390x', 'riscv64'])('emulates %s unless a variable names a runner', (name) => {
    const machine = machines.find((one) => one['name'] === name);
    const variable = `vars.RUNNER_${name.toUpperCase()}`;
    expect(machine?.['runner']).toBe(`\${{ ${variable} || 'ubuntu-24.04' }}`);
    expect(machine?.['mode']).toBe(`\${{ ${variable} && 'hardware' || 'emulated' }}`);
  });

  it('brings the results of all machines together', () => {
    expect(compare?.needs).toBe('run');
    expect(compare?.steps.some(({ run: command }) => command?.includes('GITHUB_STEP_SUMMARY'))).toBe(true);
  });
});
