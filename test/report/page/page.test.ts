import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { guardAdvice, modelNeeds } from '../../../src/evidence/advice.ts';
import { kernelJudge } from '../../../src/evidence/judges.ts';
import { parseLitmus } from '../../../src/language/parser.ts';
import { readTestFile, suiteFolder } from '../../../src/language/test-files.ts';
import { testLink } from '../../../src/report/html/links.ts';
import { printable } from '../../../src/report/printable.ts';
import { guardsOf } from '../../../src/strategy/guards.ts';
import { block, onBareXeon, session, type SessionRow } from '../../evidence/recorded-session.ts';
import { pricedDocument } from '../cost-sample.ts';
import { hostileTexts, pageOf } from '../html/sample-report.ts';
import { browserFile, openBrowser } from './browser.ts';

const file = join(suiteFolder, 'kvm/C-page-fault.litmus');
const source = readTestFile(file);
const test = parseLitmus(source, file);

const axeFile = fileURLToPath(import.meta.resolve('axe-core/axe.min.js'));

const isRmb = ({ name }: { readonly name: string }) => name === 'no-smp_rmb@60';

const rows: readonly SessionRow[] = [
  { test: test.name, verdict: 'upheld', blocks: [block(0, 50_000), block(0, 50_000)] },
  { test: test.name, strategy: 'no-smp_rmb@60', blocks: [3, 9, 4, 6].map((seen) => block(seen, 50_000)) },
  { test: test.name, strategy: 'no-smp_wmb@47', verdict: 'upheld', sameCodeAs: 'kernel' },
  { test: 'SB', blocks: [block(900, 100_000), block(1000, 100_000)] },
  ...hostileTexts.map((text): SessionRow => ({
    test: text,
    strategy: text,
    reason: text,
    blocks: [block(5, 1000)],
  })),
];

const html = pageOf([session('a.json', rows), session('b.json', rows, onBareXeon)], (one) =>
  one.name === test.name
    ? {
        source: { file, test, text: source },
        asked: {
          event: 'spte=1',
          guards: guardAdvice(test, guardsOf(test).guards, source),
          models: [modelNeeds(kernelJudge('witness', 30_000), test, guardsOf(test).guards.filter(isRmb))],
          graphs: [
            {
              strategy: 'kernel',
              kind: 'refusal',
              svg: '<svg xmlns="http://www.w3.org/2000/svg"/>',
              text: hostileTexts[0],
            },
          ],
        },
      }
    : {},
);

describe.skipIf(browserFile === undefined)('the page in a browser', () => {
  let browser: Browser;
  let page: Page;
  let folder: string;
  let url: string;
  const troubles: string[] = [];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'fencepost-page-'));
    writeFileSync(join(folder, 'report.html'), html);
    url = pathToFileURL(join(folder, 'report.html')).href;
    browser = await openBrowser();
    page = await browser.newPage({ viewport: { width: 1200, height: 800 } });
    page.on('console', (message) => troubles.push(`${message.type()}: ${message.text()}`));
    page.on('pageerror', (error) => troubles.push(error.message));
    page.on('request', (request) => {
      if (!/^(?:data|blob):/.test(request.url()) && !request.url().startsWith(url))
        troubles.push(request.url());
    });
    await page.goto(url);
    await page.waitForSelector('html[data-ready]');
  });

  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('shows the answers first, with what was seen without the barrier', async () => {
    const answer = page.locator('.answer').first();
    expect(await answer.locator('h3').innerText()).toContain("the snapshot's smp_rmb");
    expect(await answer.innerText()).toMatch(
      /Seen to matter\?\s+Without it the outcome was seen on .*intel-xeon.*1\.1e-4/,
    );
    expect(await answer.innerText()).toMatch(/Where\s+C-page-fault P1 line 60, between snap = READ_ONCE/);
    expect(await answer.innerText()).toMatch(/Price\s+Not measured/);
  });

  it('filters the heat map, and says how much is left', async () => {
    await page.fill('#filter', 'page-fault rmb@60');
    expect(await page.locator('.heat tbody tr').count()).toBe(1);
    expect(await page.locator('.filters output').innerText()).toContain(`1 of ${rows.length - 1} rows`);
    await page.fill('#filter', '');
    expect(await page.locator('.heat tbody tr').count()).toBe(rows.length - 1);
  });

  it('sorts the heat map by rate', async () => {
    await page.selectOption('.filters select >> nth=1', 'rate');
    expect(await page.locator('.heat tbody tr').last().innerText()).toContain(test.name);
    await page.selectOption('.filters select >> nth=1', 'given');
  });

  it('opens a cell by its link, with the barrier in question marked in the source', async () => {
    await page.locator('.heat td a', { hasText: '1.1e-4' }).first().click();
    await page.waitForSelector('.test h4');
    expect(decodeURIComponent(page.url())).toContain(`#test/${test.name}/no-smp_rmb@60/`);
    const marked = page.locator('.source tr.barrier');
    expect(await marked.count()).toBe(1);
    expect(await marked.innerText()).toMatch(
      /smp_rmb\(\);[\s\S]*no instruction[\s\S]*dmb ishld[\s\S]*lwsync[\s\S]*fence r,r/,
    );
    expect(await page.locator('.chart svg').count()).toBeGreaterThan(2);
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('test-name');
  });

  it('moves between cells by arrow keys', async () => {
    await page.locator('.heat td a').first().focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowRight');
    const label = await page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? '');
    expect(label).toMatch(/^C-page-fault, no-smp_rmb@60, intel-xeon.*: 1\.1e-4; seen/);
  });

  it.each(hostileTexts)('shows %j as text and nothing else', async (text) => {
    await page.goto(`${url}${testLink(text, text)}`);
    await page.waitForFunction(
      (name) => document.querySelector('#test-name')?.textContent === name,
      printable(text),
    );
    await page.waitForSelector('.chart svg');
    expect(await page.locator('main img:not(.graph), main script').count()).toBe(0);
    expect(await page.evaluate(() => 'pwned' in globalThis)).toBe(false);
  });

  it('says so when a link names a test that is not there', async () => {
    await page.goto(`${url}#test/no-such-test`);
    await page.waitForSelector('[role=alert]');
    expect(await page.locator('[role=alert]').innerText()).toContain('no-such-test');
  });

  it('is light or dark as the system is, until the button says otherwise', async () => {
    const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    await page.emulateMedia({ colorScheme: 'light' });
    const light = await ground();
    await page.emulateMedia({ colorScheme: 'dark' });
    const dark = await ground();
    expect(dark).not.toBe(light);
    await page.click('#theme');
    await page.emulateMedia({ colorScheme: 'light' });
    expect(await ground()).toBe(dark);
  });

  it.each(['light', 'dark'] as const)('has nothing that axe-core objects to, %s', async (colorScheme) => {
    const other = await browser.newPage({ colorScheme });
    await other.goto(`${url}${testLink(test.name, 'no-smp_rmb@60')}`);
    await other.waitForSelector('.chart svg');
    await other.evaluate(readFileSync(axeFile, 'utf8'));
    const found = await other.evaluate(async () => {
      const { axe } = globalThis as unknown as { axe: typeof import('axe-core') };
      const { violations } = await axe.run(document);
      return violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html.slice(0, 200)}`);
    });
    expect(found).toEqual([]);
    await other.close();
  });

  it('never scrolls sideways as a whole, also on a narrow screen', async () => {
    await page.setViewportSize({ width: 400, height: 800 });
    await page.goto(`${url}${testLink(test.name, 'no-smp_rmb@60')}`);
    await page.waitForSelector('.chart svg');
    const [width, visible] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
    expect(width).toBeLessThanOrEqual(visible ?? 0);
    await page.setViewportSize({ width: 1200, height: 800 });
  });

  it('prints with its details opened', async () => {
    await page.emulateMedia({ media: 'print' });
    await page.evaluate(() => dispatchEvent(new Event('beforeprint')));
    expect(await page.locator('.answer details').first().getAttribute('open')).not.toBeNull();
    expect((await page.pdf()).byteLength).toBeGreaterThan(10_000);
    await page.emulateMedia({ media: null });
  });

  it('tells of prices alone that nothing was run, and what the test costs', async () => {
    const priced = pageOf([{ kind: 'results', file: 'c.json', document: pricedDocument, leftOut: [] }]);
    const other = await browser.newPage();
    await other.setContent(priced);
    await other.waitForSelector('html[data-ready]');
    expect(await other.locator('.note').first().innerText()).toContain('nothing was run');
    await other.locator('.heat tbody th a').first().click();
    await other.waitForSelector('.test h4');
    const text = await other.locator('.test').innerText();
    expect(text).toContain('not run. it was timed, and nothing was run');
    expect(text).toMatch(/has not run it\.[\s\S]*What it costs[\s\S]*The snapshot's smp_rmb \(P1 line 60\)/);
    await other.locator('summary', { hasText: 'of the median over 12 launches' }).click();
    expect(await other.locator('.test dd').innerText()).toMatch(
      /atomics = atomics-mb in place of kernel\s+P0\s+6\.25 \(5\.63-6\.88\)\s+10\.3 \(9\.27-11\.3\)/,
    );
    await other.close();
  });

  it('asked the network for nothing and complained of nothing', () => {
    expect(troubles).toEqual([]);
  });
});
