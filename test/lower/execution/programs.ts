import fc from 'fast-check';
import type { Arbitrary } from 'fast-check';
import type {
  BinaryOperator,
  CType,
  Expression,
  InitialValue,
  LitmusTest,
  Statement,
} from '../../../src/language/litmus-test.ts';
import { printLitmus } from '../../../src/language/printer.ts';
import { signatures } from '../../../src/language/primitives.ts';
import type { Signature } from '../../../src/language/primitives.ts';

const at = { line: 1, column: 1 };
const type = (base: string, pointers = 0): CType => ({ base, pointers });

const variables = {
  i: type('int'),
  u: type('unsigned int'),
  l: type('long'),
  p: type('int', 1),
} as const;
type IntegerVariable = 'i' | 'u' | 'l';

const locations = {
  x: { type: type('int'), length: undefined },
  y: { type: type('long'), length: undefined },
  v: { type: type('unsigned int'), length: undefined },
  a: { type: type('int'), length: 4 },
  b: { type: type('long'), length: 2 },
  q: { type: type('int', 1), length: undefined },
  count: { type: type('atomic_t'), length: undefined },
  total: { type: type('atomic_long_t'), length: undefined },
  lock: { type: type('spinlock_t'), length: undefined },
} as const;

export const variableTypes: ReadonlyMap<string, CType> = new Map(Object.entries(variables));
export const locationTypes: ReadonlyMap<
  string,
  { readonly type: CType; readonly length: number | undefined }
> = new Map(Object.entries(locations));

/** Shown as a litmus test where fast-check reports a counterexample. */
function readable(program: LitmusTest): LitmusTest {
  return Object.defineProperty(program, fc.toStringMethod, { value: () => printLitmus(program) });
}

function testOf(body: readonly Statement[], numbers: readonly bigint[]): LitmusTest {
  let next = 0;
  const number = () => ({ kind: 'number', value: numbers[next++] ?? 0n }) as const;
  const initial: InitialValue[] = Object.entries(locations).map(([name, { type: held, length }]) => ({
    kind: 'location',
    name,
    type: held,
    length,
    values:
      name === 'lock'
        ? [{ kind: 'number', value: 0n }]
        : name === 'q'
          ? [{ kind: 'address', location: 'a', index: 1 }]
          : Array.from({ length: length ?? 1 }, number),
    at,
  }));
  return {
    name: 'program',
    information: [],
    header: {
      question: undefined,
      result: undefined,
      counters: [],
      struct: ['count', 'total', 'x'],
      phases: [],
      vouchesFor: [],
      controls: [],
      text: [],
    },
    initial: [
      ...initial,
      {
        kind: 'register',
        thread: 0,
        name: 'p',
        type: undefined,
        value: { kind: 'address', location: 'x', index: undefined },
        at,
      },
      { kind: 'register', thread: 0, name: 'l', type: undefined, value: number(), at },
    ],
    threads: [
      {
        index: 0,
        parameters: Object.entries(locations).map(([name, { type: held }]) => ({
          name,
          type: { base: held.base, pointers: held.pointers + 1 },
          at,
        })),
        body: [
          ...Object.entries(variables).map(([name, held]): Statement => ({
            kind: 'declare',
            type: held,
            name,
            value: undefined,
            at,
          })),
          ...body,
        ],
        at,
      },
    ],
    locations: Object.keys(variables).map((name) => ({ kind: 'register', thread: 0, name })),
    filter: undefined,
    condition: { quantifier: 'exists', proposition: { kind: 'true' } },
  };
}

function anyNumber(): Arbitrary<bigint> {
  return fc.oneof(
    { weight: 4, arbitrary: fc.bigInt({ min: -2n, max: 3n }) },
    { weight: 2, arbitrary: fc.constantFrom(...[7n, 8n, 15n, 16n, 31n, 32n, 63n].flatMap(edges)) },
    { weight: 1, arbitrary: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }) },
  );
}

/** The largest and smallest numbers of so many bits and their neighbours. */
function edges(bits: bigint): readonly bigint[] {
  const power = 2n ** bits;
  return [power - 1n, -power, ...(bits < 63n ? [power, -power - 1n] : [])];
}

const name = (text: string): Expression => ({ kind: 'name', name: text, at });
const number = (value: bigint): Expression => ({ kind: 'number', value, at });
const dereference = (operand: Expression): Expression => ({ kind: 'unary', operator: '*', operand, at });
const binary = (operator: BinaryOperator, left: Expression, right: Expression): Expression => ({
  kind: 'binary',
  operator,
  left,
  right,
  at,
});
const call = (signature: Signature, args: readonly Expression[]): Expression => ({
  kind: 'call',
  name: signature.name,
  arguments: args,
  at,
});

type Expressions = { readonly integer: Expression; readonly pointer: Expression };

/** Integer expressions, and `int *` expressions that point at `x` or into `a`. */
function expressions() {
  return fc.letrec<Expressions>((tie) => ({
    integer: fc.oneof(
      { maxDepth: 2, withCrossShrink: true },
      integerVariable(),
      anyNumber().map(number),
      fc
        .tuple(fc.constantFrom('-', '~', '!'), tie('integer'))
        .map(([operator, operand]): Expression => ({ kind: 'unary', operator, operand, at })),
      fc
        .tuple(fc.constantFrom(...plainOperators), tie('integer'), tie('integer'))
        .map(([operator, left, right]) => binary(operator, left, right)),
      fc
        .tuple(fc.constantFrom('<<', '>>'), tie('integer'), tie('integer'))
        .map(([operator, left, right]) => binary(operator, left, binary('&', right, number(31n)))),
      fc
        .tuple(fc.constantFrom('int', 'unsigned int', 'long', 'unsigned long'), tie('integer'))
        .map(([base, operand]): Expression => ({ kind: 'cast', type: type(base), operand, at })),
      tie('pointer').map(dereference),
      fc
        .tuple(fc.constantFrom('==', '!=', '<', '>='), tie('pointer'), tie('pointer'))
        .map(([operator, left, right]) => binary(operator, left, right)),
      fc.tuple(tie('pointer'), tie('pointer')).map(([left, right]): Expression => ({
        kind: 'cast',
        type: type('long'),
        operand: binary('-', left, right),
        at,
      })),
      calls(tie('integer'), tie('pointer'), true),
    ),
    pointer: fc.oneof(
      { maxDepth: 2, withCrossShrink: true },
      fc.constantFrom(name('x'), name('a'), name('p')),
      fc.bigInt({ min: 0n, max: 3n }).map((index) => binary('+', name('a'), number(index))),
      tie('integer').map((index) => binary('+', name('a'), binary('&', index, number(3n)))),
      tie('integer').map((index) =>
        binary('-', binary('+', name('a'), number(3n)), binary('&', index, number(1n))),
      ),
      tie('integer').map((zero) => binary('+', binary('&', zero, number(0n)), name('x'))),
      fc.constant(call(signature('READ_ONCE'), [dereference(name('q'))])),
      fc.constant(call(signature('smp_load_acquire'), [name('q')])),
    ),
  }));
}

const plainOperators = ['+', '-', '*', '&', '|', '^', '==', '!=', '<', '<=', '>', '>=', '&&', '||'] as const;

function integerVariable(): Arbitrary<Expression> {
  return fc.constantFrom<IntegerVariable[]>('i', 'u', 'l').map(name);
}

function signature(primitive: string): Signature {
  const found = signatures.get(primitive);
  if (found === undefined) throw new Error(`no primitive ${primitive}`);
  return found;
}

/** Calls of the primitives that access a number, of those with a value or of those without. */
function calls(
  integer: Arbitrary<Expression>,
  pointer: Arbitrary<Expression>,
  valued: boolean,
): Arbitrary<Expression> {
  const usable = [...signatures.values()].filter(
    (candidate) =>
      candidate.valued === valued &&
      (candidate.family === 'plain' || candidate.family === 'atomic' || candidate.primitive.kind === 'fence'),
  );
  return fc.constantFrom(...usable).chain((chosen) =>
    fc
      .tuple(...chosen.arguments.map((form) => (form === 'value' ? integer : locationFor(chosen, pointer))))
      .map((args) =>
        call(
          chosen,
          args.map((argument, index) =>
            chosen.arguments[index] === 'lvalue' ? dereference(argument) : argument,
          ),
        ),
      ),
  );
}

function locationFor(
  { family, name: primitive }: Signature,
  pointer: Arbitrary<Expression>,
): Arbitrary<Expression> {
  if (family === 'atomic')
    return fc.constant(
      name(primitive.startsWith('atomic_long_') || primitive.startsWith('atomic64_') ? 'total' : 'count'),
    );
  return fc.oneof(
    pointer,
    fc.constantFrom(name('y'), name('v'), name('b'), binary('+', name('b'), number(1n))),
  );
}

type Statements = {
  /** Leaves the lock as it is. */
  readonly statement: Statement;
  /** Runs where the lock is free, and leaves it free. */
  readonly unlocked: Statement;
};

function bodies(): Arbitrary<readonly Statement[]> {
  const { integer, pointer } = expressions();
  const assign = (target: Expression, value: Expression): Statement => ({
    kind: 'assign',
    target,
    value,
    at,
  });
  const evaluate = (expression: Expression): Statement => ({ kind: 'evaluate', expression, at });
  const lock = (action: string) => call(signature(`spin_${action}`), [name('lock')]);
  const { unlocked } = fc.letrec<Statements>((tie) => ({
    statement: fc.oneof(
      { maxDepth: 2, withCrossShrink: true },
      { weight: 6, arbitrary: fc.tuple(integerVariable(), integer).map(([to, value]) => assign(to, value)) },
      { weight: 1, arbitrary: pointer.map((value) => assign(name('p'), value)) },
      {
        weight: 2,
        arbitrary: fc.tuple(pointer, integer).map(([to, value]) => assign(dereference(to), value)),
      },
      {
        weight: 1,
        arbitrary: pointer.map((value) =>
          evaluate(call(signature('WRITE_ONCE'), [dereference(name('q')), value])),
        ),
      },
      { weight: 3, arbitrary: calls(integer, pointer, false).map(evaluate) },
      { weight: 1, arbitrary: calls(integer, pointer, true).map(evaluate) },
      { weight: 1, arbitrary: integerVariable().map((to) => assign(to, lock('is_locked'))) },
      {
        weight: 2,
        arbitrary: fc
          .record({ condition: integer, then: listOf(tie('statement')), otherwise: listOf(tie('statement')) })
          .map((parts): Statement => ({ kind: 'if', ...parts, at })),
      },
      {
        weight: 1,
        arbitrary: listOf(tie('statement')).map((body): Statement => ({ kind: 'block', body, at })),
      },
    ),
    unlocked: fc.oneof(
      { weight: 5, arbitrary: tie('statement') },
      {
        weight: 1,
        arbitrary: fc.tuple(listOf(tie('statement')), integerVariable()).map(([body, seen]): Statement => ({
          kind: 'block',
          body: [evaluate(lock('lock')), ...body, assign(seen, lock('trylock')), evaluate(lock('unlock'))],
          at,
        })),
      },
      {
        weight: 1,
        arbitrary: listOf(tie('statement')).map((body): Statement => ({
          kind: 'if',
          condition: lock('trylock'),
          then: [...body, evaluate(lock('unlock'))],
          otherwise: [],
          at,
        })),
      },
    ),
  }));
  return fc.array(unlocked, { minLength: 1, maxLength: 8 });
}

function listOf(statement: Arbitrary<Statement>): Arbitrary<readonly Statement[]> {
  return fc.array(statement, { maxLength: 3 });
}

/**
 * Random single-threaded tests that use all of the language and end: pointers stay within their
 * arrays, shifts within their widths, and a lock is taken only where it is free.
 */
export const programs: Arbitrary<LitmusTest> = fc
  .record({ body: bodies(), numbers: fc.array(anyNumber(), { minLength: 16, maxLength: 16 }) })
  .map(({ body, numbers }) => readable(testOf(body, numbers)));
