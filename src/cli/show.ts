import { readFileSync } from 'node:fs';
import type { ArgumentsCamelCase, Argv, CommandModule } from 'yargs';
import { architectures, hostArchitecture, type Architecture } from '../architecture.ts';
import { CannotRunError } from '../host.ts';
import type { LitmusTest } from '../language/litmus-test.ts';
import { printLitmus } from '../language/printer.ts';
import { readTests, type TestFile } from '../language/test-files.ts';
import { cellLayout } from '../lower/layout.ts';
import { lower, LoweringError } from '../lower/lower.ts';
import type { MachineCode } from '../lower/machine-code.ts';
import type { Target } from '../lower/target.ts';
import { targetFor, targets } from '../lower/targets.ts';
import { plansFor } from '../plan/run-plan.ts';
import { listingText } from '../report/listing.ts';
import { planText } from '../report/plan.ts';
import { sideBySideText, type SideBySideColumn } from '../report/side-by-side.ts';
import { variantsText, variantText } from '../report/variant.ts';
import { defaultResultsFolder } from '../results/results-folder.ts';
import { variantsOf, type Variant } from '../strategy/strategies.ts';
import { UsageError } from './problem.ts';
import { outputStyle } from './terminal.ts';
import { toolIdentity } from './tool.ts';

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
    .option('variant', { type: 'string', describe: 'of the architecture (arm64: llsc, lse)' })
    .option('results', {
      type: 'string',
      default: defaultResultsFolder,
      describe: 'of --stage plan: folder that has the plans found on this machine',
    })
    .option('side-by-side', {
      type: 'boolean',
      default: false,
      describe: 'machine code of all architectures next to each other',
    })
    .example('$0 show SB.litmus --stage lower -s full', 'the machine code with full barriers')
    .example('$0 show SB.litmus --stage strategy -s none > SB-none.litmus', 'a variant for other tools');
}

type Options = ReturnType<typeof options> extends Argv<infer T> ? T : never;
type Arguments = ArgumentsCamelCase<Options>;

export const showCommand: CommandModule<object, Options> = {
  command: 'show <file>',
  describe: 'show what a test becomes: source, strategy, machine code, run plan',
  builder: options,
  handler: async (args) => {
    const [source, another] = readTests([args.file]);
    if (source === undefined || another !== undefined) {
      throw new UsageError(`${args.file} names several tests: give one file.`);
    }
    process.stdout.write(`${await stageText(args, source)}\n`);
  },
};

function stageText(options: Arguments, source: TestFile): string | Promise<string> {
  const { strategy } = options;
  switch (options.stage) {
    case 'parse':
      return printLitmus(source.test).trimEnd();
    case 'strategy':
      return strategy === undefined
        ? variantsText(source.test, variantsOf(source.test, ['all']))
        : variantText(source.test, variantNamed(source, strategy));
    case 'lower':
      return loweredText(source, variantNamed(source, strategy ?? 'kernel'), options);
    case 'plan':
      return plannedText(options, source);
  }
}

/** As a run would have it on this machine; where none can, the plans that need to know nothing of one. */
async function plannedText(
  { arch, variant, strategy = 'kernel', results }: Arguments,
  source: TestFile,
): Promise<string> {
  if (arch !== undefined) throw new UsageError('--arch: plans are those of this machine; leave it out.');
  variantNamed(source, strategy);
  const { planLitmus } = await import('../pipeline.ts');
  const notice = (sentence: string) => process.stderr.write(`${sentence}\n`);
  try {
    const [planned] = await planLitmus(
      {
        files: [source.file],
        strategies: [strategy],
        amount: { kind: 'time', budgetMs: 0, launches: 1 },
        earlier: undefined,
        beganMs: 0,
        cpus: undefined,
        placement: undefined,
        engines: [],
        tuning: { kind: 'automatic' },
        variant,
        modelTimeMs: 0,
        seed: 0n,
        resultsFolder: results,
        tool: toolIdentity(),
        arguments: [],
      },
      { progress: () => {}, asking: () => {}, notice, stopped: new AbortController().signal },
    );
    return planText(source.test, planned?.plans ?? [], planned?.lanes);
  } catch (error) {
    if (!(error instanceof CannotRunError)) throw error;
    notice(`${error.message} These are the portable plans, for a machine with a time base.`);
    return planText(
      source.test,
      plansFor(source.test, true).map((plan) => ({ plan })),
    );
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

function loweredText(
  source: TestFile,
  variant: Variant,
  { arch, variant: kind, sideBySide }: Arguments,
): string {
  const text = readFileSync(source.file, 'utf8');
  const style = outputStyle();
  if (sideBySide) {
    const columns = architectures.flatMap((one) => columnFor(one, variant) ?? []);
    return sideBySideText(columns, variant.test, text, style);
  }
  const architecture = arch ?? hostArchitecture();
  const target = targetFor(architecture, kind);
  if (target === undefined) {
    const known = targets.map((one) => [one.architecture, one.variant].filter(Boolean).join(' --variant '));
    const asked = [architecture ?? 'this machine', kind].filter(Boolean).join(' --variant ');
    throw new UsageError(`No machine code for ${asked}: give --arch, one of ${known.join(', ')}.`);
  }
  return listingText(lowerFirstPlan(variant.test, target), variant.test, text, style);
}

function columnFor(architecture: Architecture, variant: Variant): SideBySideColumn | undefined {
  const target = targetFor(architecture);
  if (target === undefined) return undefined;
  try {
    return { title: architecture, code: lowerFirstPlan(variant.test, target) };
  } catch (error) {
    if (!(error instanceof LoweringError)) throw error;
    return { title: architecture, problem: error.message };
  }
}

/** The code of the first plan: the others differ in offsets alone. */
function lowerFirstPlan(test: LitmusTest, target: Target): MachineCode {
  const [plan] = plansFor(test, true);
  if (plan === undefined) throw new Error(`${test.name} has no plan`);
  return lower(test, target, cellLayout(test, plan.layout, plan.spacingBytes, plan.cells));
}
