import { isSigned, widthOf } from '../language/c-types.ts';
import type { CType, InitialValue, LitmusTest } from '../language/litmus-test.ts';
import type { TestTypes } from '../language/types.ts';
import type { Width } from './primitives.ts';

/** An array's elements lie this far apart whatever their width, and pointer arithmetic steps by it. */
export const elementStrideBytes = 8;

/** A place in memory that a test names. */
export interface Location {
  readonly name: string;
  readonly widthBytes: Width;
  readonly signed: boolean;
  readonly pointer: boolean;
  /** 1 for a scalar. */
  readonly elements: number;
  /** Of each element, as far as the initial state gives them; the rest is 0. */
  readonly initial: LocationValue['values'];
}

type LocationValue = Extract<InitialValue, { kind: 'location' }>;

/** Every location that anything in a test names. */
export function locationsOf(test: LitmusTest, types: TestTypes): ReadonlyMap<string, Location> {
  const given = new Map<string, LocationValue>();
  for (const value of test.initial) if (value.kind === 'location') given.set(value.name, value);
  return new Map(
    [...types.locations].map(([name, type]) => [
      name,
      {
        name,
        widthBytes: widthOf(type),
        signed: isSigned(type),
        pointer: mayHoldAddress(type),
        elements: given.get(name)?.length ?? 1,
        initial: given.get(name)?.values ?? [],
      },
    ]),
  );
}

export function locationBytes({ elements }: Location): number {
  return elements * elementStrideBytes;
}

/** Whether a value of this type is shown as an address where it is one. */
export function mayHoldAddress(type: CType): boolean {
  return type.pointers > 0 || type.base === 'intptr_t' || type.base === 'uintptr_t';
}
