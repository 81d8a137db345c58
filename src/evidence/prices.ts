import type { Measure } from '../plan/price-plan.ts';
import type { PlannedTest } from '../plan/experiment.ts';
import type { PriceDifference, Prices, StepPrice, TestPrice } from '../results/price-schema.ts';
import { digestOf } from '../results/document.ts';
import type { PriceBlock, Samples } from '../run/prices.ts';
import { guardsOf } from '../strategy/guards.ts';
import { strategies } from '../strategy/strategies.ts';
import { placeOf } from './place.ts';
import {
  differenceIn,
  estimateOf,
  fewestBlocks,
  findingOf,
  type Estimate,
  type PriceFinding,
} from './price.ts';
import { medianOf } from './quantiles.ts';

/** What was timed of one measure of a test. */
export interface Timed {
  readonly measure: Measure;
  readonly blocks: readonly PriceBlock[];
  /** Why there are no more blocks, or undefined. */
  readonly problem: string | undefined;
}

/** Two strategies whose difference is of interest. */
type Comparison = Pick<PriceDifference, 'of' | 'against' | 'barrier'>;

/**
 * What a test costs by what was timed of it.
 * @param source the text of the file that the test was read from: its comments name barriers.
 */
export function testPrice(
  planned: PlannedTest,
  timed: readonly Timed[],
  { ticksPerSecond }: Prices['clock'],
  source: string,
): TestPrice | undefined {
  const [placed] = planned.plans;
  if (placed === undefined) return undefined;
  const { plan, affinity } = placed;
  const whole = timed.filter(({ blocks }) => blocks.length >= fewestBlocks);
  const nsPerTick = 1e9 / ticksPerSecond;
  const distinct = planned.variants.filter(
    ({ sameCodeAs, problem }) => (sameCodeAs ?? problem) === undefined,
  );
  return {
    test: planned.test.name,
    digest: digestOf(planned.test),
    threads: planned.test.threads.length,
    cpus: affinity.cpus,
    placement: affinity.class,
    pinned: !affinity.cpus.includes(-1),
    layout: plan.layout,
    spacingBytes: plan.spacingBytes,
    cells: plan.cells,
    blocks: whole.length === 0 ? 0 : Math.min(...whole.map(({ blocks }) => blocks.length)),
    steps: distinct.flatMap(({ strategy }) => whole.flatMap((one) => stepsOf(strategy, one, nsPerTick))),
    sameCode: planned.variants.flatMap(({ strategy, sameCodeAs }) =>
      sameCodeAs === undefined ? [] : [{ strategy, as: sameCodeAs }],
    ),
    differences: comparisonsOf(planned, source).flatMap((comparison) =>
      timed.flatMap((one) => differencesOf(comparison, one, nsPerTick)),
    ),
    problems: [
      ...planned.variants.flatMap(({ strategy, problem }) =>
        problem === undefined ? [] : [`${strategy}: ${problem}`],
      ),
      ...timed.flatMap(({ measure, blocks, problem }) =>
        blocks.length >= fewestBlocks
          ? []
          : [`${titleOf(measure)}: ${problem ?? `only ${blocks.length} blocks were timed`}`],
      ),
      ...(planned.test.threads.length > 1 && affinity.oversubscribed
        ? ['together: there are fewer CPUs than threads, which would take turns']
        : []),
    ],
  };
}

/** Whether the variants of a test have something to compare. */
export function isPriced(planned: PlannedTest): boolean {
  return comparisonsOf(planned, '').length > 0;
}

function titleOf({ contended, threads }: Measure): string {
  return contended ? 'together' : `P${threads[0]} alone`;
}

/**
 * Each barrier against the test without it; each strategy against none at all, and against the test as
 * written.
 */
function comparisonsOf({ test, variants }: PlannedTest, source: string): readonly Comparison[] {
  const planned = new Set(variants.map(({ strategy }) => strategy));
  const barriers = guardsOf(test)
    .guards.filter(({ name }) => planned.has('kernel') && planned.has(name))
    .map((guard): Comparison => {
      const { thread, lines, text, comment } = placeOf(test, guard, source);
      const named = comment === undefined ? {} : { comment };
      return {
        of: 'kernel',
        against: guard.name,
        barrier: { thread, line: lines[0] ?? 0, text, ...named },
      };
    });
  const named = strategies.map(({ name }) => name).filter((name) => name !== 'none' && planned.has(name));
  const against = (other: string) =>
    named.filter((name) => name !== other && planned.has(other)).map((of) => ({ of, against: other }));
  return [...barriers, ...against('none'), ...against('kernel')];
}

function stepsOf(strategy: string, { measure, blocks }: Timed, nsPerTick: number): readonly StepPrice[] {
  const program = measure.programOf.get(strategy);
  if (program === undefined) return [];
  return measure.threads.flatMap((thread, index): readonly StepPrice[] => {
    const head = { strategy, thread, contended: measure.contended };
    const own = (programs: readonly Samples[], nothing: Samples) =>
      medianOf(programs[program]?.[index] ?? []) - medianOf(nothing[index] ?? []);
    const finding = findingIn(
      blocks,
      blocks.map((block) => own(block.programs, block.nothing)),
      index,
    );
    if (finding === undefined) return [];
    const resolutionNs = finding.resolution * nsPerTick;
    // No code takes less than none: what looks so is not resolved either.
    if (finding.kind === 'saves') return [{ ...head, resolutionNs: finding.amount.high * nsPerTick }];
    if (finding.kind === 'below-resolution') return [{ ...head, resolutionNs }];
    const cycles = medianOf(
      blocks.flatMap((block) =>
        block.cycles === undefined ? [] : [own(block.cycles.programs, block.cycles.nothing)],
      ),
    );
    return [
      {
        ...head,
        ...inNs(finding.amount, nsPerTick),
        ticks: finding.amount.median,
        ...(cycles > 0 ? { cycles } : {}),
        resolutionNs,
      },
    ];
  });
}

/**
 * What blocks told of a thread, in view of how far two copies of the same code differ in them.
 * @param values in ticks, block by block.
 * @returns undefined with too few blocks.
 */
function findingIn(
  blocks: readonly PriceBlock[],
  values: readonly number[],
  thread: number,
): PriceFinding | undefined {
  const estimate = estimateOf(values);
  const copies = estimateOf(
    blocks.map(({ programs, copy }) => differenceIn(programs[0]?.[thread] ?? [], copy[thread] ?? [])),
  );
  const quantum = Math.max(...blocks.map(({ iterations }) => 1 / iterations));
  return estimate && copies && findingOf(estimate, copies, quantum);
}

function differencesOf(
  comparison: Comparison,
  { measure, blocks }: Timed,
  nsPerTick: number,
): readonly PriceDifference[] {
  const one = measure.programOf.get(comparison.of);
  const other = measure.programOf.get(comparison.against);
  if (one === undefined || other === undefined) return [];
  return measure.threads.flatMap((thread, index): readonly PriceDifference[] => {
    const head = { ...comparison, thread, contended: measure.contended };
    if (one === other) return [{ ...head, kind: 'same-code' }];
    if (blocks.length < fewestBlocks) return [{ ...head, kind: 'not-timed' }];
    const finding = findingIn(
      blocks,
      blocks.map(({ programs }) =>
        differenceIn(programs[one]?.[index] ?? [], programs[other]?.[index] ?? []),
      ),
      index,
    );
    if (finding === undefined) return [];
    const resolutionNs = finding.resolution * nsPerTick;
    if (finding.kind === 'below-resolution') return [{ ...head, kind: finding.kind, resolutionNs }];
    return [{ ...head, kind: finding.kind, ...inNs(finding.amount, nsPerTick), resolutionNs }];
  });
}

function inNs(
  { median, low, high }: Estimate,
  nsPerTick: number,
): { readonly ns: number; readonly low: number; readonly high: number } {
  return { ns: median * nsPerTick, low: low * nsPerTick, high: high * nsPerTick };
}
