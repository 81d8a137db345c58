import type { Expression, LitmusTest } from '../language/litmus-test.ts';
import { signatures } from '../language/primitives.ts';
import { barrierOf, mostBarriers, orderOf } from './barriers.ts';
import {
  accessesIn,
  nearest,
  stepsOf,
  surroundingsOf,
  type Access,
  type Certainty,
  type Step,
  type Surroundings,
} from './program-order.ts';
import {
  call,
  evaluate,
  evaluatedExpressions,
  isDereference,
  pointerTo,
  rewriteBodies,
  soleCall,
  type Assignment,
  type Call,
} from './rewrite.ts';
import { notApplicable, variant, type Rewrite } from './strategy.ts';
import { withOrder } from './weaken.ts';

/** What takes a fence's place: loads that become acquires, stores that become releases. */
interface Replacement {
  readonly acquires: readonly Access[];
  readonly releases: readonly Access[];
  /** Why the fence has no counterpart, or undefined. */
  readonly problem: string | undefined;
  readonly notes: readonly string[];
}

const nothing: Replacement = { acquires: [], releases: [], problem: undefined, notes: [] };

/**
 * Fences replaced by acquires and releases: a store after smp_wmb() becomes a release, the load
 * before smp_rmb() an acquire, where no lock or such an access stands there already. smp_mb() is
 * replaced likewise, unless it orders a store before a load: that, no acquire or release can.
 */
export function acquireRelease(test: LitmusTest): Rewrite {
  const fences = test.threads.map(({ body }) => evaluatedExpressions(body).filter(isReplaceable));
  const count = fences.flat().length;
  if (count === 0) return notApplicable('the test has no fence to replace');
  if (count > mostBarriers) return notApplicable(`the test has ${count} fences, more than ${mostBarriers}`);
  const replacements = test.threads.flatMap(({ body }, thread) => {
    const steps = stepsOf(body);
    return (fences[thread] ?? []).map((fence) => replacementOf(fence, steps));
  });
  const problems = replacements.flatMap(({ problem }) => problem ?? []);
  if (problems.length > 0) return notApplicable(problems.join('; '));
  const acquires = new Set(replacements.flatMap((one) => one.acquires.map(({ node }) => node)));
  const releases = new Set(replacements.flatMap((one) => one.releases.map(({ node }) => node)));
  const rewritten = rewriteBodies(test, {
    expression: (expression, original) => {
      const acquired = acquires.has(original) ? (withAcquire(expression) ?? expression) : expression;
      const released = releases.has(original) ? (withRelease(acquired) ?? acquired) : acquired;
      return withoutFence(released);
    },
    statement: (statement, original) => {
      const fence = soleCall(original);
      if (fence !== undefined && barrierOf(fence)?.kind === 'fence' && isReplaceable(fence)) return [];
      return statement.kind === 'assign' && original.kind === 'assign' && releases.has(original)
        ? [releasingStore(statement)]
        : [statement];
    },
  });
  const notes = replacements.flatMap((replacement) => replacement.notes);
  return variant(rewritten, notes);
}

/** smp_store_mb() is a store with a fence in it. */
function withoutFence(expression: Expression): Expression {
  return expression.kind === 'call' && expression.name === 'smp_store_mb'
    ? call('WRITE_ONCE', expression.arguments, expression.at)
    : expression;
}

/** Every fence but barrier(), which orders no CPU. */
function isReplaceable(expression: Expression): expression is Call {
  if (expression.kind !== 'call' || expression.name === 'barrier') return false;
  const kind = barrierOf(expression)?.kind;
  return kind === 'fence' || kind === 'store-and-fence';
}

function replacementOf(fence: Call, steps: readonly Step[]): Replacement {
  const surroundings = surroundingsOf(steps, fence) ?? { before: [], after: [] };
  switch (fence.name) {
    case 'smp_wmb':
    case 'wmb':
      return accessesIn(surroundings.before).some(({ writes }) => writes !== 'no')
        ? byReleases(fence, surroundings)
        : ordersNothing(fence);
    case 'smp_rmb':
    case 'rmb':
      return accessesIn(surroundings.after).some(({ reads }) => reads !== 'no')
        ? byAcquires(fence, surroundings)
        : ordersNothing(fence);
    default:
      return insteadOfFullFence(fence, surroundings);
  }
}

function insteadOfFullFence(fence: Call, surroundings: Surroundings): Replacement {
  const before = accessesIn(surroundings.before);
  const after = accessesIn(surroundings.after);
  if (before.length === 0 || after.length === 0) return ordersNothing(fence);
  const neighbours = new Set([...nearest(surroundings.before, any), ...nearest(surroundings.after, any)]);
  // A lock's own store and load matter where the fence stands right beside it.
  const counts = (access: Access) => !access.lock || neighbours.has(access);
  const store = before.find((access) => access.writes !== 'no' && counts(access));
  const load = after.find((access) => access.reads !== 'no' && counts(access));
  if (store !== undefined && load !== undefined) {
    const problem =
      `${fence.name} on line ${fence.at.line} orders ${described(store)} before the later ` +
      `${described(load).replace('the ', '')}, which no acquire or release does`;
    return { ...nothing, problem };
  }
  return load === undefined ? byReleases(fence, surroundings) : byAcquires(fence, surroundings);
}

function byReleases(fence: Call, { after }: Surroundings): Replacement {
  const releases = nearest(after, servesAsRelease);
  if (releases.length === 0) return ordersNothing(fence);
  const hopeless = releases.find(({ node }) => node.kind !== 'assign' && withRelease(node) === undefined);
  const problem =
    hopeless && `${described(hopeless)}, after ${fence.name} on line ${fence.at.line}, has no release form`;
  const missed = adjacent(after).filter((access) => access.writes !== 'no' && !releases.includes(access));
  return { ...nothing, releases, problem, notes: notesOn(fence, missed, 'release') };
}

function byAcquires(fence: Call, { before }: Surroundings): Replacement {
  const acquires = nearest(before, servesAsAcquire);
  if (acquires.length === 0) return ordersNothing(fence);
  const hopeless = acquires.find(({ node }) => node.kind !== 'assign' && withAcquire(node) === undefined);
  const problem =
    hopeless && `${described(hopeless)}, before ${fence.name} on line ${fence.at.line}, has no acquire form`;
  const missed = adjacent(before).filter((access) => access.reads !== 'no' && !acquires.includes(access));
  return { ...nothing, acquires, problem, notes: notesOn(fence, missed, 'acquire') };
}

function any(): Certainty {
  return 'yes';
}

/** Of locks only the unlock is a release. */
function servesAsRelease({ what, lock, writes }: Access): Certainty {
  return lock && what !== 'spin_unlock' ? 'no' : writes;
}

function servesAsAcquire({ reads }: Access): Certainty {
  return reads;
}

/** The accesses up to the next fence or lock. */
function adjacent(steps: readonly Step[]): readonly Access[] {
  const end = steps.findIndex((step) => step.kind === 'fence' || accessesIn([step]).some(({ lock }) => lock));
  return accessesIn(end < 0 ? steps : steps.slice(0, end));
}

function ordersNothing(fence: Call): Replacement {
  return { ...nothing, notes: [`${fence.name} on line ${fence.at.line} orders nothing here and is dropped`] };
}

function notesOn(fence: Call, missed: readonly Access[], by: 'acquire' | 'release'): readonly string[] {
  return missed.map(
    (access) =>
      `${fence.name} on line ${fence.at.line} also orders ${described(access)}, which the ${by} does not`,
  );
}

function described({ what, node }: Access): string {
  return `the ${what} on line ${node.at.line}`;
}

/** The same load as an acquire; itself where it serves already, undefined where there is no such form. */
function withAcquire(load: Expression): Expression | undefined {
  if (isDereference(load)) return call('smp_load_acquire', [load.operand], load.at);
  if (load.kind !== 'call') return undefined;
  const primitive = signatures.get(load.name)?.primitive;
  const [first] = load.arguments;
  if (primitive === undefined || first === undefined) return undefined;
  if (primitive.kind === 'lock') return primitive.action === 'is-locked' ? undefined : load;
  const order = orderOf(primitive);
  if (order === 'release') return { ...load, name: withOrder(load.name, '') };
  if (order !== 'relaxed') return load;
  if (primitive.kind !== 'load') return { ...load, name: withOrder(load.name, '_acquire') };
  return load.name.startsWith('atomic')
    ? { ...load, name: `${load.name}_acquire` }
    : call('smp_load_acquire', [pointerTo(first)], load.at);
}

/** The same store as a release; itself where it serves already, undefined where there is no such form. */
function withRelease(store: Expression): Expression | undefined {
  if (store.kind !== 'call') return undefined;
  const primitive = signatures.get(store.name)?.primitive;
  const [first, ...rest] = store.arguments;
  if (primitive === undefined || first === undefined) return undefined;
  if (primitive.kind === 'store' && primitive.access === 'WRITE_ONCE_NT') return undefined;
  const order = orderOf(primitive);
  if (order === 'none') return { ...store, name: fetchRelease(store.name) };
  if (order === 'acquire') return { ...store, name: withOrder(store.name, '') };
  if (order !== 'relaxed') return store;
  if (primitive.kind !== 'store') return { ...store, name: withOrder(store.name, '_release') };
  return store.name.startsWith('atomic')
    ? { ...store, name: `${store.name}_release` }
    : call('smp_store_release', [pointerTo(first), ...rest], store.at);
}

/** Void atomics have no ordered forms: the one that returns the old value stands in. */
function fetchRelease(name: string): string {
  return name.replace(/^(atomic(?:_long|64)?)_/, '$1_fetch_') + '_release';
}

function releasingStore({ target, value, at }: Assignment) {
  return evaluate(call('smp_store_release', [pointerTo(target), value], at));
}
