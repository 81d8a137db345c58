import type { Argv, CommandModule } from 'yargs';
import { costLitmus, type CostRequest } from '../cost.ts';
import { fewestBlocks } from '../evidence/price.ts';
import { parseCpuList } from '../plan/cpu-list.ts';
import { costText } from '../report/cost.ts';
import { ProgressLine } from '../report/progress.ts';
import { defaultResultsFolder } from '../results/results-folder.ts';
import { seedFrom, withoutFolders } from './arguments.ts';
import { exitCodes } from './exit-codes.ts';
import { UsageError } from './problem.ts';
import { outputStyle, stoppedBySignals } from './terminal.ts';
import { toolIdentity } from './tool.ts';

const defaultLaunches = 12;

function options(argv: Argv) {
  return argv
    .positional('files', {
      type: 'string',
      array: true,
      demandOption: true,
      describe: '.litmus files, folders or globs',
    })
    .option('strategy', {
      alias: 's',
      type: 'string',
      array: true,
      nargs: 1,
      describe: 'only these, with commas between them: names, "ablation" or "all"; default: all',
    })
    .option('launches', {
      type: 'number',
      default: defaultLaunches,
      describe: 'fresh processes that time everything once; intervals are over them',
    })
    .option('cpus', { type: 'string', describe: 'threads on these CPUs, in order (0,1 or 0-3)' })
    .option('variant', {
      type: 'string',
      describe: 'of the machine code, where there are several (arm64: lse, llsc)',
    })
    .option('seed', { type: 'string', describe: 'of where code lies; default: random, and recorded' })
    .option('json', {
      type: 'boolean',
      default: false,
      describe: 'print the results document instead of the table',
    })
    .option('results', {
      type: 'string',
      default: defaultResultsFolder,
      describe: 'folder for the results file',
    })
    .example('$0 cost litmus/kvm', "what each barrier of KVM's protocol costs, in some seconds")
    .example('$0 cost my-test.litmus --launches 30', 'narrower intervals');
}

type Options = ReturnType<typeof options> extends Argv<infer T> ? T : never;

export const costCommand: CommandModule<object, Options> = {
  command: 'cost <files..>',
  describe: 'tell what each barrier and strategy of tests costs here, in nanoseconds a step',
  builder: options,
  handler: async (args) => {
    const request = requestOf(args);
    const line = new ProgressLine(process.stderr);
    const stopped = stoppedBySignals(() =>
      line.note('Stopping after the block in flight; what was timed often enough is kept.'),
    );
    const { document, file } = await costLitmus(request, {
      progress: (launch, test) => line.showTiming(launch, request.launches, test),
      notice: (sentence) => line.note(sentence),
      stopped,
    }).finally(() => line.clear());
    if (args.json) process.stdout.write(`${JSON.stringify(document, undefined, 2)}\n`);
    else process.stdout.write(`${costText(document, outputStyle())}\n`);
    process.stderr.write(`Results: ${file}\n`);
    if (document.session.interrupted) process.exitCode = exitCodes.interrupted;
  },
};

function requestOf(args: Options): CostRequest {
  const { launches } = args;
  if (!Number.isInteger(launches) || launches < fewestBlocks) {
    throw new UsageError(
      `--launches ${launches}: give a whole number from ${fewestBlocks} on, for intervals of 95 %.`,
    );
  }
  return {
    files: args.files,
    strategies: (args.strategy ?? ['all']).flatMap((names) => names.split(',').map((name) => name.trim())),
    launches,
    cpus: args.cpus === undefined ? undefined : parseCpuList(args.cpus),
    variant: args.variant,
    seed: seedFrom(args.seed),
    resultsFolder: args.results,
    tool: toolIdentity(),
    arguments: process.argv.slice(2).map(withoutFolders),
  };
}
