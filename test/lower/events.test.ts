import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Expression, LitmusTest } from '../../src/language/litmus-test.ts';
import { parseLitmus } from '../../src/language/parser.ts';
import { signatures } from '../../src/language/primitives.ts';
import { forEachExpressionIn, forEachStatement } from '../../src/language/walk.ts';
import { programOf } from '../../src/lower/events.ts';
import { targets } from '../../src/lower/targets.ts';
import type { Path, Program, Value } from '../../src/model/program.ts';
import { interpretedMeaning, lowerProgram } from './execution/compare.ts';
import { programs } from './execution/programs.ts';
import { targetName } from './target-name.ts';

const relations = [
  { operator: '==', holds: (left: bigint, right: bigint) => left === right },
  { operator: '!=', holds: (left: bigint, right: bigint) => left !== right },
  { operator: '<', holds: (left: bigint, right: bigint) => left < right },
  { operator: '<=', holds: (left: bigint, right: bigint) => left <= right },
  { operator: '>', holds: (left: bigint, right: bigint) => left > right },
  { operator: '>=', holds: (left: bigint, right: bigint) => left >= right },
];

const asValue = (register: string, condition: string) => `${register} = ${condition};`;
const asBranch = (register: string, condition: string) => `if (${condition}) ${register} = 1;`;

const edges = (bits: bigint) => {
  const most = 2n ** (bits - 1n) - 1n;
  return [0n, 1n, -1n, most, -most, -most - 1n];
};
const comparedTypes = [
  { type: 'int', numbers: edges(32n), inC: (number: bigint) => BigInt.asIntN(32, number) },
  { type: 'unsigned int', numbers: edges(32n), inC: (number: bigint) => BigInt.asUintN(32, number) },
  { type: 'long', numbers: edges(64n), inC: (number: bigint) => BigInt.asIntN(64, number) },
  { type: 'unsigned long', numbers: edges(64n), inC: (number: bigint) => BigInt.asUintN(64, number) },
];

const namedTargets = targets.map((target) => ({ target, name: targetName(target) }));

describe.each(namedTargets)('a lowered thread as events on $name', ({ target }) => {
  test('takes one path when it runs alone, which leaves what C says', () => {
    fc.assert(
      fc.property(programs.filter(hasFewWays), (litmus) => {
        fc.pre(lowerProgram(litmus, 'packed', target) !== 'beyond the target');
        const program = programOf(litmus, target);
        const [paths = []] = program.threads;
        const left = paths.map((path) => leftAlone(path, program)).filter((one) => one !== undefined);
        const [inC = {}] = interpretedMeaning(litmus, 'packed', { memoryAddress: cellOf(program) });
        expect(left).toEqual([named(inC)]);
      }),
      { numRuns: 300 },
    );
  });

  test.each(comparedTypes)(
    'compares $type as C does at the edges, as a value and in a branch',
    ({ type, numbers, inC }) => {
      for (const left of numbers) {
        for (const right of numbers) {
          const expected = relations.map(({ holds }) => BigInt(holds(inC(left), inC(right))));
          for (const statement of [asValue, asBranch]) {
            const litmus = comparing(type, left, right, statement);
            const [paths = []] = programOf(litmus, target).threads;
            const found = paths.map(({ registers }) =>
              relations.map((_, index) => registers.get(`r${index}`)),
            );
            expect(found, `${left}, ${right}`).toEqual([
              expected.map((value) => ({ kind: 'constant', value })),
            ]);
          }
        }
      }
    },
  );
});

/** `one` and `other` with a relation between them in each of r0 to r5. */
function comparing(
  type: string,
  one: bigint,
  other: bigint,
  statement: (register: string, condition: string) => string,
): LitmusTest {
  const registers = relations.map((_, index) => `r${index}`);
  return parseLitmus(
    `C comparing
{ 0:one=${one}; 0:other=${other}; }
P0(int *x)
{
	${type} one;
	${type} other;
	int ${registers.join('; int ')};
	${relations.map(({ operator }, index) => statement(`r${index}`, `one ${operator} other`)).join('\n\t')}
}
locations [${registers.map((register) => `0:${register}`).join('; ')};]
exists (true)
`,
    'comparing.litmus',
  );
}

/** All of a thread's paths are walked, so where it can fork many times they are too many. */
function hasFewWays({ threads }: LitmusTest): boolean {
  let forks = 0;
  for (const { body } of threads) {
    forEachStatement(body, ({ kind }) => (forks += kind === 'if' ? 1 : 0));
    forEachExpressionIn(body, (expression) => (forks += forksOf(expression)));
  }
  return forks <= 6;
}

function forksOf(expression: Expression): number {
  if (expression.kind === 'binary') return ['&&', '||'].includes(expression.operator) ? 1 : 0;
  if (expression.kind !== 'call') return 0;
  const kind = signatures.get(expression.name)?.primitive.kind;
  if (kind === 'conditional-add') return 2;
  return kind === 'compare-exchange' || kind === 'lock' ? 1 : 0;
}

/** What a path's thread leaves in registers and memory where it runs alone; undefined where it goes another way. */
function leftAlone(path: Path, { locations }: Program): Readonly<Record<string, bigint>> | undefined {
  const memory = new Map(locations.map(({ address, initial }) => [address, initial]));
  const returned: bigint[] = [];
  const addresses: bigint[] = [];
  for (const [index, { kind, address, value, rmw }] of path.events.entries()) {
    if (address === undefined) continue;
    const place = valueOf(address, returned);
    const before = memory.get(place);
    // A way that is not taken may go astray.
    if (before === undefined) return undefined;
    addresses[index] = place;
    if (kind === 'read') returned[index] = before;
    if (kind === 'write' && value !== undefined) memory.set(place, valueOf(value, returned));
    if (rmw !== undefined) expect(addresses[rmw]).toBe(place);
  }
  if (path.conditions.some((condition) => valueOf(condition, returned) === 0n)) return undefined;
  return Object.fromEntries([
    ...[...path.registers].map(([name, value]) => [name, valueOf(value, returned)] as const),
    ...locations.map(({ name, address, widthBytes, signed }) => {
      const wrap = signed ? BigInt.asIntN : BigInt.asUintN;
      return [name, wrap(8 * widthBytes, memory.get(address) ?? 0n)] as const;
    }),
  ]);
}

/** A value, given what each read of its path returned. */
function valueOf(value: Value, returned: readonly bigint[], known = new Map<Value, bigint>()): bigint {
  switch (value.kind) {
    case 'constant':
      return value.value;
    case 'read': {
      const content = returned[value.read];
      if (content === undefined) throw new Error(`event ${value.read} has not read yet`);
      return content;
    }
    case 'computed': {
      const before = known.get(value);
      if (before !== undefined) return before;
      const found = value.compute(...value.inputs.map((input) => valueOf(input, returned, known)));
      known.set(value, found);
      return found;
    }
  }
}

/** An array's first element goes by the name of the array. */
function named(left: Readonly<Record<string, bigint>>): Readonly<Record<string, bigint>> {
  return Object.fromEntries(
    Object.entries(left).map(([name, value]) => [name.replace('[0]', ''), value] as const),
  );
}

/** Packed locations begin at the cell. */
function cellOf({ locations }: Program): bigint {
  return locations.map(({ address }) => address).reduce((one, other) => (one < other ? one : other));
}
