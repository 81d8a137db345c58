import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import type { Argv, CommandModule } from 'yargs';
import { columnsOf, granularities, type Column } from '../evidence/comparison-columns.ts';
import { failures, failuresOf } from '../evidence/comparison-failures.ts';
import { compare, type Comparison } from '../evidence/comparison.ts';
import { comparisonCsv } from '../report/comparison-csv.ts';
import { comparisonJson } from '../report/comparison-json.ts';
import { comparisonJunit } from '../report/comparison-junit.ts';
import { comparisonLitmus7 } from '../report/comparison-litmus7.ts';
import { comparisonMarkdown } from '../report/comparison-markdown.ts';
import { comparisonText } from '../report/comparison-text.ts';
import { readRecordedFiles } from '../results/recorded-files.ts';
import { reasonOf } from '../results/results-error.ts';
import { exitCodes } from './exit-codes.ts';
import { UsageError } from './problem.ts';

const formats = ['text', 'markdown', 'json', 'csv', 'junit', 'litmus7'] as const;

function options(argv: Argv) {
  return argv
    .positional('files', {
      type: 'string',
      array: true,
      demandOption: true,
      describe: 'results files, litmus7 logs, folders of them or globs',
    })
    .option('by', {
      choices: granularities,
      describe: 'a column for each of these; default: the first that gives more than one',
    })
    .option('strategy', {
      alias: 's',
      type: 'string',
      array: true,
      nargs: 1,
      describe: 'only the rows of these, with commas between them',
    })
    .option('despite-code', {
      type: 'boolean',
      default: false,
      describe: 'compare even where the machine code of one instruction set differs',
    })
    .option('fail-on', {
      choices: failures,
      array: true,
      nargs: 1,
      default: [] as (typeof failures)[number][],
      describe: 'end with 1 where there is one (repeatable)',
    })
    .option('format', { choices: formats, default: 'text' as const, describe: 'what to write' })
    .option('output', {
      alias: 'o',
      type: 'string',
      requiresArg: true,
      describe: 'write to this file; litmus7 of several columns: to this folder',
    })
    .example('$0 compare results/*/*.json', 'all machines side by side')
    .example('$0 compare before after --fail-on difference', 'the sessions in two folders, for CI')
    .example('$0 compare results --format markdown', 'for a pull request')
    .example('$0 compare A.json old.log', 'with a log of litmus7 or klitmus7')
    .example('$0 compare A.json --format litmus7 -o A.log', 'for mcompare7');
}

type Options = ReturnType<typeof options> extends Argv<infer T> ? T : never;

export const compareCommand: CommandModule<object, Options> = {
  command: 'compare <files..>',
  describe: 'put the results of machines or sessions side by side',
  builder: options,
  handler: (args) => {
    const recorded = readRecordedFiles(args.files);
    const strategies = args.strategy?.flatMap((names) => names.split(',').map((name) => name.trim()));
    const { despiteCode, failOn } = args;
    const comparison = compare(columnsOf(recorded, args.by), { despiteCode, strategies });
    const inputs = recorded.map(({ file }) => file);
    if (args.format === 'litmus7') writeLogs(comparison.columns, args.output, inputs);
    else write(textOf(comparison, args.format, failOn), args.output, inputs);
    if (failuresOf(comparison, failOn).length > 0) process.exitCode = exitCodes.contradiction;
  },
};

function textOf(
  comparison: Comparison,
  format: Exclude<(typeof formats)[number], 'litmus7'>,
  failOn: readonly (typeof failures)[number][],
): string {
  switch (format) {
    case 'text':
      return `${comparisonText(comparison, process.stdout.columns ?? 80)}\n`;
    case 'markdown':
      return `${comparisonMarkdown(comparison)}\n`;
    case 'json':
      return `${comparisonJson(comparison)}\n`;
    case 'csv':
      return comparisonCsv(comparison);
    case 'junit':
      return `${comparisonJunit(comparison, failOn)}\n`;
  }
}

/** A log is of one machine: other tools know no columns. */
function writeLogs(columns: readonly Column[], output: string | undefined, inputs: readonly string[]): void {
  const [column] = columns;
  if (column === undefined) return;
  if (columns.length === 1) {
    write(comparisonLitmus7(column), output, inputs);
    return;
  }
  if (output === undefined) {
    throw new UsageError(
      `A litmus7 log has one machine, and these are ${columns.length}: name a folder for them with -o.`,
    );
  }
  try {
    mkdirSync(output, { recursive: true });
  } catch (error) {
    throw new UsageError(`Cannot create the folder ${output}: ${reasonOf(error)}.`);
  }
  for (const [index, one] of columns.entries()) {
    const name = one.name.replaceAll(/[^\w.-]+/g, '-');
    write(comparisonLitmus7(one), join(output, `${index + 1}-${name}.log`), inputs);
  }
}

function write(text: string, output: string | undefined, inputs: readonly string[]): void {
  if (output === undefined) {
    process.stdout.write(text);
    return;
  }
  if (inputs.some((input) => resolve(input) === resolve(output))) {
    throw new UsageError(`${output} is one of the files to compare: name another with -o.`);
  }
  try {
    writeFileAtomic.sync(output, text);
  } catch (error) {
    throw new UsageError(`Cannot write ${output}: ${reasonOf(error)}.`);
  }
}
