import { existsSync } from 'node:fs';
import { chromium, type Browser } from 'playwright-core';

/** Debian's, and where others put theirs. */
const places = [
  process.env['FENCEPOST_CHROMIUM'],
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
];

/** The browser of this machine; no package brings one. */
export const browserFile = places.find((file) => file !== undefined && existsSync(file));

if (browserFile === undefined) {
  const sentence = 'no Chromium here (FENCEPOST_CHROMIUM names one): the page is not tested in a browser';
  if (process.env['CI'] !== undefined) throw new Error(sentence);
  console.log(`skipped: ${sentence}`);
}

/** Started so that it speaks to nobody by itself. */
export function openBrowser(): Promise<Browser> {
  return chromium.launch({
    ...(browserFile === undefined ? {} : { executablePath: browserFile }),
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--no-first-run',
    ],
  });
}
