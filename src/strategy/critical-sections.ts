/** Which spin_lock() goes with which spin_unlock(), and the same of RCU's and SRCU's readers. */

import type { Expression, LitmusTest, Statement } from '../language/litmus-test.ts';
import { printExpression } from '../language/printer.ts';
import { signatures } from '../language/primitives.ts';
import { expressionsOf, forEachExpression, forEachExpressionIn } from '../language/walk.ts';
import type { Call } from './rewrite.ts';

/** Calls that belong together: what opens a section and, on every path, what closes it. */
export interface CriticalSection {
  readonly kind: 'lock' | 'reader';
  readonly thread: number;
  /** In the order of the text; the first one opens it. */
  readonly calls: readonly Call[];
}

/** A call that could not be paired, or whose pair must stay, and why. */
export interface UnpairedCall {
  readonly thread: number;
  readonly call: Call;
  readonly reason: string;
}

export interface CriticalSections {
  readonly sections: readonly CriticalSection[];
  readonly unpaired: readonly UnpairedCall[];
}

type Role = { readonly kind: CriticalSection['kind']; readonly part: 'opens' | 'closes' };

/** The critical sections of every thread, thread after thread, in the order of the text. */
export function criticalSectionsOf(test: LitmusTest): CriticalSections {
  const tested = testedLocks(test);
  const found = test.threads.map(({ body }, thread) => groupsOf(body).map((calls) => ({ thread, calls })));
  const all = found.flat().map(({ thread, calls }) => {
    const [first] = calls as readonly [Call, ...Call[]];
    return { thread, calls, first, reason: unpairedBecause(calls, tested) };
  });
  return {
    sections: all.flatMap(({ thread, calls, first, reason }) => {
      const kind = roleOf(first)?.kind;
      return reason === undefined && kind !== undefined ? [{ kind, thread, calls }] : [];
    }),
    unpaired: all.flatMap(({ thread, first, reason }) =>
      reason === undefined ? [] : [{ thread, call: first, reason }],
    ),
  };
}

function unpairedBecause(calls: readonly Call[], tested: ReadonlySet<string>): string | undefined {
  const parts = new Set(calls.map((call) => roleOf(call)?.part));
  if (!parts.has('opens')) return 'the thread has not taken it with a lock';
  if (!parts.has('closes')) return 'the thread never gives it back';
  const [first] = calls;
  return first !== undefined && tested.has(keyOf(first))
    ? 'the test looks whether the lock is taken, so it would be another test without'
    : undefined;
}

/** Locks that some spin_trylock() or spin_is_locked() reads. */
function testedLocks(test: LitmusTest): ReadonlySet<string> {
  const locks = new Set<string>();
  for (const { body } of test.threads) {
    forEachExpressionIn(body, (expression) => {
      if (expression.kind !== 'call') return;
      const primitive = signatures.get(expression.name)?.primitive;
      if (primitive?.kind !== 'lock') return;
      if (primitive.action === 'trylock' || primitive.action === 'is-locked') locks.add(keyOf(expression));
    });
  }
  return locks;
}

function roleOf(call: Call): Role | undefined {
  const primitive = signatures.get(call.name)?.primitive;
  if (primitive?.kind === 'lock') {
    if (primitive.action === 'lock') return { kind: 'lock', part: 'opens' };
    return primitive.action === 'unlock' ? { kind: 'lock', part: 'closes' } : undefined;
  }
  if (/^s?rcu_read_lock$|^srcu_down_read$/.test(call.name)) return { kind: 'reader', part: 'opens' };
  if (/^s?rcu_read_unlock$|^srcu_up_read$/.test(call.name)) return { kind: 'reader', part: 'closes' };
  return undefined;
}

/** The lock by the text of its pointer; RCU, which has none, by its name. */
function keyOf({ name, arguments: [lock] }: Call): string {
  return `${name.replace(/_.*/, '')} ${lock === undefined ? '' : printExpression(lock)}`;
}

/** What is open, innermost last: an opening call for each. */
type Open = ReadonlyMap<string, readonly Call[]>;

function groupsOf(body: readonly Statement[]): readonly (readonly Call[])[] {
  const groups = new Map<Call, Set<Call>>();
  const together = (one: Call, other: Call): void => {
    const merged = new Set([...(groups.get(one) ?? [one]), ...(groups.get(other) ?? [other])]);
    for (const call of merged) groups.set(call, merged);
  };
  const called = (open: Open, call: Call): Open => {
    const part = roleOf(call)?.part;
    if (part === undefined) return open;
    const before = open.get(keyOf(call)) ?? [];
    groups.set(call, groups.get(call) ?? new Set([call]));
    if (part === 'opens') return new Map(open).set(keyOf(call), [...before, call]);
    const opening = before.at(-1);
    if (opening !== undefined) together(opening, call);
    return new Map(open).set(keyOf(call), before.slice(0, -1));
  };
  const walk = (statements: readonly Statement[], start: Open): Open =>
    statements.reduce<Open>((open, statement) => {
      const after = callsIn(expressionsOf(statement)).reduce(called, open);
      if (statement.kind === 'block') return walk(statement.body, after);
      if (statement.kind !== 'if') return after;
      return joined(walk(statement.then, after), walk(statement.otherwise, after), together);
    }, start);
  walk(body, new Map());
  return [...new Set(groups.values())].map((group) => [...group].toSorted(byPosition));
}

/** What may be open after two ways: where one closed more than the other, the rest is still to be closed. */
function joined(left: Open, right: Open, together: (one: Call, other: Call) => void): Open {
  return new Map(
    [...new Set([...left.keys(), ...right.keys()])].map((key) => {
      const [one, other] = [left.get(key) ?? [], right.get(key) ?? []];
      const [longer, shorter] = one.length >= other.length ? [one, other] : [other, one];
      for (const [index, call] of shorter.entries()) together(call, longer[index] ?? call);
      return [key, longer];
    }),
  );
}

function callsIn(expressions: readonly Expression[]): readonly Call[] {
  const calls: Call[] = [];
  for (const whole of expressions) {
    forEachExpression(whole, (expression) => {
      if (expression.kind === 'call') calls.push(expression);
    });
  }
  return calls;
}

function byPosition({ at: left }: Call, { at: right }: Call): number {
  return left.line - right.line || left.column - right.column;
}
