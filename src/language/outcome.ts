import { observableName, type Constant, type Observable, type Proposition } from './litmus-test.ts';

/**
 * The final values of one iteration by observable name (`0:r1`, `x`, `a[1]`): a decimal number, or
 * the name of the location whose address it is (`x`, `a[1]`).
 */
export type Outcome = Readonly<Record<string, string>>;

/** How a proposition fares over all outcomes, in herd7's words. */
export type Observation = 'Never' | 'Sometimes' | 'Always';

/** Whether a proposition holds of an outcome. What was not observed reads 0, as in herd7. */
export function holds(proposition: Proposition, outcome: Outcome): boolean {
  switch (proposition.kind) {
    case 'true':
      return true;
    case 'false':
      return false;
    case 'atom': {
      const equal = valueOf(proposition.observable, outcome) === valueOf(proposition.value, outcome);
      return equal === (proposition.relation === '=');
    }
    case 'not':
      return !holds(proposition.operand, outcome);
    case 'and':
      return holds(proposition.left, outcome) && holds(proposition.right, outcome);
    case 'or':
      return holds(proposition.left, outcome) || holds(proposition.right, outcome);
  }
}

function valueOf(value: Constant | Observable, outcome: Outcome): string {
  switch (value.kind) {
    case 'number':
      return value.value.toString();
    case 'address':
      return observableName({ kind: 'location', name: value.location, index: value.index });
    case 'register':
    case 'location':
      return outcome[observableName(value)] ?? '0';
  }
}

/** The same text for outcomes that tell the same, whatever the order in which they were told. */
export function outcomeKey(outcome: Outcome): string {
  const names = Object.keys(outcome).toSorted();
  return JSON.stringify(names.map((name) => [name, outcome[name]]));
}
