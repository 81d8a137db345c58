import type { PriceDifference, Prices, StepPrice } from '../../src/results/price-schema.ts';
import type { ResultsDocument } from '../../src/results/schema.ts';
import { sampleDocument } from '../results/sample-document.ts';

const step = (strategy: string, thread: number, contended: boolean, ns: number): StepPrice => ({
  strategy,
  thread,
  contended,
  ns,
  low: ns * 0.98,
  high: ns * 1.03,
  ticks: ns * 2.6,
});

type Place = Pick<PriceDifference, 'thread' | 'contended'>;
const places: readonly Place[] = [false, true].flatMap((contended) =>
  [0, 1].map((thread) => ({ thread, contended })),
);

const differences = (
  head: Pick<PriceDifference, 'of' | 'against' | 'barrier'>,
  found: readonly Omit<PriceDifference, keyof Place | 'of' | 'against' | 'barrier'>[],
): readonly PriceDifference[] =>
  places.flatMap((place, index) =>
    found.slice(index, index + 1).map((one) => ({ ...head, ...place, ...one })),
  );

const same = { kind: 'same-code' } as const;
const costs = (ns: number) => ({
  kind: 'costs' as const,
  ns,
  low: ns * 0.9,
  high: ns * 1.1,
  resolutionNs: 0.04,
});
const saves = (ns: number) => ({ ...costs(ns), kind: 'saves' as const });
const below = (resolutionNs: number) => ({ kind: 'below-resolution' as const, resolutionNs });

const prices: Prices = {
  unit: 'launch',
  clock: { name: 'TSC', ticksPerSecond: 2.6e9 },
  cyclesProblem: 'the kernel has no counter of core cycles here',
  tests: [
    {
      test: 'C-page-fault',
      digest: 'c'.repeat(64),
      threads: 2,
      cpus: [0, 1],
      placement: 'same-socket',
      pinned: true,
      layout: 'kernel',
      spacingBytes: 64,
      cells: 76,
      blocks: 12,
      steps: [
        step('kernel', 0, false, 8.19),
        step('kernel', 1, false, 3.16),
        step('kernel', 0, true, 29.8),
        step('kernel', 1, true, 13.3),
        step('atomics', 0, false, 14.4),
        { strategy: 'atomics', thread: 1, contended: false, resolutionNs: 0.0034 },
        step('atomics', 0, true, 39.2),
        step('atomics', 1, true, 1234),
      ],
      sameCode: [
        { strategy: 'none', as: 'kernel' },
        { strategy: 'no-smp_rmb@60', as: 'kernel' },
        { strategy: 'atomics-mb', as: 'atomics' },
      ],
      differences: [
        ...differences(
          {
            of: 'kernel',
            against: 'no-smp_rmb@60',
            barrier: { thread: 1, line: 60, text: 'smp_rmb()', comment: "the snapshot's smp_rmb" },
          },
          [same, same, same, same],
        ),
        ...differences(
          { of: 'kernel', against: 'no-smp_mb@71', barrier: { thread: 1, line: 71, text: 'smp_mb()' } },
          [same, costs(2.04), below(3.7), costs(17.2)],
        ),
        ...differences({ of: 'atomics', against: 'none' }, [costs(6.25), same, costs(10.3), saves(3.4)]),
        ...differences({ of: 'atomics', against: 'kernel' }, [costs(6.25), same, costs(10.3), saves(3.4)]),
        ...differences({ of: 'atomics-mb', against: 'kernel' }, [costs(6.25), same, costs(10.3), saves(3.4)]),
      ],
      problems: ['full: there is no such thing'],
    },
  ],
};

/** What `fencepost cost` keeps: prices and no rows. */
export const pricedDocument: ResultsDocument = { ...sampleDocument, plans: [], rows: [], prices };
