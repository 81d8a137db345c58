import { closeSync, fdatasyncSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';
import { Type, type Static } from 'typebox';
import { Compile } from 'typebox/schema';
import { schemaProblem } from './document-check.ts';
import { machineSchema } from './machine-schema.ts';
import { pricesSchema, type Prices } from './price-schema.ts';
import { readWhole } from './read.ts';
import { quoted, reasonOf, ResultsError } from './results-error.ts';
import { count, instant, strictObject, text, type Plain } from './schema-parts.ts';
import {
  blockProperties,
  distanceSchema,
  outcomeSchema,
  planSchema,
  sessionSchema,
  targetSchema,
  toolSchema,
  variantProperties,
} from './schema.ts';

export const journalFormat = 'fencepost-journal';
export const journalVersion = 1;

const headerSchema = strictObject({
  format: Type.Literal(journalFormat),
  version: Type.Literal(journalVersion),
  tool: toolSchema,
  machine: machineSchema,
  target: Type.Optional(targetSchema),
  processId: Type.Optional(count('Of the session, while it runs.')),
  session: Type.Omit(sessionSchema, ['finishedAt', 'interrupted'], { additionalProperties: false }),
  plans: Type.Array(planSchema),
  variants: Type.Array(strictObject(variantProperties)),
  prices: Type.Optional(pricesSchema),
});

const blockSchema = strictObject({
  test: text(),
  strategy: text(),
  plan: text(),
  ...blockProperties,
  iterations: count('All that were run, also those that the filter rejects.'),
  outcomes: Type.Array(outcomeSchema),
  other: Type.Optional(count('Iterations of a perpetual run whose outcome is not told.')),
  runNs: Type.Number({ minimum: 0 }),
  wallNs: Type.Number({ minimum: 0 }),
  strayed: count(),
  switches: count(),
  disturbed: Type.Optional(text("Why its rates are lower than the machine's.")),
  problem: Type.Optional(text('Why its counts are not data.')),
  distance: Type.Optional(distanceSchema), // the looks since the line before
});

const resumedSchema = strictObject({
  resumed: strictObject({ startedAt: instant(), arguments: Type.Array(Type.String()) }),
  processId: Type.Optional(count('Of the session that went on, while it runs.')),
  prices: Type.Optional(pricesSchema),
});
type ResumedLine = Plain<Static<typeof resumedSchema>>;
/** When and how a session went on where it had stopped. */
export type Resumed = ResumedLine['resumed'];

/** What is known before the first block. */
export type JournalHeader = Plain<Static<typeof headerSchema>>;
/** One block as it was run, before any judgement. */
export type JournalBlock = Plain<Static<typeof blockSchema>>;

/** A journal that is being written: NDJSON, the header and then a line per block. */
export interface Journal {
  readonly path: string;
  /** The line is with the system when this returns: it outlives the process. @throws ResultsError */
  append(block: JournalBlock): void;
  close(): void;
}

/** How long a line may stay out of reach of a power cut. A sync per line would wait for the disk between blocks. */
const syncIntervalMs = 1000;

/**
 * Starts a journal; its file must not exist yet.
 * @throws ResultsError
 */
export function openJournal(path: string, header: JournalHeader): Journal {
  const file = attempt('create', path, () => openSync(path, 'ax'));
  return writing(path, file, header);
}

/**
 * Goes on with a journal that a session left. A last line that was cut off is cut off for good.
 * @throws ResultsError
 */
export function continueJournal(path: string, resumed: Resumed, prices?: Prices): Journal {
  const bytes = attempt('read', path, () => readFileSync(path));
  const file = attempt('write', path, () => openSync(path, 'r+'));
  const wholeLines = bytes.lastIndexOf(0x0a) + 1;
  attempt('write', path, () => ftruncateSync(file, wholeLines));
  return writing(
    path,
    file,
    { resumed, processId: process.pid, ...(prices === undefined ? {} : { prices }) },
    wholeLines,
  );
}

function writing(path: string, file: number, first: JournalHeader | ResumedLine, startBytes = 0): Journal {
  let position = startBytes;
  let open = true;
  let syncedAtMs = Number.NEGATIVE_INFINITY;

  const close = () => {
    if (!open) return;
    open = false;
    closeSync(file);
  };
  const writeLine = (line: JournalHeader | ResumedLine | JournalBlock) => {
    if (!open) throw new ResultsError(`Cannot write the journal ${path}: it is closed.`);
    try {
      attempt('write', path, () => {
        const bytes = Buffer.from(`${JSON.stringify(line)}\n`);
        for (let written = 0; written < bytes.length;) {
          written += writeSync(file, bytes, written, bytes.length - written, position + written);
        }
        position += bytes.length;
        if (performance.now() - syncedAtMs < syncIntervalMs) return;
        fdatasyncSync(file);
        syncedAtMs = performance.now();
      });
    } catch (error) {
      // A line after half a line would be lost with it.
      close();
      throw error;
    }
  };
  writeLine(first);
  return { path, append: writeLine, close };
}

function attempt<T>(act: string, path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new ResultsError(`Cannot ${act} the journal ${path}: ${reasonOf(error)}.`);
  }
}

export interface JournalContent {
  readonly header: JournalHeader;
  readonly blocks: readonly JournalBlock[];
  /** The sessions that went on with it. */
  readonly resumed: readonly Resumed[];
  /** Those found last. */
  readonly prices: Prices | undefined;
  /** Of the session that wrote it last. */
  readonly processId: number | undefined;
  /** Whether the last line was cut off, and left out. */
  readonly truncated: boolean;
}

const compiledHeader = Compile(headerSchema);
const compiledBlock = Compile(blockSchema);
const compiledResumed = Compile(resumedSchema);

/**
 * Reads a journal, that of a session that was killed among them: a last line that was cut off is left out.
 * @throws ResultsError naming file, line and what was expected.
 */
export function readJournal(path: string): JournalContent {
  const lines = readWhole(path).split('\n');
  // Every whole line ends in a newline, so what follows the last one is nothing, or a part of a line.
  const truncated = lines.pop() !== '';
  const [first, ...rest] = lines.map((line, index) => parseLine(line, `${path}:${index + 1}`));
  if (first === undefined) throw new ResultsError(`${path} is not a journal: it has no complete line.`);
  const { format, version } = (first ?? {}) as { format?: unknown; version?: unknown };
  if (format !== journalFormat) {
    throw new ResultsError(`${path} is not a Fencepost journal: its "format" is ${quoted(format)}.`);
  }
  if (typeof version === 'number' && version > journalVersion) {
    throw new ResultsError(
      `${path} has version ${version} of the journal format; this Fencepost reads up to version ${journalVersion}: use a newer one.`,
    );
  }
  const problem = schemaProblem(compiledHeader, first);
  if (problem !== undefined) throw new ResultsError(`${path}:1 is not a valid journal header: ${problem}.`);
  const isResumed = (line: unknown): line is ResumedLine =>
    typeof line === 'object' && line !== null && 'resumed' in line;
  for (const [index, line] of rest.entries()) {
    const wrong = schemaProblem(isResumed(line) ? compiledResumed : compiledBlock, line);
    if (wrong !== undefined) throw new ResultsError(`${path}:${index + 2} is not a valid block: ${wrong}.`);
  }
  const header = first as JournalHeader;
  const resumed = rest.filter(isResumed);
  return {
    header,
    blocks: rest.filter((line) => !isResumed(line)) as JournalBlock[],
    resumed: resumed.map((line) => line.resumed),
    prices: resumed.findLast(({ prices }) => prices !== undefined)?.prices ?? header.prices,
    processId: (resumed.at(-1) ?? header).processId,
    truncated,
  };
}

function parseLine(line: string, where: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw new ResultsError(`${where} is not JSON: the journal was damaged there.`);
  }
}
