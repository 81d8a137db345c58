/** What the steps of kernel-macros.ts make of a way through a thread. */

import type { CType, Position } from '../language/litmus-test.ts';
import { wrap } from './c-arithmetic.ts';
import type { Macro, MacroStep, Operand } from './kernel-macros.ts';
import {
  addressed,
  blank,
  eventBefore,
  forked,
  loaded,
  withEvent,
  withFence,
  written,
  type Evaluated,
  type Walk,
} from './kernel-walk.ts';
import { computed, constant, readsOf, type PathEvent, type Value } from './program.ts';
import { setNamed } from './surroundings.ts';

/** A primitive's call with its arguments evaluated. */
export interface EvaluatedCall {
  readonly values: readonly Value[];
  /** Of the location's content. */
  readonly type: CType;
  readonly at: Position;
  readonly text: string;
}

/** A primitive's call, one way or another. */
export function performed(walk: Walk, { steps, test }: Macro, call: EvaluatedCall): readonly Evaluated[] {
  const evaluated = steps.reduce<readonly Evaluated[]>(
    (before, step) => before.flatMap(({ walk: current }) => perform(current, step, call)),
    [{ walk, value: constant(0n) }],
  );
  if (test === undefined) return evaluated;
  return evaluated.map(({ walk: after, value }) => ({
    walk: after,
    value: computed([value], (number) =>
      BigInt(test.relation === '==' ? number === test.with : number < test.with),
    ),
  }));
}

function perform(walk: Walk, step: MacroStep, call: EvaluatedCall): readonly Evaluated[] {
  const { at, text, type } = call;
  const event = (current: Walk) => blank(current, at, text);
  const place = 'at' in step ? addressed(call.values[step.at]!) : undefined;
  const operand = (one: Operand): Value =>
    'number' in one
      ? constant(one.number)
      : computed([call.values[one.argument]!], (value) => wrap(value, type));
  const nothing = constant(0n);
  switch (step.kind) {
    case 'load':
      return [loaded(walk, { ...event(walk), kind: 'read', sets: [setNamed(step.tag)], ...place! }, type)];
    case 'store': {
      const write = { ...event(walk), kind: 'write' as const, sets: [setNamed(step.tag)], ...place! };
      return [{ walk: withEvent(walk, { ...write, ...written(operand(step.value), type) }), value: nothing }];
    }
    case 'fence':
      return [{ walk: withFence(walk, step.tag, event(walk)), value: nothing }];
    case 'rmw': {
      const changed = (old: Value) =>
        computed([old, operand(step.operand)], (a, b) => modified(step.operation, a!, b!, type));
      const { walk: after, old, value } = readModifyWrite(walk, step.tag, place!, changed, call);
      return [
        { walk: after, value: step.result === 'nothing' ? nothing : step.result === 'old' ? old : value },
      ];
    }
    case 'compare-exchange': {
      const expected = operand(step.expected);
      return conditionalWrite(
        walk,
        step.tag,
        place!,
        (old) => computed([old, expected], (a, b) => BigInt(a === b)),
        () => operand(step.desired),
        call,
      ).map(({ walk: after, old }) => ({ walk: after, value: old }));
    }
    case 'conditional-add': {
      const addend = operand(step.addend);
      const bound = step.bound === undefined ? constant(0n) : operand(step.bound);
      const sum = (old: Value) => computed([old, addend], (a, b) => wrap(a! + b!, type));
      return conditionalWrite(
        walk,
        step.tag,
        place!,
        (old) => computed([old, bound], (a, b) => BigInt(!forbids(step.unless, a!, b!))),
        sum,
        call,
      ).map(({ walk: after, old, wrote }) => ({
        walk: after,
        value: { old, new: sum(old), written: computed([old], () => BigInt(wrote)) }[step.result],
      }));
    }
    case 'lock':
      return [{ walk: taken(walk, place!, event), value: nothing }];
    case 'unlock':
      return [
        {
          walk: withEvent(walk, { ...event(walk), sets: ['UL'], ...place!, value: constant(0n) }),
          value: nothing,
        },
      ];
    case 'trylock': {
      const success = taken(walk, place!, event);
      const failure = withEvent(walk, { ...event(walk), sets: ['LF'], ...place!, value: constant(1n) });
      return [
        { walk: success, value: computed([eventBefore(success, 2)], () => 1n) },
        { walk: failure, value: computed([eventBefore(failure, 1)], () => 0n) },
      ];
    }
    case 'is-locked':
      return (['RL', 'RU'] as const).map((set) => {
        const value = constant(BigInt(set === 'RL'));
        const after = withEvent(walk, { ...event(walk), sets: [set], ...place!, value });
        return { walk: after, value: eventBefore(after, 1) };
      });
    case 'srcu': {
      const value = step.value === undefined ? constant(0n) : operand(step.value);
      const own = { ...place!, value, data: readsOf(value), sets: [setNamed(step.tag)] };
      const after = withEvent(walk, { ...event(walk), ...own });
      return [{ walk: after, value: eventBefore(after, 1) }];
    }
  }
}

/** How the tags of a read-modify-write are shared out, as long as a model has none of its own for them. */
const rmwTags: Readonly<Record<string, { readonly read: string; readonly write: string }>> = {
  once: { read: 'once', write: 'once' },
  acquire: { read: 'acquire', write: 'once' },
  release: { read: 'once', write: 'release' },
  mb: { read: 'once', write: 'once' },
  noreturn: { read: 'noreturn', write: 'once' },
};

function readModifyWrite(
  walk: Walk,
  tag: string,
  place: Pick<PathEvent, 'address' | 'addr'>,
  changed: (old: Value) => Value,
  { at, text, type }: EvaluatedCall,
): { readonly walk: Walk; readonly old: Value; readonly value: Value } {
  const tags = rmwTags[tag] ?? { read: tag, write: tag };
  const fenced = (current: Walk) =>
    tag === 'mb' ? withFence(current, 'mb', blank(current, at, text)) : current;
  const before = fenced(walk);
  const read = before.events.length;
  const { walk: between, value: old } = loaded(
    before,
    { ...blank(before, at, text), kind: 'read', sets: [setNamed(tags.read), 'RMW'], ...place },
    type,
  );
  const value = changed(old);
  const store = written(value, type);
  const after = withEvent(between, {
    ...blank(between, at, text),
    kind: 'write',
    sets: [setNamed(tags.write), 'RMW'],
    ...place,
    ...store,
    data: store.data.filter((one) => one !== read),
    rmw: read,
  });
  return { walk: fenced(after), old, value };
}

/** A read-modify-write where its condition on the old value holds; else a read that orders nothing. */
function conditionalWrite(
  walk: Walk,
  tag: string,
  place: Pick<PathEvent, 'address' | 'addr'>,
  writes: (old: Value) => Value,
  changed: (old: Value) => Value,
  call: EvaluatedCall,
): readonly { readonly walk: Walk; readonly old: Value; readonly wrote: boolean }[] {
  const success = readModifyWrite(walk, tag, place, changed, call);
  const yes = forked(success.walk, writes(success.old)).yes;
  const readTag = tag in rmwTags ? 'once' : tag;
  const failure = loaded(
    walk,
    { ...blank(walk, call.at, call.text), kind: 'read', sets: [setNamed(readTag), 'RMW'], ...place },
    call.type,
  );
  const no = forked(failure.walk, writes(failure.value)).no;
  return [
    ...(yes === undefined ? [] : [{ walk: yes, old: success.old, wrote: true }]),
    ...(no === undefined ? [] : [{ walk: no, old: failure.value, wrote: false }]),
  ];
}

function taken(
  walk: Walk,
  place: Pick<PathEvent, 'address' | 'addr'>,
  event: (current: Walk) => PathEvent,
): Walk {
  const read = withEvent(walk, { ...event(walk), sets: ['LKR'], ...place, value: constant(0n) });
  return withEvent(read, { ...event(read), sets: ['LKW'], ...place, value: constant(1n) });
}

function modified(
  operation: Extract<MacroStep, { kind: 'rmw' }>['operation'],
  old: bigint,
  operand: bigint,
  type: CType,
): bigint {
  switch (operation) {
    case 'add':
      return wrap(old + operand, type);
    case 'sub':
      return wrap(old - operand, type);
    case 'and':
      return wrap(old & operand, type);
    case 'or':
      return wrap(old | operand, type);
    case 'xor':
      return wrap(old ^ operand, type);
    case 'andnot':
      return wrap(old & ~operand, type);
    case 'exchange':
      return wrap(operand, type);
  }
}

function forbids(
  unless: Extract<MacroStep, { kind: 'conditional-add' }>['unless'],
  old: bigint,
  bound: bigint,
): boolean {
  switch (unless) {
    case 'equal':
      return old === bound;
    case 'zero':
      return old === 0n;
    case 'negative':
      return old < 0n;
    case 'positive':
      return old > 0n;
    case 'not-positive':
      return old <= 0n;
  }
}
