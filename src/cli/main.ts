#!/usr/bin/env node
import yargs from 'yargs';
import { hideBin } from 'yargs/helpers';
import { adviseCommand } from './advise.ts';
import { checkCommand } from './check.ts';
import { compareCommand } from './compare.ts';
import { costCommand } from './cost.ts';
import { exportCommand } from './export.ts';
import { generateCommand } from './generate.ts';
import { listCommand } from './list.ts';
import { machineCommand } from './machine.ts';
import { endingOf, UsageError } from './problem.ts';
import { reportCommand } from './report.ts';
import { runCommand } from './run.ts';
import { showCommand } from './show.ts';
import { toolIdentity } from './tool.ts';
import { tuneCommand } from './tune.ts';

// A reader that went away (`| head`) wants no more of it; the run and its exit code stand.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

try {
  await yargs(hideBin(process.argv))
    .scriptName('fencepost')
    .usage('Do I need this barrier? Litmus tests on this machine, under many barrier strategies.')
    .command(runCommand)
    .command(checkCommand)
    .command(showCommand)
    .command(listCommand)
    .command(adviseCommand)
    .command(generateCommand)
    .command(exportCommand)
    .command(tuneCommand)
    .command(costCommand)
    .command(machineCommand)
    .command(compareCommand)
    .command(reportCommand)
    .version(toolIdentity().version)
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
