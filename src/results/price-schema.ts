import { Type, type Static } from 'typebox';
import { layoutNames } from '../lower/machine-code.ts';
import { placementClasses } from '../plan/affinity.ts';
import { count, digest, strictObject, text, type Plain } from './schema-parts.ts';

const nanoseconds = (description: string) => Type.Number({ minimum: 0, description });

const placeProperties = {
  thread: count('P0 is 0.'),
  contended: Type.Boolean({
    description: 'Whether all threads swept the same cells at once, or this one alone, on warm cells.',
  }),
};

const stepSchema = strictObject(
  {
    strategy: text(),
    ...placeProperties,
    ns: Type.Optional(nanoseconds('Median over the blocks; absent where it is below resolution.')),
    low: Type.Optional(nanoseconds('End of the 95 % interval.')),
    high: Type.Optional(nanoseconds('End of the 95 % interval.')),
    ticks: Type.Optional(Type.Number({ minimum: 0, description: 'The same in ticks of the clock.' })),
    cycles: Type.Optional(
      Type.Number({ minimum: 0, description: 'Core cycles in user mode, where the kernel counts them.' }),
    ),
    resolutionNs: Type.Optional(
      nanoseconds(
        'What two copies of the same code differ by, or the end of the interval where it is wider and ns is absent.',
      ),
    ),
  },
  "What an iteration of a thread's body takes, the loop round it included, in a stream of iterations that the CPU overlaps as it can.",
);

const differenceSchema = strictObject(
  {
    of: text('A strategy.'),
    against: text('The strategy that is taken away from it.'),
    barrier: Type.Optional(
      strictObject(
        {
          thread: count(),
          line: count('Of the test as written.'),
          text: text('As in the code: smp_rmb().'),
          comment: Type.Optional(text("The test's own name for it.")),
        },
        'The one barrier that the two differ in: the difference is its price.',
      ),
    ),
    ...placeProperties,
    kind: Type.Enum(['same-code', 'costs', 'saves', 'below-resolution', 'not-timed'], {
      description:
        'same-code: nothing to measure. costs, saves: by ns, beyond resolution and interval. below-resolution: less than resolutionNs, either way. not-timed: the code differs, and too few blocks of it ran.',
    }),
    ns: Type.Optional(nanoseconds('How much: median over the blocks of the differences within a block.')),
    low: Type.Optional(nanoseconds('End of the 95 % interval that is nearer to nothing.')),
    high: Type.Optional(nanoseconds('The other end.')),
    resolutionNs: Type.Optional(
      nanoseconds(
        'What two copies of the same code differ by, or the end of the interval where it is wider.',
      ),
    ),
  },
  'What one strategy takes more than another, for one thread.',
);

const testPriceSchema = strictObject(
  {
    test: text(),
    digest: digest('Of the canonical text of the test as written.'),
    threads: count(),
    cpus: Type.Array(Type.Integer({ minimum: -1 }), { description: 'One per thread; -1: not pinned.' }),
    placement: Type.Enum([...placementClasses]),
    pinned: Type.Boolean(),
    layout: Type.Enum([...layoutNames]),
    spacingBytes: count(),
    cells: count('That a pass sweeps.'),
    blocks: count(
      'N of the intervals, the least where some were timed more often; 0: none was timed often enough.',
    ),
    steps: Type.Array(stepSchema, { description: 'Of strategies whose code is like no other before them.' }),
    sameCode: Type.Array(strictObject({ strategy: text(), as: text() }), {
      description: 'Strategies that have the very code of another, which was timed in their stead.',
    }),
    differences: Type.Array(differenceSchema),
    problems: Type.Array(text(), { description: 'What could not be timed, and why.' }),
  },
  'What one test costs on this machine.',
);

export const pricesSchema = strictObject(
  {
    unit: Type.Enum(['block', 'launch'], {
      description:
        'What intervals are over: blocks of one process, or fresh processes. In each, code lies elsewhere and strategies take turns (A B B A).',
    }),
    clock: strictObject({ name: text(), ticksPerSecond: Type.Number({ minimum: 1 }) }),
    cyclesProblem: Type.Optional(text('Why core cycles are not told.')),
    tests: Type.Array(testPriceSchema),
  },
  'What barriers and strategies cost: throughput in nanoseconds per protocol step.',
);

/** What barriers cost on one machine. */
export type Prices = Plain<Static<typeof pricesSchema>>;
export type TestPrice = Prices['tests'][number];
export type StepPrice = TestPrice['steps'][number];
export type PriceDifference = TestPrice['differences'][number];
