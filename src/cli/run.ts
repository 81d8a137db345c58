import { randomBytes } from 'node:crypto';
import type { Argv, CommandModule } from 'yargs';
import { runLitmus, type RunRequest } from '../pipeline.ts';
import { parseCpuList } from '../plan/cpu-list.ts';
import { engineNames } from '../plan/run-plan.ts';
import { ProgressLine } from '../report/progress.ts';
import { tableText } from '../report/table.ts';
import { defaultResultsFolder } from '../results/results-folder.ts';
import { strategies } from '../strategy/strategies.ts';
import { exitCodeOf } from './exit-codes.ts';
import { UsageError } from './problem.ts';
import { toolIdentity } from './tool.ts';

const defaultTime = '60s';

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
      describe: `share out so much time (20s, 5min); default ${defaultTime}`,
    })
    .option('engine', {
      type: 'string',
      array: true,
      nargs: 1,
      choices: engineNames,
      describe: 'only with this engine; may be repeated',
    })
    .option('cpus', { type: 'string', describe: 'threads on these CPUs, in order (0,1 or 0-3)' })
    .option('variant', {
      type: 'string',
      describe: 'of the machine code, where there are several (arm64: lse, llsc)',
    })
    .option('seed', { type: 'string', describe: 'of the start delays; default: random, and recorded' })
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
    .conflicts('iterations', 'time')
    .example('$0 run', 'the whole suite, about a minute')
    .example('$0 run litmus/kvm --strategy kernel,none', 'two strategies of the KVM tests')
    .example("$0 run 'my/*.litmus' --time 5min --cpus 2,3", 'your own tests, longer, on two CPUs');
}

type Options = ReturnType<typeof options> extends Argv<infer T> ? T : never;

export const runCommand: CommandModule<object, Options> = {
  command: ['run [files..]', '$0'],
  describe: 'run tests under barrier strategies on this machine',
  builder: options,
  handler: async (args) => {
    const stopped = new AbortController();
    const line = new ProgressLine(process.stderr);
    const stop = () => {
      stopped.abort();
      line.note('Stopping after the block in flight; what was counted is kept.');
    };
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, stop);
    const { document, file } = await runLitmus(requestOf(args), {
      progress: (progress) => line.show(progress),
      asking: (done, of) => line.showQuestion(done, of),
      notice: (sentence) => line.note(sentence),
      stopped: stopped.signal,
    }).finally(() => line.clear());
    if (args.json) process.stdout.write(`${JSON.stringify(document, undefined, 2)}\n`);
    else {
      const style = {
        width: process.stdout.columns ?? 80,
        color: process.stdout.isTTY && process.stdout.hasColors(),
      };
      process.stdout.write(`${tableText(document, style)}\n`);
    }
    process.stderr.write(`Results: ${file}\n`);
    process.exitCode = exitCodeOf(document);
  },
};

/** An argument with its paths shortened to file names: `--results=/home/me/r` is `--results=r`. */
function withoutFolders(argument: string): string {
  return argument.replace(/(^|[=,])[^=,]*\/(?=[^/])/g, '$1');
}

function requestOf(args: Options): RunRequest {
  return {
    files: args.files,
    strategies: (args.strategy ?? []).flatMap((names) => names.split(',').map((name) => name.trim())),
    amount:
      args.iterations === undefined
        ? { kind: 'time', budgetMs: milliseconds(args.time ?? defaultTime) }
        : { kind: 'iterations', perStrategy: wholeNumber(args.iterations) },
    engines: args.engine ?? [],
    cpus: args.cpus === undefined ? undefined : parseCpuList(args.cpus),
    variant: args.variant,
    seed: args.seed === undefined ? randomBytes(8).readBigUInt64LE() : seed(args.seed),
    resultsFolder: args.results,
    tool: toolIdentity(),
    arguments: process.argv.slice(2).map(withoutFolders),
  };
}

const msPerUnit: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  '': 1000,
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
};

/** `20s`, `500ms`, `5min`, `1h`; a bare number is seconds. */
export function milliseconds(text: string, option = '--time'): number {
  const [, number, unit] = /^(\d+(?:\.\d+)?)\s*(ms|s|m|min|h|)$/.exec(text) ?? [];
  const ms = Number(number) * (msPerUnit[unit ?? ''] ?? Number.NaN);
  if (ms > 0) return ms;
  throw new UsageError(`${option} ${text}: give a time above zero, such as 20s, 500ms or 5min.`);
}

const countPerUnit: Readonly<Record<string, number>> = { '': 1, k: 1e3, M: 1e6, G: 1e9 };

/** `100000`, `1e8`, `5M`. */
export function wholeNumber(text: string): number {
  const [, number, unit] = /^(\d+(?:\.\d+)?(?:e\d+)?)(k|M|G|)$/i.exec(text) ?? [];
  const count = Number(number) * (countPerUnit[unit ?? ''] ?? Number.NaN);
  if (Number.isSafeInteger(count) && count > 0) return count;
  throw new UsageError(`--iterations ${text}: give a whole number above zero, such as 1000000, 1e8 or 5M.`);
}

function seed(text: string): bigint {
  if (/^\d+$/.test(text) && BigInt(text) < 1n << 64n) return BigInt(text);
  throw new UsageError(`--seed ${text}: give a whole number below 2^64.`);
}
