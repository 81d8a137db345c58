import { Type, type Static } from 'typebox';
import { architectures } from '../architecture.ts';
import { layoutNames } from '../lower/machine-code.ts';
import { placementClasses } from '../plan/affinity.ts';
import { engineNames } from '../plan/run-plan.ts';
import { preloadNames } from '../run/addon.ts';
import { rowEvidenceSchema, sessionEvidenceSchema } from './evidence-schema.ts';
import { machineSchema } from './machine-schema.ts';
import { pricesSchema } from './price-schema.ts';
import { count, digest, instant, strictObject, text, textsByKey, type Plain } from './schema-parts.ts';

export const resultsFormat = 'fencepost-results';
export const resultsVersion = 2;

export const toolSchema = strictObject({
  name: text(),
  version: text(),
  revision: Type.Optional(text('git revision, where the tool runs from a checkout.')),
});

export const planSchema = strictObject(
  {
    name: text('Unique in the document; controls and runs refer to it.'),
    digest: Type.Optional(digest('Of how it runs: its parameters, CPUs and placement left out.')),
    layout: Type.Enum([...layoutNames]),
    rendezvous: Type.Enum([...engineNames], {
      description:
        'The engine: threads wait for each other before a group, start it at a deadline, run free, or repeat the test on one cell perpetually.',
    }),
    group: count('Iterations between two rendezvous; of free threads, between two looks at each other.'),
    cells: count('Iterations in a batch.'),
    spacingBytes: count("From one iteration's cell to the next; 0: all use one cell."),
    startDelayNs: count(
      'Each thread waits a random time below this, in whole time-base ticks, after a rendezvous.',
    ),
    groupStride: Type.Optional(
      count('Groups were visited in the order 0, s, 2s, …, modulo their number; absent: in order.'),
    ),
    preload: Type.Optional(
      Type.Enum([...preloadNames], {
        description: "What each thread did with a group's cells before its rendezvous; absent: nothing.",
      }),
    ),
    stressBytes: Type.Optional(
      count('Over so many bytes of other memory, threads on the CPUs of `stress` loaded and stored.'),
    ),
    stress: Type.Optional(
      Type.Array(Type.Integer({ minimum: 0 }), { description: 'CPUs of stress threads; absent: none.' }),
    ),
    lanes: Type.Optional(
      Type.Integer({
        minimum: 2,
        description:
          "Into so many lanes the test's threads were put, those of a lane to run as one; absent: each was by itself.",
      }),
    ),
    cpus: Type.Array(Type.Integer({ minimum: -1 }), {
      description: 'One per thread, or per lane; -1 where it was not pinned.',
    }),
    copies: Type.Optional(
      Type.Array(Type.Array(Type.Integer({ minimum: 0 })), {
        description:
          'The CPUs of further copies of the test that ran beside it, one per thread; absent: none.',
      }),
    ),
    placement: Type.Enum([...placementClasses]),
    oversubscribed: Type.Boolean({ description: 'More threads than CPUs: they took turns.' }),
    pinned: Type.Boolean(),
  },
  'The parameters of runs, CPUs included: those under which a control vouches for a test.',
);

export const outcomeSchema = strictObject({
  values: textsByKey(
    // Observables as conditions write them; a location may be called __proto__, which JavaScript would lose.
    '^(?!__proto__$)',
    'Final values by observable, "0:r1", "x" or "a[1]": a decimal number, or the name of the location whose address it is.',
  ),
  count: count(),
});

/** What makes a block the same request again, and when it ended. Absent in files that do not have it yet. */
export const blockProperties = {
  launch: Type.Optional(
    count('From 0; each was a process of its own, its memory and threads placed anew. Absent: the only one.'),
  ),
  seed: Type.Optional(Type.String({ pattern: '^\\d+$', description: 'Of the start delays.' })),
  cells: Type.Optional(count('Iterations in a batch of one copy.')),
  batches: Type.Optional(count()),
  copies: Type.Optional(count('How many copies ran, the first among them.')),
  endedMs: Type.Optional(
    Type.Number({
      minimum: 0,
      description: 'Since the session began: the order in which the blocks of all runs ran.',
    }),
  ),
};

const block = strictObject(
  {
    iterations: count('That passed the filter.'),
    witnesses: count(),
    runNs: Type.Number({
      minimum: 0,
      description: 'Threads running, initialising and reading the cells left out.',
    }),
    wallNs: Type.Number({ minimum: 0, description: 'The whole block.' }),
    strayed: count('Batches after which some thread was not on its CPU.'),
    switches: count('Involuntary context switches of all threads.'),
    disturbed: Type.Optional(
      text(
        "Why its rates are lower than the machine's: steal time, a standstill, or threads that were descheduled. Its counts are data.",
      ),
    ),
    ...blockProperties,
    counts: Type.Optional(
      Type.Array(count(), {
        description:
          "Of each of the run's outcomes, in their order. Only of a session that was interrupted, to be resumed from.",
      }),
    ),
    other: Type.Optional(count("Likewise: the block's part of the run's other.")),
  },
  'Some tens of milliseconds of running, in the order in which they were run.',
);

const runSchema = strictObject(
  {
    plan: text(),
    iterations: count('That passed the filter.'),
    filtered: count("That the test's filter rejected."),
    witnesses: count("Iterations that satisfy the condition's proposition."),
    outcomes: Type.Array(outcomeSchema, {
      description:
        'Every outcome seen, rejected ones too: their counts, and other, add up to iterations + filtered.',
    }),
    other: Type.Optional(
      count(
        "Of a perpetual run: iterations whose outcome is not told. It counts the condition's outcome alone, each iteration once at most.",
      ),
    ),
    blocks: Type.Array(block),
    invalid: Type.Optional(text('Why these counts are not data.')),
  },
  'What one plan showed of a variant.',
);

/** The part of a row that is known before it runs. */
export const variantProperties = {
  role: Type.Enum(['asked', 'control'], {
    description: 'Whether the test was asked for, or runs because it vouches for one that was.',
  }),
  test: strictObject({
    name: text(),
    file: Type.Optional(
      text('Of the suite: its path in it. Of any other, the name alone: results tell no folder of a user.'),
    ),
    digest: digest('Of the canonical text of the test as written.'),
    threads: count(),
    quantifier: Type.Enum(['exists', '~exists', 'forall']),
    proposition: Type.Optional(
      text('Of the condition, with each number as its observable holds it: 0:r0=0 /\\ x=2.'),
    ),
    filter: Type.Optional(text('The proposition of the filter, likewise, where there is one.')),
  }),
  plans: Type.Optional(Type.Array(text(), { description: 'Under which it is to run, by name.' })),
  lanes: Type.Optional(
    Type.Array(Type.Array(count(), { minItems: 1 }), {
      description:
        'Of plans with lanes: the threads of each lane, in the order in which they ran as one in every iteration. Absent where there are none, and in files of earlier versions.',
    }),
  ),
  strategy: text(),
  sentence: Type.Optional(text('What the strategy did to the test.')),
  variantDigest: digest('Of the canonical text of the variant.'),
  codeDigest: Type.Optional(
    digest("Of the thread bodies' machine code; rows with the same one ran the same instructions."),
  ),
  sameCodeAs: Type.Optional(
    text('The strategy of this test that has the same code and was run in its stead.'),
  ),
  expectation: strictObject(
    {
      verdict: Type.Enum(['allowed', 'forbidden', 'unknown']),
      event: Type.Enum(['witness', 'counterexample']),
      by: text('Who says so: the models that forbid it, or else those that allow it.'),
      models: Type.Array(
        strictObject({
          model: text('LKMM, or the name of the model of the architecture.'),
          observation: Type.Optional(
            Type.Enum(['Never', 'Sometimes', 'Always'], {
              description: 'How the proposition of the condition fares over all executions that it allows.',
            }),
          ),
          problem: Type.Optional(text('Why it gave no answer.')),
        }),
        { description: 'LKMM of the C, and the model of the architecture of the code.' },
      ),
    },
    "What a model says of the event the test asks about: the condition's proposition, or for forall its negation.",
  ),
};

const rowSchema = strictObject(
  {
    ...variantProperties,
    iterations: count('Over the valid runs.'),
    witnesses: count("Iterations that satisfy the condition's proposition, over the valid runs."),
    observation: Type.Enum(['Never', 'Sometimes', 'Always'], {
      description: 'How often the proposition held.',
    }),
    verdict: Type.Enum(['violation', 'seen', 'upheld', 'unseen', 'inconclusive', 'invalid', 'not-run']),
    reason: text('One sentence.'),
    bound: Type.Optional(
      Type.Number({
        minimum: 0,
        description:
          'With "never": the rate that would have been seen with 95 % confidence. 3/N, N divided by the design effect, under the plans whose controls fired; where there is none, under all.',
      }),
    ),
    controls: Type.Array(
      strictObject({
        name: text(),
        plan: text(),
        state: Type.Enum(['fired', 'silent', 'not-run']),
        sightings: count(),
        iterations: count(),
      }),
    ),
    phases: Type.Array(strictObject({ name: text(), count: count() })),
    evidence: Type.Optional(rowEvidenceSchema),
    runs: Type.Array(runSchema),
  },
  'One test under one strategy.',
);

export const distanceSchema = strictObject(
  {
    cpus: Type.Array(Type.Integer({ minimum: 0 }), { minItems: 2, maxItems: 2 }),
    looks: Type.Array(
      strictObject({
        atMs: Type.Number({ minimum: 0, description: 'Since the session began.' }),
        roundTripNs: Type.Number({ minimum: 0 }),
      }),
    ),
  },
  'How far apart two of the CPUs were, look by look: a cache line there and back. Virtual ones may be moved.',
);

export const sessionSchema = strictObject({
  startedAt: instant(),
  finishedAt: instant(),
  seed: Type.String({ pattern: '^\\d+$', description: 'A decimal number of up to 64 bits.' }),
  arguments: Type.Array(Type.String(), {
    description: 'The command line after the program, paths shortened to file names.',
  }),
  interrupted: Type.Boolean(),
  resumed: Type.Optional(
    Type.Array(strictObject({ startedAt: instant(), arguments: Type.Array(Type.String()) }), {
      description: 'The sessions that went on where this one had stopped.',
    }),
  ),
  distance: Type.Optional(distanceSchema),
  schedule: Type.Optional(
    Type.Union(
      [
        strictObject({
          kind: Type.Literal('time'),
          budgetMs: Type.Number({ minimum: 0, description: 'Promised for the whole session.' }),
          beganMs: Type.Number({
            minimum: 0,
            description: 'Since the session began: the first block could begin.',
          }),
          endMs: Type.Number({ minimum: 0, description: 'Likewise: the last block should have ended.' }),
          launches: count(),
          settlement: Type.Optional(
            strictObject(
              { confidence: Type.Number(), rate: Type.Number({ description: 'Per iteration.' }) },
              'With it, the session ended as soon as every question was settled.',
            ),
          ),
        }),
        strictObject({ kind: Type.Literal('iterations'), perStrategy: count(), launches: count() }),
        strictObject({
          kind: Type.Literal('recorded'),
          blocks: count('Those of an earlier session, repeated.'),
          launches: count(),
        }),
      ],
      { description: 'What was asked for: a time, or iterations, over so many launches.' },
    ),
  ),
});

export const targetSchema = strictObject(
  {
    architecture: Type.Enum([...architectures]),
    variant: Type.Optional(
      text("Which of the architecture's ways of writing atomics ran: lse or llsc on arm64."),
    ),
  },
  'What the tests were lowered for.',
);

/** The results document. Its JSON Schema is results/fencepost-results.schema.json, written from here. */
export const resultsSchema = Type.Object(
  {
    format: Type.Literal(resultsFormat),
    version: Type.Literal(resultsVersion),
    tool: toolSchema,
    machine: machineSchema,
    target: targetSchema,
    session: sessionSchema,
    plans: Type.Array(planSchema),
    findings: Type.Array(
      strictObject({
        kind: Type.Enum(['false-result', 'broken-chain']),
        test: text(),
        strategy: text(),
        sentence: text(),
      }),
      {
        description:
          'Where a file states a result that LKMM does not give, or the model of the architecture allows what LKMM forbids.',
      },
    ),
    evidence: Type.Optional(sessionEvidenceSchema),
    rows: Type.Array(rowSchema),
    prices: Type.Optional(pricesSchema),
  },
  {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Fencepost results',
    description: 'What one machine did in one session. Numbers that may pass 2^53 are decimal strings.',
    additionalProperties: false,
  },
);

export type ResultsDocument = Plain<Static<typeof resultsSchema>>;
export type Tool = ResultsDocument['tool'];
export type Session = ResultsDocument['session'];
/** A plan as it was carried out, CPUs included. */
export type PlanRecord = ResultsDocument['plans'][number];
export type Row = ResultsDocument['rows'][number];
/** What one plan showed of a variant. */
export type Run = Row['runs'][number];
export type Block = Run['blocks'][number];
