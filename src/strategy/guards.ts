/** Everything of a test that keeps accesses in order or threads apart, and the test without some of it. */

import type { LitmusTest, Position } from '../language/litmus-test.ts';
import { signatures } from '../language/primitives.ts';
import { ablations } from './ablation.ts';
import { barriersOf, type PlacedBarrier } from './barriers.ts';
import { criticalSectionsOf, type UnpairedCall } from './critical-sections.ts';
import { evaluatedExpressions, number, rewriteBodies, soleCall, type Call } from './rewrite.ts';
import { withoutBarriers } from './weaken.ts';

/** A fence, the order of an access, a lock with its unlock, a reader of RCU, or a grace period. */
export interface Guard {
  /** As ablations are named: `no-smp_rmb@14`, `no-spin_lock@9`. */
  readonly name: string;
  /** Whether `--strategy` knows it by that name: no strategy takes locks and RCU away. */
  readonly isStrategy: boolean;
  readonly kind:
    'fence' | 'store-and-fence' | 'acquire' | 'release' | 'full' | 'lock' | 'reader' | 'grace-period';
  readonly thread: number;
  /** One call, or those of a critical section, in the order of the text. */
  readonly calls: readonly [Call, ...Call[]];
}

export interface Guards {
  /** Thread after thread, in the order of the text. */
  readonly guards: readonly Guard[];
  /** What keeps order too and cannot be taken away by itself. */
  readonly others: readonly UnpairedCall[];
}

export function guardsOf(test: LitmusTest): Guards {
  const names = ablations(test).map(({ name }) => name);
  const barriers = barriersOf(test).map((barrier, index): Guard => ({
    name: names[index] ?? nameOf(barrier.call),
    isStrategy: true,
    kind: kindOf(barrier),
    thread: threadOf(test, barrier.call),
    calls: [barrier.call],
  }));
  const { sections, unpaired } = criticalSectionsOf(test);
  const critical = sections.flatMap(({ kind, thread, calls: [first, ...rest] }): Guard[] =>
    first === undefined
      ? []
      : [{ name: nameOf(first), isStrategy: false, kind, thread, calls: [first, ...rest] }],
  );
  const guards = [...barriers, ...critical, ...rcuWaits(test)];
  return {
    guards: guards.toSorted(
      (one, other) => one.thread - other.thread || byPosition(one.calls[0].at, other.calls[0].at),
    ),
    others: [...unpaired, ...inOneStrength(test)],
  };
}

/** The test without some of its guards: accesses stay, with no order of their own. */
export function withoutGuards(test: LitmusTest, guards: readonly Guard[]): LitmusTest {
  const gone = new Set(guards.flatMap(({ calls }) => calls.map(({ at }) => placeOf(at))));
  const chosen = ({ at }: Call) => gone.has(placeOf(at));
  const dropped = rewriteBodies(test, {
    expression: (rewritten, original) =>
      original.kind === 'call' && chosen(original) && isSectionOrWait(original) && isValued(original)
        ? number(0n, original.at)
        : rewritten,
    statement: (rewritten, original) => {
      const sole = soleCall(original);
      return sole !== undefined && chosen(sole) && isSectionOrWait(sole) ? [] : [rewritten];
    },
  });
  return withoutBarriers(dropped, chosen, 'nothing');
}

function kindOf({ barrier }: PlacedBarrier): Guard['kind'] {
  return barrier.kind === 'access' ? barrier.order : barrier.kind;
}

function isSectionOrWait({ name }: Call): boolean {
  const kind = signatures.get(name)?.primitive.kind;
  return kind === 'lock' || kind === 'rcu';
}

/** An index of SRCU is a value that only the unlock takes. */
function isValued({ name }: Call): boolean {
  return signatures.get(name)?.valued === true;
}

/** synchronize_rcu() and its kin, and the fence after an SRCU reader. */
function rcuWaits(test: LitmusTest): readonly Guard[] {
  return callsOf(test).flatMap(({ thread, call }): Guard[] => {
    if (call.name.startsWith('synchronize_'))
      return [{ name: nameOf(call), isStrategy: false, kind: 'grace-period', thread, calls: [call] }];
    if (call.name !== 'smp_mb__after_srcu_read_unlock') return [];
    return [{ name: nameOf(call), isStrategy: false, kind: 'fence', thread, calls: [call] }];
  });
}

function inOneStrength(test: LitmusTest): readonly UnpairedCall[] {
  return callsOf(test).flatMap(({ thread, call }) => {
    const kind = signatures.get(call.name)?.primitive.kind;
    return kind === 'conditional-add' ? [{ thread, call, reason: 'it comes in one strength only' }] : [];
  });
}

function callsOf(test: LitmusTest): readonly { readonly thread: number; readonly call: Call }[] {
  return test.threads.flatMap(({ body }, thread) =>
    evaluatedExpressions(body).flatMap((call) => (call.kind === 'call' ? [{ thread, call }] : [])),
  );
}

function threadOf(test: LitmusTest, call: Call): number {
  return test.threads.findIndex(({ body }) => evaluatedExpressions(body).includes(call));
}

function nameOf({ name, at }: Call): string {
  return `no-${name}@${at.line}`;
}

function placeOf({ line, column }: Position): string {
  return `${line}:${column}`;
}

function byPosition(left: Position, right: Position): number {
  return left.line - right.line || left.column - right.column;
}
