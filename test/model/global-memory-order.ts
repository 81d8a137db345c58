/**
 * RVWMO as the chapter "RVWMO Memory Consistency Model" of the RISC-V Instruction Set Manual, volume I, words
 * it, over one total order of all memory operations, each order tried in turn: slow, and nothing like the
 * partial orders of riscv.cat, which it is there to check.
 */

import type { Path, PathEvent, Program, Value } from '../../src/model/program.ts';

/** What one instruction does to memory: a load, a store, or an AMO, which is both. */
interface Operation {
  readonly thread: number;
  /** Of its events in the thread's path: an AMO has two. */
  readonly first: number;
  readonly last: number;
  readonly loads: boolean;
  readonly stores: boolean;
  readonly amo: boolean;
  readonly events: readonly PathEvent[];
  readonly sets: ReadonlySet<string>;
  readonly location: Value | undefined;
  /** For an SC, its LR. */
  readonly pairedLoad: number | undefined;
}

function operationsOf({ events }: Path, thread: number): readonly Operation[] {
  return events.flatMap((event, first): Operation[] => {
    const isAmo = (one: PathEvent) => one.sets.includes('AMO');
    if (event.kind === 'other' || (event.kind === 'write' && isAmo(event))) return [];
    const own = isAmo(event) ? events.slice(first, first + 2) : [event];
    return [
      {
        thread,
        first,
        last: first + own.length - 1,
        loads: own.some(({ kind }) => kind === 'read'),
        stores: own.some(({ kind }) => kind === 'write'),
        amo: own.length === 2,
        events: own,
        sets: new Set(own.flatMap(({ sets }) => sets)),
        location: event.address,
        pairedLoad: isAmo(event) ? undefined : event.rmw,
      },
    ];
  });
}

/** The value that each load returns by `thread:event`, and the last of each location: one line for each outcome. */
export function outcomesInOrder(program: Program): ReadonlySet<string> {
  const paths = program.threads.map(([path]) => path!);
  const operations = paths.flatMap(operationsOf);
  const addressOf = new Map(operations.map((one) => [one, constantValue(one.location)]));
  const loadAt = (thread: number, event: number) =>
    operations.find((one) => one.thread === thread && one.first === event)!;
  const sameLocation = (a: Operation, b: Operation) => addressOf.get(a) === addressOf.get(b);
  const inProgramOrder = (a: Operation, b: Operation) => a.thread === b.thread && a.first < b.first;
  const between = (a: Operation, b: Operation) =>
    operations.filter((m) => inProgramOrder(a, m) && inProgramOrder(m, b));
  const dependsOn = (kind: 'addr' | 'data' | 'ctrl', b: Operation, a: Operation) =>
    a.loads && a.thread === b.thread && a !== b && b.events.some((event) => event[kind].includes(a.first));

  /** Rules 1, 4 to 11 and 13, which no value decides; an SC is always followed by a branch on its status. */
  const alwaysOrdered = (a: Operation, b: Operation): boolean => {
    if (!inProgramOrder(a, b)) return false;
    const has = (one: Operation, ...names: readonly string[]) => names.some((name) => one.sets.has(name));
    const fences = paths[a.thread]!.events.slice(a.last + 1, b.first).flatMap(({ sets }) => sets);
    return (
      (b.stores && sameLocation(a, b)) ||
      fences.some((fence) => fenceOrders(fence, a, b)) ||
      has(a, 'Acq', 'AcqRel') ||
      has(b, 'Rel', 'AcqRel') ||
      (has(a, 'Acq', 'Rel', 'AcqRel') && has(b, 'Acq', 'Rel', 'AcqRel')) ||
      b.pairedLoad === a.first ||
      dependsOn('addr', b, a) ||
      (b.stores && dependsOn('data', b, a)) ||
      (b.stores && (dependsOn('ctrl', b, a) || a.pairedLoad !== undefined)) ||
      (b.stores && between(a, b).some((m) => dependsOn('addr', m, a)))
    );
  };

  const outcomes = new Set<string>();
  for (const order of ordersOf(operations, alwaysOrdered)) {
    const place = new Map(order.map((operation, index) => [operation, index]));
    const precedes = (a: Operation, b: Operation) => place.get(a)! < place.get(b)!;
    /** The load value axiom; undefined for the initial value. */
    const source = (load: Operation) =>
      order.findLast(
        (store) =>
          store !== load &&
          store.stores &&
          sameLocation(store, load) &&
          (precedes(store, load) || inProgramOrder(store, load)),
      );
    const sources = new Map(operations.filter(({ loads }) => loads).map((load) => [load, source(load)]));

    /** Rules 2, 3 and 12. */
    const orderedByValues = (a: Operation, b: Operation): boolean =>
      inProgramOrder(a, b) &&
      b.loads &&
      ((a.loads &&
        sameLocation(a, b) &&
        sources.get(a) !== sources.get(b) &&
        !between(a, b).some((m) => m.stores && sameLocation(m, a))) ||
        ((a.amo || a.pairedLoad !== undefined) && sources.get(b) === a) ||
        between(a, b).some(
          (m) => sources.get(b) === m && (dependsOn('addr', m, a) || dependsOn('data', m, a)),
        ));
    if (operations.some((a) => operations.some((b) => orderedByValues(a, b) && !precedes(a, b)))) continue;

    const isAtomic = operations.every((store) => {
      if (store.pairedLoad === undefined) return true;
      const load = loadAt(store.thread, store.pairedLoad);
      const read = sources.get(load);
      return (
        (read === undefined || precedes(read, store)) &&
        !operations.some(
          (other) =>
            other.stores &&
            other.thread !== store.thread &&
            sameLocation(other, load) &&
            precedes(other, store) &&
            (read === undefined || precedes(read, other)),
        )
      );
    });
    if (!isAtomic) continue;

    const loaded = (load: Operation): bigint => {
      const from = sources.get(load);
      return from === undefined ? 0n : stored(from);
    };
    const stored = (store: Operation): bigint => {
      const { value } = store.events.at(-1)!;
      return value?.kind === 'read' ? loaded(loadAt(store.thread, value.read)) : constantValue(value);
    };
    const told = [
      ...[...sources.keys()].map((load) => `${load.thread}:${load.first}=${loaded(load)}`),
      ...program.locations.map(({ name, address }) => {
        const last = order.findLast((one) => one.stores && addressOf.get(one) === address);
        return `${name}=${last === undefined ? 0n : stored(last)}`;
      }),
    ];
    outcomes.add(told.join(' '));
  }
  return outcomes;
}

/** Of the name of a fence's set, `Fence.r.rw`. */
function fenceOrders(name: string, a: Operation, b: Operation): boolean {
  if (name === 'Fence.tso') return a.loads || (a.stores && b.stores);
  const [, before = '', behind = ''] = /^Fence\.([rw]+)\.([rw]+)$/.exec(name) ?? [];
  const among = (one: Operation, letters: string) =>
    (one.loads && letters.includes('r')) || (one.stores && letters.includes('w'));
  return among(a, before) && among(b, behind);
}

/** A value that may depend on loads, but is the same whatever they return. */
function constantValue(value: Value | undefined): bigint {
  if (value?.kind === 'constant') return value.value;
  if (value?.kind === 'computed') return value.compute(...value.inputs.map(() => 0n));
  throw new Error('this value is not known');
}

/** Every order of all operations in which each comes behind those that must be before it. */
function* ordersOf(
  operations: readonly Operation[],
  mustPrecede: (a: Operation, b: Operation) => boolean,
): Generator<readonly Operation[]> {
  if (operations.length === 0) yield [];
  for (const first of operations) {
    if (operations.some((other) => mustPrecede(other, first))) continue;
    const rest = operations.filter((other) => other !== first);
    for (const order of ordersOf(rest, mustPrecede)) yield [first, ...order];
  }
}
