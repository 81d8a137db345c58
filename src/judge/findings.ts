/**
 * Where the chain breaks that must hold: what a chip shows is within what its architecture's model
 * allows, and that is within what LKMM allows; and where a file's `Result:` is not what LKMM says.
 */

import type { PlannedTest, PlannedVariant } from '../plan/experiment.ts';
import { outcomeKey, type Outcome } from '../language/outcome.ts';
import { statedObservation } from './expectation.ts';
import type { CountedOutcome } from './histogram.ts';
import type { Opinion, Opinions } from './opinions.ts';

export interface Finding {
  readonly kind: 'false-result' | 'broken-chain';
  readonly test: string;
  readonly strategy: string;
  /** One sentence or two, with both sides' reasons. */
  readonly sentence: string;
}

/** Everything that is wrong before anything ran. */
export function findingsOf(
  experiment: readonly PlannedTest[],
  opinions: ReadonlyMap<PlannedVariant, Opinions>,
): readonly Finding[] {
  return experiment.flatMap((planned) =>
    planned.variants.flatMap((variant) => {
      const asked = opinions.get(variant);
      if (asked === undefined) return [];
      return [...falseResult(planned, variant, asked), ...brokenChain(planned, variant, asked)];
    }),
  );
}

function falseResult(
  { test, file }: PlannedTest,
  { strategy }: PlannedVariant,
  { kernel }: Opinions,
): Finding[] {
  const stated = statedObservation(test);
  const wrong = strategy === 'kernel' && stated !== undefined && kernel.observation !== undefined;
  if (!wrong || stated === kernel.observation) return [];
  const sentence = `${file} says "Result: ${stated}", and LKMM says ${kernel.observation}: correct the line, or the test`;
  return [{ kind: 'false-result', test: test.name, strategy, sentence }];
}

function brokenChain(
  { test }: PlannedTest,
  { strategy }: PlannedVariant,
  { kernel, architecture }: Opinions,
): Finding[] {
  if (kernel.allowed === undefined || architecture.allowed === undefined) return [];
  const first = [...architecture.allowed].find((outcome) => kernel.allowed?.has(outcome) === false);
  if (first === undefined) return [];
  const sentence =
    `${architecture.model} allows ${outcomeText(first)} of the code, which LKMM forbids of the C: ` +
    'the code does not do what the primitives promise, or one of the models is wrong';
  return [{ kind: 'broken-chain', test: test.name, strategy, sentence }];
}

function outcomeText(key: string): string {
  const values = JSON.parse(key) as [string, string][];
  return values.map(([name, value]) => `${name}=${value}`).join(' ');
}

/** An outcome that a chip showed and a model forbids. */
export interface Stray {
  readonly model: string;
  readonly outcome: Outcome;
  readonly count: number;
}

/** The outcomes among those seen that a model does not allow. */
export function straysAmong(
  seen: readonly CountedOutcome[],
  { kernel, architecture }: Opinions,
): readonly Stray[] {
  return seen.flatMap(({ values, count }) => {
    const key = outcomeKey(values);
    const forbidding = [architecture, kernel].find((opinion: Opinion) => opinion.allowed?.has(key) === false);
    return forbidding === undefined || count === 0
      ? []
      : [{ model: forbidding.model, outcome: values, count }];
  });
}

/** `0:r0=1 x=2`. */
export function strayText({ outcome }: Stray): string {
  return Object.entries(outcome)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ');
}
