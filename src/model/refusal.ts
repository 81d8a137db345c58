/** Why a test comes out as it does: the execution that shows what it asks about, or the one that would. */

import { wrapConditionValues } from '../language/condition-values.ts';
import type { LitmusTest } from '../language/litmus-test.ts';
import { holds } from '../language/outcome.ts';
import type { LinkedModel } from './cat/linked.ts';
import type { Expression, Statement } from './cat/syntax.ts';
import {
  allExecutions,
  CheckTimeout,
  outcomeOf,
  surroundIn,
  type CheckLimits,
  type CheckResult,
} from './check.ts';
import {
  axiomsOf,
  hasBarrier,
  lengthOf,
  refusalOf,
  witnessOf,
  type Explanation,
  type Refusal,
} from './explain.ts';
import type { Execution } from './executions.ts';
import type { Program } from './program.ts';
import { readingOf } from './reading.ts';

/** How many executions are looked at for the one that is told in the fewest steps. */
const mostCompared = 64;

/**
 * An execution that shows what the test's condition asks about (for `forall`, what refutes it), or the
 * one nearest to showing it and the axioms that refuse it.
 * @throws CatError
 */
export function explain(
  test: LitmusTest,
  program: Program,
  model: LinkedModel,
  result: Pick<CheckResult, 'witness' | 'counterexample'>,
  limits: CheckLimits,
): Explanation {
  const shown = test.condition.quantifier === 'forall' ? result.counterexample : result.witness;
  if (shown !== undefined)
    return witnessOf(
      readingOf(
        shown,
        model,
        surroundIn(program, () => {}),
      ),
    );
  try {
    return nearest(test, program, model, limits) ?? { kind: 'impossible' };
  } catch (error) {
    if (error instanceof CheckTimeout) return { kind: 'unexplained', timeoutMs: limits.timeoutMs };
    throw error;
  }
}

/**
 * What the model would allow if no barrier of the test had a meaning, for who asks, asks about barriers;
 * else what it would with one axiom less; else with as few less as it takes.
 */
function nearest(
  test: LitmusTest,
  program: Program,
  model: LinkedModel,
  limits: CheckLimits,
): Refusal | undefined {
  const { condition, filter } = wrapConditionValues(test);
  const deadline = performance.now() + limits.timeoutMs;
  const timeout = () => new CheckTimeout(test.name, limits.timeoutMs, 0);
  const surround = surroundIn(program, () => {});
  const isAsked = (execution: Execution): boolean => {
    const outcome = outcomeOf(program, execution);
    if (filter !== undefined && !holds(filter, outcome)) return false;
    return holds(condition.proposition, outcome) !== (condition.quantifier === 'forall');
  };
  const showing = function* (other: LinkedModel): Generator<Execution> {
    for (const execution of allExecutions(program, other, deadline, timeout, false)) {
      if (isAsked(execution)) yield execution;
    }
  };
  const best = (other: LinkedModel): Refusal | undefined => {
    let found: Refusal | undefined;
    let compared = 0;
    for (const execution of showing(other)) {
      const refusal = refusalOf(readingOf(execution, model, surround));
      if (found === undefined || rank(refusal) < rank(found)) found = refusal;
      compared += 1;
      if (compared === mostCompared) break;
    }
    return found;
  };
  const withoutMeaning = best(withEmptySets(model, barrierSets(program)));
  if (withoutMeaning !== undefined) return withoutMeaning;
  const axioms = axiomsOf(model).toSorted(
    (left, right) => Number(right.check === 'acyclic') - Number(left.check === 'acyclic'),
  );
  for (const from of [model, withFreeCoherence(model)]) {
    for (const axiom of axioms) {
      const refusal = best(without(from, [axiom]));
      if (refusal !== undefined) return refusal;
    }
    const shows = (dropped: readonly Statement[]) => !showing(without(from, dropped)).next().done;
    const needed = neededTogether(axioms, shows);
    if (needed !== undefined) return best(without(from, needed));
  }
  return undefined;
}

/** The fewer axioms and steps, the sooner it is understood. */
function rank(refusal: Refusal): number {
  return 1000 * refusal.reasons.length + (hasBarrier(refusal) ? 0 : 500) + lengthOf(refusal);
}

/** Axioms that must go together for an outcome to show, none of them to spare; undefined where it never shows. */
function neededTogether(
  axioms: readonly Statement[],
  shows: (dropped: readonly Statement[]) => boolean,
): readonly Statement[] | undefined {
  if (!shows(axioms)) return undefined;
  return axioms.reduce<readonly Statement[]>((needed, axiom) => {
    const rest = needed.filter((one) => one !== axiom);
    return shows(rest) ? rest : needed;
  }, axioms);
}

function without(model: LinkedModel, dropped: readonly Statement[]): LinkedModel {
  return { ...model, statements: model.statements.filter((statement) => !dropped.includes(statement)) };
}

/** Sets that make an access a barrier, in the models of the kernel and of the architectures. */
const orderingSets: ReadonlySet<string> = new Set([
  'Acquire',
  'Release',
  'A',
  'Q',
  'L',
  'Acq',
  'Rel',
  'AcqRel',
]);

/** The sets that the barriers of a program are known by. */
function barrierSets({ threads }: Program): ReadonlySet<string> {
  const events = threads.flatMap((paths) => paths.flatMap((path) => path.events));
  return new Set(
    events.flatMap(({ sets }) =>
      sets.includes('F') ? sets.filter((set) => set !== 'F') : sets.filter((set) => orderingSets.has(set)),
    ),
  );
}

/** The model as it is where these sets, which an execution brings along, have no member. */
function withEmptySets(model: LinkedModel, names: ReadonlySet<string>): LinkedModel {
  return { ...model, statements: emptied(model.statements, names) };
}

function emptied<T>(tree: T, names: ReadonlySet<string>): T {
  if (Array.isArray(tree)) return tree.map((part: unknown) => emptied(part, names)) as T;
  if (typeof tree !== 'object' || tree === null) return tree;
  const { kind, name, at } = tree as Partial<Extract<Expression, { kind: 'variable' }>>;
  if (kind === 'variable' && name !== undefined && names.has(name)) return { kind: 'empty', at } as T;
  return Object.fromEntries(Object.entries(tree).map(([key, part]) => [key, emptied(part, names)])) as T;
}

/**
 * The model with no more forced on co than that initial writes come first: what a model takes for granted
 * of it (cos-opt.cat) would hide the executions that break its coherence.
 */
function withFreeCoherence(model: LinkedModel): LinkedModel {
  return {
    ...model,
    statements: model.statements.map((statement): Statement => {
      if (statement.kind !== 'with' || statement.from.kind !== 'apply') return statement;
      const { callee, argument } = statement.from;
      if (callee.kind !== 'variable' || callee.name !== 'generate_orders' || argument.kind !== 'tuple')
        return statement;
      const [writes] = argument.members;
      const base: Expression = { kind: 'variable', name: 'co0', at: argument.at };
      if (writes === undefined) return statement;
      return {
        ...statement,
        from: { ...statement.from, argument: { ...argument, members: [writes, base] } },
      };
    }),
  };
}
