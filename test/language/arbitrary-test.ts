import fc from 'fast-check';
import { architectures } from '../../src/architecture.ts';
import type {
  Constant,
  CType,
  Expression,
  Header,
  InitialValue,
  LitmusTest,
  Observable,
  Proposition,
  Statement,
  Thread,
} from '../../src/language/litmus-test.ts';
import { signatures } from '../../src/language/primitives.ts';

/**
 * Random tests that pass every check: each thread has the parameters x, y, p and a (an array of two)
 * and the locals r0 to r3, and uses any primitive on them. Positions are all 1:1.
 */

const at = { line: 1, column: 1 };
const int: CType = { base: 'int', pointers: 0 };

const baseTypes = fc.constantFrom('int', 'unsigned int', 'long', 'unsigned long', 'u64', 'intptr_t');
const valueType: fc.Arbitrary<CType> = fc.record({ base: baseTypes, pointers: fc.nat(2) });

const parameters = [
  { name: 'x', type: { base: 'int', pointers: 1 }, at },
  { name: 'y', type: { base: 'atomic_t', pointers: 1 }, at },
  { name: 'p', type: { base: 'int', pointers: 2 }, at },
  { name: 'a', type: { base: 'int', pointers: 1 }, at },
];
const locals = ['r0', 'r1', 'r2', 'r3'];

const nameOf = (names: readonly string[]): fc.Arbitrary<Expression> =>
  fc.constantFrom(...names).map((name) => ({ kind: 'name', name, at }));
const parameterName = nameOf(['x', 'y', 'p']);
const localName = nameOf(locals);
const number: fc.Arbitrary<Expression> = fc
  .oneof(fc.integer().map(BigInt), fc.bigInt({ min: -(2n ** 64n) + 1n, max: 2n ** 64n - 1n }))
  .map((value) => ({ kind: 'number', value, at }));

const pointer: fc.Arbitrary<Expression> = fc.oneof(
  parameterName,
  localName,
  fc.tuple(fc.constantFrom('x', 'a'), localName).map(([array, right]): Expression => ({
    kind: 'binary',
    operator: '+',
    left: { kind: 'name', name: array, at },
    right,
    at,
  })),
);

const dereference = (operand: Expression): Expression => ({ kind: 'unary', operator: '*', operand, at });

const binaryOperators = fc.constantFrom(
  ...(['+', '-', '*', '/', '%', '&', '|', '^', '<<', '>>'] as const),
  ...(['==', '!=', '<', '<=', '>', '>=', '&&', '||'] as const),
);

const valued = [...signatures.values()].filter((signature) => signature.valued);
const unvalued = [...signatures.values()].filter((signature) => !signature.valued);

const { expression, call } = fc.letrec<{ expression: Expression; call: Expression }>((tie) => ({
  expression: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    localName,
    number,
    parameterName,
    pointer.map(dereference),
    fc.record({
      kind: fc.constant('unary' as const),
      operator: fc.constantFrom('-', '~', '!'),
      operand: tie('expression'),
      at: fc.constant(at),
    }),
    fc.record({
      kind: fc.constant('binary' as const),
      operator: binaryOperators,
      left: tie('expression'),
      right: tie('expression'),
      at: fc.constant(at),
    }),
    fc.record({
      kind: fc.constant('cast' as const),
      type: valueType,
      operand: tie('expression'),
      at: fc.constant(at),
    }),
    tie('call'),
  ),
  call: callOf(valued, tie('expression')),
}));

function callOf(
  some: typeof valued,
  value: fc.Arbitrary<Expression>,
): fc.Arbitrary<Extract<Expression, { kind: 'call' }>> {
  return fc
    .constantFrom(...some)
    .chain((signature) =>
      fc
        .tuple(
          ...signature.arguments.map((form) =>
            form === 'value' ? value : form === 'lvalue' ? pointer.map(dereference) : pointer,
          ),
        )
        .map((given) => ({ kind: 'call' as const, name: signature.name, arguments: given, at })),
    );
}

const { statement } = fc.letrec<{ statement: Statement }>((tie) => {
  const statements = fc.array(tie('statement'), { maxLength: 3 });
  return {
    statement: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.record({
        kind: fc.constant('assign' as const),
        target: fc.oneof(localName, pointer.map(dereference)),
        value: expression,
        at: fc.constant(at),
      }),
      fc.record({
        kind: fc.constant('evaluate' as const),
        expression: fc.oneof(callOf(unvalued, expression), call, expression),
        at: fc.constant(at),
      }),
      fc.record({ kind: fc.constant('block' as const), body: statements, at: fc.constant(at) }),
      fc.record({
        kind: fc.constant('if' as const),
        condition: expression,
        then: statements,
        otherwise: statements,
        at: fc.constant(at),
      }),
    ),
  };
});

const declarations: fc.Arbitrary<Statement[]> = fc.tuple(
  ...locals.map((name) =>
    fc.record({
      kind: fc.constant('declare' as const),
      type: valueType,
      name: fc.constant(name),
      value: fc.option(expression, { nil: undefined }),
      at: fc.constant(at),
    }),
  ),
);

const threads: fc.Arbitrary<Thread[]> = fc
  .array(fc.tuple(declarations, fc.array(statement, { maxLength: 5 })), { minLength: 1, maxLength: 3 })
  .map((bodies) =>
    bodies.map(([declared, body], index) => ({ index, parameters, body: [...declared, ...body], at })),
  );

const location: fc.Arbitrary<Extract<Observable, { kind: 'location' }>> = fc.oneof(
  fc.constantFrom('x', 'y', 'p', 'z').map((name) => ({ kind: 'location' as const, name, index: undefined })),
  fc.nat(1).map((index) => ({ kind: 'location' as const, name: 'a', index })),
);
const constant: fc.Arbitrary<Constant> = fc.oneof(
  fc.integer().map((value) => ({ kind: 'number' as const, value: BigInt(value) })),
  location.map(({ name, index }) => ({ kind: 'address' as const, location: name, index })),
);

function observableOf(threadCount: number): fc.Arbitrary<Observable> {
  return fc.oneof(
    location,
    fc.record({
      kind: fc.constant('register' as const),
      thread: fc.nat(threadCount - 1),
      name: fc.constantFrom(...locals),
    }),
  );
}

function propositionOf(threadCount: number): fc.Arbitrary<Proposition> {
  const observable = observableOf(threadCount);
  return fc.letrec<{ proposition: Proposition }>((tie) => ({
    proposition: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.record({
        kind: fc.constant('atom' as const),
        observable,
        relation: fc.constantFrom('=', '!='),
        value: fc.oneof(constant, observable),
      }),
      fc.constantFrom<Proposition>({ kind: 'true' }, { kind: 'false' }),
      fc.record({ kind: fc.constant('not' as const), operand: tie('proposition') }),
      fc.record({
        kind: fc.constantFrom('and', 'or'),
        left: tie('proposition'),
        right: tie('proposition'),
      }),
    ),
  })).proposition;
}

function initialOf(threadCount: number): fc.Arbitrary<InitialValue[]> {
  const scalar = fc.record({
    kind: fc.constant('location' as const),
    name: fc.constantFrom('x', 'y', 'p', 'z'),
    type: fc.option(fc.oneof(valueType, fc.constant({ base: 'atomic_t', pointers: 0 })), { nil: undefined }),
    length: fc.constant(undefined),
    values: constant.map((value) => [value]),
    at: fc.constant(at),
  });
  const register = fc.record({
    kind: fc.constant('register' as const),
    thread: fc.nat(threadCount - 1),
    name: fc.constantFrom(...locals),
    type: fc.option(valueType, { nil: undefined }),
    value: constant,
    at: fc.constant(at),
  });
  const array = fc.record({
    kind: fc.constant('location' as const),
    name: fc.constant('a'),
    type: fc.constant(int),
    length: fc.constant(2),
    values: fc.tuple(constant, constant),
    at: fc.constant(at),
  });
  const others = fc.uniqueArray(fc.oneof(scalar, register), {
    maxLength: 4,
    selector: (value) => (value.kind === 'register' ? `${value.thread}:${value.name}` : value.name),
  });
  return fc.tuple(array, others).map(([first, rest]) => [first, ...rest]);
}

const word = fc.stringMatching(/^[A-Za-z][\w+-]{0,6}$/).filter((text) => text !== 'on' && text !== 'in');
const words = fc.array(word, { minLength: 1, maxLength: 3 });
/** A line without a comment's delimiters, and no blanks behind. */
const line = fc.string({ unit: 'binary', maxLength: 30 }).map((text) =>
  text
    .replaceAll(/[\n\r]/g, ' ')
    .replaceAll('(*', '')
    .replaceAll('*)', '')
    .trimEnd(),
);
const inner = line.map((text) => text.trim()).filter((text) => text !== '' && !/\(\*|\*\)/.test(text));
const keyLike = /^\s*(Question|Result|Counters|Struct|Phases|Vouches-for|Controls):/;

function headerOf(threadCount: number): fc.Arbitrary<Header> {
  const option = <T>(some: fc.Arbitrary<T>) => fc.option(some, { nil: undefined });
  const vouching = fc.record({
    names: words,
    architectures: option(fc.subarray([...architectures], { minLength: 1 })),
    layouts: option(words),
  });
  return fc.record({
    question: option(inner),
    result: option(fc.constantFrom('Never', 'Sometimes', 'Always', 'DEADLOCK')),
    counters: fc.subarray(['x', 'y']),
    struct: fc.array(word, { maxLength: 3 }),
    phases: fc.array(
      fc.record({ name: words.map((some) => some.join(' ')), proposition: propositionOf(threadCount) }),
      { maxLength: 2 },
    ),
    vouchesFor: fc.array(vouching, { maxLength: 2 }),
    controls: fc.array(vouching, { maxLength: 2 }),
    text: fc
      .array(
        line.filter((text) => !keyLike.test(text) && !/\(\*|\*\)/.test(text)),
        { maxLength: 4 },
      )
      .filter((text) => text.length === 0 || (text[0] !== '' && text.at(-1) !== '')),
  });
}

const information = inner.filter((text) => !/[{]|\/[/*]|^P\d+\s*\(/.test(text));

export const arbitraryTest: fc.Arbitrary<LitmusTest> = threads.chain((made) =>
  fc.record({
    name: inner.filter((text) => !/\p{Cc}/u.test(text)),
    information: fc.array(information, { maxLength: 2 }),
    header: headerOf(made.length),
    initial: initialOf(made.length),
    threads: fc.constant(made),
    locations: fc.array(observableOf(made.length), { maxLength: 3 }),
    filter: fc.option(propositionOf(made.length), { nil: undefined }),
    condition: fc.record({
      quantifier: fc.constantFrom('exists', '~exists', 'forall'),
      proposition: propositionOf(made.length),
    }),
  }),
);
