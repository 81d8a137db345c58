/** An execution read again under a model: what every expression of its text comes to, for explanations. */

import { demandsOf } from './cat/interpreter.ts';
import type { LinkedModel } from './cat/linked.ts';
import type { Expression } from './cat/syntax.ts';
import { Terms, type Term } from './cat/terms.ts';
import type { Locals, Value } from './cat/values.ts';
import type { Execution, Search } from './executions.ts';
import * as r from './relation.ts';
import type { EventSet, Relation } from './relation.ts';
import { plainName } from './steps.ts';

export interface Reading {
  readonly execution: Execution;
  readonly model: LinkedModel;
  /** @throws CatError */
  readonly evaluate: (expression: Expression, locals: Locals | undefined) => Value;
  /** Undefined for what is neither a set of events nor a relation. */
  readonly bitsOf: (value: Value) => EventSet | Relation | undefined;
  readonly valueOf: (bits: EventSet | Relation) => Value;
}

/**
 * Reads an execution under a model, which need not be the one that it was found under but must make the
 * same choices (`with NAME from …`).
 */
export function readingOf(execution: Execution, model: LinkedModel, surround: Search['surround']): Reading {
  const { structure, rf, co, values } = execution;
  const { size } = rf;
  const terms = new Terms(size, (left, right) => values.ofEvent(left) === values.ofEvent(right));
  const choices = model.statements.flatMap((one) => (one.kind === 'with' ? [plainName(one.name)] : []));
  for (const demands of demandsOf(model, surround(structure, terms), true)) {
    terms.choose({ lower: rf, upper: () => rf }, { lower: co, upper: () => co }, true);
    const same = (name: string): boolean => {
      const [here, there] = [demands.named(name), execution.named(name)];
      return here === undefined || there === undefined || r.equals(terms.lower(here), there);
    };
    if (!choices.every(same)) continue;
    const empty: Term = terms.constant(r.emptyRelation(size));
    return {
      execution,
      model,
      evaluate: demands.evaluate,
      bitsOf: (value) =>
        value.kind === 'term' ? terms.lower(value.term) : value.kind === 'empty' ? empty.constant : undefined,
      valueOf: (bits) => ({ kind: 'term', term: terms.constant(bits) }),
    };
  }
  throw new Error('the model makes other choices than those of the execution');
}
