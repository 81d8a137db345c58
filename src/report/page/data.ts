/** The data of the page: the index when it opens, each test when it is asked for. */

import {
  verdictLetters,
  type CellVerdict,
  type PackedData,
  type PageIndex,
  type TestDetail,
} from '../html/page-data.ts';

export interface ReportData {
  readonly index: PageIndex;
  /** By row and machine. */
  readonly cell: (row: number, machine: number) => CellView;
  /** Kept once it was read. */
  readonly detail: (test: number) => Promise<TestDetail>;
}

export interface CellView {
  readonly verdict: CellVerdict;
  /** Whether another strategy of the test with the same code ran in its stead. */
  readonly same: boolean;
  readonly rate: RateView | undefined;
}

export interface RateView {
  readonly sightings: number;
  readonly iterations: number;
  readonly rate: number;
  readonly low: number;
  readonly high: number;
}

/** @param text what stands in the page. */
export async function readData(text: string): Promise<ReportData> {
  const packed = JSON.parse(text) as PackedData;
  const index = await unpack<PageIndex>(packed.index);
  const details = new Map<number, Promise<TestDetail>>();
  return {
    index,
    cell: cellReader(index),
    detail: (test) => {
      const detail = details.get(test) ?? unpack<TestDetail>(packed.tests[test] ?? '');
      details.set(test, detail);
      return detail;
    },
  };
}

const verdictOfLetter = new Map<string, CellVerdict>(
  (Object.keys(verdictLetters) as CellVerdict[]).map((verdict) => [verdictLetters[verdict], verdict]),
);

const unrated: ReadonlySet<CellVerdict> = new Set(['absent', 'not-run', 'invalid']);

function cellReader({ cells, machines }: PageIndex): ReportData['cell'] {
  let next = 0;
  const numbers = Int32Array.from(cells.rated, (mark) => (mark === '1' ? next++ : -1));
  return (row, machine) => {
    const at = row * machines.length + machine;
    const number = numbers[at] ?? -1;
    const verdict = verdictOfLetter.get(cells.verdicts[at] ?? ' ') ?? 'absent';
    const [sightings = 0, iterations = 0] = [cells.sightings[number], cells.iterations[number]];
    const rate =
      number === -1 || unrated.has(verdict)
        ? undefined
        : {
            sightings,
            iterations,
            rate: sightings / iterations,
            low: cells.low[number] ?? 0,
            high: cells.high[number] ?? 1,
          };
    return { verdict, same: cells.same[at] === '=', rate };
  };
}

/** Deflated JSON in base64. */
async function unpack<Value>(text: string): Promise<Value> {
  const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
  return (await new Response(stream).json()) as Value;
}
