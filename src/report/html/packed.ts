import { deflateRawSync } from 'node:zlib';
import { printableText } from '../printable.ts';
import type { PackedData, PageIndex, TestDetail } from './page-data.ts';
import type { DetailLevel } from './detail-data.ts';

interface Level extends DetailLevel {
  readonly leftOut: string | undefined;
}

/** From everything a results file has to what a page of very many cells has room for. */
const levels: readonly Level[] = [
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
];

const coarsest: Level = {
  blocks: 0,
  outcomes: 0,
  leftOut:
    'To keep this page small, blocks over time and histograms are left out; reports of fewer machines or tests have them.',
};

const mostBytes = 8_000_000;
/** So many tests are packed to see how much room all of them would take. */
const sampled = 20;

/**
 * The data as it stands in the page, in as much detail as there is room for.
 * @param tests how many there are. @param detailOf makes the detail of one.
 */
export function packed(
  index: Omit<PageIndex, 'leftOut'>,
  detailOf: (test: number, level: DetailLevel) => TestDetail,
): PackedData {
  const tests = index.tests.map((_, test) => test);
  const step = Math.ceil(tests.length / sampled);
  const sample = tests.filter((test) => test % step === 0);
  const room = mostBytes - pack(index).length;
  const fits = (level: DetailLevel) => {
    const size = sample.reduce((sum, test) => sum + pack(detailOf(test, level)).length, 0);
    return (size / sample.length) * tests.length < room;
  };
  const level = levels.find(fits) ?? coarsest;
  return {
    index: pack({ ...index, leftOut: level.leftOut } satisfies PageIndex),
    tests: tests.map((test) => pack(detailOf(test, level))),
  };
}

function pack(value: unknown): string {
  return deflateRawSync(
    JSON.stringify(value, (_, part: unknown) => (typeof part === 'string' ? printableText(part) : part)),
    { level: 9 },
  ).toString('base64');
}
