import type { CType, Thread } from '../language/litmus-test.ts';
import type { Scope } from '../language/types.ts';
import { forEachStatement } from '../language/walk.ts';
import { elementStrideBytes } from './locations.ts';
import { LoweringError } from './lowering-error.ts';
import type { CellLayout } from './machine-code.ts';
import type { Address, Register } from './primitives.ts';
import type { Target } from './target.ts';

/** A local variable and the register that is its own for the whole thread. */
export interface Variable {
  readonly register: Register;
  readonly type: CType;
}

/** A register that walks through the cells: it holds the current cell's address plus `offset`. */
export interface Base {
  readonly register: Register;
  readonly offset: number;
}

/** Who has which of a target's registers in one thread. */
export interface Registers {
  readonly variables: ReadonlyMap<string, Variable>;
  /** Where the thread's locations are, from the bases. */
  readonly places: ReadonlyMap<string, Address>;
  /** The bases in use, `cell` among them where it is one. */
  readonly bases: readonly Base[];
  /** What is left, for values within an expression. */
  readonly temporaries: readonly Register[];
}

/** Shares out the target's `locals`: variables first, then bases, temporaries the rest. */
export function allocateRegisters(
  thread: Thread,
  types: ReadonlyMap<string, CType>,
  used: ReadonlySet<string>,
  layout: CellLayout,
  target: Target,
): Registers {
  const { cell, locals } = target.registers;
  const variables = new Map(
    [...types].map(([name, type], index) => [name, { register: locals[index] ?? -1, type }]),
  );
  const { places, bases } = placeLocations(used, layout, target, types.size);
  const taken = types.size + bases.filter(({ register }) => register !== cell).length;
  if (taken > locals.length) {
    throw new LoweringError(
      `P${thread.index}, line ${thread.at.line}: it needs ${taken} registers, ${types.size} of them for its ` +
        `variables (${[...types.keys()].join(', ')}), and ${target.architecture} has ${locals.length} for a thread: ` +
        'use fewer variables',
    );
  }
  return { variables, places, bases, temporaries: locals.slice(taken) };
}

/** Gives each location the current base where its displacement reaches, else a new base. */
function placeLocations(
  used: ReadonlySet<string>,
  layout: CellLayout,
  target: Target,
  firstFree: number,
): { readonly places: ReadonlyMap<string, Address>; readonly bases: readonly Base[] } {
  const { cell, locals } = target.registers;
  const least = roundTowardsZero(target.displacement.least);
  const sorted = [...used]
    .map((name) => ({ name, offset: offsetIn(layout, name) }))
    .toSorted((one, other) => one.offset - other.offset);
  const places = new Map<string, Address>();
  const bases: Base[] = [];
  let base: Base = { register: cell, offset: 0 };
  let free = firstFree;
  for (const { name, offset } of sorted) {
    if (offset - base.offset > target.displacement.most) {
      base = { register: locals[free++] ?? -1, offset: offset - least };
    }
    if (!bases.includes(base)) bases.push(base);
    places.set(name, { base: base.register, displacement: offset - base.offset });
  }
  return { places, bases };
}

/** Locations are aligned to 8 bytes, and so should displacements be: some targets scale them. */
function roundTowardsZero(displacement: number): number {
  return Math.trunc(displacement / elementStrideBytes) * elementStrideBytes;
}

function offsetIn(layout: CellLayout, name: string): number {
  const offset = layout.offsets.get(name);
  if (offset === undefined) throw new Error(`location ${name} is not in the ${layout.name} layout`);
  return offset;
}

/** The local variables of a thread by name, in order of declaration. */
export function variableTypes(thread: Thread, scope: Scope): ReadonlyMap<string, CType> {
  const types = new Map<string, CType>();
  forEachStatement(thread.body, (statement) => {
    if (statement.kind === 'declare')
      types.set(statement.name, scope.lookup(statement.name) ?? statement.type);
  });
  return types;
}
