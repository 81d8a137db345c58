import { printable } from '../printable.ts';

/** Where in the page something is: the hash that its client understands. */
export interface PageLink {
  readonly test: string;
  readonly strategy: string | undefined;
  readonly machine: string | undefined;
}

/** `#test/C-page-fault/no-smp_rmb%4060/amd-epyc` */
export function testLink(test: string, strategy?: string, machine?: string): string {
  const parts = [
    test,
    ...(strategy === undefined ? [] : [strategy, ...(machine === undefined ? [] : [machine])]),
  ];
  return `#test/${parts.map(encoded).join('/')}`;
}

/** Undefined for a hash that names no test. */
export function linkOf(hash: string): PageLink | undefined {
  const [, rest] = /^#test\/(.+)$/.exec(hash) ?? [];
  if (rest === undefined) return undefined;
  try {
    const [test = '', strategy, machine] = rest.split('/').map(decodeURIComponent);
    return { test, strategy, machine };
  } catch {
    return undefined; // a % that is no escape
  }
}

/** Names are as the page has them, which is without anything that could not be encoded. */
function encoded(part: string): string {
  return encodeURIComponent(printable(part));
}
