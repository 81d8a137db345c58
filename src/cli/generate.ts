import type { Argv, CommandModule } from 'yargs';
import { edgesNamed } from '../language/cycles/edges.ts';
import { generateTests } from '../language/cycles/generate.ts';
import { UsageError } from './problem.ts';
import { writeTests } from './write-tests.ts';

function options(argv: Argv) {
  return argv
    .option('output', {
      alias: 'o',
      type: 'string',
      demandOption: true,
      requiresArg: true,
      describe: 'folder for the .litmus files',
    })
    .option('count', { alias: 'n', type: 'string', default: '1000', describe: 'so many tests' })
    .option('threads', { type: 'string', default: '2..4', describe: 'of so many threads (3, 2..4)' })
    .option('edges', {
      type: 'string',
      array: true,
      nargs: 1,
      default: [] as string[],
      describe:
        'only these, with commas between them: Rfe, Fre, Coe; PodWR, MbdWR, RmbdRR, DpAddrdR, ReldWW, PosRR, … (* is any text)',
    })
    .option('seed', { type: 'string', default: '0', describe: 'another seed, another choice of tests' })
    .option('force', {
      type: 'boolean',
      default: false,
      describe: 'write into a folder that has files in it, over those of the same names',
    })
    .example('$0 generate -o many', '1000 tests of two to four threads')
    .example("$0 generate -o sb --threads 2 --edges 'Fre,*dWR'", 'store buffering with every fence');
}

type Options = ReturnType<typeof options> extends Argv<infer T> ? T : never;

export const generateCommand: CommandModule<object, Options> = {
  command: 'generate',
  describe: 'write litmus tests made from critical cycles',
  builder: options,
  handler: ({ output, count, threads, edges, seed, force }) => {
    const wanted = Number(wholeNumber('--count', count, 1n, mostTests));
    const tests = generateTests({
      threads: threadCounts(threads),
      edges: edgesNamed(edges.flatMap((names) => names.split(',')).filter((name) => name !== '')),
      seed: wholeNumber('--seed', seed, 0n, (1n << 64n) - 1n),
    });
    const written = writeTests(tests, wanted, output, force);
    const fewer = written < wanted ? `, fewer than --count ${count}: there are no more of these` : '';
    process.stdout.write(`${written} tests in ${output}${fewer}.\n`);
  },
};

/** More files than a folder is good for. */
const mostTests = 1_000_000n;

function wholeNumber(option: string, text: string, least: bigint, most: bigint): bigint {
  const value = /^\d{1,20}$/.test(text) ? BigInt(text) : -1n;
  if (value >= least && value <= most) return value;
  throw new UsageError(`${option} ${text}: give a whole number from ${least} to ${most}.`);
}

/** The numbers of threads that `3` or `2..4` stands for. */
function threadCounts(text: string): readonly number[] {
  const [, first, last = first] = /^([2-4])(?:\.\.([2-4]))?$/.exec(text) ?? [];
  const counts = [2, 3, 4].filter((count) => count >= Number(first) && count <= Number(last));
  if (counts.length > 0) return counts;
  throw new UsageError(
    `--threads ${text}: give a number from 2 to 4, or two with '..' between them, as 2..4.`,
  );
}
