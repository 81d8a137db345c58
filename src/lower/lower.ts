import { createHash } from 'node:crypto';
import { observableName } from '../language/litmus-test.ts';
import type { Constant, LitmusTest, Observable } from '../language/litmus-test.ts';
import { observablesOf } from '../language/observables.ts';
import { typesOf } from '../language/types.ts';
import { elementStrideBytes, locationsOf } from './locations.ts';
import type { Location } from './locations.ts';
import { LoweringError } from './lowering-error.ts';
import type { CellLayout, InitialWrite, MachineCode, ObservedValue, ThreadCode } from './machine-code.ts';
import type { Target } from './target.ts';
import { lowerThread, slotBytes } from './thread.ts';

export { LoweringError };

/**
 * A test as machine code for one target, in a layout that `cellLayout` made for this very test. Pure.
 * Throws a LoweringError for what cannot be lowered: RCU, division, a primitive that the target lacks,
 * a thread with too many variables.
 */
export function lower(test: LitmusTest, target: Target, layout: CellLayout): MachineCode {
  const types = typesOf(test);
  const locations = locationsOf(test, types);
  const observables = observablesOf(test);
  const threads = test.threads.map((thread, index) => {
    const observed = observables.flatMap((observable) =>
      observable.kind === 'register' && observable.thread === index ? [observable.name] : [],
    );
    const scope = types.scopes[index];
    if (scope === undefined) throw new Error(`P${index} has no scope`);
    return lowerThread(test, thread, scope, observed, layout, target);
  });
  return {
    architecture: target.architecture,
    threads,
    layout,
    initial: [...locations.values()].flatMap((location) => initialWrites(location, layout)),
    observed: observables.map((observable) => observedValue(observable, threads, locations, layout)),
    digest: digestOf(threads),
  };
}

/** A write for every element, those that the test leaves at 0 included. */
export function initialWrites(location: Location, layout: CellLayout): readonly InitialWrite[] {
  return Array.from({ length: location.elements }, (_, index) => ({
    offsetBytes: offsetIn(layout, location.name, index),
    widthBytes: location.widthBytes,
    ...initialValue(location.initial[index] ?? { kind: 'number', value: 0n }, location.widthBytes, layout),
  }));
}

function initialValue(
  constant: Constant,
  widthBytes: number,
  layout: CellLayout,
): Pick<InitialWrite, 'value' | 'pointer'> {
  if (constant.kind === 'number')
    return { value: BigInt.asIntN(widthBytes * 8, constant.value), pointer: false };
  return { value: BigInt(offsetIn(layout, constant.location, constant.index)), pointer: true };
}

function observedValue(
  observable: Observable,
  threads: readonly ThreadCode[],
  locations: ReadonlyMap<string, Location>,
  layout: CellLayout,
): ObservedValue {
  if (observable.kind === 'location') {
    const location = locations.get(observable.name);
    if (location === undefined) throw new Error(`location ${observable.name} is unknown`);
    const { widthBytes, signed, pointer } = location;
    const offsetBytes = offsetIn(layout, observable.name, observable.index);
    return { observable, thread: undefined, offsetBytes, widthBytes, signed, pointer };
  }
  const slots = threads[observable.thread]?.slots ?? [];
  const index = slots.findIndex(({ register }) => register === observable.name);
  const slot = slots[index];
  if (slot === undefined) throw new Error(`${observableName(observable)} has no slot`);
  const { widthBytes, signed, pointer } = slot;
  return {
    observable,
    thread: observable.thread,
    offsetBytes: index * slotBytes,
    widthBytes,
    signed,
    pointer,
  };
}

function offsetIn(layout: CellLayout, name: string, index = 0): number {
  const offset = layout.offsets.get(name);
  if (offset === undefined) {
    throw new Error(`the ${layout.name} layout has no location ${name}: it was made for another test`);
  }
  return offset + index * elementStrideBytes;
}

/** SHA-256 over each thread's length (8 bytes, little-endian) and bytes, hex. */
export function digestOf(threads: readonly Pick<ThreadCode, 'bytes'>[]): string {
  const hash = createHash('sha256');
  for (const { bytes } of threads) {
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(bytes.length));
    hash.update(length).update(bytes);
  }
  return hash.digest('hex');
}
