import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { manyMachines } from '../html/many-machines.ts';
import { pageOf } from '../html/sample-report.ts';
import { browserFile, openBrowser } from './browser.ts';

const html = pageOf(manyMachines(50, 500));

describe('a page of 50 machines and 500 tests', () => {
  it('weighs less than 10 MB', () => {
    expect(Buffer.byteLength(html)).toBeLessThan(10_000_000);
  });

  it.skipIf(browserFile === undefined)('opens, and draws only what is looked at', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'fencepost-size-'));
    const file = join(folder, 'report.html');
    writeFileSync(file, html);
    const browser = await openBrowser();
    try {
      const page = await browser.newPage();
      const began = performance.now();
      await page.goto(pathToFileURL(file).href);
      await page.waitForSelector('html[data-ready]');
      const readyMs = Math.round(performance.now() - began);
      console.log(`${(html.length / 1e6).toFixed(1)} MB, ready after ${readyMs} ms`);
      expect(await page.locator('.filters output').innerText()).toContain('50 of 50 machines');
      expect(await page.locator('.heat td').count()).toBeLessThanOrEqual(3000);
    } finally {
      await browser.close();
      rmSync(folder, { recursive: true });
    }
  });
});
