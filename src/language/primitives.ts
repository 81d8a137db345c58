/**
 * The Linux-kernel primitives of an LKMM litmus test: the C name on the left, what it means on the
 * right. Names and meanings follow tools/memory-model/linux-kernel.def and Documentation/atomic_t.txt
 * (Linux v6.19).
 */

/** The ordering of a read-modify-write; `none` is a void one, which returns nothing and orders nothing. */
export type Order = 'none' | 'relaxed' | 'acquire' | 'release' | 'full';

export type RmwOperation = 'add' | 'sub' | 'and' | 'or' | 'xor' | 'andnot';

/** What a read-modify-write evaluates to. `negative` and `zero` test the new value. */
export type RmwResult = 'nothing' | 'old' | 'new' | 'zero' | 'negative';

export const fenceNames = [
  'barrier',
  'smp_mb',
  'smp_rmb',
  'smp_wmb',
  'mb',
  'rmb',
  'wmb',
  'smp_mb__before_atomic',
  'smp_mb__after_atomic',
  'smp_mb__after_spinlock',
  'smp_mb__after_unlock_lock',
] as const;
export type FenceName = (typeof fenceNames)[number];

export type LoadName = 'READ_ONCE' | 'smp_load_acquire' | 'plain_load';
export type StoreName = 'WRITE_ONCE' | 'smp_store_release' | 'smp_store_mb' | 'WRITE_ONCE_NT' | 'plain_store';

/** When a conditional read-modify-write writes: a compare-exchange loop on every architecture. */
export type WriteUnless = 'equal' | 'zero' | 'negative' | 'positive' | 'not-positive';

export type Primitive =
  | { readonly kind: 'load'; readonly access: Exclude<LoadName, 'plain_load'> }
  | { readonly kind: 'store'; readonly access: Exclude<StoreName, 'plain_store'> }
  | { readonly kind: 'fence'; readonly fence: FenceName }
  | {
      readonly kind: 'rmw';
      readonly operation: RmwOperation;
      /** True for inc and dec, which take no operand argument. */
      readonly byOne: boolean;
      readonly result: RmwResult;
      readonly order: Order;
    }
  | { readonly kind: 'exchange'; readonly order: Exclude<Order, 'none'> }
  | { readonly kind: 'compare-exchange'; readonly order: Exclude<Order, 'none'> }
  | {
      readonly kind: 'conditional-add';
      readonly unless: WriteUnless;
      /** The addend where it is fixed; undefined where it is an argument. */
      readonly addend: bigint | undefined;
      /** `old`: the value before; `written`: 1 if it wrote, else 0; `new`: what it would have written. */
      readonly result: 'old' | 'written' | 'new';
    }
  | { readonly kind: 'lock'; readonly action: 'lock' | 'unlock' | 'trylock' | 'is-locked' }
  | { readonly kind: 'rcu'; readonly what: 'rcu' | 'srcu' };

/**
 * What an argument must be: `lvalue` (`*x`, as READ_ONCE takes), `pointer` (`x`), or a `value`.
 * A pointer's pointee must be of a family: plain (int, long, a pointer), atomic, lock or srcu.
 */
export type ArgumentForm = 'lvalue' | 'pointer' | 'value';
export type PointeeFamily = 'plain' | 'atomic' | 'lock' | 'srcu';

export interface Signature {
  readonly name: string;
  readonly primitive: Primitive;
  readonly arguments: readonly ArgumentForm[];
  /** The family of the location behind the lvalue or pointer argument. */
  readonly family: PointeeFamily | undefined;
  /** Whether a call may be used as a value. */
  readonly valued: boolean;
}

const orderSuffixes = { full: '', relaxed: '_relaxed', acquire: '_acquire', release: '_release' } as const;
const valueOrders = ['full', 'relaxed', 'acquire', 'release'] as const;

/** Every primitive by its C name. */
export const signatures: ReadonlyMap<string, Signature> = new Map(
  [
    ...accesses(),
    ...fenceNames.map((fence) => row(fence, { kind: 'fence', fence }, [], undefined, false)),
    ...atomicFamilies(),
    ...exchanges(),
    ...locks(),
    ...rcu(),
  ].map((signature) => [signature.name, signature]),
);

export function isPrimitive(name: string): boolean {
  return signatures.has(name);
}

/** The signature of a primitive; a parsed test calls nothing else. */
export function signatureOf(name: string): Signature {
  const signature = signatures.get(name);
  if (signature === undefined) throw new Error(`no such primitive: ${name}`);
  return signature;
}

function row(
  name: string,
  primitive: Primitive,
  args: readonly ArgumentForm[],
  family: PointeeFamily | undefined,
  valued: boolean,
): Signature {
  return { name, primitive, arguments: args, family, valued };
}

function accesses(): Signature[] {
  return [
    row('READ_ONCE', { kind: 'load', access: 'READ_ONCE' }, ['lvalue'], 'plain', true),
    row('rcu_dereference', { kind: 'load', access: 'READ_ONCE' }, ['lvalue'], 'plain', true),
    row('smp_load_acquire', { kind: 'load', access: 'smp_load_acquire' }, ['pointer'], 'plain', true),
    row('WRITE_ONCE', { kind: 'store', access: 'WRITE_ONCE' }, ['lvalue', 'value'], 'plain', false),
    row(
      'rcu_assign_pointer',
      { kind: 'store', access: 'smp_store_release' },
      ['lvalue', 'value'],
      'plain',
      false,
    ),
    row(
      'smp_store_release',
      { kind: 'store', access: 'smp_store_release' },
      ['pointer', 'value'],
      'plain',
      false,
    ),
    row('smp_store_mb', { kind: 'store', access: 'smp_store_mb' }, ['lvalue', 'value'], 'plain', false),
    // Fencepost's own: a store that bypasses the caches (x86 movnti), the only plain-looking store x86 reorders.
    row('WRITE_ONCE_NT', { kind: 'store', access: 'WRITE_ONCE_NT' }, ['lvalue', 'value'], 'plain', false),
  ];
}

function atomicFamilies(): Signature[] {
  return ['atomic', 'atomic_long', 'atomic64'].flatMap(atomicFamily);
}

/** Documentation/atomic_t.txt, one family: `atomic_`, `atomic_long_` or `atomic64_`. */
function atomicFamily(family: string): Signature[] {
  const named = (
    rest: string,
    primitive: Primitive,
    args: readonly ArgumentForm[],
    valued: boolean,
  ): Signature => row(`${family}_${rest}`, primitive, args, 'atomic', valued);
  const arithmetic = [
    { name: 'add', operation: 'add', byOne: false },
    { name: 'sub', operation: 'sub', byOne: false },
    { name: 'inc', operation: 'add', byOne: true },
    { name: 'dec', operation: 'sub', byOne: true },
  ] as const;
  const bitwise = ['and', 'or', 'xor', 'andnot'] as const;
  // Documentation/atomic_t.txt: value first, then the pointer; inc and dec take the pointer alone.
  const argumentsOf = (byOne: boolean): readonly ArgumentForm[] =>
    byOne ? ['pointer'] : ['value', 'pointer'];
  const rmw = (name: string, operation: RmwOperation, byOne: boolean, result: RmwResult, order: Order) =>
    named(name, { kind: 'rmw', operation, byOne, result, order }, argumentsOf(byOne), result !== 'nothing');
  const conditional = (
    name: string,
    unless: WriteUnless,
    addend: bigint | undefined,
    result: 'old' | 'written' | 'new',
    args: readonly ArgumentForm[] = ['pointer'],
  ) => named(name, { kind: 'conditional-add', unless, addend, result }, args, true);
  return [
    named('read', { kind: 'load', access: 'READ_ONCE' }, ['pointer'], true),
    named('read_acquire', { kind: 'load', access: 'smp_load_acquire' }, ['pointer'], true),
    named('set', { kind: 'store', access: 'WRITE_ONCE' }, ['pointer', 'value'], false),
    named('set_release', { kind: 'store', access: 'smp_store_release' }, ['pointer', 'value'], false),
    ...arithmetic.flatMap(({ name, operation, byOne }) => [
      rmw(name, operation, byOne, 'nothing', 'none'),
      ...valueOrders.flatMap((order) => [
        rmw(`${name}_return${orderSuffixes[order]}`, operation, byOne, 'new', order),
        rmw(`fetch_${name}${orderSuffixes[order]}`, operation, byOne, 'old', order),
      ]),
    ]),
    ...bitwise.flatMap((name) => [
      rmw(name, name, false, 'nothing', 'none'),
      ...valueOrders.map((order) => rmw(`fetch_${name}${orderSuffixes[order]}`, name, false, 'old', order)),
    ]),
    rmw('sub_and_test', 'sub', false, 'zero', 'full'),
    rmw('dec_and_test', 'sub', true, 'zero', 'full'),
    rmw('inc_and_test', 'add', true, 'zero', 'full'),
    ...valueOrders.map((order) =>
      rmw(`add_negative${orderSuffixes[order]}`, 'add', false, 'negative', order),
    ),
    ...valueOrders.flatMap((order) => [
      named(`xchg${orderSuffixes[order]}`, { kind: 'exchange', order }, ['pointer', 'value'], true),
      named(
        `cmpxchg${orderSuffixes[order]}`,
        { kind: 'compare-exchange', order },
        ['pointer', 'value', 'value'],
        true,
      ),
    ]),
    conditional('add_unless', 'equal', undefined, 'written', ['pointer', 'value', 'value']),
    conditional('fetch_add_unless', 'equal', undefined, 'old', ['pointer', 'value', 'value']),
    conditional('inc_not_zero', 'zero', 1n, 'written'),
    conditional('inc_unless_negative', 'negative', 1n, 'written'),
    conditional('dec_unless_positive', 'positive', -1n, 'written'),
    conditional('dec_if_positive', 'not-positive', -1n, 'new'),
  ];
}

function exchanges(): Signature[] {
  return valueOrders.flatMap((order) => [
    row(`xchg${orderSuffixes[order]}`, { kind: 'exchange', order }, ['pointer', 'value'], 'plain', true),
    row(
      `cmpxchg${orderSuffixes[order]}`,
      { kind: 'compare-exchange', order },
      ['pointer', 'value', 'value'],
      'plain',
      true,
    ),
  ]);
}

function locks(): Signature[] {
  return [
    row('spin_lock', { kind: 'lock', action: 'lock' }, ['pointer'], 'lock', false),
    row('spin_unlock', { kind: 'lock', action: 'unlock' }, ['pointer'], 'lock', false),
    row('spin_trylock', { kind: 'lock', action: 'trylock' }, ['pointer'], 'lock', true),
    row('spin_is_locked', { kind: 'lock', action: 'is-locked' }, ['pointer'], 'lock', true),
  ];
}

/** Parsed, printed and checked; no target lowers them (a grace period is not a few instructions). */
function rcu(): Signature[] {
  const rcuCall = (name: string) => row(name, { kind: 'rcu', what: 'rcu' }, [], undefined, false);
  const srcuCall = (name: string, args: readonly ArgumentForm[], valued: boolean) =>
    row(name, { kind: 'rcu', what: 'srcu' }, args, 'srcu', valued);
  return [
    rcuCall('rcu_read_lock'),
    rcuCall('rcu_read_unlock'),
    rcuCall('synchronize_rcu'),
    rcuCall('synchronize_rcu_expedited'),
    srcuCall('srcu_read_lock', ['pointer'], true),
    srcuCall('srcu_read_unlock', ['pointer', 'value'], false),
    srcuCall('srcu_down_read', ['pointer'], true),
    srcuCall('srcu_up_read', ['pointer', 'value'], false),
    srcuCall('synchronize_srcu', ['pointer'], false),
    srcuCall('synchronize_srcu_expedited', ['pointer'], false),
    row('smp_mb__after_srcu_read_unlock', { kind: 'rcu', what: 'srcu' }, [], undefined, false),
  ];
}
