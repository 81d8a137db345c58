import { widthOf } from '../../../src/language/c-types.ts';
import type { CType, LitmusTest } from '../../../src/language/litmus-test.ts';
import { cellLayout, leastSpacing } from '../../../src/lower/layout.ts';
import { elementStrideBytes } from '../../../src/lower/locations.ts';
import { lower, LoweringError } from '../../../src/lower/lower.ts';
import type { CellLayout, LayoutName, MachineCode } from '../../../src/lower/machine-code.ts';
import type { Target } from '../../../src/lower/target.ts';
import { toolchains } from '../toolchains.ts';
import { kindOf, runStatements, wrap } from './interpreter.ts';
import type { Machine } from './machine.ts';
import { locationTypes, variableTypes } from './programs.ts';

/** What a program leaves behind, iteration by iteration: registers and elements of locations by name. */
export type Meaning = readonly Readonly<Record<string, bigint>>[];

/** More than one, so that zeroing, spacing and the walk through cells and records are seen too. */
const iterations = 3;

function layoutOf(program: LitmusTest, name: LayoutName): CellLayout {
  return cellLayout(program, name, leastSpacing(program, name) + elementStrideBytes, iterations);
}

/** A program's code, unless its expressions need more registers than the target has, or it calls what the target lacks. */
export function lowerProgram(
  program: LitmusTest,
  layout: LayoutName,
  target: Target,
): MachineCode | 'beyond the target' {
  try {
    return lower(program, target, layoutOf(program, layout));
  } catch (error) {
    const { message } = error as Error;
    const tooLarge = /needs \d+ registers/.test(message);
    const lacking = unsupportedSentences(target).some((sentence) => message.includes(sentence));
    if (error instanceof LoweringError && (tooLarge || lacking)) return 'beyond the target';
    throw error;
  }
}

function unsupportedSentences({ primitives }: Target): readonly string[] {
  return Object.values(primitives.stores).flatMap((store) =>
    'unsupported' in store ? [store.unsupported] : [],
  );
}

/** Runs a program's code. */
export async function generatedMeaning(
  { architecture, threads, initial, layout }: MachineCode,
  machine: Machine,
): Promise<Meaning> {
  const [thread] = threads;
  if (thread === undefined) throw new Error('a program has one thread');
  const { littleEndian } = toolchains[architecture];
  const memory = new DataView(new ArrayBuffer(layout.sizeBytes));
  const cells = Array.from({ length: iterations }, (_, index) => index * layout.spacingBytes);
  for (const cell of cells) {
    for (const { offsetBytes, widthBytes, value, pointer } of initial) {
      const number = pointer ? machine.memoryAddress + BigInt(cell) + value : value;
      if (widthBytes === 8) memory.setBigInt64(cell + offsetBytes, number, littleEndian);
      else memory.setInt32(cell + offsetBytes, Number(number), littleEndian);
    }
  }
  const done = await machine.run({
    code: thread.bytes,
    memory: new Uint8Array(memory.buffer),
    outBytes: thread.outBytes * iterations,
    iterations,
  });
  if (done.status !== 0) throw new Error(`stuck on line ${thread.stuckLines[done.status - 1]}`);
  const after = viewOf(done.memory);
  const out = viewOf(done.out);
  const read = (view: DataView, offset: number, type: CType) =>
    wrap(
      widthOf(type) === 8
        ? view.getBigInt64(offset, littleEndian)
        : BigInt(view.getInt32(offset, littleEndian)),
      kindOf(type),
    );
  return cells.map((cell, iteration) =>
    Object.fromEntries([
      ...thread.slots.map(({ register }, slot) => {
        const offset = iteration * thread.outBytes + slot * 8;
        return [register, read(out, offset, typeOfVariable(register))] as const;
      }),
      ...elementsOf(layout).map(
        ({ name, offset, type }) => [name, read(after, cell + offset, type)] as const,
      ),
    ]),
  );
}

/** The same by walking the syntax tree. */
export function interpretedMeaning(
  program: LitmusTest,
  layoutName: LayoutName,
  { memoryAddress }: Pick<Machine, 'memoryAddress'>,
): Meaning {
  const layout = layoutOf(program, layoutName);
  const [thread] = program.threads;
  if (thread === undefined) throw new Error('a program has one thread');
  const elements = elementsOf(layout);
  return Array.from({ length: iterations }, (_, iteration) => {
    const cell = memoryAddress + BigInt(iteration * layout.spacingBytes);
    const addressOf = (name: string, index = 0) => {
      const element = elements.find(({ location, index: own }) => location === name && own === index);
      if (element === undefined) throw new Error(`no location ${name}[${index}]`);
      return cell + BigInt(element.offset);
    };
    const memory = new Map(elements.map(({ location, index }) => [addressOf(location, index), 0n]));
    const variables = new Map<string, bigint>();
    for (const value of program.initial) {
      const constants = value.kind === 'location' ? value.values : [value.value];
      constants.forEach((constant, index) => {
        const number =
          constant.kind === 'number' ? constant.value : addressOf(constant.location, constant.index);
        if (value.kind === 'register')
          variables.set(value.name, wrap(number, kindOf(typeOfVariable(value.name))));
        else memory.set(addressOf(value.name, index), wrap(number, kindOf(typeOfLocation(value.name))));
      });
    }
    const parameters = thread.parameters.map(({ name, type }) => [name, type] as const);
    runStatements(
      {
        memory,
        variables,
        types: new Map([...variableTypes, ...parameters]),
        addresses: new Map(parameters.map(([name]) => [name, addressOf(name)])),
      },
      thread.body,
    );
    return Object.fromEntries([
      ...[...variableTypes.keys()].map((name) => [name, variables.get(name) ?? 0n] as const),
      ...elements.map(
        ({ name, location, index }) => [name, memory.get(addressOf(location, index)) ?? 0n] as const,
      ),
    ]);
  });
}

/** Every element of every location, with its offset from the cell. */
function elementsOf({ offsets }: CellLayout) {
  return [...locationTypes].flatMap(([location, { type, length }]) =>
    Array.from({ length: length ?? 1 }, (_, index) => ({
      name: length === undefined ? location : `${location}[${index}]`,
      location,
      index,
      offset: (offsets.get(location) ?? Number.NaN) + index * elementStrideBytes,
      type,
    })),
  );
}

function typeOfVariable(name: string): CType {
  const type = variableTypes.get(name);
  if (type === undefined) throw new Error(`no variable ${name}`);
  return type;
}

function typeOfLocation(name: string): CType {
  const location = locationTypes.get(name);
  if (location === undefined) throw new Error(`no location ${name}`);
  return location.type;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
