import type { Argv, CommandModule } from 'yargs';
import { runLitmus } from '../pipeline.ts';
import type { RunRequest, Stage } from '../run-request.ts';
import type { Amount, Settlement } from '../plan/schedule-terms.ts';
import { launchesFor } from '../plan/iteration-schedule.ts';
import { usualLaunches } from '../plan/schedule.ts';
import { parseCpuList } from '../plan/cpu-list.ts';
import { placementChoices } from '../plan/affinity.ts';
import { engineNames } from '../plan/run-plan.ts';
import { ProgressLine } from '../report/progress.ts';
import { tableText } from '../report/table.ts';
import { defaultResultsFolder } from '../results/results-folder.ts';
import { strategies } from '../strategy/strategies.ts';
import {
  milliseconds,
  millisecondsOrNone,
  seedFrom,
  share,
  wholeNumber,
  withoutFolders,
} from './arguments.ts';
import { exitCodeOf } from './exit-codes.ts';
import { outputStyle, stoppedBySignals } from './terminal.ts';
import { toolIdentity } from './tool.ts';

const defaultTime = '60s';
const defaultRate = '1e-5';
/** What a session that is resumed or replayed has fixed. */
const fixedByEarlier = [
  'strategy',
  'iterations',
  'time',
  'launches',
  'confidence',
  'rate',
  'engine',
  'tuning',
  'placement',
  'cpus',
  'variant',
  'seed',
];

function options(argv: Argv) {
  return argv
    .positional('files', {
      type: 'string',
      array: true,
      default: [] as string[],
      describe: '.litmus files, folders or globs; none: the whole suite',
    })
    .option('strategy', {
      alias: 's',
      type: 'string',
      array: true,
      nargs: 1,
      describe: `only these, with commas between them: names, "ablation" or "all" (${strategies.map(({ name }) => name).join(', ')})`,
    })
    .option('iterations', { alias: 'n', type: 'string', describe: 'run each strategy so often (1e8, 5M)' })
    .option('time', {
      alias: 't',
      type: 'string',
      describe: `take so long in all (20s, 5min); default ${defaultTime}`,
    })
    .option('launches', {
      type: 'string',
      describe: `pass over the tests so often, each time in a fresh process; default ${usualLaunches}, fewer for few --iterations`,
    })
    .option('confidence', {
      type: 'string',
      describe:
        'end before --time once every question is settled (0.95): an event seen n times with 1 - e^-n above it, or never seen where its controls fired and an event at --rate would have shown',
    })
    .option('rate', {
      type: 'string',
      describe: `with --confidence: per iteration, the rate that a "never" has to rule out; default ${defaultRate}`,
    })
    .option('resume', {
      type: 'string',
      describe: 'go on with an interrupted session: its results file, or the journal that a killed one left',
    })
    .option('replay', {
      type: 'string',
      describe: 'repeat the blocks of a session, one by one: its results file or journal',
    })
    .option('engine', {
      type: 'string',
      array: true,
      nargs: 1,
      choices: engineNames,
      describe: 'only with this engine; may be repeated',
    })
    .option('tuning', {
      type: 'string',
      describe: 'plans found on this machine: a file, or "none"; default: those that are kept for it',
    })
    .option('placement', {
      type: 'string',
      choices: [...placementChoices, 'all'] as const,
      describe: "how far apart a test's threads lie, all: in each way this machine has; default: near",
    })
    .option('cpus', { type: 'string', describe: 'threads on these CPUs, in order (0,1 or 0-3)' })
    .option('variant', {
      type: 'string',
      describe: 'of the machine code, where there are several (arm64: lse, llsc)',
    })
    .option('model-time', {
      type: 'string',
      describe:
        'at most so long for asking the models (0: for what was answered before alone); default: a fifth of --time, a minute without',
    })
    .option('seed', { type: 'string', describe: 'of the start delays; default: random, and recorded' })
    .option('json', {
      type: 'boolean',
      default: false,
      describe: 'print the results document instead of the table',
    })
    .option('results', {
      type: 'string',
      describe: `folder for the results file; default ${defaultResultsFolder}`,
    })
    .conflicts('placement', 'cpus')
    .conflicts('iterations', ['time', 'confidence'])
    .implies('rate', 'confidence')
    .conflicts('resume', ['replay', 'results', ...fixedByEarlier])
    .conflicts('replay', fixedByEarlier)
    .example('$0 run', 'the whole suite, about a minute')
    .example('$0 run litmus/kvm --strategy kernel,none', 'two strategies of the KVM tests')
    .example("$0 run 'my/*.litmus' --time 5min --cpus 2,3", 'your own tests, longer, on two CPUs');
}

/** What a stage of some seconds is about where there are thousands of tests; the others tell of their steps. */
const busyWith: Partial<Record<Stage, string>> = {
  read: 'reading the tests',
  plan: 'making their machine code',
  judge: 'judging',
  write: 'writing the results',
};

type Options = ReturnType<typeof options> extends Argv<infer T> ? T : never;

export const runCommand: CommandModule<object, Options> = {
  command: ['run [files..]', '$0'],
  describe: 'run tests under barrier strategies on this machine',
  builder: options,
  handler: async (args) => {
    const line = new ProgressLine(process.stderr);
    const stopped = stoppedBySignals(() =>
      line.note('Stopping after the block in flight; what was counted is kept.'),
    );
    const { document, file } = await runLitmus(requestOf(args), {
      stage: (stage) => line.showBusy(busyWith[stage] ?? ''),
      progress: (progress) => line.show(progress),
      asking: (done, of) => line.showQuestion(done, of),
      notice: (sentence) => line.note(sentence),
      stopped,
    }).finally(() => line.clear());
    if (args.json) process.stdout.write(`${JSON.stringify(document, undefined, 2)}\n`);
    else process.stdout.write(`${tableText(document, outputStyle())}\n`);
    process.stderr.write(`Results: ${file}\n`);
    process.exitCode = exitCodeOf(document);
  },
};

function requestOf(args: Options): RunRequest {
  return {
    files: args.files,
    strategies: (args.strategy ?? []).flatMap((names) => names.split(',').map((name) => name.trim())),
    amount: amountOf(args),
    beganMs: 0, // with this process
    earlier: earlierOf(args),
    engines: args.engine ?? [],
    tuning: tuningChoice(args.tuning),
    placement: args.placement,
    cpus: args.cpus === undefined ? undefined : parseCpuList(args.cpus),
    variant: args.variant,
    modelTimeMs:
      args['model-time'] === undefined ? undefined : millisecondsOrNone(args['model-time'], '--model-time'),
    seed: seedFrom(args.seed),
    resultsFolder: args.results ?? defaultResultsFolder,
    tool: toolIdentity(),
    arguments: process.argv.slice(2).map(withoutFolders),
  };
}

function earlierOf({ resume, replay }: Options): RunRequest['earlier'] {
  if (resume !== undefined) return { act: 'resume', file: resume };
  return replay === undefined ? undefined : { act: 'replay', file: replay };
}

function amountOf(args: Options): Amount {
  const launches = args.launches === undefined ? undefined : wholeNumber(args.launches, '--launches');
  if (args.iterations === undefined) {
    const budgetMs = milliseconds(args.time ?? defaultTime, '--time');
    const settlement = settlementOf(args);
    return {
      kind: 'time',
      budgetMs,
      launches: launches ?? usualLaunches,
      ...(settlement === undefined ? {} : { settlement }),
    };
  }
  const perStrategy = wholeNumber(args.iterations, '--iterations');
  return { kind: 'iterations', perStrategy, launches: launches ?? launchesFor(perStrategy) };
}

function settlementOf({ confidence, rate }: Options): Settlement | undefined {
  if (confidence === undefined) return undefined;
  return { confidence: share(confidence, '--confidence'), rate: share(rate ?? defaultRate, '--rate') };
}

function tuningChoice(file: string | undefined): RunRequest['tuning'] {
  if (file === undefined) return { kind: 'automatic' };
  return file === 'none' ? { kind: 'none' } : { kind: 'file', path: file };
}
