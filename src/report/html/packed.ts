import { deflateRawSync } from 'node:zlib';
import { printableText } from '../printable.ts';
import type { PackedData, PageIndex, TestDetail } from './page-data.ts';
import type { DetailLevel } from './detail-data.ts';

/** From everything a results file has to what a page of very many cells has room for. */
const levels: readonly (DetailLevel & { readonly leftOut: string | undefined })[] = [
  { blocks: 120, outcomes: 64, leftOut: undefined },
  {
    blocks: 24,
    outcomes: 16,
    leftOut:
      'To keep this page small, blocks over time are averages of several, and of histograms the 16 most frequent outcomes are kept.',
  },
  {
    blocks: 0,
    outcomes: 6,
    leftOut:
      'To keep this page small, blocks over time are left out, and of histograms the 6 most frequent outcomes are kept.',
  },
  {
    blocks: 0,
    outcomes: 0,
    leftOut:
      'To keep this page small, blocks over time and histograms are left out; reports of fewer machines or tests have them.',
  },
];

const mostBytes = 8_000_000;

/** The data as it stands in the page, in as much detail as there is room for. */
export function packed(
  index: Omit<PageIndex, 'leftOut'>,
  detailAt: (level: DetailLevel) => Iterable<TestDetail>,
): PackedData {
  for (const [number, level] of levels.entries()) {
    const head = pack({ ...index, leftOut: level.leftOut } satisfies PageIndex);
    const room = number === levels.length - 1 ? Infinity : mostBytes - head.length;
    const tests = packedWithin(detailAt(level), room);
    if (tests !== undefined) return { index: head, tests };
  }
  throw new Error('the last level has no bound');
}

function packedWithin(details: Iterable<TestDetail>, room: number): readonly string[] | undefined {
  const tests: string[] = [];
  let size = 0;
  for (const detail of details) {
    const text = pack(detail);
    size += text.length;
    if (size > room) return undefined;
    tests.push(text);
  }
  return tests;
}

function pack(value: unknown): string {
  return deflateRawSync(
    JSON.stringify(value, (_, part: unknown) => (typeof part === 'string' ? printableText(part) : part)),
    { level: 9 },
  ).toString('base64');
}
