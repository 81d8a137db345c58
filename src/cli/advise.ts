import { join } from 'node:path';
import type { Argv, CommandModule } from 'yargs';
import { adviseOn, type Advice } from '../evidence/advice.ts';
import { recordedOf, rowsOf } from '../evidence/recorded.ts';
import type { LitmusTest } from '../language/litmus-test.ts';
import { readTestFile, readTests } from '../language/test-files.ts';
import { adviceText } from '../report/advice.ts';
import { printable } from '../report/printable.ts';
import { ProgressLine } from '../report/progress.ts';
import { leftOutSentence, type Believed } from '../results/believed.ts';
import { errataFor, errataName } from '../results/errata.ts';
import { readBelieved } from '../results/read-believed.ts';
import { defaultResultsFolder, newestFirst } from '../results/results-folder.ts';
import { ResultsError } from '../results/results-error.ts';
import type { ResultsDocument } from '../results/schema.ts';
import { milliseconds } from './arguments.ts';
import { exitCodes } from './exit-codes.ts';
import { outputStyle } from './terminal.ts';

const defaultTimeout = '10s';

function options(argv: Argv) {
  return argv
    .positional('files', {
      type: 'string',
      array: true,
      demandOption: true,
      describe: '.litmus files, folders or globs',
    })
    .option('timeout', {
      type: 'string',
      default: defaultTimeout,
      describe: 'at most so long for each check (500ms, 30s)',
    })
    .option('results', {
      type: 'string',
      array: true,
      describe: `results files to quote; default: the newest of ${defaultResultsFolder} that holds the test`,
    })
    .option('json', { type: 'boolean', default: false, describe: 'as JSON' })
    .example('$0 advise litmus/kvm/C-page-fault.litmus', 'which of its barriers carry weight')
    .example('$0 advise my.litmus --results run.json', 'and what a machine showed');
}

type Options = ReturnType<typeof options> extends Argv<infer T> ? T : never;

export const adviseCommand: CommandModule<object, Options> = {
  command: 'advise <files..>',
  describe: 'tell of each barrier and lock of a test whether it is needed',
  builder: options,
  handler: ({ files, timeout, results, json }) => {
    const timeoutMs = milliseconds(timeout, '--timeout');
    const given = results?.map((file) => documentIn(readBelieved(file)));
    const style = outputStyle();
    const tests = readTests(files);
    const line = new ProgressLine(process.stderr);
    const all = tests.map(({ file, test }, index) => {
      const advice = adviseOn(test, readTestFile(file), timeoutMs, (done, of) => {
        if (process.stderr.isTTY) line.showQuestion(index * of + done, tests.length * of);
      });
      const names = advice.guards.map(({ name }) => name);
      return { file, advice, recorded: recordedOf(test, names, given ?? newestWith(test)) };
    });
    line.clear();
    const text = json
      ? JSON.stringify(
          all.map(({ file, advice, recorded }) => ({ file, ...advice, recorded })),
          undefined,
          2,
        )
      : all.map(({ file, advice, recorded }) => adviceText(advice, recorded, file, style)).join('\n\n\n');
    process.stdout.write(`${text}\n`);
    process.exitCode = exitCodeOf(all.map(({ advice }) => advice));
  },
};

/** The newest session here that ran this very test; files of another version are passed over. */
function newestWith(test: LitmusTest): readonly ResultsDocument[] {
  const passedOver: string[] = [];
  // A file that cannot be read is passed over; with a list of errata that cannot, no file is believed.
  errataFor(join(defaultResultsFolder, errataName));
  const found = newestFirst(defaultResultsFolder).find((file) => {
    try {
      return rowsOf(test, readBelieved(file).document).length > 0;
    } catch (error) {
      if (!(error instanceof ResultsError)) throw error;
      passedOver.push(error.message);
      return false;
    }
  });
  if (passedOver.length > 0) {
    const more = passedOver.length === 1 ? '' : ` (and ${passedOver.length - 1} more)`;
    process.stderr.write(`Passed over in ${defaultResultsFolder}${more}: ${passedOver[0]}\n`);
  }
  return found === undefined ? [] : [documentIn(readBelieved(found))];
}

/** What errata leave of a file; what they took is told. */
function documentIn({ document, leftOut }: Believed): ResultsDocument {
  for (const one of leftOut) process.stderr.write(`${printable(leftOutSentence(one))}.\n`);
  return document;
}

function exitCodeOf(all: readonly Advice[]): number {
  if (all.some(({ chainBreaks }) => chainBreaks.length > 0)) return exitCodes.contradiction;
  const undecided = all.some(({ models, strategies }) =>
    [
      ...models.flatMap(({ asWritten, alone }) => [asWritten, ...alone.map(({ finding }) => finding)]),
      ...strategies.map(({ finding }) => finding),
    ].some(({ kind }) => kind === 'undecided'),
  );
  return undecided ? exitCodes.couldNotRun : exitCodes.nothingContradicts;
}
