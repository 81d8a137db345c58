import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import yargs from 'yargs';
import { endingOf, UsageError } from '../../src/cli/problem.ts';
import { reportCommand } from '../../src/cli/report.ts';
import { block, session } from '../evidence/recorded-session.ts';

let folder: string;
const at = (name: string) => join(folder, name);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fencepost-report-'));
  const file = session('run.json', [{ test: 'SB', blocks: [block(3, 1000), block(4, 1000)] }]);
  if (file.kind === 'results') writeFileSync(at('run.json'), JSON.stringify(file.document));
});

afterEach(() => rmSync(folder, { recursive: true }));

/** What the command ends with, in this process. */
async function report(...args: string[]): Promise<{ readonly exitCode: number; readonly text: string }> {
  const said: string[] = [];
  const stderr = vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    said.push(String(text));
    return true;
  });
  try {
    await yargs(['report', ...args])
      .command(reportCommand)
      .strict()
      .fail((message: string | null, error: Error | undefined) => {
        throw error ?? new UsageError(message ?? 'wrong usage');
      })
      .parseAsync();
    return { exitCode: 0, text: said.join('') };
  } catch (error) {
    return endingOf(error);
  } finally {
    stderr.mockRestore();
  }
}

describe('fencepost report', () => {
  it('writes one page that refers to nothing outside itself', async () => {
    expect((await report(at('run.json'), '-o', at('r.html'))).exitCode).toBe(0);
    const html = readFileSync(at('r.html'), 'utf8');
    expect(html).toContain("default-src 'none'");
    const markup = html.replaceAll(/<(script|style)[^>]*>[\s\S]*?<\/\1>/g, '');
    expect(markup.match(/\b(?:src|href)="(?!#)/)).toBeNull();
    expect(/<style>[\s\S]*?<\/style>/.exec(html)?.[0].match(/@import|url\(/)).toBeNull();
  });

  it('never writes over a result', async () => {
    const before = readFileSync(at('run.json'), 'utf8');
    const { exitCode, text } = await report(at('run.json'), '-o', at('run.json'));
    expect(exitCode).toBe(2);
    expect(text).toContain('is one of the results');
    expect(readFileSync(at('run.json'), 'utf8')).toBe(before);
  });

  it('writes nothing where a file cannot be read, and names it', async () => {
    writeFileSync(at('broken.json'), '{"format": "fencepost-results", ');
    const { exitCode, text } = await report(folder, '-o', at('r.html'));
    expect(exitCode).toBe(2);
    expect(text).toContain('broken.json');
    expect(existsSync(at('r.html'))).toBe(false);
  });

  it('says which folder cannot be written to', async () => {
    const { exitCode, text } = await report(at('run.json'), '-o', join(at('run.json'), 'r.html'));
    expect(exitCode).toBe(2);
    expect(text).toMatch(/Cannot write .*r\.html/);
  });

  it('takes a time for the models, or none', async () => {
    expect((await report(at('run.json'), '-o', at('r.html'), '--model-time', '0')).exitCode).toBe(0);
    expect(await report(at('run.json'), '-o', at('r.html'), '--model-time', 'soon')).toMatchObject({
      exitCode: 2,
      text: expect.stringContaining('--model-time'),
    });
  });
});
