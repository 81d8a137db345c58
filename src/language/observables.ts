import { observableName, type LitmusTest, type Observable, type Proposition } from './litmus-test.ts';
import { atomsOf } from './walk.ts';

/** Everything whose final value a test asks for: condition, `locations`, filter, phases; each once. */
export function observablesOf(test: LitmusTest): readonly Observable[] {
  const { filter, header } = test;
  const others = [
    ...(filter === undefined ? [] : [filter]),
    ...header.phases.map(({ proposition }) => proposition),
  ];
  return eachOnce([...shownObservables(test), ...others.flatMap(observablesIn)]);
}

/** What a final state tells, as herd7 prints it: the condition's observables and those of `locations`. */
export function shownObservables({ condition, locations }: LitmusTest): readonly Observable[] {
  return eachOnce([...observablesIn(condition.proposition), ...locations]);
}

function observablesIn(proposition: Proposition): readonly Observable[] {
  return atomsOf(proposition).flatMap(({ observable, value }) =>
    value.kind === 'number' || value.kind === 'address' ? [observable] : [observable, value],
  );
}

function eachOnce(observables: readonly Observable[]): readonly Observable[] {
  return [...new Map(observables.map((observable) => [observableName(observable), observable])).values()];
}
