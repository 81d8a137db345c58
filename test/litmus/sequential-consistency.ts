import type { Expression, LitmusTest, Statement } from '../../src/language/litmus-test.ts';
import { signatures, type Primitive } from '../../src/language/primitives.ts';
import { holds, type Outcome } from '../../src/language/outcome.ts';

/**
 * Runs a test on a machine that does one access at a time, in every order there is, and collects the
 * final states: an oracle for what needs no reordering. It knows nothing of lowering or of models.
 */

/** A thread's registers and temporaries. */
type Frame = bigint[];
type Value = (frame: Frame) => bigint;

/** One access of shared memory, or a step that other threads cannot see. */
type Instruction =
  | { readonly kind: 'local'; readonly run: (frame: Frame) => void }
  /** False: it cannot run yet, for the lock is taken. */
  | { readonly kind: 'shared'; readonly run: (frame: Frame, memory: bigint[]) => boolean }
  | { readonly kind: 'jump'; readonly unless: Value; readonly to: () => number };

interface Program {
  readonly code: readonly Instruction[];
  readonly registers: ReadonlyMap<string, number>;
  readonly size: number;
}

interface State {
  readonly positions: readonly number[];
  readonly frames: readonly Frame[];
  readonly memory: readonly bigint[];
}

/** Addresses start here, one unit an element, so that no small number is one. */
const firstAddress = 65536n;

/** Every final state of the test that its filter lets through: all registers, all locations. */
export function sequentialOutcomes(test: LitmusTest): readonly Outcome[] {
  const slots = slotsOf(test);
  const programs = test.threads.map((thread) => compile(thread.body, slots));
  const finals = new Map<string, Outcome>();
  const seen = new Set<string>();
  const waiting: State[] = [initialState(test, programs, slots)];
  for (let state = waiting.pop(); state !== undefined; state = waiting.pop()) {
    const key = `${state.positions.join()};${state.frames.map((frame) => frame.join()).join(';')};${state.memory.join()}`;
    if (seen.has(key)) continue;
    seen.add(key);
    if (state.positions.every((position, thread) => position === programs[thread]!.code.length)) {
      const outcome = outcomeOf(state, programs, slots);
      finals.set(JSON.stringify(outcome), outcome);
    }
    for (const thread of programs.keys()) {
      const next = step(state, thread, programs[thread]!);
      if (next !== undefined) waiting.push(next);
    }
  }
  return [...finals.values()].filter((outcome) => test.filter === undefined || holds(test.filter, outcome));
}

/** What herd7 would call the observation. */
export function sequentialObservation(test: LitmusTest): 'Never' | 'Sometimes' | 'Always' {
  const outcomes = sequentialOutcomes(test);
  const witnesses = outcomes.filter((outcome) => holds(test.condition.proposition, outcome)).length;
  if (witnesses === 0) return 'Never';
  return witnesses === outcomes.length ? 'Always' : 'Sometimes';
}

/** Each location's first element, by name, and the element's own name by slot. */
interface Slots {
  readonly first: ReadonlyMap<string, number>;
  readonly names: readonly string[];
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

function initialState(test: LitmusTest, programs: readonly Program[], slots: Slots): State {
  const frames = programs.map(({ size }) => new Array<bigint>(size).fill(0n));
  const memory = new Array<bigint>(slots.names.length).fill(0n);
  for (const initial of test.initial) {
    const values = initial.kind === 'location' ? initial.values : [initial.value];
    for (const [index, constant] of values.entries()) {
      const value =
        constant.kind === 'number' ? constant.value : addressOf(slots, constant.location, constant.index);
      if (initial.kind === 'location') memory[slots.first.get(initial.name)! + index] = value;
      else frames[initial.thread]![programs[initial.thread]!.registers.get(initial.name)!] = value;
    }
  }
  const positions = programs.map((program, thread) => settle(program, 0, frames[thread]!));
  return { positions, frames, memory };
}

/** Runs a thread's own steps up to its next shared access: their order among threads cannot matter. */
function settle({ code }: Program, from: number, frame: Frame): number {
  let position = from;
  for (let next = code[position]; next !== undefined && next.kind !== 'shared'; next = code[position]) {
    if (next.kind === 'local') next.run(frame);
    position = next.kind === 'jump' && next.unless(frame) === 0n ? next.to() : position + 1;
  }
  return position;
}

function step({ positions, frames, memory }: State, thread: number, program: Program): State | undefined {
  const position = positions[thread]!;
  const access = program.code[position];
  if (access?.kind !== 'shared') return undefined;
  const frame = [...frames[thread]!];
  const after = [...memory];
  if (!access.run(frame, after)) return undefined;
  const settled = settle(program, position + 1, frame);
  return { positions: positions.with(thread, settled), frames: frames.with(thread, frame), memory: after };
}

function outcomeOf({ frames, memory }: State, programs: readonly Program[], { names }: Slots): Outcome {
  const shown = (value: bigint) => names[Number(value - firstAddress)] ?? value.toString();
  const registers = programs.flatMap((program, thread) =>
    [...program.registers].map(([name, slot]) => [`${thread}:${name}`, shown(frames[thread]![slot]!)]),
  );
  return Object.fromEntries([...registers, ...names.map((name, slot) => [name, shown(memory[slot]!)])]);
}

function compile(body: readonly Statement[], slots: Slots): Program {
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
  const access = (run: (frame: Frame, memory: bigint[]) => boolean) => code.push({ kind: 'shared', run });
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
            access((frame, memory) => {
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
          onlyIf((frame) => frame[taken]!, () => block(statement.then));
          onlyIf((frame) => BigInt(frame[taken] === 0n), () => block(statement.otherwise));
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
        const forms = signatures.get(expression.name)!.arguments;
        const args = expression.arguments.map((argument, index) =>
          forms[index] === 'lvalue' ? placeOf(argument) : value(argument),
        );
        const result = temporary();
        const run = callOf(signatures.get(expression.name)!.primitive, forms.indexOf('pointer'), args);
        if (run === undefined) return () => 0n;
        access((frame, memory) => run(frame, memory, result));
        return (frame) => frame[result]!;
      }
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
        access((frame, memory) => {
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

type Effect = (frame: Frame, memory: bigint[], result: number) => boolean;

/** What a primitive does in one step; undefined for a fence, which does nothing here. */
function callOf(primitive: Primitive, pointer: number, args: readonly Value[]): Effect | undefined {
  /** Reads the location, writes what `change` says (undefined: nothing), and results in `change`'s result. */
  const update =
    (place: Value, change: (old: bigint, frame: Frame) => { write?: bigint; result?: bigint }): Effect =>
    (frame, memory, result) => {
      const slot = slotAt(place(frame));
      const { write, result: value = 0n } = change(memory[slot]!, frame);
      if (write !== undefined) memory[slot] = write;
      frame[result] = value;
      return true;
    };
  const [first, second, third] = args;
  switch (primitive.kind) {
    case 'fence':
      return undefined;
    case 'load':
      return update(first!, (old) => ({ result: old }));
    case 'store':
      return update(first!, (_, frame) => ({ write: second!(frame) }));
    case 'exchange':
      return update(first!, (old, frame) => ({ write: second!(frame), result: old }));
    case 'compare-exchange':
      return update(first!, (old, frame) =>
        old === second!(frame) ? { write: third!(frame), result: old } : { result: old },
      );
    case 'rmw': {
      const operand: Value = primitive.byOne ? () => 1n : args[0]!;
      return update(args[pointer]!, (old, frame) => {
        const write = operations[primitive.operation](old, operand(frame));
        return { write, result: results[primitive.result](old, write) };
      });
    }
    case 'conditional-add': {
      const { unless, addend, result } = primitive;
      return update(first!, (old, frame) => {
        const added = old + (addend ?? second!(frame));
        const stays = {
          equal: () => old === third!(frame),
          zero: () => old === 0n,
          negative: () => old < 0n,
          positive: () => old > 0n,
          'not-positive': () => old <= 0n,
        }[unless]();
        const value = { old, written: truth(!stays), new: added }[result];
        return stays ? { result: value } : { write: added, result: value };
      });
    }
    case 'lock':
      switch (primitive.action) {
        case 'lock':
          return (frame, memory) => {
            const slot = slotAt(first!(frame));
            if (memory[slot] !== 0n) return false;
            memory[slot] = 1n;
            return true;
          };
        case 'unlock':
          return update(first!, () => ({ write: 0n }));
        case 'trylock':
          return update(first!, (old) => (old === 0n ? { write: 1n, result: 1n } : { result: 0n }));
        case 'is-locked':
          return update(first!, (old) => ({ result: truth(old !== 0n) }));
      }
    // A grace period is no single step.
    case 'rcu':
      throw new Error('RCU is not explored');
  }
}

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
