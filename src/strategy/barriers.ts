import type { LitmusTest } from '../language/litmus-test.ts';
import { signatures, type Order, type Primitive } from '../language/primitives.ts';
import { evaluatedExpressions, type Call } from './rewrite.ts';

/**
 * What a call orders beyond its own access: a fence by itself, or the acquire, release or full order
 * of an access. smp_store_mb() is a store and a fence in one. Locks are not among these: no strategy
 * takes them away. Nor are add_unless and its kin, which come in one strength only.
 */
export type Barrier =
  | { readonly kind: 'fence' }
  | { readonly kind: 'access'; readonly order: 'acquire' | 'release' | 'full' }
  | { readonly kind: 'store-and-fence' };

/** A barrier of a test and where it stands. */
export interface PlacedBarrier {
  /** What the user calls it: the fence's name, or `acquire`, `release`, `full`, `smp_store_mb`. */
  readonly label: string;
  readonly barrier: Barrier;
  readonly call: Call;
}

export function barrierOf(call: Call): Barrier | undefined {
  const primitive = signatures.get(call.name)?.primitive;
  if (primitive === undefined) return undefined;
  if (primitive.kind === 'fence') return { kind: 'fence' };
  if (primitive.kind === 'store' && primitive.access === 'smp_store_mb') return { kind: 'store-and-fence' };
  const order = orderOf(primitive);
  return order === undefined || order === 'none' || order === 'relaxed'
    ? undefined
    : { kind: 'access', order };
}

/** The order an access has by its name; undefined where it has none to choose. */
export function orderOf(primitive: Primitive): Order | undefined {
  switch (primitive.kind) {
    case 'load':
      return primitive.access === 'smp_load_acquire' ? 'acquire' : 'relaxed';
    case 'store':
      return primitive.access === 'smp_store_release' ? 'release' : 'relaxed';
    case 'rmw':
    case 'exchange':
    case 'compare-exchange':
      return primitive.order;
    default:
      return undefined;
  }
}

/**
 * Beyond this many, a test's barriers are not looked at one at a time (a real test has ten or so):
 * the work grows with the square of their number.
 */
export const mostBarriers = 200;

/** Every barrier of the test, thread after thread, in the order of the text. */
export function barriersOf(test: LitmusTest): readonly PlacedBarrier[] {
  return test.threads
    .flatMap(({ body }) => evaluatedExpressions(body))
    .flatMap((expression) => {
      const barrier = expression.kind === 'call' ? barrierOf(expression) : undefined;
      return expression.kind === 'call' && barrier !== undefined
        ? [{ label: label(barrier, expression), barrier, call: expression }]
        : [];
    });
}

function label(barrier: Barrier, call: Call): string {
  return barrier.kind === 'access' ? barrier.order : call.name;
}
