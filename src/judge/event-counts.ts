import { wrapConditionValues } from '../language/condition-values.ts';
import type { PlannedTest, PlannedVariant } from '../plan/experiment.ts';
import type { BlockRecord } from '../run/blocks.ts';
import { sightings, type Expectation } from './expectation.ts';
import { tally } from './histogram.ts';

/** Counts what records of an experiment say of the events that its tests ask about. */
export function eventCounter(
  experiment: readonly PlannedTest[],
  expected: (variant: PlannedVariant) => Pick<Expectation, 'event'>,
): (record: BlockRecord) => { readonly iterations: number; readonly sightings: number } {
  const variants = new Map(
    experiment.flatMap(({ test, variants: all }) =>
      all.map((variant) => [`${test.name}\0${variant.strategy}`, variant] as const),
    ),
  );
  return (record) => {
    const variant = variants.get(`${record.test}\0${record.strategy}`);
    if (variant === undefined) throw new Error(`${record.test} ${record.strategy} is not of this experiment`);
    const counted = tally(wrapConditionValues(variant.test), record.outcomes, record.other);
    return {
      iterations: counted.iterations,
      sightings: sightings(expected(variant).event, counted),
    };
  };
}
