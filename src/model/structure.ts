/**
 * A control path for each thread, with every access at a known location: what an execution is before
 * rf and co are chosen. Addresses that depend on reads are settled here, by choosing where those read from.
 */

import type { Path, PathEvent, Program, ProgramLocation, Value } from './program.ts';
import { readsOf } from './program.ts';

export interface StructureEvent {
  readonly kind: PathEvent['kind'] | 'initial';
  /** Undefined for an initial write. */
  readonly thread: number | undefined;
  readonly sets: readonly string[];
  readonly location: ProgramLocation | undefined;
  /** Its place in the program's own terms; undefined for an initial write. */
  readonly source: PathEvent | undefined;
}

/** Events are numbered: the initial writes first, in the order of the locations, then thread by thread. */
export interface Structure {
  readonly program: Program;
  readonly paths: readonly Path[];
  readonly events: readonly StructureEvent[];
  /** The number of each thread's first event. */
  readonly firstOf: readonly number[];
  /** Reads whose sources are settled already, for the addresses that depend on them. */
  readonly settled: ReadonlyMap<number, number>;
}

/** By event: the write that a read reads from, or -1. */
export type Sources = Int32Array;

/** Computes values under a choice of sources; undefined where it depends on a read without one, or on itself. */
export class Values {
  private readonly structure: Pick<Structure, 'program' | 'paths' | 'firstOf'>;
  private readonly sources: Sources;
  private readonly memory: (bigint | undefined | 'open')[] = [];

  constructor(structure: Pick<Structure, 'program' | 'paths' | 'firstOf'>, sources: Sources) {
    this.structure = structure;
    this.sources = sources;
  }

  /** The value that an event reads, writes or carries. */
  ofEvent(event: number): bigint | undefined {
    const { paths, program, firstOf } = this.structure;
    const initial = program.locations[event];
    if (initial !== undefined) return initial.initial;
    const known = this.memory[event];
    if (known === 'open') return undefined;
    if (known !== undefined) return known;
    this.memory[event] = 'open';
    const thread = threadOf(firstOf, event);
    const source = paths[thread]!.events[event - firstOf[thread]!]!;
    const value = source.kind === 'read' ? this.ofRead(event) : this.ofValue(source.value, thread);
    this.memory[event] = value;
    return value;
  }

  private ofRead(event: number): bigint | undefined {
    const source = this.sources[event]!;
    return source === -1 ? undefined : this.ofEvent(source);
  }

  ofValue(value: Value | undefined, thread: number): bigint | undefined {
    if (value === undefined) return 0n;
    switch (value.kind) {
      case 'constant':
        return value.value;
      case 'read':
        return this.ofEvent(this.structure.firstOf[thread]! + value.read);
      case 'computed': {
        const inputs: bigint[] = [];
        for (const input of value.inputs) {
          const known = this.ofValue(input, thread);
          if (known === undefined) return undefined;
          inputs.push(known);
        }
        return value.compute(...inputs);
      }
    }
  }
}

function threadOf(firstOf: readonly number[], event: number): number {
  let thread = firstOf.length - 1;
  while (firstOf[thread]! > event) thread -= 1;
  return thread;
}

/** A read without a source that a value waits for; undefined where it waits for none, or for itself. */
export function openReadBehind(
  structure: Pick<Structure, 'program' | 'paths' | 'firstOf'>,
  sources: Sources,
  value: Value,
  thread: number,
): number | undefined {
  const { program, paths, firstOf } = structure;
  const visited = new Set<number>();
  const pending = readsOf(value).map((read) => firstOf[thread]! + read);
  for (let event = pending.pop(); event !== undefined; event = pending.pop()) {
    if (visited.has(event) || event < program.locations.length) continue;
    visited.add(event);
    const owner = threadOf(firstOf, event);
    const source = paths[owner]!.events[event - firstOf[owner]!]!;
    if (source.kind !== 'read') pending.push(...readsOf(source.value).map((read) => firstOf[owner]! + read));
    else if (sources[event] === -1) return event;
    else pending.push(sources[event]!);
  }
  return undefined;
}

/**
 * Every structure of a program. Paths whose conditions constants refute are left out.
 * @param tick is called now and then, and may throw.
 */
export function* structuresOf(program: Program, tick: () => void): Generator<Structure> {
  for (const paths of combinations(program.threads)) {
    tick();
    yield* settledStructures(program, paths, tick);
  }
}

function* combinations(threads: readonly (readonly Path[])[]): Generator<readonly Path[]> {
  const [first, ...rest] = threads;
  if (first === undefined) {
    yield [];
    return;
  }
  for (const path of first) for (const others of combinations(rest)) yield [path, ...others];
}

function* settledStructures(
  program: Program,
  paths: readonly Path[],
  tick: () => void,
): Generator<Structure> {
  const firstOf: number[] = [];
  let size = program.locations.length;
  for (const { events } of paths) {
    firstOf.push(size);
    size += events.length;
  }
  const open = { program, paths, firstOf };
  const byAddress = new Map(program.locations.map((location) => [location.address, location]));
  const members = paths.flatMap(({ events }, thread) => events.map((event) => ({ thread, event })));
  const initialWrites = program.locations.length;

  function* settle(sources: Sources, settled: ReadonlyMap<number, number>): Generator<Structure> {
    tick();
    const values = new Values(open, sources);
    const addresses = members.map(({ thread, event }) =>
      event.address === undefined ? 'none' : values.ofValue(event.address, thread),
    );
    // An address where nothing lies: the path cannot happen, or is no path of a correct test.
    if (addresses.some((address) => typeof address === 'bigint' && !byAddress.has(address))) return;
    // A write that was chosen while its own address was open may turn out to lie elsewhere.
    const elsewhere = ([read, write]: readonly [number, number]) => {
      const address = addresses[write - initialWrites];
      return address !== undefined && address !== addresses[read - initialWrites];
    };
    if ([...settled].some(elsewhere)) return;
    if (!addresses.includes(undefined)) {
      yield { ...open, events: eventsOf(addresses), settled };
      return;
    }
    const needed = members.flatMap(({ thread, event }, index) =>
      addresses[index] === undefined ? readsOf(event.address).map((read) => firstOf[thread]! + read) : [],
    );
    const next = chooseRead(needed, addresses, values, sources);
    if (next === undefined) return;
    const address = addresses[next - initialWrites]!;
    const candidates = [
      ...program.locations.flatMap((location, index) => (location.address === address ? [index] : [])),
      ...members.flatMap(({ event }, index) =>
        event.kind === 'write' && (addresses[index] === address || addresses[index] === undefined)
          ? [initialWrites + index]
          : [],
      ),
    ];
    for (const write of candidates) {
      const more = sources.slice();
      more[next] = write;
      yield* settle(more, new Map(settled).set(next, write));
    }
  }

  /** A read of a known location, still without a source, that an open address depends on. */
  function chooseRead(
    needed: readonly number[],
    addresses: readonly (bigint | 'none' | undefined)[],
    values: Values,
    sources: Sources,
  ): number | undefined {
    const visited = new Set<number>();
    const pending = [...needed];
    for (let event = pending.pop(); event !== undefined; event = pending.pop()) {
      if (visited.has(event) || event < initialWrites || values.ofEvent(event) !== undefined) continue;
      visited.add(event);
      const { thread, event: source } = members[event - initialWrites]!;
      const behind = (value: Value | undefined) => readsOf(value).map((read) => firstOf[thread]! + read);
      if (source.kind !== 'read') pending.push(...behind(source.value));
      else if (addresses[event - initialWrites] === undefined) pending.push(...behind(source.address));
      else if (sources[event] === -1) return event;
      else pending.push(sources[event]!);
    }
    return undefined;
  }

  function eventsOf(addresses: readonly (bigint | 'none' | undefined)[]): readonly StructureEvent[] {
    return [
      ...program.locations.map((location) => ({
        kind: 'initial' as const,
        thread: undefined,
        sets: [],
        location,
        source: undefined,
      })),
      ...members.map(({ thread, event }, index) => {
        const address = addresses[index];
        const location = typeof address === 'bigint' ? byAddress.get(address) : undefined;
        return { kind: event.kind, thread, sets: event.sets, location, source: event };
      }),
    ];
  }

  yield* settle(new Int32Array(size).fill(-1), new Map());
}
