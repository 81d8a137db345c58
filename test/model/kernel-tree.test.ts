import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parseLitmus } from '../../src/language/parser.ts';
import { readTests, suiteFolder } from '../../src/language/test-files.ts';
import { CatError } from '../../src/model/cat/cat-error.ts';
import { checkProgram } from '../../src/model/check.ts';
import { kernelProgram } from '../../src/model/kernel-program.ts';
import { ModelFileError, readKernelModel } from '../../src/model/kernel-tree.ts';
import { ownKernelModel, type KernelModel } from '../../src/model/models.ts';
import type { LitmusTest } from '../../src/language/litmus-test.ts';

const fixture = fileURLToPath(new URL('fixtures/tree', import.meta.url));
const folder = join(fixture, 'tools/memory-model');

/** What herd7 would print of a test, in short. */
function verdict(test: LitmusTest, { linked, macros }: KernelModel) {
  const program = kernelProgram(test, macros);
  const { observation, positive, negative, states, flags } = checkProgram(test, program, linked, {
    timeoutMs: 60_000,
  });
  return { observation, positive, negative, states: states.map(({ outcome }) => outcome), flags };
}

/** A test of two threads over x and y, which begin as 0, and an unused `atomic_t` or lock. */
const twoThreads = (
  name: string,
  first: string,
  second: string,
  condition: string,
  parameters = 'int *x, int *y',
) =>
  parseLitmus(
    `C ${name}\n{}\nP0(${parameters}) {\n${first}\n}\nP1(${parameters}) {\n${second}\n}\nexists (${condition})\n`,
    name,
  );

const read = (register: string, location: string) => `int ${register} = READ_ONCE(*${location});`;
const both = '0:r0=0 /\\ 1:r0=0';
const stale = '1:r0=1 /\\ 1:r1=0';
const withCounter = 'int *x, int *y, atomic_t *c';
const withLock = 'int *x, int *y, spinlock_t *l';
const messageReader = `${read('r0', 'y')} smp_rmb(); ${read('r1', 'x')}`;
const storeBuffering = (name: string, between: string, parameters: string, condition = both) =>
  twoThreads(
    name,
    `WRITE_ONCE(*x, 1); ${between} ${read('r0', 'y')}`,
    `WRITE_ONCE(*y, 1); smp_mb(); ${read('r0', 'x')}`,
    condition,
    parameters,
  );
const messagePassing = (name: string, between: string, parameters: string) =>
  twoThreads(name, `WRITE_ONCE(*x, 1); ${between} WRITE_ONCE(*y, 1);`, messageReader, stale, parameters);

/** Each with what it says of the tags of read-modify-writes and of SRCU, as herd-representation.txt has them. */
const tests: readonly (readonly [LitmusTest, string])[] = [
  [storeBuffering('a full RMW', 'int r1 = xchg(c, 1);', withCounter.replace('atomic_t', 'int')), 'Never'],
  [
    storeBuffering('a relaxed RMW', 'int r1 = xchg_relaxed(c, 1);', withCounter.replace('atomic_t', 'int')),
    'Sometimes',
  ],
  [storeBuffering('a full cmpxchg that swaps', 'int r1 = atomic_cmpxchg(c, 0, 1);', withCounter), 'Never'],
  [
    storeBuffering('a full cmpxchg that fails', 'int r1 = atomic_cmpxchg(c, 1, 2);', withCounter),
    'Sometimes',
  ],
  [storeBuffering('an add unless, which adds', 'int r1 = atomic_add_unless(c, 1, 5);', withCounter), 'Never'],
  [
    storeBuffering('an add unless, which does not', 'int r1 = atomic_add_unless(c, 1, 0);', withCounter),
    'Sometimes',
  ],
  [storeBuffering('a value-returning RMW', 'int r1 = atomic_add_return(2, c);', withCounter), 'Never'],
  [storeBuffering('a test for zero', 'int r1 = atomic_dec_and_test(c);', withCounter), 'Never'],
  [storeBuffering('a void RMW', 'atomic_inc(c);', withCounter), 'Sometimes'],
  [
    storeBuffering('a void RMW with a fence before', 'smp_mb__before_atomic(); atomic_inc(c);', withCounter),
    'Never',
  ],
  [
    storeBuffering(
      'a void RMW with a fence behind',
      'atomic_add(1, c); smp_mb__after_atomic();',
      withCounter,
    ),
    'Never',
  ],
  [
    storeBuffering(
      'a failed RMW with a fence behind',
      'int r1 = atomic_cmpxchg(c, 1, 2); smp_mb__after_atomic();',
      withCounter,
    ),
    'Never',
  ],
  [storeBuffering('smp_store_mb', 'smp_store_mb(*c, 1);', 'int *x, int *y, int *c'), 'Never'],
  [messagePassing('a release RMW', 'int r2 = atomic_fetch_add_release(1, c);', withCounter), 'Sometimes'],
  [
    messagePassing(
      'a lock and its fence',
      'spin_lock(l); smp_mb__after_spinlock(); spin_unlock(l);',
      withLock,
    ),
    'Never',
  ],
  [
    twoThreads(
      'release and acquire of RMWs',
      'WRITE_ONCE(*x, 1); int r0 = atomic_fetch_add_release(1, c);',
      `int r0 = atomic_fetch_add_acquire(4, c); ${read('r1', 'x')}`,
      stale,
      withCounter,
    ),
    'Never',
  ],
  [
    twoThreads(
      'release and the void RMW, which rmb does not order',
      'WRITE_ONCE(*x, 1); smp_wmb(); atomic_inc(c);',
      `atomic_add(2, c); smp_rmb(); int r0 = atomic_read(c); ${read('r1', 'x')}`,
      '1:r0=3 /\\ 1:r1=0',
      withCounter,
    ),
    'Sometimes',
  ],
  [
    twoThreads(
      'an acquire cmpxchg that fails',
      'WRITE_ONCE(*x, 1); smp_store_release(y, 1);',
      `int r0 = cmpxchg_acquire(y, 2, 3); ${read('r1', 'x')}`,
      stale,
    ),
    'Sometimes',
  ],
  [
    twoThreads(
      'critical sections',
      `spin_lock(l); WRITE_ONCE(*x, 1); WRITE_ONCE(*y, 1); spin_unlock(l);`,
      `spin_lock(l); ${read('r0', 'y')} ${read('r1', 'x')} spin_unlock(l);`,
      stale,
      withLock,
    ),
    'Never',
  ],
  [
    twoThreads(
      'a trylock and a look at a lock',
      'spin_lock(l); WRITE_ONCE(*x, 1); spin_unlock(l);',
      `int r0 = spin_is_locked(l); int r1 = spin_trylock(l); ${read('r2', 'x')} if (r1) spin_unlock(l);`,
      '1:r0=0 /\\ 1:r1=1 /\\ 1:r2=0',
      withLock,
    ),
    'Sometimes',
  ],
  [
    twoThreads(
      'RCU',
      `rcu_read_lock(); ${read('r0', 'x')} ${read('r1', 'y')} rcu_read_unlock();`,
      'WRITE_ONCE(*y, 1); synchronize_rcu(); WRITE_ONCE(*x, 1);',
      '0:r0=1 /\\ 0:r1=0',
    ),
    'Never',
  ],
  [
    twoThreads(
      'SRCU',
      `int r2 = srcu_read_lock(s); ${read('r0', 'x')} ${read('r1', 'y')} srcu_read_unlock(s, r2);`,
      'WRITE_ONCE(*y, 1); synchronize_srcu(s); WRITE_ONCE(*x, 1);',
      '0:r0=1 /\\ 0:r1=0',
      'int *x, int *y, struct srcu_struct *s',
    ),
    'Never',
  ],
  [
    twoThreads(
      'SRCU that matches nothing',
      `int r2 = srcu_read_lock(s); ${read('r0', 'x')} srcu_read_unlock(s, 7);`,
      'synchronize_srcu(s); WRITE_ONCE(*x, 1);',
      '0:r0=1',
      'int *x, int *y, struct srcu_struct *s',
    ),
    'Sometimes',
  ],
];

/** Whether it has an access that nothing marks. */
const isPlain = (one: LitmusTest, { macros }: KernelModel) =>
  kernelProgram(one, macros).threads.some((paths) =>
    paths.some(({ events }) => events.some(({ kind, sets }) => kind !== 'other' && sets.length === 0)),
  );

describe('a tree in the manner of Linux 6.15, with soft-coded tags', () => {
  const own = ownKernelModel('lkmm');
  const tree = readKernelModel(fixture);

  test.each(tests.map(([one, expected]) => [one.name, one, expected] as const))(
    '%s: as our lkmm says',
    (_, one, expected) => {
      const here = verdict(one, tree);
      expect(here.observation).toBe(expected);
      expect(here).toEqual(verdict(one, own));
    },
  );

  const classics = readTests([join(suiteFolder, 'classic')]).map(({ test: one }) => one);
  const marked = classics.filter((one) => !isPlain(one, own));
  test.each(marked.map((one) => [one.name, one] as const))('%s: as our lkmm says', (_, one) => {
    expect(verdict(one, tree)).toEqual(verdict(one, own));
  });

  test('may be named by its root, its folder or its .cfg', () => {
    const paths = [fixture, folder, join(folder, 'linux-kernel.cfg')];
    expect(paths.map((path) => readKernelModel(path).linked.title)).toEqual(
      paths.map(() => 'LKMM without plain accesses'),
    );
  });
});

describe('a mistake in a tree is told with its place and its remedy', () => {
  const names = [
    'linux-kernel.cfg',
    'linux-kernel.bell',
    'linux-kernel.def',
    'linux-kernel.cat',
    'lock.cat',
  ] as const;
  let copy = '';
  beforeEach(() => {
    copy = mkdtempSync(join(tmpdir(), 'fencepost-tree-'));
    for (const name of names) copyFileSync(join(folder, name), join(copy, name));
  });
  afterEach(() => rmSync(copy, { recursive: true }));

  const edit = (name: (typeof names)[number], found: string, instead: string) => {
    const text = readFileSync(join(copy, name), 'utf8');
    expect(text).toContain(found);
    writeFileSync(join(copy, name), text.replace(found, instead));
  };

  test.each([
    [
      'linux-kernel.cfg',
      'model linux-kernel.cat',
      'model  kernel.cat',
      '3:8: there is no file FOLDER/kernel.cat: name one beside this file',
    ],
    ['linux-kernel.cfg', 'macros linux', 'macros other', '1:8: there is no file FOLDER/other-kernel.def'],
    ['linux-kernel.cfg', 'bell linux-kernel.bell', 'bell .', '2:6: there is no file FOLDER: name one'],
    [
      'linux-kernel.def',
      '__fence{MB}',
      '__fence{mb}',
      "10:48: no enum of the model declares 'mb; did you mean",
    ],
    [
      'linux-kernel.def',
      '__fence{rmb}',
      '__fence{sync}',
      "13:20: no enum of the model declares 'sync: add it to one in the .bell file",
    ],
    [
      'linux-kernel.def',
      '__load{ONCE}(X)',
      '__laod{ONCE}(X)',
      "4:14: expected a macro defined above, or one of the built-in __load, __store, __fence, …, found '__laod'",
    ],
    [
      'linux-kernel.def',
      '__store{ONCE}(X,V);',
      '__store{ONCE}(X,W);',
      "5:35: expected a parameter or a number, found 'W'",
    ],
    [
      'linux-kernel.def',
      '__store{ONCE}(X,V);',
      '__store{ONCE}(X);',
      '5:19: __store needs a parameter or a number as its argument 2',
    ],
    [
      'linux-kernel.def',
      '__store{ONCE}(X,V);',
      '__store{ONCE}(0,V);',
      '5:19: __store needs a location as its argument 1',
    ],
    [
      'linux-kernel.def',
      '(X,+,V)',
      '(X,V,V)',
      '49:19: __atomic_op needs an operator (+ - & | ^ &~) as its argument 2',
    ],
    ['linux-kernel.def', '__load{ONCE}(X)', '__load{ONCE}(X', "5:1: expected ')', found 'WRITE_ONCE'"],
    [
      'linux-kernel.def',
      'smp_mb() { __fence{MB}; }',
      'smp_mb() { __fence{MB} }',
      "12:24: expected ';', found '}'",
    ],
    [
      'linux-kernel.def',
      '__atomic_add_unless{MB}(X,V,W)',
      '__atomic_add_unless{MB}(X,V,W',
      "63:54: expected ')', found the end of the file",
    ],
    ['linux-kernel.def', '/* Some', '*/ /* Some', "2:1: expected a macro's name, found '*'"],
    ['linux-kernel.def', 'come first. */', 'come first.', '2:1: this comment is never closed'],
    ['linux-kernel.bell', "'rmb ||", "'rmb |", '10:30: expected a statement'],
    [
      'linux-kernel.bell',
      'Rcu-lock \\ domain(pairs)',
      'Rcu-locks \\ domain(pairs)',
      "26:20: 'Rcu-locks' is not defined",
    ],
    [
      'linux-kernel.cat',
      'include "lock.cat"',
      'include "nowhere.cat"',
      '3:1: "nowhere.cat" is neither in the model\'s folder nor in the library',
    ],
    [
      'lock.cat',
      'include "cos-opt.cat"',
      'include "linux-kernel.cat"',
      '40:1: "linux-kernel.cat" is included by itself',
    ],
  ] as const)('%s: %s as %s', (name, found, instead, expected) => {
    edit(name, found, instead);
    const act = () => verdict(tests.at(-3)![0], readKernelModel(copy));
    expect(act).toThrow(CatError);
    expect(act).toThrow(`${join(copy, name)}:${expected.replace('FOLDER', copy)}`);
  });

  test('a primitive that the .def leaves out is told where a test uses it', () => {
    edit('linux-kernel.def', 'smp_mb() { __fence{MB}; }', '');
    const [one] = tests[0]!;
    expect(() => verdict(one, readKernelModel(copy))).toThrow('smp_mb() has no meaning in this model');
  });

  test('a variant that the .cfg does not choose is off', () => {
    edit('linux-kernel.cfg', 'variant lkmmv2', 'variant other,another');
    expect(verdict(tests[0]![0], readKernelModel(copy)).flags).toEqual(['needs-variant-lkmmv2']);
  });

  test('a folder or file that is none', () => {
    expect(() => readKernelModel(join(copy, 'nowhere'))).toThrow(ModelFileError);
    expect(() => readKernelModel(tmpdir())).toThrow(/holds no linux-kernel.cfg: name a kernel tree/);
    edit('linux-kernel.cfg', 'model linux-kernel.cat', '');
    expect(() => readKernelModel(copy)).toThrow(/names no model: it needs a line "model FILE.cat"/);
  });
});

describe('a .cat file alone', () => {
  test('takes the primitives as our lkmm does', () => {
    const model = readKernelModel(fileURLToPath(new URL('../../src/model/models/lkmm.cat', import.meta.url)));
    const [one] = tests[0]!;
    expect(verdict(one, model)).toEqual(verdict(one, ownKernelModel('lkmm')));
  });
});

const corpus = process.env['LITMUS_CORPUS'];
const treePath = process.env['FENCEPOST_KERNEL_TREE'];
const missing = [
  ...(corpus === undefined ? ['LITMUS_CORPUS'] : []),
  ...(treePath === undefined ? ['FENCEPOST_KERNEL_TREE'] : []),
];
const reason = missing.length === 0 ? '' : ` (skipped: ${missing.join(' and ')} not set)`;

describe.skipIf(missing.length > 0)(`the kernel tree that FENCEPOST_KERNEL_TREE names${reason}`, () => {
  const rows = missing.length > 0 ? [] : ['lkmm', 'kvm'].flatMap((set) => verdictsOf(join(corpus!, set)));
  const model = missing.length > 0 ? undefined : readKernelModel(treePath!);

  test('has verdicts to agree with', () => {
    expect(rows.length).toBeGreaterThan(0);
  });

  test.each(rows.map((row) => [row.name, row] as const))('%s', (_, { file, name, observation, states }) => {
    const here = verdict(parseLitmus(readFileSync(file, 'utf8'), file), model!);
    const otherwise = decidedOtherwise(name);
    if (otherwise === undefined) {
      expect(`${here.observation} ${here.states.length}`).toBe(`${observation} ${states}`);
    } else {
      expect(here.observation).toBe(otherwise);
    }
  });

  // Read-modify-writes, locks, RCU and SRCU, of which the corpus has little.
  test.each(tests.map(([one, expected]) => [one.name, one, expected] as const))('%s', (_, one, expected) => {
    expect(verdict(one, model!).observation).toBe(expected);
  });

  /** Verdicts of trees that are older than what decided those of the corpus. */
  function decidedOtherwise(name: string): string | undefined {
    const bell = join(dirname(configurationOf(treePath!)), 'linux-kernel.bell');
    // Dependencies go through plain accesses since Linux 6.3, which brought this test.
    const carries = readFileSync(bell, 'utf8').includes('carry-dep');
    return name === 'dep+plain.litmus' && !carries ? 'Sometimes' : undefined;
  }
});

interface Row {
  readonly name: string;
  readonly file: string;
  readonly observation: string;
  readonly states: number;
}

function verdictsOf(set: string): readonly Row[] {
  const [, ...lines] = readFileSync(join(set, 'verdicts.tsv'), 'utf8').trim().split('\n');
  return lines.map((line) => {
    const [name = '', observation = '', states = ''] = line.split('\t');
    return { name, file: join(set, name), observation, states: Number(states) };
  });
}

function configurationOf(tree: string): string {
  const paths = [tree, join(tree, 'linux-kernel.cfg'), join(tree, 'tools/memory-model/linux-kernel.cfg')];
  return paths.find((path) => path.endsWith('.cfg') && existsSync(path))!;
}
