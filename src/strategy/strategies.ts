import type { LitmusTest } from '../language/litmus-test.ts';
import { printLitmus } from '../language/printer.ts';
import { ablations } from './ablation.ts';
import { acquireRelease } from './acquire-release.ts';
import { withAtomics } from './atomics.ts';
import { barriersOf, mostBarriers } from './barriers.ts';
import { call, rewriteBodies } from './rewrite.ts';
import { notApplicable, variant, type Rewrite, type Strategy } from './strategy.ts';
import { withoutBarriers } from './weaken.ts';

/** The strategies, in the order in which they are listed and run. */
export const strategies: readonly Strategy[] = [
  {
    name: 'kernel',
    sentence: 'the test as written',
    rewrite: (test) => variant(test),
  },
  {
    name: 'full',
    sentence: 'each fence is smp_mb()',
    rewrite: allFull,
  },
  {
    name: 'acquire-release',
    sentence: 'the store after a smp_wmb() is a release and the load before a smp_rmb() an acquire',
    rewrite: acquireRelease,
  },
  {
    name: 'atomics',
    sentence: 'counters are atomic_t, stepped by void atomic_inc() and atomic_dec(), and no barrier is left',
    rewrite: (test) => withAtomics(test, 'void'),
  },
  {
    name: 'atomics-return',
    sentence:
      'counters are atomic_t, stepped by atomic_inc_return() and atomic_dec_return(), and no other barrier is left',
    rewrite: (test) => withAtomics(test, 'value-returning'),
  },
  {
    name: 'atomics-mb',
    sentence:
      'counters are atomic_t, each step followed by smp_mb__after_atomic(), and no other barrier is left',
    rewrite: (test) => withAtomics(test, 'void, then smp_mb__after_atomic()'),
  },
  {
    name: 'compiler',
    sentence: 'each barrier is barrier(), which binds the compiler and not the CPU',
    rewrite: (test) => weakest(test, 'barrier()'),
  },
  {
    name: 'none',
    sentence: 'no fence, acquire or release is left; locks are',
    rewrite: (test) => weakest(test, 'nothing'),
  },
];

/** A test as one strategy writes it. */
export interface Variant {
  readonly strategy: string;
  readonly sentence: string;
  readonly test: LitmusTest;
  readonly notes: readonly string[];
}

/** A strategy that does not apply to a test, and why. */
export interface Refusal {
  readonly strategy: string;
  readonly reason: string;
}

export interface Variants {
  readonly variants: readonly Variant[];
  readonly refused: readonly Refusal[];
}

/** A strategy that a user asked for and that does not exist. */
export class UnknownStrategyError extends Error {
  override readonly name = 'UnknownStrategyError';
}

/**
 * The variants of a test: of every strategy of the table, or of those wanted by name. `ablation`
 * stands for all ablations of the test (ablation.ts), `all` for these and the table.
 * @throws UnknownStrategyError for a name that no test could have.
 */
export function variantsOf(test: LitmusTest, wanted?: readonly string[]): Variants {
  const tried = wantedStrategies(test, wanted).map((strategy) => ({
    strategy,
    rewrite: rewriteBy(strategy, test),
  }));
  return {
    variants: tried.flatMap(({ strategy: { name, sentence }, rewrite }) =>
      rewrite.kind === 'variant'
        ? [{ strategy: name, sentence, test: rewrite.test, notes: rewrite.notes }]
        : [],
    ),
    refused: tried.flatMap(({ strategy: { name }, rewrite }) =>
      rewrite.kind === 'variant' ? [] : [{ strategy: name, reason: rewrite.reason }],
    ),
  };
}

/** @throws UnknownStrategyError for a name that no test could have. */
export function requireStrategies(wanted: readonly string[]): void {
  const known = new Set([...strategies.map(({ name }) => name), 'ablation', 'all']);
  for (const name of wanted) if (!known.has(name)) elsewhere(name);
}

function wantedStrategies(test: LitmusTest, wanted: readonly string[] | undefined): readonly Strategy[] {
  if (wanted === undefined) return strategies;
  const single = ablationsOf(test);
  const every = [...strategies, ...single];
  const chosen = wanted.flatMap((name) => {
    if (name === 'all') return every;
    if (name === 'ablation') return single;
    return every.find((strategy) => strategy.name === name) ?? elsewhere(name);
  });
  return [...new Set(chosen)];
}

function ablationsOf(test: LitmusTest): readonly Strategy[] {
  const count = barriersOf(test).length;
  if (count <= mostBarriers) return ablations(test);
  const reason = `the test has ${count} barriers, more than ${mostBarriers}`;
  const sentence = 'each barrier is weakened alone';
  return [{ name: 'ablation', sentence, rewrite: () => notApplicable(reason) }];
}

/** An ablation of another test, or a mistake. */
function elsewhere(name: string): Strategy {
  if (/^no-.*@\d+/.test(name)) {
    const reason = `the test has no barrier of that name: ${name}`;
    return { name, sentence: 'one barrier is weakened', rewrite: () => notApplicable(reason) };
  }
  const known = [...strategies.map((strategy) => strategy.name), 'ablation', 'all'].join(', ');
  throw new UnknownStrategyError(
    `There is no strategy "${name}": choose among ${known}, or an ablation such as no-smp_rmb@14.`,
  );
}

/** The rewrite, without the file's `Result:`, which speaks of the test as written; a variant that changes nothing is none. */
function rewriteBy(strategy: Strategy, test: LitmusTest): Rewrite {
  const rewrite = strategy.rewrite(test);
  if (rewrite.kind === 'not-applicable' || strategy.name === 'kernel') return rewrite;
  if (printLitmus(rewrite.test) === printLitmus(test))
    return notApplicable('it would leave the test as it is');
  const header = { ...rewrite.test.header, result: undefined };
  return { ...rewrite, test: { ...rewrite.test, header } };
}

function allFull(test: LitmusTest): Rewrite {
  const fences = barriersOf(test).filter(({ barrier }) => barrier.kind === 'fence');
  if (fences.length === 0) return notApplicable('the test has no fence to strengthen');
  const weak = new Set(
    fences.filter(({ call: { name } }) => name !== 'smp_mb' && name !== 'mb').map((one) => one.call),
  );
  if (weak.size === 0) return notApplicable('every fence of the test is a full one already');
  return variant(
    rewriteBodies(test, {
      expression: (expression, original) =>
        original.kind === 'call' && weak.has(original) ? call('smp_mb', [], original.at) : expression,
    }),
  );
}

function weakest(test: LitmusTest, leaving: 'nothing' | 'barrier()'): Rewrite {
  if (barriersOf(test).length === 0)
    return notApplicable('the test has no fence, acquire or release to take away');
  return variant(withoutBarriers(test, () => true, leaving));
}
