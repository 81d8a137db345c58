import type { Measure } from '../plan/price-plan.ts';
import type { PlannedTest } from '../plan/experiment.ts';
import type { PriceDifference, Prices, StepPrice, TestPrice } from '../results/price-schema.ts';
import { digestOf } from '../results/document.ts';
import type { PriceBlock, Samples } from '../run/prices.ts';
import { guardsOf } from '../strategy/guards.ts';
import { strategies } from '../strategy/strategies.ts';
import { placeOf } from './place.ts';
import { differenceIn, estimateOf, fewestBlocks, findingOf, medianOf, type Estimate } from './price.ts';

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
    blocks: Math.min(...whole.map(({ blocks }) => blocks.length), Number.MAX_SAFE_INTEGER),
    steps: distinct.flatMap(({ strategy }) => whole.flatMap((one) => stepsOf(strategy, one, nsPerTick))),
    sameCode: planned.variants.flatMap(({ strategy, sameCodeAs }) =>
      sameCodeAs === undefined ? [] : [{ strategy, as: sameCodeAs }],
    ),
    differences: comparisonsOf(planned, source).flatMap((comparison) =>
      whole.flatMap((one) => differencesOf(comparison, one, nsPerTick)),
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
  return measure.threads.flatMap((thread, index) => {
    const own = (programs: readonly Samples[], nothing: Samples) =>
      Math.max(0, medianOf(programs[program]?.[index] ?? []) - medianOf(nothing[index] ?? []));
    const ticks = estimateOf(blocks.map((block) => own(block.programs, block.nothing)));
    if (ticks === undefined) return [];
    const cycles = blocks.flatMap((block) =>
      block.cycles === undefined ? [] : [own(block.cycles.programs, block.cycles.nothing)],
    );
    return [
      {
        strategy,
        thread,
        contended: measure.contended,
        ns: ticks.median * nsPerTick,
        low: ticks.low * nsPerTick,
        high: ticks.high * nsPerTick,
        ticks: ticks.median,
        ...(cycles.length === 0 ? {} : { cycles: medianOf(cycles) }),
      },
    ];
  });
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
    const over = (of: (block: PriceBlock) => readonly [Samples | undefined, Samples | undefined]) =>
      estimateOf(
        blocks.map((block) => {
          const [left, right] = of(block);
          return differenceIn(left?.[index] ?? [], right?.[index] ?? []);
        }),
      );
    const difference = over(({ programs }) => [programs[one], programs[other]]);
    const copies = over(({ programs, copy }) => [programs[0], copy]);
    if (difference === undefined || copies === undefined) return [];
    const quantum = Math.max(...blocks.map(({ iterations }) => 1 / iterations));
    const finding = findingOf(difference, copies, quantum);
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
