import { mkdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import type { Argv, CommandModule } from 'yargs';
import { askNeeds } from '../checking/needs.ts';
import { guardAdvice } from '../evidence/advice.ts';
import { columnsOf, granularities } from '../evidence/comparison-columns.ts';
import { overviewOf, type OverviewTest } from '../evidence/overview.ts';
import { readSuite, readTestFile, readTests, type TestFile } from '../language/test-files.ts';
import { readPageAssets } from '../report/html/assets.ts';
import { isOfQuestion, reportText, type ReportedTest } from '../report/html/report.ts';
import { ProgressLine } from '../report/progress.ts';
import { digestOf } from '../results/document.ts';
import { readRecordedFiles } from '../results/recorded-files.ts';
import { reasonOf } from '../results/results-error.ts';
import { guardsOf } from '../strategy/guards.ts';
import { millisecondsOrNone } from './arguments.ts';
import { UsageError } from './problem.ts';
import { toolIdentity } from './tool.ts';

function options(argv: Argv) {
  return argv
    .positional('files', {
      type: 'string',
      array: true,
      demandOption: true,
      describe: 'results files, litmus7 logs, folders of them or globs',
    })
    .option('output', {
      alias: 'o',
      type: 'string',
      demandOption: true,
      requiresArg: true,
      describe: 'the page to write',
    })
    .option('tests', {
      type: 'string',
      array: true,
      nargs: 1,
      default: [] as string[],
      describe: 'the .litmus files of results that are not of the suite (repeatable)',
    })
    .option('by', {
      choices: granularities,
      default: 'machine' as const,
      describe: 'a column for each of these',
    })
    .option('model-time', {
      type: 'string',
      default: '60s',
      describe: 'at most so long for asking the models about barriers (0 for what the results hold alone)',
    })
    .example('$0 report results/local -o report.html', 'what this machine showed')
    .example('$0 report results/*/*.json -o report.html', 'all machines')
    .example('$0 report run.json --tests my-tests -o report.html', 'tests of your own');
}

type Options = ReturnType<typeof options> extends Argv<infer T> ? T : never;

/** For a single question to a model. */
const questionTimeoutMs = 5000;

export const reportCommand: CommandModule<object, Options> = {
  command: 'report <files..>',
  describe: 'write what results say as one page for a browser',
  builder: options,
  handler: async ({ files, output, tests, by, modelTime }) => {
    const totalMs = millisecondsOrNone(modelTime, '--model-time');
    const assets = readPageAssets();
    const recorded = readRecordedFiles(files);
    if (recorded.some(({ file }) => resolve(file) === resolve(output))) {
      throw new UsageError(`${output} is one of the results: name another file with -o.`);
    }
    const overview = overviewOf(columnsOf(recorded, by).columns);
    const known = [...readSuite(), ...(tests.length === 0 ? [] : readTests(tests))];
    const reported = await withModels(withSources(overview.tests, known), totalMs);
    const { name, version, revision } = toolIdentity();
    const text = reportText(
      {
        overview,
        tests: reported,
        tool: [name, version, revision?.slice(0, 12)].filter(Boolean).join(' '),
        madeAt: new Date().toISOString().slice(0, 10),
      },
      assets,
    );
    write(text, output);
    process.stderr.write(
      `${output}: ${(Buffer.byteLength(text) / 1e6).toFixed(1)} MB, open it in a browser.\n`,
    );
  },
};

type Sourced = Omit<ReportedTest, 'asked'>;

/** With the text of each test that is the very one that ran. */
function withSources(tests: readonly OverviewTest[], known: readonly TestFile[]): readonly Sourced[] {
  const byDigest = new Map(known.map((one) => [digestOf(one.test), one]));
  return tests.map((test) => {
    const found = test.digest === undefined ? undefined : byDigest.get(test.digest);
    // Prices do not name the file.
    const named = { ...test, file: test.file ?? found?.file };
    return { test: named, source: found && { ...found, text: readTestFile(found.file) } };
  });
}

/** With what the models say of the barriers of those that were asked for, as far as the time goes. */
async function withModels(tests: readonly Sourced[], totalMs: number): Promise<readonly ReportedTest[]> {
  const questions = tests.flatMap(({ test, source }, index) =>
    source === undefined ||
    test.role === 'control' ||
    source.test.header.vouchesFor.length > 0 ||
    totalMs === 0
      ? []
      : [{ index, test, file: source.file, source: source.text }],
  );
  // Those that the tool was made for first: the time may not do for all.
  questions.sort((one, other) => Number(isOfQuestion(other.test)) - Number(isOfQuestion(one.test)));
  const line = new ProgressLine(process.stderr);
  const answers = await askNeeds(
    questions.map(({ file, source }) => ({ file, source })),
    { timeoutMs: questionTimeoutMs, totalMs },
    (done, of) => {
      if (process.stderr.isTTY) line.showQuestion(done, of);
    },
  );
  line.clear();
  const byTest = new Map(questions.map(({ index }, number) => [index, answers[number]]));
  return tests.map((one, index) => ({ ...one, asked: byTest.get(index) ?? placed(one) }));
}

/** Where the barriers of a test stand, of which no model was asked. */
function placed({ source }: Sourced): ReportedTest['asked'] {
  if (source === undefined) return undefined;
  const guards = guardAdvice(source.test, guardsOf(source.test).guards, source.text);
  return { event: '', guards, models: [], graphs: [] };
}

function write(text: string, output: string): void {
  try {
    mkdirSync(dirname(output), { recursive: true });
    writeFileAtomic.sync(output, text);
  } catch (error) {
    throw new UsageError(`Cannot write ${output}: ${reasonOf(error)}.`);
  }
}
