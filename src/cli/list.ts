import type { Argv, CommandModule } from 'yargs';
import { readSuite, readTests } from '../language/test-files.ts';
import { listText } from '../report/list.ts';

function options(argv: Argv) {
  return argv
    .positional('files', {
      type: 'string',
      array: true,
      default: [] as string[],
      describe: '.litmus files, folders or globs; none: the whole suite',
    })
    .example('$0 list', 'the suite, one question a test')
    .example('$0 list litmus/kvm', 'the KVM tests');
}

type Options = ReturnType<typeof options> extends Argv<infer T> ? T : never;

export const listCommand: CommandModule<object, Options> = {
  command: 'list [files..]',
  describe: 'list tests with the question each one asks',
  builder: options,
  handler: ({ files }) => {
    const tests = files.length === 0 ? readSuite() : readTests(files);
    process.stdout.write(`${listText(tests, process.stdout.columns ?? 80)}\n`);
  },
};
