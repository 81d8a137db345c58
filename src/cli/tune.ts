import type { Argv, CommandModule } from 'yargs';
import { tuneMachine } from '../tune.ts';
import { parseCpuList } from '../plan/cpu-list.ts';
import { ProgressLine } from '../report/progress.ts';
import { leftOutLines, tuningText } from '../report/tuning.ts';
import { defaultResultsFolder } from '../results/results-folder.ts';
import { milliseconds, seedFrom } from './arguments.ts';
import { exitCodes } from './exit-codes.ts';
import { stoppedBySignals } from './terminal.ts';
import { toolIdentity } from './tool.ts';

const defaultTime = '60s';

function options(argv: Argv) {
  return argv
    .positional('files', {
      type: 'string',
      array: true,
      default: [] as string[],
      describe: 'the tests whose controls are tuned for; none: the whole suite',
    })
    .option('time', {
      alias: 't',
      type: 'string',
      default: defaultTime,
      describe: 'share out so much time (60s, 5min)',
    })
    .option('cpus', { type: 'string', describe: 'threads on these CPUs, in order (0,1 or 0-3)' })
    .option('seed', {
      type: 'string',
      describe: 'of the plans that are tried; default: random, and recorded',
    })
    .option('json', { type: 'boolean', default: false, describe: 'print the tuning instead of the table' })
    .option('results', {
      type: 'string',
      default: defaultResultsFolder,
      describe: 'folder whose MACHINE/tuning.json keeps what is found',
    })
    .example('$0 tune', 'for the whole suite, a minute')
    .example('$0 tune litmus/kvm --time 5min', 'for the KVM tests, longer');
}

type Options = ReturnType<typeof options> extends Argv<infer T> ? T : never;

export const tuneCommand: CommandModule<object, Options> = {
  command: 'tune [files..]',
  describe: 'find the plans under which controls fire most on this machine',
  builder: options,
  handler: async (args) => {
    const line = new ProgressLine(process.stderr);
    const stopped = stoppedBySignals(() => line.note('Stopping; what was found is kept.'));
    const { tuning, found, leftOut, path } = await tuneMachine(
      {
        files: args.files,
        budgetMs: milliseconds(args.time, '--time'),
        cpus: args.cpus === undefined ? undefined : parseCpuList(args.cpus),
        seed: seedFrom(args.seed),
        resultsFolder: args.results,
        tool: toolIdentity(),
      },
      {
        tuning: (controls, done, of) => line.showText(`[${done}/${of}] tuning by ${controls}`),
        notice: (sentence) => line.note(sentence),
        stopped,
      },
    ).finally(() => line.clear());
    const width = process.stdout.columns ?? 80;
    if (args.json) {
      process.stdout.write(`${JSON.stringify(tuning, undefined, 2)}\n`);
      for (const text of leftOutLines(leftOut, width)) process.stderr.write(`${text}\n`);
    } else process.stdout.write(`${tuningText(found, leftOut, width)}\n`);
    process.stderr.write(`Tuning: ${path}\n`);
    if (stopped.aborted) process.exitCode = exitCodes.interrupted;
  },
};
