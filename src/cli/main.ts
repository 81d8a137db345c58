#!/usr/bin/env node
import yargs, { type Argv } from 'yargs';
import { hideBin } from 'yargs/helpers';
import { endingOf, UsageError } from './problem.ts';
import { toolVersion } from './tool.ts';

/** In the order of --help. Each loads what it needs, which takes longer than what many of them do. */
const commands: Readonly<Record<string, (cli: Argv) => Promise<Argv>>> = {
  run: async (cli) => cli.command((await import('./run.ts')).runCommand),
  check: async (cli) => cli.command((await import('./check.ts')).checkCommand),
  show: async (cli) => cli.command((await import('./show.ts')).showCommand),
  list: async (cli) => cli.command((await import('./list.ts')).listCommand),
  advise: async (cli) => cli.command((await import('./advise.ts')).adviseCommand),
  generate: async (cli) => cli.command((await import('./generate.ts')).generateCommand),
  export: async (cli) => cli.command((await import('./export.ts')).exportCommand),
  tune: async (cli) => cli.command((await import('./tune.ts')).tuneCommand),
  cost: async (cli) => cli.command((await import('./cost.ts')).costCommand),
  machine: async (cli) => cli.command((await import('./machine.ts')).machineCommand),
  compare: async (cli) => cli.command((await import('./compare.ts')).compareCommand),
  report: async (cli) => cli.command((await import('./report.ts')).reportCommand),
};

// A reader that went away (`| head`) wants no more of it; the run and its exit code stand.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

try {
  const words = hideBin(process.argv);
  const [first = ''] = words;
  const named = Object.hasOwn(commands, first) ? [commands[first]] : Object.values(commands);
  const cli = yargs(words);
  for (const add of named) await add?.(cli);
  await cli
    .scriptName('fencepost')
    .usage('Do I need this barrier? Litmus tests on this machine, under many barrier strategies.')
    .version(toolVersion())
    .help()
    .alias('help', 'h')
    .wrap(Math.min(100, process.stdout.columns ?? 80))
    .strict()
    .recommendCommands()
    .epilogue('Every command has its own --help with examples.')
    .fail((message: string | null, error: Error | undefined) => {
      throw error ?? new UsageError(message ?? 'wrong usage');
    })
    .parseAsync();
} catch (error) {
  const { text, exitCode } = endingOf(error);
  process.stderr.write(`${text}\n`);
  process.exitCode = exitCode;
}
