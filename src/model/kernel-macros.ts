/**
 * What each of the kernel's primitives is to LKMM: the events it makes and the tags they carry, after
 * tools/memory-model/Documentation/herd-representation.txt (Linux v6.19).
 */

import {
  signatures,
  type Order,
  type Primitive,
  type RmwOperation,
  type WriteUnless,
} from '../language/primitives.ts';

/** An operand of a macro: an argument of the call by its position, or a number. */
export type Operand = { readonly argument: number } | { readonly number: bigint };

/** One thing that a primitive does. `at` is the argument that names its location. */
export type MacroStep =
  | { readonly kind: 'load'; readonly tag: string; readonly at: number }
  | { readonly kind: 'store'; readonly tag: string; readonly at: number; readonly value: Operand }
  | { readonly kind: 'fence'; readonly tag: string }
  | {
      readonly kind: 'rmw';
      readonly tag: string;
      readonly at: number;
      readonly operation: RmwOperation | 'exchange';
      readonly operand: Operand;
      readonly result: 'nothing' | 'old' | 'new';
    }
  | {
      readonly kind: 'compare-exchange';
      readonly tag: string;
      readonly at: number;
      readonly expected: Operand;
      readonly desired: Operand;
    }
  | {
      readonly kind: 'conditional-add';
      readonly tag: string;
      readonly at: number;
      readonly unless: WriteUnless;
      readonly addend: Operand;
      readonly bound: Operand | undefined;
      readonly result: 'old' | 'written' | 'new';
    }
  | { readonly kind: 'lock' | 'unlock' | 'trylock' | 'is-locked'; readonly at: number }
  /** As it was until Linux 6.3: an event that neither reads nor writes. */
  | { readonly kind: 'srcu'; readonly tag: string; readonly at: number; readonly value: Operand | undefined };

export interface Macro {
  readonly steps: readonly MacroStep[];
  /** A comparison that the value of the last step goes through. */
  readonly test: { readonly relation: '==' | '<'; readonly with: bigint } | undefined;
}

export type Macros = ReadonlyMap<string, Macro>;

const tagOf = {
  relaxed: 'once',
  acquire: 'acquire',
  release: 'release',
  full: 'mb',
  none: 'noreturn',
} as const;
const tagOfOrder = (order: Order): string => tagOf[order];

const accessTag = {
  READ_ONCE: 'once',
  smp_load_acquire: 'acquire',
  WRITE_ONCE: 'once',
  smp_store_release: 'release',
} as const;

const fenceTag: Readonly<Record<string, string>> = {
  barrier: 'barrier',
  smp_mb: 'mb',
  smp_rmb: 'rmb',
  smp_wmb: 'wmb',
  smp_mb__before_atomic: 'before-atomic',
  smp_mb__after_atomic: 'after-atomic',
  smp_mb__after_spinlock: 'after-spinlock',
  smp_mb__after_unlock_lock: 'after-unlock-lock',
  rcu_read_lock: 'rcu-lock',
  rcu_read_unlock: 'rcu-unlock',
  synchronize_rcu: 'sync-rcu',
  synchronize_rcu_expedited: 'sync-rcu',
  smp_mb__after_srcu_read_unlock: 'after-srcu-read-unlock',
};

/** Those of our own model; a primitive without a meaning in LKMM has none. */
export const ownMacros: Macros = new Map(
  [...signatures.values()].flatMap(({ name, primitive, arguments: forms }) => {
    const macro = macroOf(
      name,
      primitive,
      Math.max(
        0,
        forms.findIndex((form) => form !== 'value'),
      ),
    );
    return macro === undefined ? [] : [[name, macro] as const];
  }),
);

function macroOf(name: string, primitive: Primitive, at: number): Macro | undefined {
  const one = (...steps: MacroStep[]): Macro => ({ steps, test: undefined });
  const fence = fenceTag[name];
  if (fence !== undefined) return one({ kind: 'fence', tag: fence });
  switch (primitive.kind) {
    case 'load':
      return one({ kind: 'load', tag: accessTag[primitive.access], at });
    case 'store': {
      const value = { argument: 1 };
      if (primitive.access === 'WRITE_ONCE_NT') return undefined;
      if (primitive.access === 'smp_store_mb') {
        return one({ kind: 'store', tag: 'once', at, value }, { kind: 'fence', tag: 'mb' });
      }
      return one({ kind: 'store', tag: accessTag[primitive.access], at, value });
    }
    case 'fence':
      return undefined;
    case 'rmw': {
      const result =
        primitive.result === 'zero' || primitive.result === 'negative' ? 'new' : primitive.result;
      const test = { zero: { relation: '==', with: 0n }, negative: { relation: '<', with: 0n } } as const;
      const operand = primitive.byOne ? { number: 1n } : { argument: 0 };
      const step: MacroStep = {
        kind: 'rmw',
        tag: tagOfOrder(primitive.order),
        at,
        operation: primitive.operation,
        operand,
        result,
      };
      return { steps: [step], test: primitive.result in test ? test[primitive.result as 'zero'] : undefined };
    }
    case 'exchange':
      return one({
        kind: 'rmw',
        tag: tagOfOrder(primitive.order),
        at,
        operation: 'exchange',
        operand: { argument: 1 },
        result: 'old',
      });
    case 'compare-exchange':
      return one({
        kind: 'compare-exchange',
        tag: tagOfOrder(primitive.order),
        at,
        expected: { argument: 1 },
        desired: { argument: 2 },
      });
    case 'conditional-add':
      return one({
        kind: 'conditional-add',
        tag: 'mb',
        at,
        unless: primitive.unless,
        addend: primitive.addend === undefined ? { argument: 1 } : { number: primitive.addend },
        bound: primitive.unless === 'equal' ? { argument: 2 } : undefined,
        result: primitive.result,
      });
    case 'lock':
      return one({ kind: primitive.action, at });
    case 'rcu':
      return srcuMacro(name, at);
  }
}

function srcuMacro(name: string, at: number): Macro {
  const steps = ((): MacroStep => {
    switch (name) {
      case 'srcu_read_lock':
      case 'srcu_down_read':
        return { kind: 'load', tag: 'srcu-lock', at };
      case 'srcu_read_unlock':
      case 'srcu_up_read':
        return { kind: 'store', tag: 'srcu-unlock', at, value: { argument: 1 } };
      default:
        return { kind: 'srcu', tag: 'sync-srcu', at, value: undefined };
    }
  })();
  return { steps: [steps], test: undefined };
}
