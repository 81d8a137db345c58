/**
 * What a lowered test does, as a model sees it: each thread's whole generated function is walked with
 * the steps that its instructions carry, over values that depend on what its loads return.
 */

import type { LitmusTest, Thread } from '../language/litmus-test.ts';
import { observablesOf } from '../language/observables.ts';
import { typesOf } from '../language/types.ts';
import {
  computed,
  constant,
  mostPaths,
  readsOf,
  type Path,
  type PathEvent,
  type Program,
  type ProgramLocation,
  type Value,
} from '../model/program.ts';
import { tooManyPaths } from '../model/model-error.ts';
import type { Emitted } from './assemble.ts';
import { cellLayout, leastSpacing } from './layout.ts';
import { initialWrites } from './lower.ts';
import { locationsOf } from './locations.ts';
import type { CellLayout, Slot } from './machine-code.ts';
import type { MemoryOperand, RegisterName, Step } from './meaning.ts';
import type { Target } from './target.ts';
import { emitThread, slotBytes } from './thread.ts';

/** Where the walker puts things: far apart, and low enough for an `int` to hold a cell's address. */
const addresses = { cell: 0x100_0000n, out: 0x200_0000n, stack: 0x300_0000n } as const;

/**
 * A test as the target's code has it. Spins and retries that fail leave no trace: a branch backwards
 * ends its path, for the path where it is not taken is there too.
 * @throws LoweringError where the test cannot be lowered.
 */
export function programOf(test: LitmusTest, target: Target): Program {
  const types = typesOf(test);
  const layout = cellLayout(test, 'packed', leastSpacing(test, 'packed'), 1);
  const observed = observablesOf(test);
  const threads = test.threads.map((thread, index) => {
    const registers = observed.flatMap((observable) =>
      observable.kind === 'register' && observable.thread === index ? [observable.name] : [],
    );
    const scope = types.scopes[index];
    if (scope === undefined) throw new Error(`P${index} has no scope`);
    const { emitted, slots } = emitThread(test, thread, scope, registers, layout, target);
    return pathsOf(emitted, target, layout, slots, thread);
  });
  return { name: test.name, locations: programLocations(test, layout), threads, observed };
}

function programLocations(test: LitmusTest, layout: CellLayout): readonly ProgramLocation[] {
  return [...locationsOf(test, typesOf(test)).values()].flatMap((location) =>
    initialWrites(location, layout).map(({ offsetBytes, value, pointer, widthBytes }) => ({
      name: layout.named.get(offsetBytes) ?? location.name,
      address: addresses.cell + BigInt(offsetBytes),
      initial: pointer ? addresses.cell + value : value,
      widthBytes,
      signed: location.signed && !location.pointer,
    })),
  );
}

/** A path as far as it has come: it goes on in place, and is copied where it forks. */
interface Walk {
  readonly registers: Map<RegisterName, Value>;
  /** What the function's own memory holds: its stack frame and its out record. */
  readonly own: Map<bigint, Value>;
  readonly events: PathEvent[];
  readonly conditions: Value[];
  /** Reads that branches so far depended on. */
  control: readonly number[];
  reserved: number | undefined;
  returned: boolean;
}

function copyOf(walk: Walk): Walk {
  const { registers, own, events, conditions } = walk;
  return {
    ...walk,
    registers: new Map(registers),
    own: new Map(own),
    events: [...events],
    conditions: [...conditions],
  };
}

interface Line {
  readonly text: string;
  readonly line: number | undefined;
}

function pathsOf(
  emitted: readonly Emitted[],
  target: Target,
  layout: CellLayout,
  slots: readonly Slot[],
  thread: Thread,
): readonly Path[] {
  const shared = new Set([...layout.named.keys()].map((offset) => addresses.cell + BigInt(offset)));
  const { entry } = target;
  const start: Walk = {
    registers: new Map([
      [entry.cell, constant(addresses.cell)],
      [entry.out, constant(addresses.out)],
      [entry.count, constant(1n)],
      [entry.stack, constant(addresses.stack)],
    ]),
    own: new Map(),
    events: [],
    conditions: [],
    control: [],
    reserved: undefined,
    returned: false,
  };
  const labels = new Map(
    emitted.flatMap(({ item }, index) => (item.kind === 'label' ? [[item, index]] : [])),
  );
  const done: Path[] = [];
  const pending: { readonly at: number; readonly walk: Walk }[] = [{ at: 0, walk: start }];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { at, walk } = next;
    if (done.length + pending.length > mostPaths) throw tooManyPaths(thread);
    const one = emitted[at];
    if (one === undefined) throw new Error('the code runs past its end');
    const { item, role, sourceLine } = one;
    if (item.kind === 'label') {
      pending.push({ at: at + 1, walk });
    } else if (item.kind === 'branch') {
      const to = labels.get(item.to);
      if (to === undefined)
        throw new Error(`a branch to label ${item.to.name}, which is nowhere in the code`);
      const { taken } = item;
      const condition =
        taken === undefined
          ? constant(1n)
          : computed(
              taken.from.map((name) => content(walk, name)),
              (...from) => BigInt(taken.holds(...from)),
            );
      const { yes, no } = forked(walk, condition, true);
      if (no !== undefined) pending.push({ at: at + 1, walk: no });
      if (yes !== undefined && to > at) pending.push({ at: to, walk: yes });
    } else {
      const line: Line = { text: item.text, line: role === 'body' ? sourceLine : undefined };
      for (const after of stepped(walk, item.steps, line, shared)) {
        if (!after.returned) pending.push({ at: at + 1, walk: after });
        else if (hasStatus(after, 0n)) done.push(finished(after, slots));
      }
    }
  }
  return done;
}

const statusRegister = 'returned status';

function hasStatus({ registers }: Walk, status: bigint): boolean {
  const value = registers.get(statusRegister);
  return value?.kind === 'constant' && value.value === status;
}

/** The walk both ways, as far as constants leave it open; `controls`: whether what follows depends on it. Takes the walk over. */
function forked(
  walk: Walk,
  condition: Value,
  controls: boolean,
): { readonly yes: Walk | undefined; readonly no: Walk | undefined } {
  if (condition.kind === 'constant') {
    return condition.value === 0n ? { yes: undefined, no: walk } : { yes: walk, no: undefined };
  }
  if (controls) walk.control = merged(walk.control, readsOf(condition));
  const yes = copyOf(walk);
  yes.conditions.push(condition);
  walk.conditions.push(computed([condition], (value) => BigInt(value === 0n)));
  return { yes, no: walk };
}

function merged(left: readonly number[], right: readonly number[]): readonly number[] {
  return [...new Set([...left, ...right])].toSorted((one, other) => one - other);
}

function content({ registers }: Walk, name: RegisterName): Value {
  if (name === 'zero') return constant(0n);
  // What the caller left there: it is only ever saved and restored.
  return registers.get(name) ?? constant(0n);
}

function setRegister({ registers }: Walk, name: RegisterName, value: Value): void {
  if (name !== 'zero') registers.set(name, value);
}

/** An instruction's steps, in order; each `either` may make two walks of one. Takes the walk over. */
function stepped(
  start: Walk,
  steps: readonly Step[],
  line: Line,
  shared: ReadonlySet<bigint>,
): readonly Walk[] {
  const first = start.events.length;
  return steps.reduce<readonly Walk[]>(
    (walks, step) => walks.flatMap((walk) => performed(walk, step, line, first, shared)),
    [start],
  );
}

/**
 * The walk after a step, or its walks; takes it over.
 * @param first the index of the first event of this instruction
 */
function performed(
  walk: Walk,
  step: Step,
  line: Line,
  first: number,
  shared: ReadonlySet<bigint>,
): readonly Walk[] {
  switch (step.kind) {
    case 'compute': {
      const value = computed(
        step.from.map((name) => content(walk, name)),
        (...from) => BigInt.asUintN(64, step.value(...from)),
      );
      setRegister(walk, step.to, value);
      return [walk];
    }
    case 'load':
      load(walk, step, line, shared);
      return [walk];
    case 'store':
      store(walk, step, line, first, shared);
      return [walk];
    case 'fence':
      walk.events.push(eventOf(walk, 'other', ['F', ...step.sets], undefined, undefined, line));
      return [walk];
    case 'either': {
      const condition = computed(
        step.from.map((name) => content(walk, name)),
        (...from) => BigInt(step.holds(...from)),
      );
      const { yes, no } = forked(walk, condition, false);
      const continued = (way: Walk | undefined, rest: readonly Step[]) =>
        way === undefined
          ? []
          : rest.reduce<readonly Walk[]>(
              (ways, next) => ways.flatMap((one) => performed(one, next, line, first, shared)),
              [way],
            );
      return [...continued(yes, step.then), ...continued(no, step.otherwise)];
    }
    case 'return':
      walk.registers.set(statusRegister, content(walk, step.status));
      walk.returned = true;
      return [walk];
  }
}

function addressOf(walk: Walk, { base, displacement }: MemoryOperand): Value {
  return computed([content(walk, base)], (value) => BigInt.asUintN(64, value + BigInt(displacement)));
}

/** An address known from the start that is no location's is the function's own memory. */
function isOwn(address: Value, shared: ReadonlySet<bigint>): address is Extract<Value, { kind: 'constant' }> {
  return address.kind === 'constant' && !shared.has(address.value);
}

function eventOf(
  walk: Walk,
  kind: PathEvent['kind'],
  sets: readonly string[],
  address: Value | undefined,
  value: Value | undefined,
  { text, line }: Line,
): PathEvent {
  return {
    kind,
    sets,
    address,
    value,
    addr: readsOf(address),
    data: readsOf(value),
    ctrl: walk.control,
    rmw: undefined,
    line,
    text,
  };
}

function load(
  walk: Walk,
  { to, address: operand, widthBytes, sets, reserves }: Extract<Step, { kind: 'load' }>,
  line: Line,
  shared: ReadonlySet<bigint>,
): void {
  const address = addressOf(walk, operand);
  if (isOwn(address, shared)) {
    setRegister(walk, to, walk.own.get(address.value) ?? constant(0n));
    return;
  }
  const read = walk.events.length;
  walk.events.push(eventOf(walk, 'read', sets, address, undefined, line));
  if (reserves === true) walk.reserved = read;
  const value = computed([{ kind: 'read', read }], (content) => BigInt.asUintN(8 * widthBytes, content));
  setRegister(walk, to, value);
}

function store(
  walk: Walk,
  { value: from, address: operand, widthBytes, sets, pairs }: Extract<Step, { kind: 'store' }>,
  line: Line,
  first: number,
  shared: ReadonlySet<bigint>,
): void {
  const address = addressOf(walk, operand);
  const whole = content(walk, from);
  if (isOwn(address, shared)) {
    const kept = computed([whole], (value) => BigInt.asUintN(8 * widthBytes, value));
    walk.own.set(address.value, kept);
    return;
  }
  const value = computed([whole], (content) => BigInt.asIntN(8 * widthBytes, content));
  const event = eventOf(walk, 'write', sets, address, value, line);
  // Within an instruction the read-modify-write says it all: it is no dependency that software made.
  const before = (reads: readonly number[]) => reads.filter((read) => read < first);
  const rmw = pairs === true ? pairedRead(walk, first) : undefined;
  walk.events.push({ ...event, rmw, addr: before(event.addr), data: before(event.data) });
  if (pairs === true) walk.reserved = undefined;
}

function pairedRead({ events, reserved }: Walk, first: number): number {
  const inside = events.findLastIndex(({ kind }, index) => kind === 'read' && index >= first);
  const read = inside === -1 ? reserved : inside;
  if (read === undefined) throw new Error('a store-conditional without a load before it');
  return read;
}

function finished({ events, conditions, own }: Walk, slots: readonly Slot[]): Path {
  const registers = new Map(
    slots.map(({ register, widthBytes, signed, pointer }, index) => {
      const kept = own.get(addresses.out + BigInt(index * slotBytes)) ?? constant(0n);
      const wrap = signed && !pointer ? BigInt.asIntN : BigInt.asUintN;
      return [register, computed([kept], (value) => wrap(8 * widthBytes, value))] as const;
    }),
  );
  return { events, conditions, registers };
}
