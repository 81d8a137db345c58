import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Observable } from '../../src/language/litmus-test.ts';
import { allExecutions, outcomeOf } from '../../src/model/check.ts';
import { architectureModel } from '../../src/model/models.ts';
import type { Program, Value } from '../../src/model/program.ts';
import { outcomesInOrder } from './global-memory-order.ts';
import { shape } from './shapes.ts';

const riscv = architectureModel('riscv64');

const fences = 'r.r r.w r.rw w.r w.w w.rw rw.r rw.w rw.rw tso'.split(' ').map((kind) => `Fence.${kind}`);
const amos = ['[rmw AMO]', '[rmw AMO Acq]', '[rmw AMO Rel]', '[rmw AMO AcqRel]'];
const pairs = ['[rmw X]', '[rmw X Acq | X]', '[rmw X | X Rel]', '[rmw X Acq | X Rel]'];

/** An access and what stands before it in its thread's text; the edge is dropped where there is none before. */
const accesses = fc.record({
  kind: fc.constantFrom('R', 'W'),
  location: fc.constantFrom('x', 'y'),
  annotation: fc.oneof(
    { weight: 3, arbitrary: fc.constant('') },
    { weight: 1, arbitrary: fc.constantFrom(...amos, ...pairs) },
  ),
  edge: fc.oneof(fc.constant('po'), fc.constantFrom('addr', 'data', 'ctrl'), fc.constantFrom(...fences)),
});
type Access = typeof accesses extends fc.Arbitrary<infer One> ? One : never;

const threads = fc.array(fc.array(accesses, { minLength: 1, maxLength: 3 }), { minLength: 2, maxLength: 3 });

/** As shapes.ts has it; every write has a value of its own, and what reads return is not asked. */
function programOf(parts: readonly (readonly Access[])[]): Program {
  let writes = 0;
  const shapeText = parts
    .map((part) =>
      part.map(({ kind, location }) => `${kind}${location}=${kind === 'W' ? ++writes : 0}`).join(' '),
    )
    .join(' | ');
  const texts = parts.map((part) =>
    part
      .map((access, index) => `${index === 0 ? '' : edgeTo(access, part[index - 1]!)} ${access.annotation}`)
      .join(' '),
  );
  return withEveryRead(shape(shapeText, ...texts).program);
}

function edgeTo({ kind, edge }: Access, before: Access): string {
  const starts = before.kind === 'R' || before.annotation !== '';
  const fits = edge === 'data' ? starts && kind === 'W' : edge === 'addr' || edge === 'ctrl' ? starts : true;
  return fits ? edge : 'po';
}

/** The same program, in whose outcomes all reads are told, those of read-modify-writes too. */
function withEveryRead({ threads: before, ...program }: Program): Program {
  const told = before.map(([path]) => ({
    ...path!,
    registers: new Map(
      path!.events.flatMap(({ kind }, read): [string, Value][] =>
        kind === 'read' ? [[`${read}`, { kind: 'read', read }]] : [],
      ),
    ),
  }));
  const registers = told.flatMap(({ registers: ofPath }, thread) =>
    [...ofPath.keys()].map((name): Observable => ({ kind: 'register', thread, name })),
  );
  const locations = program.locations.map(({ name }): Observable => ({
    kind: 'location',
    name,
    index: undefined,
  }));
  return { ...program, threads: told.map((path) => [path]), observed: [...registers, ...locations] };
}

function outcomesByModel(program: Program): ReadonlySet<string> {
  const outcomes = new Set<string>();
  for (const execution of allExecutions(program, riscv, Infinity, () => new Error('no deadline'), false)) {
    const told = Object.entries(outcomeOf(program, execution)).map(([name, value]) => `${name}=${value}`);
    outcomes.add(told.join(' '));
  }
  return outcomes;
}

/** Loads and stores, a pair LR/SC being two: a program of more has too many orders to try. */
function size(parts: readonly (readonly Access[])[]): number {
  return parts.flat().reduce((sum, { annotation }) => sum + (pairs.includes(annotation) ? 2 : 1), 0);
}

test('riscv.cat allows what some global memory order of RVWMO gives, and nothing else', () => {
  fc.assert(
    fc.property(
      threads.filter((parts) => size(parts) <= 6),
      (parts) => {
        const program = programOf(parts);
        const expected = outcomesInOrder(program);
        expect(expected.size).toBeGreaterThan(0);
        expect([...outcomesByModel(program)].toSorted()).toEqual([...expected].toSorted());
      },
    ),
    { numRuns: 300 },
  );
});
