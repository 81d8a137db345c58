import { isSigned, widthOf } from '../language/c-types.ts';
import type { Constant, LitmusTest, Thread } from '../language/litmus-test.ts';
import type { Scope } from '../language/types.ts';
import { forEachExpressionIn } from '../language/walk.ts';
import { assemble } from './assemble.ts';
import type { Emitted } from './assemble.ts';
import { maybeUnassigned } from './assignment.ts';
import { elementStrideBytes, mayHoldAddress } from './locations.ts';
import { label } from './machine-code.ts';
import type { CellLayout, Code, Label, Role, ThreadCode } from './machine-code.ts';
import type { Register } from './primitives.ts';
import { allocateRegisters, variableTypes } from './registers.ts';
import type { Registers, Variable } from './registers.ts';
import { emitStatements } from './statements.ts';
import type { Target } from './target.ts';

/** Of each slot in an out record. */
export const slotBytes = 8;

/** A thread's code before it has bytes. */
export interface EmittedThread extends Pick<ThreadCode, 'slots' | 'outBytes' | 'stuckLines'> {
  readonly emitted: readonly Emitted[];
}

/** One thread as the C function that machine-code.ts describes; `observed` are the registers it leaves behind. */
export function lowerThread(...thread: Parameters<typeof emitThread>): ThreadCode {
  const { emitted, ...rest } = emitThread(...thread);
  return { ...assemble(emitted), ...rest };
}

/** The same as instructions, labels and branches. */
export function emitThread(
  test: LitmusTest,
  thread: Thread,
  scope: Scope,
  observed: readonly string[],
  layout: CellLayout,
  target: Target,
): EmittedThread {
  const types = variableTypes(thread, scope);
  const registers = allocateRegisters(thread, types, usedLocations(test, thread), layout, target);
  const emitted: Emitted[] = [];
  const emit = (role: Role, code: Code, sourceLine?: number) => {
    for (const item of code) emitted.push({ item, role, sourceLine });
  };
  const stuck: { readonly line: number; readonly at: Label }[] = [];
  const head = label('iteration');
  const outBytes = observed.length * slotBytes;

  emit('frame', target.enter());
  emit('frame', startBases(registers, target));
  emit('loop', [head]);
  emit('loop', initialRegisters(test, thread, observed, registers, target));
  emitStatements(
    {
      thread,
      target,
      registers,
      scope,
      emit: (code, { line }) => emit('body', code, line),
      stuckAt: ({ line }) => {
        const at = label(`stuck on line ${line}`);
        stuck.push({ line, at });
        return at;
      },
    },
    thread.body,
  );
  const slots = observed.map((name) => ({ name, ...variableNamed(registers, name) }));
  slots.forEach(({ register, type }, index) => {
    emit('outcome', target.keep(index * slotBytes, register, widthOf(type)));
  });
  if (outBytes > 0) emit('loop', target.advance(target.registers.out, outBytes));
  for (const { register } of registers.bases) emit('loop', target.advance(register, layout.spacingBytes));
  emit('loop', target.loop(head));
  emit('frame', target.leave(0));
  stuck.forEach(({ at }, index) => emit('frame', [at, ...target.leave(index + 1)]));

  return {
    emitted,
    slots: slots.map(({ name, type }) => ({
      register: name,
      widthBytes: widthOf(type),
      signed: isSigned(type),
      pointer: mayHoldAddress(type),
    })),
    outBytes,
    stuckLines: stuck.map(({ line }) => line),
  };
}

export function variableNamed(registers: Registers, name: string): Variable {
  const variable = registers.variables.get(name);
  if (variable === undefined) throw new Error(`variable ${name} has no register`);
  return variable;
}

/** The locations that a thread's code names, or that its registers point to at first. */
export function usedLocations(test: LitmusTest, thread: Thread): ReadonlySet<string> {
  const used = new Set(
    initialRegistersOf(test, thread).flatMap(({ value }) =>
      value.kind === 'address' ? [value.location] : [],
    ),
  );
  const parameters = new Set(thread.parameters.map(({ name }) => name));
  forEachExpressionIn(thread.body, (expression) => {
    if (expression.kind === 'name' && parameters.has(expression.name)) used.add(expression.name);
  });
  return used;
}

function initialRegistersOf(test: LitmusTest, thread: Thread) {
  return test.initial
    .filter((value) => value.kind === 'register')
    .filter((value) => value.thread === thread.index);
}

/** Bases other than the cell's own pointer, at the first cell. */
export function startBases({ bases }: Registers, target: Target): Code {
  const { cell } = target.registers;
  return bases
    .filter(({ register }) => register !== cell)
    .flatMap(({ register, offset }) => [...target.move(register, cell), ...target.advance(register, offset)]);
}

/** What registers hold before the body: their initial value, or 0 where they may be read or observed unassigned. */
function initialRegisters(
  test: LitmusTest,
  thread: Thread,
  observed: readonly string[],
  registers: Registers,
  target: Target,
): Code {
  const given = new Map(initialRegistersOf(test, thread).map(({ name, value }) => [name, value]));
  const unassigned = maybeUnassigned(thread.body, observed);
  return [...registers.variables].flatMap(([name, { register, type }]) => {
    const value = given.get(name);
    if (value?.kind === 'address') return pointAt(register, value, registers, target);
    if (value === undefined && !unassigned.has(name)) return [];
    return target.constant(register, BigInt.asIntN(widthOf(type) * 8, value?.value ?? 0n), widthOf(type));
  });
}

/** The place's own displacement is within the target's range, an element's need not be. */
function pointAt(
  register: Register,
  { location, index = 0 }: Extract<Constant, { kind: 'address' }>,
  { places }: Registers,
  target: Target,
): Code {
  const place = places.get(location);
  if (place === undefined) throw new Error(`location ${location} has no place`);
  return [
    ...target.address(register, place),
    ...(index === 0 ? [] : target.advance(register, index * elementStrideBytes)),
  ];
}
