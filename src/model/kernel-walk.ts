/** A way through a thread of C as far as it has come, and how it goes on. */

import { widthOf } from '../language/c-types.ts';
import type { CType, Position } from '../language/litmus-test.ts';
import { wrap } from './c-arithmetic.ts';
import { computed, readsOf, type PathEvent, type Value } from './program.ts';
import { setNamed } from './surroundings.ts';

/** A path as far as it has come. */
export interface Walk {
  readonly variables: ReadonlyMap<string, Value>;
  readonly events: readonly PathEvent[];
  readonly conditions: readonly Value[];
  /** Reads that decide whether the statement is executed. */
  readonly control: readonly number[];
}

/** What an expression comes to, one way or another. */
export interface Evaluated {
  readonly walk: Walk;
  readonly value: Value;
}

/** An event that nothing is known of yet but its place. */
export function blank(walk: Walk, { line }: Position, text: string): PathEvent {
  return {
    kind: 'other',
    sets: [],
    address: undefined,
    value: undefined,
    addr: [],
    data: [],
    ctrl: walk.control,
    rmw: undefined,
    line,
    text,
  };
}

export function addressed(address: Value): Pick<PathEvent, 'address' | 'addr'> {
  return { address, addr: readsOf(address) };
}

/** Memory holds signed numbers, whatever the type. */
export function written(value: Value, type: CType): Pick<PathEvent, 'value' | 'data'> {
  const bits = widthOf(type) * 8;
  return { value: computed([value], (number) => BigInt.asIntN(bits, number)), data: readsOf(value) };
}

export function withEvent(walk: Walk, event: PathEvent): Walk {
  return { ...walk, events: [...walk.events, event] };
}

export function withFence(walk: Walk, tag: string, event: PathEvent): Walk {
  return withEvent(walk, { ...event, sets: ['F', setNamed(tag)] });
}

/** The value of an event that is `back` events before the path's end. */
export function eventBefore({ events }: Walk, back: number): Value {
  return { kind: 'read', read: events.length - back };
}

export function loaded(walk: Walk, event: PathEvent, type: CType): Evaluated {
  const after = withEvent(walk, event);
  return { walk: after, value: computed([eventBefore(after, 1)], (number) => wrap(number, type)) };
}

export function merged(left: readonly number[], right: readonly number[]): readonly number[] {
  return [...new Set([...left, ...right])].toSorted((one, other) => one - other);
}

/** The walk both ways, as far as constants leave it open. */
export function forked(
  walk: Walk,
  condition: Value,
): { readonly yes: Walk | undefined; readonly no: Walk | undefined } {
  if (condition.kind === 'constant') {
    return condition.value === 0n ? { yes: undefined, no: walk } : { yes: walk, no: undefined };
  }
  const opposite = computed([condition], (value) => BigInt(value === 0n));
  return {
    yes: { ...walk, conditions: [...walk.conditions, condition] },
    no: { ...walk, conditions: [...walk.conditions, opposite] },
  };
}
