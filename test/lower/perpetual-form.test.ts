import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Expression, LitmusTest, Proposition, Statement } from '../../src/language/litmus-test.ts';
import { parseLitmus } from '../../src/language/parser.ts';
import { readTests, suiteFolder } from '../../src/language/test-files.ts';
import { programOf } from '../../src/lower/events.ts';
import { perpetualForm, type PerpetualForm } from '../../src/lower/perpetual-form.ts';
import type { Target } from '../../src/lower/target.ts';
import { targets } from '../../src/lower/targets.ts';
import { x86_64 } from '../../src/lower/x86-64/target.ts';
import { checkProgram } from '../../src/model/check.ts';
import { architectureModel } from '../../src/model/models.ts';
import { targetName } from './target-name.ts';

function classic(name: string): LitmusTest {
  const [source] = readTests([join(suiteFolder, 'classic', `${name}.litmus`)]);
  if (source === undefined) throw new Error(`no test ${name}`);
  return source.test;
}

/** Two threads that share `int *x, int *y`, and a condition. */
function pair(first: string, second: string, condition: string, initial = ''): LitmusTest {
  const thread = (index: number, body: string) =>
    `P${index}(int *x, int *y)\n{\nint r0;\nint r1;\n${body}\n}\n`;
  const text = `C T\n{${initial}}\n${thread(0, first)}\n${thread(1, second)}\n${condition}\n`;
  return parseLitmus(text, 'T.litmus');
}

describe('what the condition wants of each load', () => {
  test('of store buffering: something older than the other thread has stored', () => {
    expect(perpetualForm(classic('SB')).readings).toEqual([
      { thread: 0, register: 'r0', writer: 1, stores: 1, wanted: 0 },
      { thread: 1, register: 'r0', writer: 0, stores: 1, wanted: 0 },
    ]);
  });

  test('of message passing: the flag, and data older than that', () => {
    expect(perpetualForm(classic('MP')).readings).toEqual([
      { thread: 1, register: 'r0', writer: 0, stores: 1, wanted: 1 },
      { thread: 1, register: 'r1', writer: 0, stores: 1, wanted: 0 },
    ]);
  });

  test('of several stores to one location: the one with the constant, by its place in the code', () => {
    const { readings, threads } = perpetualForm(
      pair(
        'WRITE_ONCE(*x, 5); smp_store_release(y, 1); *x = 3;',
        'r0 = smp_load_acquire(x); r1 = *y;',
        'exists (1:r0=3 /\\ 1:r1=9)',
        'y=9;',
      ),
    );
    expect(readings).toEqual([
      { thread: 1, register: 'r0', writer: 0, stores: 2, wanted: 2 },
      { thread: 1, register: 'r1', writer: 0, stores: 1, wanted: 0 },
    ]);
    expect(threads[0]?.stores.map(({ first, step }) => [first, step])).toEqual([
      [1, 2],
      [1, 1],
      [2, 2],
    ]);
  });

  test('of a location that nobody stores to: nothing, where it wants the initial value', () => {
    const form = perpetualForm(
      pair('WRITE_ONCE(*x, 1);', 'r0 = READ_ONCE(*x); r1 = READ_ONCE(*y);', 'exists (1:r0=1 /\\ 1:r1=0)'),
    );
    expect(form.readings.map(({ register }) => register)).toEqual(['r0']);
  });
});

describe('the outcome that is counted', () => {
  test('is that of the condition, with numbers as registers hold them', () => {
    expect(perpetualForm(classic('MP')).outcome).toEqual({ '1:r0': '1', '1:r1': '0' });
  });
});

describe('a test without a perpetual form is refused by name, with the reason', () => {
  const load = 'r0 = READ_ONCE(*x);';
  test.each<[string, LitmusTest]>([
    ['its condition is over the final value of x', classic('2+2W')],
    ['P0 calls spin_lock()', classic('MP+locks')],
    ['P0 branches (line 19)', classic('LB+ctrls')],
    ['P0 stores a value that it computes', classic('LB+datas')],
    ['P0 calls atomic_inc()', classic('SB+incs')],
    ['P0 computes old', classic('SB+xchgs')],
    [
      'nothing in its condition is read from another thread',
      pair(`WRITE_ONCE(*x, 1); ${load}`, '', 'exists (0:r0=1)'),
    ],
    ['P0 calls smp_store_mb()', pair('smp_store_mb(*x, 1);', load, 'exists (1:r0=1)')],
    ['P1 assigns r0 twice', pair('WRITE_ONCE(*x, 1);', load + load, 'exists (1:r0=1)')],
    [
      'P1 loads what nobody looks at',
      pair('WRITE_ONCE(*x, 1);', `READ_ONCE(*x); ${load}`, 'exists (1:r0=1)'),
    ],
    [
      'its condition says nothing of 1:r1',
      pair('WRITE_ONCE(*x, 1);', `${load} r1 = READ_ONCE(*y);`, 'exists (1:r0=1)'),
    ],
    ['1:r1 is never loaded', pair('WRITE_ONCE(*x, 1);', load, 'exists (1:r0=1 /\\ 1:r1=0)')],
    ['two threads store to x', pair('WRITE_ONCE(*x, 1);', `WRITE_ONCE(*x, 2); ${load}`, 'exists (1:r0=1)')],
    ['two values of x are equal', pair('WRITE_ONCE(*x, 1); WRITE_ONCE(*x, 1);', load, 'exists (1:r0=1)')],
    ['two values of x are equal', pair('WRITE_ONCE(*x, 0);', load, 'exists (1:r0=0)')],
    [
      'nothing stores the 2 that its condition wants in 1:r0',
      pair('WRITE_ONCE(*x, 1);', load, 'exists (1:r0=2)'),
    ],
    ['its condition is not a conjunction', pair('WRITE_ONCE(*x, 1);', load, 'exists (1:r0=1 \\/ 1:r0=0)')],
    ['its condition is not a conjunction', pair('WRITE_ONCE(*x, 1);', load, 'exists (~1:r0=1)')],
    [
      'its condition wants 1:r0 to be two numbers',
      pair('WRITE_ONCE(*x, 1);', load, 'exists (1:r0=1 /\\ 1:r0=0)'),
    ],
    ['its condition is a "forall"', pair('WRITE_ONCE(*x, 1);', load, 'forall (1:r0=1)')],
    ['it has a filter', pair('WRITE_ONCE(*x, 1);', load, 'filter (1:r0=1)\nexists (1:r0=1)')],
  ])('%s', (reason, refused) => {
    expect(() => perpetualForm(refused)).toThrow(reason);
    expect(() => perpetualForm(refused)).toThrow(`${refused.name} cannot run perpetually: `);
  });
});

/** The first iterations of a perpetual form as a test of its own, in which all loads are observed. */
function repeated(form: PerpetualForm, iterations: number): LitmusTest {
  const numbers = Array.from({ length: iterations }, (_, n) => n);
  const threads = form.test.threads.map((thread, index) => {
    const stores = new Map(form.threads[index]?.stores.map((store) => [store.variable, store]));
    const parameters = new Set(thread.parameters.map(({ name }) => name));
    const inIteration = (n: number) => {
      const expression = (of: Expression): Expression => {
        switch (of.kind) {
          case 'name': {
            const store = stores.get(of.name);
            if (store !== undefined)
              return { kind: 'number', value: BigInt(store.first + n * store.step), at: of.at };
            return parameters.has(of.name) ? of : { ...of, name: `${of.name}_${n}` };
          }
          case 'unary':
            return { ...of, operand: expression(of.operand) };
          case 'call':
            return { ...of, arguments: of.arguments.map(expression) };
          default:
            return of;
        }
      };
      const statement = (of: Statement): readonly Statement[] => {
        switch (of.kind) {
          case 'declare':
            if (stores.has(of.name)) return [];
            return [
              {
                ...of,
                name: `${of.name}_${n}`,
                value: of.value === undefined ? undefined : expression(of.value),
              },
            ];
          case 'assign':
            return [{ ...of, target: expression(of.target), value: expression(of.value) }];
          case 'evaluate':
            return [{ ...of, expression: expression(of.expression) }];
          default:
            throw new Error(`no ${of.kind} is expected here`);
        }
      };
      return thread.body.flatMap(statement);
    };
    return { ...thread, body: numbers.flatMap(inIteration) };
  });
  const proposition = form.readings
    .flatMap(({ thread, register }) =>
      numbers.map((n): Proposition => ({
        kind: 'atom',
        observable: { kind: 'register', thread, name: `${register}_${n}` },
        relation: '=',
        value: { kind: 'number', value: 0n },
      })),
    )
    .reduce((left, right) => ({ kind: 'and', left, right }));
  return { ...form.test, threads, condition: { quantifier: 'exists', proposition } };
}

/** Every choice of one of the first iterations for each thread. */
function choicesOf(threads: number, iterations: number): readonly (readonly number[])[] {
  if (threads === 0) return [[]];
  const numbers = Array.from({ length: iterations }, (_, n) => n);
  return choicesOf(threads - 1, iterations).flatMap((some) => numbers.map((n) => [...some, n]));
}

/** Whether some choice of an iteration of each thread fulfils every reading. */
function proves(
  { readings, threads }: PerpetualForm,
  iterations: number,
  loaded: (thread: number, register: string, n: number) => number,
): boolean {
  return choicesOf(threads.length, iterations).some((choice) =>
    readings.every(({ thread, register, writer, stores, wanted }) => {
      const value = loaded(thread, register, choice[thread] ?? 0);
      const own = (choice[writer] ?? 0) * stores;
      return wanted === 0 ? value <= own : value === own + wanted;
    }),
  );
}

const iterations = 2;

/** Whether a model allows two iterations of a test's perpetual form to end with loads that prove its outcome. */
function perpetuallyAllowed(parsed: LitmusTest, target: Target): boolean {
  const form = perpetualForm(parsed);
  const long = repeated(form, iterations);
  const { allowed } = checkProgram(long, programOf(long, target), architectureModel(target.architecture), {
    timeoutMs: 60_000,
  });
  expect(allowed.size).toBeGreaterThan(1);
  return [...allowed].some((key) => {
    const outcome = new Map(JSON.parse(key) as [string, string][]);
    return proves(form, iterations, (thread, register, n) =>
      Number(outcome.get(`${thread}:${register}_${n}`)),
    );
  });
}

function allowedOnce(parsed: LitmusTest, target: Target): boolean {
  const { positive } = checkProgram(
    parsed,
    programOf(parsed, target),
    architectureModel(target.architecture),
    { timeoutMs: 60_000 },
  );
  return positive > 0;
}

const pairs = [
  'SB',
  'SB+mbs',
  'SB+mb+po',
  'SB+rel+acq',
  'MP',
  'MP+wmb+rmb',
  'MP+rel+acq',
  'MP+po+rmb',
  'MP+wmb+po',
  'MP+mbs',
  'LB',
  'LB+acq+rel',
  'LB+mbs',
  'CoRR',
];

describe.each(targets.map((target) => ({ target, name: targetName(target) })))(
  "$name: the architecture's model lets two iterations prove an outcome exactly where it allows it",
  ({ target }) => {
    test.each([...pairs, 'WRC+rel+rmb', 'ISA2'])('%s', (name) => {
      const parsed = classic(name);
      expect(perpetuallyAllowed(parsed, target)).toBe(allowedOnce(parsed, target));
    });
  },
);

test.each([
  ['a non-temporal store that smp_wmb() lets pass', 'smp_wmb', true],
  ['one that wmb() holds', 'wmb', false],
])('x86-64: %s', (_, fence, allowed) => {
  const parsed = pair(
    `WRITE_ONCE_NT(*x, 1); ${fence}(); WRITE_ONCE(*y, 1);`,
    'r0 = READ_ONCE(*y); smp_rmb(); r1 = READ_ONCE(*x);',
    'exists (1:r0=1 /\\ 1:r1=0)',
  );
  expect([allowedOnce(parsed, x86_64), perpetuallyAllowed(parsed, x86_64)]).toEqual([allowed, allowed]);
});
