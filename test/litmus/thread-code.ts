import type { Expression, LitmusTest, Statement } from '../../src/language/litmus-test.ts';
import { signatures, type FenceName, type Primitive } from '../../src/language/primitives.ts';
import type { Outcome } from '../../src/language/outcome.ts';

/**
 * A test's threads as code for a machine that is made up: one access of shared memory at a time, fences
 * where they stand. It knows nothing of lowering or of models. What becomes of the accesses is the
 * machine's: sequential-consistency.ts, and test/model/store-buffer.ts.
 */

/** A thread's registers and temporaries. */
export type Frame = bigint[];
type Access = Extract<Instruction, { kind: 'shared' }>;
type Value = (frame: Frame) => bigint;

/** One access of shared memory, a fence, or a step that other threads cannot see. */
export type Instruction =
  | { readonly kind: 'local'; readonly run: (frame: Frame) => void }
  | {
      readonly kind: 'shared';
      /** An update reads and writes at once; a store does not look at the memory that it is handed. */
      readonly access: 'load' | 'store' | 'update';
      /** False: it cannot run now, for the lock is taken, or the value is another than was looked at. */
      readonly run: (frame: Frame, memory: bigint[]) => boolean;
    }
  | { readonly kind: 'fence'; readonly fence: FenceName }
  | { readonly kind: 'jump'; readonly unless: Value; readonly to: () => number };

export interface ThreadCode {
  readonly code: readonly Instruction[];
  readonly registers: ReadonlyMap<string, number>;
  readonly size: number;
}

/** A test's threads, and what its memory is made of. */
export interface TestCode {
  readonly threads: readonly ThreadCode[];
  readonly slots: Slots;
}

/** Where each thread stands, in front of an access or a fence or at its end; its registers; the memory by slot. */
export interface State {
  readonly positions: readonly number[];
  readonly frames: readonly Frame[];
  readonly memory: readonly bigint[];
}

/** Addresses start here, one unit an element, so that no small number is one. */
const firstAddress = 65536n;

/** Each location's first element, by name, and the element's own name by slot. */
interface Slots {
  readonly first: ReadonlyMap<string, number>;
  readonly names: readonly string[];
}

export function codeOf(test: LitmusTest): TestCode {
  const slots = slotsOf(test);
  return { threads: test.threads.map((thread) => compile(thread.body, slots)), slots };
}

function slotsOf(test: LitmusTest): Slots {
  const lengths = new Map<string, number | undefined>();
  for (const initial of test.initial) {
    if (initial.kind === 'location') lengths.set(initial.name, initial.length);
  }
  for (const { parameters } of test.threads) {
    for (const { name } of parameters) if (!lengths.has(name)) lengths.set(name, undefined);
  }
  const first = new Map<string, number>();
  const names: string[] = [];
  for (const [name, length] of lengths) {
    first.set(name, names.length);
    if (length === undefined) names.push(name);
    else for (let index = 0; index < length; index++) names.push(`${name}[${index}]`);
  }
  return { first, names };
}

function addressOf({ first }: Slots, location: string, index = 0): bigint {
  const slot = first.get(location);
  if (slot === undefined) throw new Error(`no location ${location}`);
  return firstAddress + BigInt(slot + index);
}

export function initialState(test: LitmusTest, { threads, slots }: TestCode): State {
  const frames = threads.map(({ size }) => new Array<bigint>(size).fill(0n));
  const memory = new Array<bigint>(slots.names.length).fill(0n);
  for (const initial of test.initial) {
    const values = initial.kind === 'location' ? initial.values : [initial.value];
    for (const [index, constant] of values.entries()) {
      const value =
        constant.kind === 'number' ? constant.value : addressOf(slots, constant.location, constant.index);
      if (initial.kind === 'location') memory[slots.first.get(initial.name)! + index] = value;
      else frames[initial.thread]![threads[initial.thread]!.registers.get(initial.name)!] = value;
    }
  }
  const positions = threads.map((code, thread) => settle(code, 0, frames[thread]!));
  return { positions, frames, memory };
}

/** Runs a thread's own steps up to its next access or fence: their order among threads cannot matter. */
export function settle({ code }: ThreadCode, from: number, frame: Frame): number {
  let position = from;
  for (let next = code[position]; next?.kind === 'local' || next?.kind === 'jump'; next = code[position]) {
    if (next.kind === 'local') next.run(frame);
    position = next.kind === 'jump' && next.unless(frame) === 0n ? next.to() : position + 1;
  }
  return position;
}

export function isOver({ positions }: State, { threads }: TestCode): boolean {
  return positions.every((position, thread) => position === threads[thread]!.code.length);
}

/** Every state that a machine may come to, each once: `key` tells them apart. */
export function* statesFrom<Reached>(
  start: Reached,
  next: (state: Reached) => readonly Reached[],
  key: (state: Reached) => string,
): Generator<Reached> {
  const seen = new Set<string>();
  const waiting = [start];
  for (let state = waiting.pop(); state !== undefined; state = waiting.pop()) {
    const known = key(state);
    if (seen.has(known)) continue;
    seen.add(known);
    yield state;
    waiting.push(...next(state));
  }
}

export function stateKey({ positions, frames, memory }: State): string {
  return `${positions.join()};${frames.map((frame) => frame.join()).join(';')};${memory.join()}`;
}

/** The final values of all registers and all locations. */
export function outcomeOf({ frames, memory }: State, { threads, slots: { names } }: TestCode): Outcome {
  const shown = (value: bigint) => names[Number(value - firstAddress)] ?? value.toString();
  const registers = threads.flatMap((code, thread) =>
    [...code.registers].map(([name, slot]) => [`${thread}:${name}`, shown(frames[thread]![slot]!)]),
  );
  return Object.fromEntries([...registers, ...names.map((name, slot) => [name, shown(memory[slot]!)])]);
}

function compile(body: readonly Statement[], slots: Slots): ThreadCode {
  const code: Instruction[] = [];
  const registers = new Map<string, number>();
  let size = 0;
  const register = (name: string) => {
    if (!registers.has(name)) registers.set(name, size++);
    return registers.get(name)!;
  };
  const temporary = () => size++;
  const assign = (slot: number, value: Value) =>
    code.push({ kind: 'local', run: (frame) => void (frame[slot] = value(frame)) });
  const access = (kind: Access['access'], run: Access['run']) =>
    code.push({ kind: 'shared', access: kind, run });
  /** Code that is jumped over where the value is 0. */
  const onlyIf = (value: Value, inside: () => void) => {
    let end = 0;
    code.push({ kind: 'jump', unless: value, to: () => end });
    inside();
    end = code.length;
  };

  function block(statements: readonly Statement[]): void {
    for (const statement of statements) {
      switch (statement.kind) {
        case 'declare':
          register(statement.name);
          if (statement.value !== undefined) assign(register(statement.name), value(statement.value));
          break;
        case 'assign':
          if (statement.target.kind === 'name') {
            assign(register(statement.target.name), value(statement.value));
          } else {
            const stored = value(statement.value);
            const place = placeOf(statement.target);
            access('store', (frame, memory) => {
              memory[slotAt(place(frame))] = stored(frame);
              return true;
            });
          }
          break;
        case 'evaluate':
          value(statement.expression);
          break;
        case 'if': {
          const taken = temporary();
          assign(taken, value(statement.condition));
          onlyIf(
            (frame) => frame[taken]!,
            () => block(statement.then),
          );
          onlyIf(
            (frame) => BigInt(frame[taken] === 0n),
            () => block(statement.otherwise),
          );
          break;
        }
        case 'block':
          block(statement.body);
      }
    }
  }

  /** Appends the accesses of an expression; its value may be asked for from then on. */
  function value(expression: Expression): Value {
    switch (expression.kind) {
      case 'number':
        return () => expression.value;
      case 'name': {
        if (slots.first.has(expression.name) && !registers.has(expression.name)) {
          const address = addressOf(slots, expression.name);
          return () => address;
        }
        const slot = register(expression.name);
        return (frame) => frame[slot]!;
      }
      case 'cast':
        return value(expression.operand);
      case 'unary':
        return unary(expression);
      case 'binary':
        return binary(expression);
      case 'call': {
        const { primitive, arguments: forms } = signatures.get(expression.name)!;
        const args = expression.arguments.map((argument, index) =>
          forms[index] === 'lvalue' ? placeOf(argument) : value(argument),
        );
        return call(primitive, args, args[Math.max(0, forms.indexOf('pointer'))]!);
      }
    }
  }

  function call(primitive: Primitive, args: readonly Value[], place: Value): Value {
    const result = temporary();
    /** Reads the location, writes what `change` says, and results in `change`'s result. */
    const update = (
      kind: Access['access'],
      change: (old: bigint, frame: Frame) => { write?: bigint; result?: bigint },
    ): Value => {
      access(kind, (frame, memory) => {
        const slot = slotAt(place(frame));
        const { write, result: returned = 0n } = change(memory[slot]!, frame);
        if (write !== undefined) memory[slot] = write;
        frame[result] = returned;
        return true;
      });
      return (frame) => frame[result]!;
    };
    const load = () => update('load', (old) => ({ result: old }));
    /** Writes if the value is still what was loaded: else it would have to be loaded anew. */
    const replace = (loaded: Value, write: Value) =>
      access('update', (frame, memory) => {
        const slot = slotAt(place(frame));
        if (memory[slot] !== loaded(frame)) return false;
        memory[slot] = write(frame);
        return true;
      });
    const [, second, third] = args;
    switch (primitive.kind) {
      case 'fence':
        code.push({ kind: 'fence', fence: primitive.fence });
        return () => 0n;
      case 'load':
        return load();
      case 'store':
        update('store', (_, frame) => ({ write: second!(frame) }));
        if (primitive.access === 'smp_store_mb') code.push({ kind: 'fence', fence: 'smp_mb' });
        return () => 0n;
      case 'exchange':
        return update('update', (old, frame) => ({ write: second!(frame), result: old }));
      case 'compare-exchange':
        return update('update', (old, frame) =>
          old === second!(frame) ? { write: third!(frame), result: old } : { result: old },
        );
      case 'rmw': {
        const operand: Value = primitive.byOne ? () => 1n : args[0]!;
        return update('update', (old, frame) => {
          const write = operations[primitive.operation](old, operand(frame));
          return { write, result: results[primitive.result](old, write) };
        });
      }
      case 'conditional-add': {
        const { unless, addend, result: returned } = primitive;
        const old = load();
        const added: Value = (frame) => old(frame) + (addend ?? second!(frame));
        const stays = (frame: Frame) => refusals[unless](old(frame), third?.(frame));
        onlyIf(
          (frame) => truth(!stays(frame)),
          () => replace(old, added),
        );
        return { old, written: (frame: Frame) => truth(!stays(frame)), new: added }[returned];
      }
      case 'lock':
        switch (primitive.action) {
          case 'lock':
            replace(
              () => 0n,
              () => 1n,
            );
            return () => 0n;
          case 'unlock':
            return update('store', () => ({ write: 0n }));
          case 'trylock': {
            const old = load();
            const free: Value = (frame) => truth(old(frame) === 0n);
            onlyIf(free, () => replace(old, () => 1n));
            return free;
          }
          case 'is-locked':
            return update('load', (old) => ({ result: truth(old !== 0n) }));
        }
      // A grace period is no single step.
      case 'rcu':
        throw new Error('RCU is not explored');
    }
  }

  function placeOf(lvalue: Expression): Value {
    if (lvalue.kind !== 'unary' || lvalue.operator !== '*') throw new Error('not a place');
    return value(lvalue.operand);
  }

  function unary(expression: Extract<Expression, { kind: 'unary' }>): Value {
    const operand = value(expression.operand);
    switch (expression.operator) {
      case '-':
        return (frame) => -operand(frame);
      case '~':
        return (frame) => ~operand(frame);
      case '!':
        return (frame) => BigInt(operand(frame) === 0n);
      case '*': {
        const result = temporary();
        access('load', (frame, memory) => {
          frame[result] = memory[slotAt(operand(frame))]!;
          return true;
        });
        return (frame) => frame[result]!;
      }
    }
  }

  function binary({ operator, left, right }: Extract<Expression, { kind: 'binary' }>): Value {
    const first = value(left);
    if (operator !== '&&' && operator !== '||') {
      const second = value(right);
      return (frame) => arithmetic[operator](first(frame), second(frame));
    }
    const result = temporary();
    assign(result, (frame) => BigInt(first(frame) !== 0n));
    const undecided: Value = (frame) => BigInt((frame[result] !== 0n) === (operator === '&&'));
    onlyIf(undecided, () => {
      const second = value(right);
      assign(result, (frame) => BigInt(second(frame) !== 0n));
    });
    return (frame) => frame[result]!;
  }

  block(body);
  return { code, registers, size };
}

function slotAt(address: bigint): number {
  return Number(address - firstAddress);
}

const truth = (holds: boolean) => BigInt(holds);

const arithmetic = {
  '+': (a: bigint, b: bigint) => a + b,
  '-': (a: bigint, b: bigint) => a - b,
  '*': (a: bigint, b: bigint) => a * b,
  '/': (a: bigint, b: bigint) => (b === 0n ? 0n : a / b),
  '%': (a: bigint, b: bigint) => (b === 0n ? 0n : a % b),
  '&': (a: bigint, b: bigint) => a & b,
  '|': (a: bigint, b: bigint) => a | b,
  '^': (a: bigint, b: bigint) => a ^ b,
  '<<': (a: bigint, b: bigint) => a << b,
  '>>': (a: bigint, b: bigint) => a >> b,
  '==': (a: bigint, b: bigint) => truth(a === b),
  '!=': (a: bigint, b: bigint) => truth(a !== b),
  '<': (a: bigint, b: bigint) => truth(a < b),
  '<=': (a: bigint, b: bigint) => truth(a <= b),
  '>': (a: bigint, b: bigint) => truth(a > b),
  '>=': (a: bigint, b: bigint) => truth(a >= b),
} as const;

/** Whether the old value keeps a conditional addition from writing. */
const refusals = {
  equal: (old: bigint, bound?: bigint) => old === bound,
  zero: (old: bigint) => old === 0n,
  negative: (old: bigint) => old < 0n,
  positive: (old: bigint) => old > 0n,
  'not-positive': (old: bigint) => old <= 0n,
} as const;

const operations = {
  add: (a: bigint, b: bigint) => a + b,
  sub: (a: bigint, b: bigint) => a - b,
  and: (a: bigint, b: bigint) => a & b,
  or: (a: bigint, b: bigint) => a | b,
  xor: (a: bigint, b: bigint) => a ^ b,
  andnot: (a: bigint, b: bigint) => a & ~b,
} as const;

const results = {
  nothing: () => 0n,
  old: (old: bigint) => old,
  new: (_: bigint, written: bigint) => written,
  zero: (_: bigint, written: bigint) => truth(written === 0n),
  negative: (_: bigint, written: bigint) => truth(written < 0n),
} as const;
