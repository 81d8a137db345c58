/** What the page is handed beside its text, for its client to show on demand. */

/** The columns of the heat map: machines, or sessions of one. */
export interface MachineData {
  readonly name: string;
  readonly architecture: string | undefined;
  readonly standing: 'bare' | 'virtual' | 'emulated' | 'unknown';
  /** What weakens what it showed, a sentence each. */
  readonly caveats: readonly string[];
}

export interface TestData {
  readonly name: string;
  readonly question: string | undefined;
  readonly folder: string;
  readonly control: boolean;
}

export interface RowData {
  /** Index of its test. */
  readonly test: number;
  /** The first, and all that are the same code on every machine. */
  readonly strategies: readonly string[];
}

/**
 * What the heat map shows, row by row and in each machine by machine. Of `verdicts`, a letter a cell
 * (`verdictLetters`); of the numbers, one for each cell that has a rate, in the same order.
 */
export interface CellColumns {
  readonly verdicts: string;
  /** `=` where another strategy of the test ran in its stead, `.` elsewhere. */
  readonly same: string;
  /** `1` where the cell has a rate. */
  readonly rated: string;
  readonly sightings: readonly number[];
  readonly iterations: readonly number[];
  /** Interval of the rate, three digits. */
  readonly low: readonly number[];
  /** Of what was never seen, the rate that would have been. */
  readonly high: readonly number[];
}

/** Letters of `CellColumns.verdicts`; those from `n` on have no verdict or no counts. */
export const verdictLetters = {
  violation: 'V',
  seen: 'S',
  upheld: 'U',
  unseen: 'N',
  inconclusive: 'I',
  /** A log: counts, and nobody's verdict. */
  counted: 'L',
  invalid: 'x',
  'not-run': '-',
  absent: ' ',
} as const;

export type CellVerdict = keyof typeof verdictLetters;

/** What is there when the page opens. */
export interface PageIndex {
  readonly machines: readonly MachineData[];
  readonly tests: readonly TestData[];
  readonly rows: readonly RowData[];
  readonly cells: CellColumns;
  /** What was left out of the details for the page's size: a sentence, or nothing. */
  readonly leftOut: string | undefined;
}

/** What is there of a test once it is opened. */
export interface TestDetail {
  /** Undefined where the test's text is not at hand. */
  readonly text: TestText | undefined;
  readonly barriers: readonly BarrierData[];
  readonly graphs: readonly GraphData[];
  /** By machine, of those that timed it. */
  readonly prices: readonly PriceData[];
  /** In the order of the index. */
  readonly rows: readonly RowDetail[];
}

export interface TestText {
  /** Of the file. */
  readonly lines: readonly string[];
  readonly listings: readonly ListingData[];
}

/** The code of a test as written, on one architecture. */
export interface ListingData {
  readonly architecture: string;
  /** Why there is none. */
  readonly problem: string | undefined;
  /** By thread. */
  readonly threads: readonly (readonly ListingLine[])[];
}

/** An instruction and the line of the source it is for; no text: the line needs no instruction. */
export type ListingLine = readonly [sourceLine: number | null, text: string];

export interface BarrierData {
  readonly guard: string;
  readonly name: string;
  readonly thread: number | undefined;
  readonly lines: readonly number[];
  readonly needs: readonly NeedData[];
}

export interface NeedData {
  readonly model: string;
  readonly word: string;
  readonly mark: NeedMark;
  readonly detail: string;
}

/** Kinds of answers, for the eye: needed; not needed; no instruction; not told. */
export type NeedMark = 'needed' | 'spare' | 'free' | 'open';

export interface PriceData {
  readonly machine: string;
  readonly sentences: readonly string[];
  /** What each strategy's step takes, and what barriers and strategies cost: rows of four cells, with intervals. */
  readonly steps: readonly (readonly string[])[];
  readonly prices: readonly (readonly string[])[];
  /** N: `12 launches`. */
  readonly counted: string;
}

export interface GraphData {
  readonly strategy: string;
  readonly kind: 'witness' | 'refusal';
  readonly svg: string;
  readonly text: string;
}

/** A strategy of a row. */
export interface VariantData {
  readonly strategy: string;
  /** What it did to the test. */
  readonly sentence: string | undefined;
  /** What the models said of it when it ran. */
  readonly models: readonly string[];
}

export interface RowDetail {
  readonly variants: readonly VariantData[];
  /** By machine. */
  readonly cells: readonly (CellDetail | null)[];
}

export interface CellDetail {
  readonly reason: string | undefined;
  /** How often it was seen, with everything that belongs to the number. */
  readonly rate: string;
  /** Beside those of the machine. */
  readonly caveats: readonly string[];
  readonly sameCodeAs: string | undefined;
  /** Most frequent first; the last number tells whether it is the event in question (1), is not (0), or cannot be told (-1). */
  readonly outcomes: readonly (readonly [outcome: string, count: number, event: number])[];
  /** Of all further outcomes together. */
  readonly otherOutcomes: number;
  /** Iterations whose outcome is not told. */
  readonly untold: number;
  readonly phases: readonly (readonly [name: string, count: number])[];
  readonly runs: readonly RunDetail[];
  /** Sessions that ran at several places: all their plans of one placement together. */
  readonly placements: readonly Omit<RunDetail, 'blocks'>[];
  /** What the controls are there for: of a never, the rate that it would have caught. */
  readonly vouching: string;
  /** Of all sessions together. */
  readonly controls: readonly (readonly [name: string, state: string, rate: number, iterations: number])[];
}

/** One session under one plan. */
export interface RunDetail {
  readonly session: string;
  readonly plan: string;
  readonly sightings: number;
  readonly iterations: number;
  readonly low: number;
  readonly high: number;
  /** Rates of blocks, or of some of them together, in the order in which they ran. */
  readonly blocks: readonly number[];
}

/** As it stands in the page: deflated JSON in base64, the index and each test by itself. */
export interface PackedData {
  readonly index: string;
  readonly tests: readonly string[];
}
