import type { Argv, CommandModule } from 'yargs';
import { summaryText } from '../report/summary.ts';
import { readResults } from '../results/read.ts';

function options(argv: Argv) {
  return argv
    .positional('files', {
      type: 'string',
      array: true,
      demandOption: true,
      describe: 'results files, a column each',
    })
    .option('strategy', { alias: 's', type: 'string', array: true, describe: 'only the rows of these' })
    .example('$0 summary results/*/*.json', 'all machines side by side, in Markdown')
    .example('$0 summary results/local/*.json -s kernel', 'the tests as written');
}

type Options = ReturnType<typeof options> extends Argv<infer T> ? T : never;

export const summaryCommand: CommandModule<object, Options> = {
  command: 'summary <files..>',
  describe: 'put the results of several machines side by side',
  builder: options,
  handler: ({ files, strategy }) => {
    const documents = files.map(readResults).map((document) => ({
      ...document,
      rows: document.rows.filter((row) => strategy === undefined || strategy.includes(row.strategy)),
    }));
    process.stdout.write(`${summaryText(documents)}\n`);
  },
};
