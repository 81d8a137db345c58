import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { edgesNamed } from '../../../src/language/cycles/edges.ts';
import { generateTests } from '../../../src/language/cycles/generate.ts';
import type { LitmusTest, Statement } from '../../../src/language/litmus-test.ts';
import { parseLitmus } from '../../../src/language/parser.ts';
import { printLitmus, printProposition, printStatement } from '../../../src/language/printer.ts';
import { readTests, suiteFolder } from '../../../src/language/test-files.ts';
import { cellLayout, leastSpacing } from '../../../src/lower/layout.ts';
import { lower } from '../../../src/lower/lower.ts';
import { targets } from '../../../src/lower/targets.ts';
import { sequentialObservation } from '../../litmus/sequential-consistency.ts';
import { withoutPositions } from '../without-positions.ts';

/** The first tests of these edges, their names with spaces between them; all of them where no count is given. */
function generated(threads: readonly number[], edges = '', most = Infinity, seed = 0n): LitmusTest[] {
  const tests: LitmusTest[] = [];
  const names = edges === '' ? [] : edges.split(' ');
  for (const test of generateTests({ threads, edges: edgesNamed(names), seed })) {
    if (tests.push(test) >= most) break;
  }
  return tests;
}

const namesOf = (tests: readonly LitmusTest[]) => tests.map(({ name }) => name);

describe('the tests of some edges', () => {
  it.each([
    [2, 'Rfe Fre WmbdWW RmbdRR', ['MP+wmb+rmb']],
    [2, 'Rfe Fre ReldWW AcqdRR', ['MP+rel+acq']],
    [2, 'Rfe Fre PodWW DpAddrdR PodRR', ['MP', 'MP+po+addr']],
    [2, 'Fre PodWR MbdWR', ['SB', 'SB+mb+po', 'SB+mbs']],
    [2, 'Fre PosWR PodRR', ['SB+posR-pos']],
    [2, 'Fre PosWR PodRR MbdWR', ['SB+mb+posR-po', 'SB+mbs', 'SB+posR-pos']],
    [2, 'Rfe DpDatadW DpCtrldW', ['LB+ctrls', 'LB+data+ctrl', 'LB+datas']],
    [2, 'Coe MbdWW WmbdWW', ['2+2W+mbs', '2+2W+wmb+mb', '2+2W+wmbs']],
    [2, 'Rfe Coe WmbdWW DpDatadW', ['2+2W+wmbs', 'LB+datas', 'S+wmb+data']],
    [2, 'Coe Fre WmbdWW MbdWR', ['2+2W+wmbs', 'R+wmb+mb', 'SB+mbs']],
    [2, 'Rfe Fre Pos* RmbsRR', ['CoRR', 'CoRR+rmbs']],
    [2, 'Rfe Coe PosRW DpDatasW', ['CoRW2', 'CoRW2+datas']],
    [
      2,
      'Rfe Fre WmbdWW DpAddrdR PosRR RmbsRR',
      [
        'CoRR',
        'CoRR+rmbs',
        'MP+wmb+addr',
        'MP+wmb+addrR-pos',
        'MP+wmb+addrR-rmbs',
        'MP+wmb+pos-addr',
        'MP+wmb+rmbs-addr',
      ],
    ],
    [
      2,
      'Rfe PosRR RmbsRR MbdRW',
      ['LB+mb+posR-mb', 'LB+mb+rmbsR-mb', 'LB+mbs', 'LB+posR-mbs', 'LB+rmbsR-mb+posR-mb', 'LB+rmbsR-mbs'],
    ],
    [3, 'Rfe Fre ReldRW RmbdRR', ['3.LB+rels', 'WRC+rel+rmb']],
    [3, 'Rfe Fre ReldWW AcqReldRW AcqdRR', ['3.LB+acqrels', 'ISA2+rel+acqrel+acq', 'WRC+acqrel+acq']],
    [4, 'Rfe Fre MbdRR', ['IRIW+mbs']],
    [4, 'Rfe Fre MbdRR DpAddrdR', ['IRIW+addrs', 'IRIW+mb+addr', 'IRIW+mbs']],
    [4, 'Fre MbdWR', ['4.SB+mbs']],
  ])('of %i threads and %s are called %j', (threads, edges, names) => {
    expect(namesOf(generated([threads], edges)).toSorted()).toEqual(names);
  });

  it.each([
    [2, 'Rfe Fre WmbdWW DpAddrdR', 'MP+wmb+addr'],
    [2, 'Rfe DpDatadW DpCtrldW', 'LB+data+ctrl'],
    [2, 'Fre PosWR DpCtrldR', 'SB+pos-ctrls'],
    [2, 'Coe Rfe PosRW ReldWW DpAddrdW DpDatasW AcqdRR', 'LB+addr+acq-datas'],
    [3, 'Rfe Coe Fre ReldWW AcqReldRW MbdWR', 'Z6.0+rel+acqrel+mb'],
    [3, 'Rfe Coe DpDatadW WmbdWW', 'WRW+2W+data+wmb'],
  ])('of %i threads and %s have %s among them, as the golden file', async (threads, edges, name) => {
    const found = generated([threads], edges).find((test) => test.name === name);
    expect(found).toBeDefined();
    await expect(printLitmus(found!)).toMatchFileSnapshot(`golden/${name}.litmus`);
  });

  it('that close no cycle are refused', () => {
    expect(() => generated([2, 3], 'PodRR')).toThrow('these edges close no cycle of 2 or 3 threads');
    expect(() => generated([4], 'Coe PodWR')).toThrow('these edges close no cycle of 4 threads');
  });
});

describe('a test of the suite that is a cycle', () => {
  // Without those that are of the same shape, but store what they read (LB+datas, S+wmb+data).
  it.each([
    [2, 'Coe PodWW', '2+2W'],
    [2, 'Coe WmbdWW', '2+2W+wmbs'],
    [2, 'Coe MbdWW', '2+2W+mbs'],
    [2, 'Rfe Fre PosRR', 'CoRR'],
    [4, 'Rfe Fre PodRR', 'IRIW'],
    [4, 'Rfe Fre RmbdRR', 'IRIW+rmbs'],
    [4, 'Rfe Fre AcqdRR', 'IRIW+acqs'],
    [3, 'Rfe Fre PodWW PodRW PodRR', 'ISA2'],
    [3, 'Rfe Fre ReldWW AcqReldRW AcqdRR', 'ISA2+rel+acqrel+acq'],
    [2, 'Rfe PodRW', 'LB'],
    [2, 'Rfe AcqdRW ReldRW', 'LB+acq+rel'],
    [2, 'Rfe DpCtrldW', 'LB+ctrls'],
    [2, 'Rfe Fre PodWW PodRR', 'MP'],
    [2, 'Rfe Fre PodWW RmbdRR', 'MP+po+rmb'],
    [2, 'Rfe Fre ReldWW AcqdRR', 'MP+rel+acq'],
    [2, 'Rfe Fre WmbdWW RmbdRR', 'MP+wmb+rmb'],
    [2, 'Coe Fre PodWW PodWR', 'R'],
    [2, 'Coe Fre WmbdWW MbdWR', 'R+wmb+mb'],
    [2, 'Rfe Coe PodWW PodRW', 'S'],
    [2, 'Rfe Coe WmbdWW AcqdRW', 'S+wmb+acq'],
    [2, 'Fre PodWR', 'SB'],
    [2, 'Fre PodWR MbdWR', 'SB+mb+po'],
    [2, 'Fre WmbdWR RmbdWR', 'SB+wmb+rmb'],
    [3, 'Rfe Fre PodRW PodRR', 'WRC'],
    [3, 'Rfe Fre ReldRW RmbdRR', 'WRC+rel+rmb'],
    [3, 'Rfe Coe Fre PodWW PodRW PodWR', 'Z6.0'],
    [3, 'Rfe Coe Fre MbdWW MbdRW MbdWR', 'Z6.0+mbs'],
    [3, 'Rfe Coe Fre ReldWW AcqReldRW MbdWR', 'Z6.0+rel+acqrel+mb'],
  ])('of %i threads and %s is generated as it was written by hand: %s', (threads, edges, name) => {
    const byHand = readTests([join(suiteFolder, 'classic', `${name}.litmus`)])[0]!.test;
    const made = generated([threads], edges).find((test) => test.name === name)!;
    expect(made.threads.map(codeOf)).toEqual(byHand.threads.map(codeOf));
    expect(atomsOf(made)).toEqual(atomsOf(byHand));
  });
});

function codeOf({ parameters, body }: LitmusTest['threads'][number]): readonly string[] {
  return [parameters.map(({ name }) => name).join(), ...body.map(printStatement)];
}

function atomsOf({ condition }: LitmusTest): readonly string[] {
  expect(condition.quantifier).toBe('exists');
  return printProposition(condition.proposition).split(' /\\ ').toSorted();
}

describe('a choice of tests', () => {
  const first = (count: number, seed: bigint, threads = [2, 3, 4]) =>
    generated(threads, '', count, seed).map(printLitmus);

  it('is the same for the same seed, and a longer one begins with a shorter one', () => {
    expect(first(300, 7n)).toEqual(first(300, 7n));
    expect(first(300, 7n).slice(0, 40)).toEqual(first(40, 7n));
  });

  it('is another for another seed', () => {
    expect(first(300, 7n)).not.toEqual(first(300, 8n));
  });

  it('has as many tests of each number of threads', () => {
    const counts = generated([2, 3, 4], '', 300).map(({ threads }) => threads.length);
    for (const threads of [2, 3, 4]) expect(counts.filter((count) => count === threads)).toHaveLength(100);
  });

  it('has tests of every family among the first', () => {
    const families = new Set(
      namesOf(generated([2], '', 8)).map((name) => /^(2\+2W|[A-Z]\w*)/i.exec(name)?.[0]),
    );
    expect([...families].toSorted()).toEqual(['2+2W', 'CoRR', 'CoRW2', 'LB', 'MP', 'R', 'S', 'SB']);
  });

  it('of two threads is a thousand and more, those of single accesses first', () => {
    const tests = generated([2], '', 1000);
    expect(tests).toHaveLength(1000);
    const comesBack = ({ name }: LitmusTest) => name.includes('-');
    expect(tests.findIndex(comesBack)).toBeGreaterThan(100);
    expect(tests.slice(tests.findIndex(comesBack)).every(comesBack)).toBe(true);
  });
});

describe('every generated test', () => {
  let tests: readonly LitmusTest[];
  beforeAll(() => {
    tests = [
      ...generated([2], '', 500),
      ...generated([3], '', 300),
      ...generated([4], '', 150),
      // Threads that come back to a location, which come last of those.
      ...generated([3], 'Rfe Fre Coe Po* DpAddr* Rel* Acq*', 100, 1n).slice(-60),
      ...generated([3], 'Rfe Fre PodWW PosWR PosRR DpDatadW DpCtrlsR RmbdRR', 100),
    ];
  });

  it('has a name of its own', () => {
    const names = namesOf([
      ...generated([2], 'Po* DpAddr* DpCtrl* Rel* Acq* Mb*'),
      ...generated([4], '', 1000),
    ]);
    expect(names.length).toBeGreaterThan(10_000);
    expect(new Set(names).size).toBe(names.length);
  });

  it('has its cycle in its information line', () => {
    for (const { information, threads } of tests) {
      const [line = '', ...others] = information;
      expect(others).toEqual([]);
      const edges = line.replace('Cycle=', '').split(' ');
      expect(edges.filter((edge) => /^(Rfe|Fre|Coe)$/.test(edge))).toHaveLength(threads.length);
      expect(
        edgesNamed(edges)
          .programOrders.map(({ name }) => name)
          .toSorted(),
      ).toEqual([...new Set(edges)].filter((edge) => !/^(Rfe|Fre|Coe)$/.test(edge)).toSorted());
    }
  });

  it('parses back as itself and prints unchanged', () => {
    for (const test of tests) {
      const text = printLitmus(test);
      const again = parseLitmus(text, `${test.name}.litmus`);
      expect(withoutPositions(again)).toEqual(withoutPositions(test));
      expect(printLitmus(again)).toBe(text);
    }
  });

  it('lowers on every target', () => {
    for (const test of tests) {
      const layout = cellLayout(test, 'packed', leastSpacing(test, 'packed'), 8);
      for (const target of targets)
        expect(lower(test, target, layout).threads).toHaveLength(test.threads.length);
    }
  });

  it('is never seen one access at a time', () => {
    const seen = tests.filter((test) => sequentialObservation(test) !== 'Never');
    expect(namesOf(seen)).toEqual([]);
  });
});

describe('a cycle is critical:', () => {
  // Without dependencies, which do not hold the other way round.
  const tests = [
    ...generated([2], 'Po* Wmb* Rmb* Mb* Acqd* Reld*', 700),
    ...generated([3], 'Po* Wmb* Rmb* Mb* Acqd* Reld*', 150),
    ...generated([4], 'Pod*'),
    ...generated([3], 'Rfe Fre Coe Pod*W PosWR PosRW').slice(-100),
  ];

  it('let any thread visit its locations the other way round, and it is seen one access at a time', () => {
    const unseen = tests.flatMap((test) =>
      test.threads.flatMap((thread, index) =>
        thread.parameters.length < 2 || sequentialObservation(swapped(test, index)) === 'Sometimes'
          ? []
          : `P${index} of ${test.name}`,
      ),
    );
    expect(unseen).toEqual([]);
  });

  it('and there are many to let', () => {
    expect(tests.length).toBeGreaterThan(900);
    expect(namesOf(tests).filter((name) => name.includes('-')).length).toBeGreaterThan(100);
  });
});

/** The test with a thread's accesses to its second location before those to its first; fences are left out. */
function swapped(test: LitmusTest, index: number): LitmusTest {
  const threads = test.threads.map((thread) => {
    if (thread.index !== index) return thread;
    const declarations = thread.body.filter(({ kind }) => kind === 'declare');
    const accesses = thread.body.filter((statement) => locationOf(statement) !== undefined);
    const first = locationOf(accesses[0]!);
    const atFirst = accesses.filter((statement) => locationOf(statement) === first);
    const atSecond = accesses.filter((statement) => locationOf(statement) !== first);
    return { ...thread, body: [...declarations, ...atSecond, ...atFirst] };
  });
  return { ...test, threads };
}

function locationOf(statement: Statement): string | undefined {
  return /\(\*?([xyza])\b/.exec(printStatement(statement))?.[1];
}
