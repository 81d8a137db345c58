import { writeFileSync } from 'node:fs';
import type { Argv, CommandModule } from 'yargs';
import { modelNamed, ownModelNames, type CheckRequest } from '../checking/checks.ts';
import { checkFiles, type FileReport } from '../checking/files.ts';
import { filesNamedBy, suiteFiles } from '../language/test-files.ts';
import {
  checkTableText,
  contradictionText,
  herdText,
  rowExplanation,
  rowJson,
  shownTest,
  type CheckRow,
} from '../report/check.ts';
import { drawingOf, type Drawing } from '../report/drawing.ts';
import { graphDot } from '../report/graph-dot.ts';
import { graphSvg } from '../report/graph-svg.ts';
import { requireStrategies } from '../strategy/strategies.ts';
import { milliseconds } from './arguments.ts';
import { exitCodes } from './exit-codes.ts';
import { UsageError } from './problem.ts';
import { stoppedBySignals } from './terminal.ts';

function options(argv: Argv) {
  return argv
    .positional('files', {
      type: 'string',
      array: true,
      default: [] as string[],
      describe: '.litmus files, folders or globs; none: the whole suite',
    })
    .option('model', {
      alias: 'm',
      type: 'string',
      array: true,
      nargs: 1,
      default: ['lkmm'],
      describe: `${ownModelNames.join(', ')}, or the path of a kernel's tools/memory-model, a .cfg or a .cat file; several: side by side`,
    })
    .option('strategy', {
      alias: 's',
      type: 'string',
      array: true,
      nargs: 1,
      default: ['kernel'],
      describe: 'under these strategies, as "show" lists them (kernel: as written)',
    })
    .option('timeout', {
      type: 'string',
      default: '60s',
      describe: 'at most so long for one test under one model (500ms, 30s)',
    })
    .option('explain', {
      type: 'boolean',
      default: false,
      describe: 'show the execution that is asked for, or the cycle that forbids it',
    })
    .option('dot', { type: 'string', describe: 'write that execution to this file, for Graphviz' })
    .option('svg', { type: 'string', describe: 'write that execution to this file, as a picture' })
    .option('json', { type: 'boolean', default: false, describe: 'print one JSON document' })
    .example('$0 check MP.litmus', 'what LKMM allows, as herd7 prints it')
    .example('$0 check litmus/kvm -m lkmm -m x86-tso -m arm64', 'one table of three models')
    .example('$0 check SB.litmus -s none --explain', 'why, without its barriers')
    .example('$0 check -m ~/linux/tools/memory-model', "the suite under your own tree's model");
}

type Options = ReturnType<typeof options> extends Argv<infer T> ? T : never;

export const checkCommand: CommandModule<object, Options> = {
  command: 'check [files..]',
  describe: 'say what a memory model allows, and why',
  builder: options,
  handler: async (args) => {
    const request = requestOf(args);
    const files = args.files.length === 0 ? suiteFiles() : filesNamedBy(args.files);
    const width = process.stdout.columns ?? 80;
    const printsEach = !args.json && request.models.length === 1;
    const stopped = stoppedBySignals();
    const progress = new CheckProgress(files.length, process.stderr);
    const reports: FileReport[] = [];
    for await (const report of checkFiles(files, request, {
      progress: progress.show,
      stopped,
    })) {
      progress.clear();
      // What is printed is not kept, for there may be thousands, but for its explanation.
      reports.push(report);
      if (printsEach) for (const row of report.rows) process.stdout.write(`${rowText(row, width)}\n\n`);
      process.stderr.write(complaints(report));
    }
    progress.end();
    const rows = reports.flatMap((report) => report.rows);
    if (args.json) {
      const document = {
        format: 'fencepost-check',
        version: 1,
        interrupted: stopped.aborted,
        ...jsonOf(reports),
      };
      process.stdout.write(`${JSON.stringify(document, undefined, 2)}\n`);
    } else if (!printsEach && rows.length > 0) {
      process.stdout.write(`${checkTableText(rows, request.models, width)}\n`);
      const explained = rows.flatMap((row) => {
        const text = rowExplanation(row, width);
        return text === undefined ? [] : [`\n${shownTest(row)} under ${row.model}\n\n${text}\n`];
      });
      process.stdout.write(explained.join(''));
    }
    draw(args, rows);
    process.exitCode = stopped.aborted ? exitCodes.interrupted : exitCodeOf(reports);
  },
};

function requestOf({ model, strategy, timeout, explain, dot, svg }: Options): CheckRequest {
  const models = [...new Set(model)];
  // What is wrong with a model or a name is told before any test is read.
  models.forEach(modelNamed);
  const strategies = strategy.flatMap((names) => names.split(',').map((name) => name.trim()));
  requireStrategies(strategies);
  return {
    models,
    strategies,
    timeoutMs: milliseconds(timeout, '--timeout'),
    explain: explain || dot !== undefined || svg !== undefined,
  };
}

function rowText(row: CheckRow, width: number): string {
  const explanation = rowExplanation(row, width);
  return explanation === undefined ? herdText(row) : `${herdText(row)}\n\n${explanation}`;
}

/** What is wrong with a file or its header, for stderr. */
function complaints({ rows, refused, lost, unreadable }: FileReport): string {
  const sentences = [
    ...(unreadable === undefined ? [] : [unreadable]),
    ...rows.flatMap((row) => contradictionText(row) ?? []),
    ...refused.map(
      ({ test, strategy, reason }) => `Strategy ${strategy} does not apply to ${test}: ${reason}.`,
    ),
    ...lost,
  ];
  return sentences.map((sentence) => `fencepost: ${sentence}\n`).join('');
}

function jsonOf(reports: readonly FileReport[]) {
  return {
    checks: reports.flatMap((report) => report.rows.map(rowJson)),
    unreadable: reports.flatMap(({ file, unreadable }) =>
      unreadable === undefined ? [] : [{ file, message: unreadable }],
    ),
    notApplicable: reports.flatMap(({ file, refused }) => refused.map((one) => ({ file, ...one }))),
    lost: reports.flatMap(({ file, lost }) => lost.map((message) => ({ file, message }))),
  };
}

/** A contradiction is worth more than what could not be read, and that more than what was not finished. */
function exitCodeOf(reports: readonly FileReport[]): number {
  const rows = reports.flatMap((report) => report.rows);
  const kinds = new Set(rows.map(({ outcome }) => outcome.kind));
  if (rows.some((row) => contradictionText(row) !== undefined)) return exitCodes.contradiction;
  if (reports.some(({ unreadable }) => unreadable !== undefined) || kinds.has('model-error'))
    return exitCodes.wrongUsage;
  const unfinished =
    kinds.has('timeout') || kinds.has('failed') || reports.some(({ lost }) => lost.length > 0);
  return unfinished || !kinds.has('decided') ? exitCodes.couldNotRun : exitCodes.nothingContradicts;
}

/** Writes the pictures that were asked for. */
function draw({ dot, svg }: Options, rows: readonly CheckRow[]): void {
  const file = dot ?? svg;
  if (file === undefined || rows.length === 0) return;
  const drawings = rows.flatMap((row): Drawing[] => {
    const { outcome, model } = row;
    if (outcome.kind !== 'decided' || outcome.explanation === undefined) return [];
    const drawing = drawingOf(
      `${shownTest(row)}: ${outcome.observation} under ${model}`,
      outcome.explanation,
    );
    return drawing === undefined ? [] : [drawing];
  });
  const [drawing] = drawings;
  if (rows.length > 1) {
    throw new UsageError(
      `A picture shows one test under one strategy and one model, and this is ${rows.length} of them: name one.`,
    );
  }
  if (drawing === undefined) throw new UsageError(`There is no execution to draw in ${file}.`);
  if (dot !== undefined) writeFileSync(dot, graphDot(drawing));
  if (svg !== undefined) writeFileSync(svg, graphSvg(drawing));
}

const quietMs = 1000;
const redrawMs = 200;

/** One line on a terminal, once nothing was printed for a while. */
class CheckProgress {
  private readonly files: number;
  private readonly stream: NodeJS.WriteStream;
  private text = '';
  private since = performance.now();
  private shown = false;
  private readonly timer: NodeJS.Timeout | undefined;

  constructor(files: number, stream: NodeJS.WriteStream) {
    this.files = files;
    this.stream = stream;
    if (stream.isTTY) this.timer = setInterval(() => this.draw(), redrawMs).unref();
  }

  readonly show = (test: string, filesDone: number): void => {
    this.text = `[${filesDone}/${this.files}] ${test}`;
  };

  private draw(): void {
    const elapsedMs = performance.now() - this.since;
    if (elapsedMs < quietMs) return;
    const text = `${this.text} · ${Math.round(elapsedMs / 1000)} s`;
    this.stream.write(`\r${text.slice(0, Math.max(10, this.stream.columns - 1))}\u001B[K`);
    this.shown = true;
  }

  clear(): void {
    if (this.shown) this.stream.write('\r\u001B[K');
    this.shown = false;
    this.since = performance.now();
  }

  end(): void {
    clearInterval(this.timer);
    this.clear();
  }
}
