import { isSigned, widthOf } from './c-types.ts';
import type { LitmusTest, Observable, Proposition } from './litmus-test.ts';
import { typesOf, type TestTypes } from './types.ts';

/**
 * The test with each number of its condition, filter and phases as the observable beside it would hold
 * it: `y=-1` is `y=4294967295` where y is a u32. Values are compared as they are printed, so a number
 * written otherwise would never be seen.
 */
export function wrapConditionValues(test: LitmusTest): LitmusTest {
  const types = typesOf(test);
  const wrap = (proposition: Proposition): Proposition => wrapProposition(proposition, types);
  return {
    ...test,
    filter: test.filter && wrap(test.filter),
    condition: { ...test.condition, proposition: wrap(test.condition.proposition) },
    header: {
      ...test.header,
      phases: test.header.phases.map((phase) => ({ ...phase, proposition: wrap(phase.proposition) })),
    },
  };
}

function wrapProposition(proposition: Proposition, types: TestTypes): Proposition {
  switch (proposition.kind) {
    case 'true':
    case 'false':
      return proposition;
    case 'not':
      return { ...proposition, operand: wrapProposition(proposition.operand, types) };
    case 'and':
    case 'or':
      return {
        ...proposition,
        left: wrapProposition(proposition.left, types),
        right: wrapProposition(proposition.right, types),
      };
    case 'atom': {
      const { observable, value } = proposition;
      if (value.kind !== 'number') return proposition;
      return { ...proposition, value: { kind: 'number', value: wrapNumber(value.value, observable, types) } };
    }
  }
}

function wrapNumber(value: bigint, observable: Observable, types: TestTypes): bigint {
  const type =
    observable.kind === 'register'
      ? types.scopes[observable.thread]?.lookup(observable.name)
      : types.locations.get(observable.name);
  if (type === undefined) return value;
  const bits = widthOf(type) * 8;
  return isSigned(type) ? BigInt.asIntN(bits, value) : BigInt.asUintN(bits, value);
}
