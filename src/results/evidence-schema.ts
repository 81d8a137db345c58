/**
 * What the counts of a session say, as its file has it: computed when it was written, by that version of
 * the tool. Readers compute it anew from the counts.
 */
import { Type, type Static } from 'typebox';
import { placementClasses } from '../plan/affinity.ts';
import { count, strictObject, text, type Plain } from './schema-parts.ts';

const perIteration = () => Type.Literal('per iteration');
const share = (description?: string) =>
  Type.Number({ ...(description === undefined ? {} : { description }), minimum: 0, maximum: 1 });
const positive = (description: string) => Type.Number({ description, minimum: 0 });
const confidence = () => share('Share of runs in which the statement is true.');

export const rateSchema = strictObject(
  {
    unit: perIteration(),
    sightings: count('Of the event that the expectation names.'),
    iterations: count('N.'),
    rate: share(),
    low: share(),
    high: share(),
    confidence: confidence(),
    independent: Type.Enum(['iteration', 'block', 'launch'], {
      description:
        'What the interval takes for independent. "iteration", with fewer than two clusters, is too narrow where they are not.',
    }),
    clusters: count('Of them, the clusters that were counted.'),
    designEffect: positive('Variance over that of independent iterations, 1 or more.'),
    effectiveIterations: positive(
      'Independent iterations that would give the same interval, the few clusters allowed for.',
    ),
  },
  'How often an event happens, with the interval that holds the true rate in 95 % of runs.',
);

export const repeatabilitySchema = strictObject(
  {
    unit: Type.Literal('sightings'),
    sightings: count('N.'),
    claimed: Type.Boolean({ description: 'Whether there are enough of them for the claim that it is seen.' }),
    probability: share(
      'That a run of the same length sees it again, 1 - e^-n (Levine et al., MC Mutants, ASPLOS 2023); from 3 sightings on 95 %.',
    ),
  },
  'What so many sightings are worth.',
);

export const driftSchema = strictObject(
  {
    unit: perIteration(),
    blocks: count('N, after small ones were joined.'),
    firstHalf: share('Rate in the first half of the blocks.'),
    secondHalf: share(),
    probability: share(
      'How often a steady rate shows such a trend; of a session, corrected for how many are read together (Holm).',
    ),
    drifting: Type.Boolean(),
  },
  'Whether a rate rose or fell while it was measured.',
);

export const neverSchema = strictObject(
  {
    plan: text(),
    unit: perIteration(),
    iterations: count('N.'),
    independent: Type.Enum(['block', 'launch'], { description: 'What is taken for independent.' }),
    clusters: count('Of them, those that were counted.'),
    designEffect: positive("Of the bound's rate: how many iterations are worth an independent one."),
    effectiveIterations: positive('N divided by the design effect.'),
    bound: share('3 / effectiveIterations: any higher rate would have been seen.'),
    confidence: confidence(),
    vouched: Type.Boolean({ description: 'Whether it has controls and all of them fired.' }),
  },
  'What never having seen the event under a plan says of its rate.',
);

export const rowEvidenceSchema = strictObject(
  {
    rate: rateSchema,
    repeatability: Type.Optional(repeatabilitySchema),
    runs: Type.Array(strictObject({ plan: text(), rate: rateSchema, drift: Type.Optional(driftSchema) }), {
      description: 'By plan, hence by placement; drift is absent with too few blocks to tell.',
    }),
    placements: Type.Optional(
      Type.Array(
        strictObject({
          placement: Type.Enum([...placementClasses]),
          rate: rateSchema,
          bound: Type.Optional(
            share('Where the event was never seen there: any higher rate would have been, by the controls.'),
          ),
          vouched: Type.Optional(Type.Boolean({ description: 'Whether the controls fired there.' })),
        }),
        { description: 'All plans of a placement together; absent where all had the same.' },
      ),
    ),
    never: Type.Optional(
      strictObject(
        {
          unit: perIteration(),
          iterations: count('N, under the plans that count.'),
          effectiveIterations: positive('N divided by the design effect, added up.'),
          caught: Type.Optional(
            share(
              'The rate of weakness that would have been caught under the plans whose controls fired; absent where there is none.',
            ),
          ),
          confidence: confidence(),
          plans: Type.Array(neverSchema),
        },
        "Where the event was never seen: what that is worth. The controls' own rates are with their rows.",
      ),
    ),
  },
  "What a row's counts say, all plans together and one by one; absent where it did not run, and under an emulator.",
);

export const sessionEvidenceSchema = strictObject(
  {
    score: strictObject(
      {
        unit: Type.Literal('controls'),
        controls: count('N: controls that ran under some plan.'),
        fired: count('Of them, those that fired under some plan.'),
        share: Type.Optional(share('Absent where no control ran.')),
        silent: Type.Array(text()),
        notRun: Type.Array(text()),
      },
      'How much weakness the run can catch: the mutation score of its controls (Levine et al., MC Mutants, ASPLOS 2023).',
    ),
    together: strictObject(
      {
        intervals: count('Rates with an interval: one in twenty of them does not hold the true rate.'),
        nevers: count('Rows whose event was never seen.'),
        neverFactor: positive(
          'Times this, the bounds of all nevers hold together with 95 % confidence (Bonferroni).',
        ),
        drifts: count('Series of blocks that were tested for a drift.'),
        drifting: count('Of them, those that drifted, corrected for their number (Holm).'),
      },
      'How many statements are read at once, and what that does to them.',
    ),
  },
  'What the session as a whole is worth.',
);

/** How often an event happens, with the interval that holds the true rate in 95 % of runs. */
export type Rate = Plain<Static<typeof rateSchema>>;
/** What so many sightings are worth. */
export type Repeatability = Plain<Static<typeof repeatabilitySchema>>;
/** Whether a rate rose or fell while it was measured. */
export type Drift = Plain<Static<typeof driftSchema>>;
export type RecordedRowEvidence = Plain<Static<typeof rowEvidenceSchema>>;
export type SessionEvidence = Plain<Static<typeof sessionEvidenceSchema>>;
/** How much weakness a run can catch. */
export type MutationScore = SessionEvidence['score'];
