import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { assemble } from '../../../src/lower/assemble.ts';
import { label } from '../../../src/lower/machine-code.ts';
import type { Code } from '../../../src/lower/machine-code.ts';
import type { Operand, Register } from '../../../src/lower/primitives.ts';
import type { Relation, Target, ValueType } from '../../../src/lower/target.ts';
import { targets } from '../../../src/lower/targets.ts';
import { targetName } from '../target-name.ts';
import { toolchains } from '../toolchains.ts';
import { machineProblem, startMachine } from './machine.ts';
import type { Machine } from './machine.ts';

const holds: Readonly<Record<Relation, (left: bigint, right: bigint) => boolean>> = {
  '==': (left, right) => left === right,
  '!=': (left, right) => left !== right,
  '<': (left, right) => left < right,
  '<=': (left, right) => left <= right,
  '>': (left, right) => left > right,
  '>=': (left, right) => left >= right,
};
const relations = Object.keys(holds) as Relation[];

const types: readonly ValueType[] = [
  { width: 4, signed: true },
  { width: 4, signed: false },
  { width: 8, signed: true },
  { width: 8, signed: false },
];

/** The edges of a type, of the immediates of some architecture, and their neighbours. */
function numbersOf({ width }: ValueType): readonly bigint[] {
  const sign = 2n ** BigInt(8 * width - 1);
  const wide = width === 8 ? [2n ** 31n, 2n ** 32n, -(2n ** 31n) - 1n] : [];
  return [0n, 1n, 2n, -1n, -2n, 4095n, 4096n, 32767n, -32769n, sign - 1n, -sign, ...wide];
}

const targetsByName = targets.map((target) => ({ target, name: targetName(target) }));
const slotBytes = 8;

describe.each(targetsByName)('comparisons on $name', ({ target }) => {
  const problem = machineProblem(target.architecture);
  const reason = problem === undefined ? '' : ` (skipped: ${problem})`;
  let machine: Machine;

  beforeAll(async () => {
    if (problem === undefined) machine = await startMachine(target.architecture);
  });
  afterAll(() => machine?.stop());

  test.skipIf(problem).each(types)(
    `of $width bytes (signed: $signed) hold as values and as branches exactly where they do in C${reason}`,
    async (type) => {
      const numbers = numbersOf(type);
      for (const left of numbers) {
        for (const right of numbers) {
          const expected = relations.map(
            (relation) =>
              `${left} ${relation} ${right}: ${holds[relation](inC(left, type), inC(right, type)) ? 1 : 0}`,
          );
          for (const constant of [true, false]) {
            const found = await answers(target, machine, left, right, type, constant);
            const shown = (answer: bigint, index: number) =>
              `${left} ${relations[index % relations.length]} ${right}: ${answer}`;
            expect(found.map(shown)).toEqual([...expected, ...expected]);
          }
        }
      }
    },
  );
});

function inC(number: bigint, { width, signed }: ValueType): bigint {
  return signed ? number : BigInt.asUintN(8 * width, number);
}

/** 1 or 0 for each relation as a value, then for each as a branch, the right operand constant or in a register. */
async function answers(
  target: Target,
  machine: Machine,
  left: bigint,
  right: bigint,
  type: ValueType,
  constant: boolean,
): Promise<readonly bigint[]> {
  const [one = -1, other = -1, answer = -1] = target.registers.locals;
  const operand: Operand = constant
    ? { kind: 'immediate', value: right }
    : { kind: 'register', register: other };
  const values = relations.map((relation) => target.compare(relation, answer, one, operand, type));
  const branches = relations.map((relation) => branching(target, relation, answer, one, operand, type));
  const { bytes } = assemble(
    [
      ...target.enter(),
      ...target.constant(one, left, type.width),
      ...target.constant(other, right, type.width),
      ...[...values, ...branches].flatMap((code, slot) => [
        ...code,
        ...target.keep(slot * slotBytes, answer, 4),
      ]),
      ...target.leave(0),
    ].map((item) => ({ item, role: 'body', sourceLine: undefined })),
  );
  const outBytes = 2 * relations.length * slotBytes;
  const { out } = await machine.run({ code: bytes, memory: new Uint8Array(0), outBytes, iterations: 1 });
  const view = new DataView(out.buffer, out.byteOffset);
  return Array.from({ length: 2 * relations.length }, (_, slot) =>
    BigInt(view.getInt32(slot * slotBytes, toolchains[target.architecture].littleEndian)),
  );
}

function branching(
  target: Target,
  relation: Relation,
  answer: Register,
  left: Register,
  right: Operand,
  type: ValueType,
): Code {
  const taken = label('taken');
  return [
    ...target.constant(answer, 1n, 4),
    ...target.branchIf(relation, left, right, type, taken),
    ...target.constant(answer, 0n, 4),
    taken,
  ];
}
