import type { Argv, CommandModule } from 'yargs';
import type { LitmusTest } from '../language/litmus-test.ts';
import { readSuite, readTests } from '../language/test-files.ts';
import { forEachExpressionIn } from '../language/walk.ts';
import { ownMacros } from '../model/kernel-macros.ts';
import { klitmusName } from '../strategy/klitmus-name.ts';
import { variantsOf } from '../strategy/strategies.ts';
import { UsageError } from './problem.ts';
import { writeTests } from './write-tests.ts';

function options(argv: Argv) {
  return argv
    .positional('files', {
      type: 'string',
      array: true,
      default: [] as string[],
      describe: '.litmus files, folders or globs; none: the whole suite',
    })
    .option('klitmus', {
      type: 'boolean',
      demandOption: true,
      describe: 'as plain LKMM litmus tests, for klitmus7 and herd7',
    })
    .option('output', {
      alias: 'o',
      type: 'string',
      demandOption: true,
      requiresArg: true,
      describe: 'folder for the .litmus files',
    })
    .option('strategy', {
      alias: 's',
      type: 'string',
      array: true,
      nargs: 1,
      default: ['all'],
      describe: 'only these, with commas between them: names, "ablation" or "all"',
    })
    .option('force', {
      type: 'boolean',
      default: false,
      describe: 'write into a folder that has files in it, over those of the same names',
    })
    .example('$0 export --klitmus -o variants litmus/kvm', 'every strategy of the KVM tests, a file each');
}

type Options = ReturnType<typeof options> extends Argv<infer T> ? T : never;

export const exportCommand: CommandModule<object, Options> = {
  command: 'export [files..]',
  describe: 'write each strategy of tests for other tools',
  builder: options,
  handler: ({ files, output, strategy, force }) => {
    const wanted = strategy.flatMap((names) => names.split(',').map((name) => name.trim()));
    const tests = (files.length === 0 ? readSuite() : readTests(files)).map(({ test }) => test);
    const variants = tests.flatMap((test) => exportable(test, wanted));
    for (const { name, foreign } of variants) {
      if (foreign !== undefined) process.stderr.write(`${name} is left out: ${foreign}() is no LKMM\n`);
    }
    const plain = variants.filter(({ foreign }) => foreign === undefined);
    if (plain.length === 0) throw new UsageError('Nothing is left to write.');
    const written = writeTests(
      plain.map(({ name, test }) => ({ ...test, name })),
      plain.length,
      output,
      force,
    );
    process.stdout.write(`${written} tests in ${output}.\n`);
  },
};

interface Exportable {
  /** With the strategy in it, unless the test is as written. */
  readonly name: string;
  readonly test: LitmusTest;
  /** A primitive that LKMM does not know. */
  readonly foreign: string | undefined;
}

function exportable(source: LitmusTest, wanted: readonly string[]): readonly Exportable[] {
  return variantsOf(source, wanted).variants.map(({ strategy, test }) => ({
    name: klitmusName(source.name, strategy),
    test,
    foreign: foreignPrimitive(test),
  }));
}

function foreignPrimitive({ threads }: LitmusTest): string | undefined {
  const called = new Set<string>();
  for (const { body } of threads) {
    forEachExpressionIn(body, (expression) => {
      if (expression.kind === 'call') called.add(expression.name);
    });
  }
  return [...called].find((name) => !ownMacros.has(name));
}
