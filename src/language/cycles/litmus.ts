import { int, pointerTo } from '../c-types.ts';
import type { Expression, LitmusTest, Position, Proposition, Statement, Thread } from '../litmus-test.ts';
import { edgesOf, type Access, type Cycle } from './cycle.ts';
import type { ProgramOrder } from './edges.ts';

/** The test of a cycle, whose condition holds where the execution is that cycle and only there. */
export function testOfCycle(name: string, cycle: Cycle, accesses: readonly Access[]): LitmusTest {
  const edges = edgesOf(cycle).map((edge) => edge.name);
  return {
    name,
    information: [`Cycle=${edges.join(' ')}`],
    header: {
      question: undefined,
      result: undefined,
      counters: [],
      struct: [],
      phases: [],
      vouchesFor: [],
      controls: [],
      text: [],
    },
    initial: [],
    threads: cycle.map((_, thread) => threadOf(thread, accessesIn(thread, accesses))),
    locations: [],
    filter: undefined,
    condition: { quantifier: 'exists', proposition: witness(cycle, accesses) },
  };
}

/** As diy7 calls them; tests of four threads have four locations at most. */
const locationNames = ['x', 'y', 'z', 'a'];

function locationName(location: number): string {
  const found = locationNames[location];
  if (found === undefined) throw new Error(`no name for location ${location}`);
  return found;
}

/** Generated tests stand in no file. */
const at: Position = { line: 1, column: 1 };

const number = (value: number): Expression => ({ kind: 'number', value: BigInt(value), at });
const name = (text: string): Expression => ({ kind: 'name', name: text, at });
const binary = (left: Expression, operator: '+' | '^' | '==', right: Expression): Expression => ({
  kind: 'binary',
  operator,
  left,
  right,
  at,
});
const call = (primitive: string, ...args: readonly Expression[]): Expression => ({
  kind: 'call',
  name: primitive,
  arguments: args,
  at,
});
const content = (pointer: Expression): Expression => ({
  kind: 'unary',
  operator: '*',
  operand: pointer,
  at,
});

/** An access within its thread: a read has a register, and one with an edge into it an access before it. */
interface LocalAccess extends Access {
  readonly register: string | undefined;
  readonly before: { readonly register: string | undefined; readonly value: number } | undefined;
}

function accessesIn(thread: number, accesses: readonly Access[]): readonly LocalAccess[] {
  const own = accesses.filter((access) => access.thread === thread);
  const registers = own.map(({ kind }, index) =>
    kind === 'R' ? `r${own.slice(0, index).filter((earlier) => earlier.kind === 'R').length}` : undefined,
  );
  return own.map((access, index) => {
    const before = own[index - 1];
    return {
      ...access,
      register: registers[index],
      before: before && { register: registers[index - 1], value: before.value },
    };
  });
}

function threadOf(index: number, accesses: readonly LocalAccess[]): Thread {
  const locations = [...new Set(accesses.map(({ location }) => location))].toSorted((a, b) => a - b);
  const declarations = accesses.flatMap(({ register }): readonly Statement[] =>
    register === undefined ? [] : [{ kind: 'declare', type: int, name: register, value: undefined, at }],
  );
  return {
    index,
    parameters: locations.map((location) => ({ name: locationName(location), type: pointerTo(int), at })),
    body: [...declarations, ...accesses.flatMap(statementsOf)],
    at,
  };
}

/** An access, and before it or around it what the edge into it stands for. */
function statementsOf(access: LocalAccess): readonly Statement[] {
  const { into, before } = access;
  const by = into?.ordering.by;
  if (by?.kind === 'fence')
    return [{ kind: 'evaluate', expression: call(by.fence), at }, accessStatement(access)];
  if (by?.kind === 'dependency' && by.on === 'control') {
    const condition = binary(sourceOf(access), '==', number(before?.value ?? 0));
    return [{ kind: 'if', condition, then: [accessStatement(access)], otherwise: [], at }];
  }
  return [accessStatement(access)];
}

function accessStatement(access: LocalAccess): Statement {
  const location = name(locationName(access.location));
  const pointer = dependsOn(access, 'address') ? binary(location, '+', zeroFrom(access)) : location;
  if (access.register !== undefined) {
    const read = acquires(access.out)
      ? call('smp_load_acquire', pointer)
      : call('READ_ONCE', content(pointer));
    return { kind: 'assign', target: name(access.register), value: read, at };
  }
  const written = number(access.value);
  const value = dependsOn(access, 'data') ? binary(written, '+', zeroFrom(access)) : written;
  const write = releases(access.into)
    ? call('smp_store_release', pointer, value)
    : call('WRITE_ONCE', content(pointer), value);
  return { kind: 'evaluate', expression: write, at };
}

function dependsOn({ into }: LocalAccess, on: 'address' | 'data'): boolean {
  return into?.ordering.by.kind === 'dependency' && into.ordering.by.on === on;
}

function acquires(edge: ProgramOrder | undefined): boolean {
  return edge?.ordering.by.kind === 'accesses' && edge.ordering.by.acquire;
}

function releases(edge: ProgramOrder | undefined): boolean {
  return edge?.ordering.by.kind === 'accesses' && edge.ordering.by.release;
}

/** 0 whatever was read, by data flow from the read. */
function zeroFrom(access: LocalAccess): Expression {
  return binary(sourceOf(access), '^', sourceOf(access));
}

function sourceOf({ before }: LocalAccess): Expression {
  if (before?.register === undefined) throw new Error('a dependency begins at a read');
  return name(before.register);
}

/**
 * The final values of the locations that are written twice, which tell their coherence order, and the
 * value of every read.
 */
function witness(cycle: Cycle, accesses: readonly Access[]): Proposition {
  const finals = accesses
    .filter(({ kind, value }) => kind === 'W' && value > 1)
    .toSorted((left, right) => left.location - right.location)
    .map(({ location, value }) =>
      atom({ kind: 'location', name: locationName(location), index: undefined }, value),
    );
  const reads = cycle.flatMap((_, thread) =>
    accessesIn(thread, accesses).flatMap(({ register, value }) =>
      register === undefined ? [] : [atom({ kind: 'register', thread, name: register }, value)],
    ),
  );
  const [first, ...rest] = [...finals, ...reads];
  if (first === undefined) throw new Error('a cycle has a read, or a location written twice');
  return rest.reduce((left, right): Proposition => ({ kind: 'and', left, right }), first);
}

type Atom = Extract<Proposition, { kind: 'atom' }>;

function atom(observable: Atom['observable'], value: number): Proposition {
  return { kind: 'atom', observable, relation: '=', value: { kind: 'number', value: BigInt(value) } };
}
