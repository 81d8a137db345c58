import fc from 'fast-check';
import type { LitmusTest } from '../../src/language/litmus-test.ts';
import { parseLitmus } from '../../src/language/parser.ts';

/**
 * Random small tests for properties of models: two or three threads of a few accesses to a few
 * locations, that ask for every register and every location but the locks.
 */

/** A thread's statements, one a line, so that a fence may stand in front of any of them. */
export interface SmallTest {
  readonly threads: readonly (readonly string[])[];
}

/** What the tests are made of. */
export interface Ingredients {
  readonly accesses: readonly Access[];
  readonly fences: readonly string[];
  readonly locks: boolean;
}

/** A statement by what it is given: a register of its own, the location (an lvalue is `*` and that), a value. */
export interface Access {
  readonly on: 'plain' | 'atomic' | 'lock';
  /** Whether it has a register. */
  readonly reads: boolean;
  readonly text: (given: {
    readonly register: string;
    readonly at: string;
    readonly value: string;
  }) => string;
}

/** Locations by number: a test has plain ones and atomics as it likes, but each number is one or the other. */
const names = {
  plain: ['x', 'y', 'z', 's'],
  atomic: ['u', 'v', 'w', 't'],
  lock: ['l', 'm', 'l', 'l'],
} as const;
const orders = ['', '_relaxed', '_acquire', '_release'] as const;

const read = (on: Access['on'], expression: (at: string, value: string) => string): Access => ({
  on,
  reads: true,
  text: ({ register, at, value }) => `${register} = ${expression(at, value)};`,
});
const write = (on: Access['on'], call: (at: string, value: string) => string): Access => ({
  on,
  reads: false,
  text: ({ at, value }) => `${call(at, value)};`,
});

export const once: readonly Access[] = [
  read('plain', (at) => `READ_ONCE(*${at})`),
  write('plain', (at, value) => `WRITE_ONCE(*${at}, ${value})`),
];

export const ordered: readonly Access[] = [
  read('plain', (at) => `smp_load_acquire(${at})`),
  write('plain', (at, value) => `smp_store_release(${at}, ${value})`),
  write('plain', (at, value) => `smp_store_mb(*${at}, ${value})`),
];

export const updates: readonly Access[] = [
  read('atomic', (at) => `atomic_read(${at})`),
  write('atomic', (at, value) => `atomic_set(${at}, ${value})`),
  ...orders.flatMap((order) => [
    read('plain', (at, value) => `xchg${order}(${at}, ${value})`),
    read('plain', (at, value) => `cmpxchg${order}(${at}, 0, ${value})`),
    read('plain', (at, value) => `cmpxchg${order}(${at}, 1, ${value})`),
    read('atomic', (at, value) => `atomic_add_return${order}(${value}, ${at})`),
    read('atomic', (at, value) => `atomic_fetch_sub${order}(${value}, ${at})`),
    read('atomic', (at, value) => `atomic_fetch_or${order}(${value}, ${at})`),
    read('atomic', (at, value) => `atomic_cmpxchg${order}(${at}, 1, ${value})`),
  ]),
  read('atomic', (at) => `atomic_dec_and_test(${at})`),
  read('atomic', (at) => `atomic_add_unless(${at}, 2, 1)`),
  read('atomic', (at) => `atomic_inc_not_zero(${at})`),
  read('atomic', (at) => `atomic_dec_if_positive(${at})`),
  read('atomic', (at) => `atomic_inc_unless_negative(${at})`),
];

/** Those that return nothing, and order nothing. */
export const voidUpdates: readonly Access[] = [
  write('atomic', (at) => `atomic_inc(${at})`),
  write('atomic', (at, value) => `atomic_sub(${value}, ${at})`),
  write('atomic', (at, value) => `atomic_xor(${value}, ${at})`),
];

export const orderedAtomics: readonly Access[] = [
  read('atomic', (at) => `atomic_read_acquire(${at})`),
  write('atomic', (at, value) => `atomic_set_release(${at}, ${value})`),
];

export const lockLooks: readonly Access[] = [read('lock', (at) => `spin_is_locked(${at})`)];

export const plainFences = ['smp_mb', 'smp_rmb', 'smp_wmb'] as const;
export const atomicFences = ['smp_mb__before_atomic', 'smp_mb__after_atomic'] as const;
export const lockFences = ['smp_mb__after_spinlock', 'smp_mb__after_unlock_lock'] as const;

/** How an access may hang on a register that was read before: by what it writes, where, and whether at all. */
const dependencies = {
  none: undefined,
  data: undefined,
  'data of another value': undefined,
  address: undefined,
  if: (condition: string, statement: string) => [`if (${condition}) {`, statement, '}'],
  'if with the same in its else': (condition: string, statement: string) => [
    `if (${condition}) {`,
    statement,
    '} else {',
    statement,
    '}',
  ],
} as const;
type Dependency = keyof typeof dependencies;

interface Item {
  /** One of those that fit the place, by number. */
  readonly access: number;
  readonly place: number;
  readonly value: number;
  readonly dependency: Dependency;
  /** Which of the registers so far it depends on, by number. */
  readonly on: number;
  readonly fence: string | undefined;
  /** Whether it begins a critical section, which others then are in; `none` ends one. */
  readonly section: 'same' | 'none' | 'spin_lock' | 'spin_trylock';
  readonly lock: 'l' | 'm';
}

/** Element `number`, counted round and round. */
const nth = <Element>(list: readonly Element[], number: number): Element => list[number % list.length]!;

export function smallTests({ accesses, fences, locks }: Ingredients): fc.Arbitrary<SmallTest> {
  const families = [...new Set(accesses.map(({ on }) => on))].filter((family) => family !== 'lock');
  const item: fc.Arbitrary<Item> = fc.record({
    access: fc.nat(accesses.length),
    place: fc.nat(3),
    value: fc.integer({ min: 1, max: 2 }),
    dependency: fc.oneof(
      { weight: 2, arbitrary: fc.constant<Dependency>('none') },
      { weight: 1, arbitrary: fc.constantFrom(...(Object.keys(dependencies) as Dependency[])) },
    ),
    on: fc.nat(2),
    fence: fc.oneof(
      { weight: 2, arbitrary: fc.constant(undefined) },
      { weight: 1, arbitrary: fc.constantFrom(...fences) },
    ),
    section: fc.constantFrom<Item['section'][]>(
      ...(locks
        ? (['same', 'none', 'spin_lock', 'spin_lock', 'spin_trylock'] as const)
        : (['none'] as const)),
    ),
    lock: fc.constantFrom('l', 'l', 'l', 'm'),
  });
  return fc
    .record({
      families: fc.array(fc.constantFrom(...families), { minLength: 4, maxLength: 4 }),
      threads: fc.oneof(
        fc.array(fc.array(item, { minLength: 2, maxLength: 3 }), { minLength: 2, maxLength: 2 }),
        fc.array(fc.array(item, { minLength: 1, maxLength: 2 }), { minLength: 3, maxLength: 3 }),
      ),
      cyclic: fc.boolean(),
    })
    .map(({ families: kinds, threads, cyclic }): SmallTest => {
      const placed = cyclic ? inACycle(threads) : threads;
      return { threads: placed.map((items) => linesOf(items, kinds, accesses)) };
    })
    .filter(isQuick)
    .map(readable);
}

/** Few enough critical sections to be checked in a fraction of a second, for each way that each may go. */
function isQuick({ threads }: SmallTest): boolean {
  const text = threads.flat().join(' ');
  const count = (name: string) => text.split(`${name}(`).length - 1;
  return count('spin_unlock') <= 4 && count('spin_trylock') <= 2;
}

/**
 * Each thread's last access is to the location of the next one's first, as in the classic tests; what is
 * between is to the first one's again, or to any.
 */
function inACycle(threads: readonly (readonly Item[])[]): readonly (readonly Item[])[] {
  return threads.map((items, thread) =>
    items.map((item, index) => {
      if (index === 0) return { ...item, place: thread };
      if (index === items.length - 1) return { ...item, place: (thread + 1) % threads.length };
      return item.value === 1 ? { ...item, place: thread } : item;
    }),
  );
}

/** Shown as a litmus test where fast-check reports a counterexample. */
function readable(test: SmallTest): SmallTest {
  return Object.defineProperty({ ...test }, fc.toStringMethod, { value: () => sourceOf(test) });
}

function linesOf(
  items: readonly Item[],
  families: readonly Access['on'][],
  accesses: readonly Access[],
): readonly string[] {
  const lines: string[] = [];
  const registers: string[] = [];
  let close: readonly string[] = [];
  for (const { access, place, value, dependency, on, fence, section, lock } of items) {
    if (section !== 'same') {
      lines.push(...close);
      close = [];
    }
    if (section === 'spin_lock') {
      lines.push(`spin_lock(${lock});`);
      close = [`spin_unlock(${lock});`];
    } else if (section === 'spin_trylock') {
      const taken = `r${registers.length}`;
      registers.push(taken);
      lines.push(`${taken} = spin_trylock(${lock});`, `if (${taken}) {`);
      close = [`spin_unlock(${lock});`, '}'];
    }
    if (fence !== undefined) lines.push(`${fence}();`);
    const source = registers.length === 0 ? undefined : nth(registers, on);
    const from = (kind: Dependency) => (dependency === kind ? source : undefined);
    const family = families[place]!;
    const chosen = nth(
      accesses.filter((one) => one.on === family || one.on === 'lock'),
      access,
    );
    const location = names[chosen.on][place]!;
    const register = `r${registers.length}`;
    const [address, same, another] = [from('address'), from('data'), from('data of another value')];
    const statement = chosen.text({
      register,
      at: address === undefined ? location : `(${location} + (${address} & 0))`,
      value:
        same !== undefined
          ? `${value} + (${same} ^ ${same})`
          : another !== undefined
            ? `${another} + ${value}`
            : `${value}`,
    });
    const around = source === undefined ? undefined : dependencies[dependency];
    lines.push(...(around?.(`${source} == ${value}`, statement) ?? [statement]));
    if (chosen.reads) registers.push(register);
  }
  return [...lines, ...close];
}

/** The same with a fence in front of one of a thread's lines, or behind them all. */
export function withFence({ threads }: SmallTest, thread: number, line: number, fence: string): SmallTest {
  const lines = threads[thread]!;
  return readable({ threads: threads.with(thread, lines.toSpliced(line, 0, `${fence}();`)) });
}

const types: Readonly<Record<Access['on'], string>> = {
  plain: 'int',
  atomic: 'atomic_t',
  lock: 'spinlock_t',
};

export function litmusOf(test: SmallTest): LitmusTest {
  return parseLitmus(sourceOf(test), 'small.litmus');
}

function sourceOf({ threads }: SmallTest): string {
  const text = threads.flat().join(' ');
  const used = (['plain', 'atomic', 'lock'] as const).flatMap((family) =>
    [...new Set(names[family])]
      .filter((name) => new RegExp(`\\b${name}\\b`).test(text))
      .map((name) => ({ name, family })),
  );
  const parameters = used.map(({ name, family }) => `${types[family]} *${name}`).join(', ');
  const registers = threads.map((lines) => [...new Set(lines.join(' ').match(/\br\d+\b/g))].toSorted());
  const bodies = threads.map((lines, index) =>
    [
      `P${index}(${parameters})`,
      '{',
      ...registers[index]!.map((name) => `  int ${name} = 0;`),
      ...lines.map((line) => `  ${line}`),
      '}',
    ].join('\n'),
  );
  const observed = [
    ...registers.flatMap((some, index) => some.map((name) => `${index}:${name}`)),
    ...used.flatMap(({ name, family }) => (family === 'lock' ? [] : [name])),
  ];
  return [
    'C small',
    '',
    '{}',
    '',
    ...bodies,
    '',
    `locations [${observed.join('; ')}]`,
    'exists (true)',
    '',
  ].join('\n');
}
