import { readFileSync } from 'node:fs';
import type { Argv, CommandModule } from 'yargs';
import { architectures, hostArchitecture, type Architecture } from '../architecture.ts';
import { printLitmus } from '../language/printer.ts';
import { readTests, type TestFile } from '../language/test-files.ts';
import { cellLayout } from '../lower/layout.ts';
import { lower } from '../lower/lower.ts';
import type { LayoutName } from '../lower/machine-code.ts';
import { targetFor, targets } from '../lower/targets.ts';
import { plansFor } from '../plan/run-plan.ts';
import { listingText } from '../report/listing.ts';
import { planText } from '../report/plan.ts';
import { variantsText, variantText } from '../report/variant.ts';
import { variantsOf, type Variant } from '../strategy/strategies.ts';
import { UsageError } from './problem.ts';

const stages = ['parse', 'strategy', 'lower', 'plan'] as const;

function options(argv: Argv) {
  return argv
    .positional('file', { type: 'string', demandOption: true, describe: 'a .litmus file' })
    .option('stage', {
      choices: stages,
      default: 'lower' as (typeof stages)[number],
      describe:
        'parse: canonical source; strategy: the rewritten test; lower: machine code; plan: how it runs',
    })
    .option('strategy', { alias: 's', type: 'string', describe: 'under this strategy (default: as written)' })
    .option('arch', {
      choices: architectures,
      describe: 'machine code for this architecture (default: this one)',
    })
    .example('$0 show SB.litmus --stage lower -s full', 'the machine code with full barriers')
    .example('$0 show SB.litmus --stage strategy -s none > SB-none.litmus', 'a variant for other tools');
}

type Options = ReturnType<typeof options> extends Argv<infer T> ? T : never;

export const showCommand: CommandModule<object, Options> = {
  command: 'show <file>',
  describe: 'show what a test becomes: source, strategy, machine code, run plan',
  builder: options,
  handler: (args) => {
    const [source] = readTests([args.file]);
    if (source === undefined) throw new UsageError(`${args.file}: no test in it.`);
    process.stdout.write(`${stageText(args, source)}\n`);
  },
};

function stageText({ stage, strategy, arch }: Options, source: TestFile): string {
  switch (stage) {
    case 'parse':
      return printLitmus(source.test).trimEnd();
    case 'strategy':
      return strategy === undefined
        ? variantsText(source.test, variantsOf(source.test, ['all']))
        : variantText(source.test, variantNamed(source, strategy));
    case 'lower':
      return loweredText(source, variantNamed(source, strategy ?? 'kernel'), arch);
    case 'plan':
      return planText(source.test, plansFor(source.test, true));
  }
}

function variantNamed({ test }: TestFile, strategy: string): Variant {
  const { variants, refused } = variantsOf(test, [strategy]);
  const [variant] = variants;
  if (variant !== undefined) return variant;
  throw new UsageError(
    `Strategy ${strategy} does not apply to ${test.name}: ${refused[0]?.reason ?? 'no such strategy'}.`,
  );
}

function loweredText(source: TestFile, variant: Variant, arch: Architecture | undefined): string {
  const architecture = arch ?? hostArchitecture();
  const target = architecture && targetFor(architecture);
  if (target === undefined) {
    const known = targets.map((one) => one.architecture).join(', ');
    throw new UsageError(
      `No machine code for ${architecture ?? 'this machine'}: give --arch, one of ${known}.`,
    );
  }
  const [plan] = plansFor(source.test, true);
  if (plan === undefined) throw new Error(`${source.test.name} has no plan`);
  const layout: LayoutName = plan.layout;
  const code = lower(variant.test, target, cellLayout(variant.test, layout, plan.spacingBytes, plan.cells));
  return listingText(code, variant.test, readFileSync(source.file, 'utf8'), {
    width: process.stdout.columns ?? 80,
    color: process.stdout.isTTY && process.stdout.hasColors(),
  });
}
