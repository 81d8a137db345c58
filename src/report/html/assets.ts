import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { PageAssets } from './page.tsx';

/** Where the build puts them, seen from the sources and from what is compiled of them. */
const folder = fileURLToPath(new URL('../../../dist/report/page/', import.meta.url));

/** The installation lacks the page's client. */
export class PageAssetsError extends Error {
  override readonly name = 'PageAssetsError';
}

/** The page's style and scripts as `npm run build` leaves them. */
export function readPageAssets(): PageAssets {
  try {
    const read = (name: string) => readFileSync(`${folder}${name}`, 'utf8');
    return { style: read('page.css'), scripts: ['d3.min.js', 'plot.umd.min.js', 'page.js'].map(read) };
  } catch (error) {
    throw new PageAssetsError(
      `The page's client is not built (${(error as Error).message}): run "npm run build", which says why if it cannot be.`,
    );
  }
}
