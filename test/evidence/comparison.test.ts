import { describe, expect, it } from 'vitest';
import { columnsOf } from '../../src/evidence/comparison-columns.ts';
import { failuresOf } from '../../src/evidence/comparison-failures.ts';
import { compare, type ComparedRow, type Comparison } from '../../src/evidence/comparison.ts';
import type { Counts } from '../../src/evidence/counts.ts';
import type { RecordedFile } from '../../src/results/recorded-files.ts';
import { block, onBareXeon, onMachine, session, type SessionRow } from './recorded-session.ts';
import { sampleDocument } from '../results/sample-document.ts';
import { randomFrom, simulate, type Random } from './simulated.ts';

const [firstPlan] = sampleDocument.plans;
if (firstPlan === undefined) throw new Error('the sample has no plan');
const anyBlock = { runNs: 1e6, wallNs: 2e6, strayed: 0, switches: 0 };

const compared = (files: readonly RecordedFile[], options = {}): Comparison =>
  compare(columnsOf(files), { despiteCode: false, strategies: undefined, ...options });

const steady = (sightings: number): readonly Counts[] =>
  Array.from({ length: 10 }, (_, index) => block(sightings + (index % 3), 100_000));

const onEmulator = onMachine({
  architecture: 's390x',
  emulation: { kind: 'qemu-user', evidence: 'Saved by hand.' },
});

const namesOf = ({ rows }: Comparison) => rows.map(({ test, strategies }) => [test, ...strategies].join(' '));
const rowNamed = ({ rows }: Comparison, name: string): ComparedRow => {
  const row = rows.find(({ test }) => test === name);
  if (row === undefined) throw new Error(`no row is named ${name}`);
  return row;
};

/** Sixty tests of all rates, run anew: each launch has a pace of its own, and so has each block. */
function launch(random: Random, file: string, launchVariance: number, planted = -1): RecordedFile {
  return launched(random, file, [undefined], launchVariance, planted);
}

/** The same in one session, of these launches. */
function launched(
  random: Random,
  file: string,
  launches: readonly (number | undefined)[],
  launchVariance: number,
  planted = -1,
  sessionVariance = 0,
): RecordedFile {
  const rows = Array.from({ length: 60 }, (_, test): SessionRow => {
    const usual = test % 3 === 0 ? 0 : 10 ** (1.5 + (test % 7) / 2) * random.gamma(sessionVariance);
    const blocks = launches.flatMap((number) => {
      const counts = simulate(random, {
        blocks: 10,
        iterationsPerBlock: 100_000,
        expectedSightings: usual * random.gamma(launchVariance) * (test === planted ? 2 : 1),
        blockFactor: () => random.gamma(0.001),
      });
      return number === undefined ? counts : counts.map((one) => ({ ...one, launch: number }));
    });
    return { test: `T${test}`, blocks, verdict: test % 3 === 0 ? 'unseen' : 'seen' };
  });
  return session(file, rows);
}

describe('two runs of the same machine', () => {
  it.each([0, 0.01, 0.3, 1])(
    'show no real difference in at least 95 of 100 cells, though launches vary by %s',
    (launchVariance) => {
      const random = randomFrom(21);
      const families = Array.from({ length: 5 }, () =>
        compared([launch(random, 'a.json', launchVariance), launch(random, 'b.json', launchVariance)]),
      );
      const cells = families.flatMap(({ rows }) => rows.flatMap((row) => row.cells[1] ?? []));
      const real = cells.filter(({ ratio }) => ratio?.real === true).length;
      expect(cells).toHaveLength(300);
      expect(real / cells.length).toBeLessThanOrEqual(0.05);
    },
  );

  it('show a planted doubling, where launches vary by less', () => {
    const random = randomFrom(22);
    const comparison = compared([launch(random, 'a.json', 0.002), launch(random, 'b.json', 0.002, 20)]);
    const { difference, cells } = rowNamed(comparison, 'T20');
    expect(difference).toBe('rate');
    expect(cells[1]?.ratio).toMatchObject({ real: true, independent: 'block' });
    expect(cells[1]?.ratio?.low).toBeGreaterThan(1.2);
    expect(comparison.singleLaunches).toBe(true);
    expect(namesOf(comparison)[0]).toBe('T20 kernel');
  });

  it('are compared launch by launch where there are five of each', () => {
    const random = randomFrom(23);
    const files = ['before', 'after'].flatMap((folder) =>
      Array.from({ length: 5 }, (_, index) =>
        launch(random, `${folder}/${index}.json`, 0.01, folder === 'after' ? 20 : -1),
      ),
    );
    const comparison = compared(files);
    expect(comparison.by).toBe('folder');
    expect(comparison.singleLaunches).toBe(false);
    const real = comparison.rows.filter(({ cells }) => cells[1]?.ratio?.real === true);
    expect(real.map(({ test }) => test)).toContain('T20');
    expect(real.length).toBeLessThanOrEqual(3);
    expect(rowNamed(comparison, 'T20').cells[1]).toMatchObject({
      launches: 5,
      ratio: { independent: 'launch' },
    });
  });

  const five = [0, 1, 2, 3, 4];

  it.each([0, 0.01, 0.3])(
    'of five launches each show no real difference in at least 95 of 100 cells, launches varying by %s',
    (launchVariance) => {
      const random = randomFrom(24);
      const cells = Array.from({ length: 5 }, () =>
        compared([
          launched(random, 'a.json', five, launchVariance),
          launched(random, 'b.json', five, launchVariance),
        ]),
      ).flatMap(({ rows }) => rows.flatMap((row) => row.cells[1] ?? []));
      expect(cells.flatMap(({ ratio }) => ratio?.independent ?? [])).not.toContain('block');
      const real = cells.filter(({ ratio }) => ratio?.real === true).length;
      expect(real / cells.length).toBeLessThanOrEqual(0.05);
    },
  );

  it('of five launches each show a planted doubling, which one launch of each may hide', () => {
    const random = randomFrom(25);
    const found = Array.from({ length: 20 }, () => {
      const files = [launched(random, 'a.json', five, 0.01), launched(random, 'b.json', five, 0.01, 20)];
      const comparison = compared(files);
      expect(comparison.singleLaunches).toBe(false);
      return rowNamed(comparison, 'T20').cells[1]?.ratio?.real === true;
    });
    expect(found.filter(Boolean).length).toBeGreaterThanOrEqual(19);
  });

  it('of five launches each tell by how much all rows differ where one was busier all the time', () => {
    const random = randomFrom(27);
    const comparisons = Array.from({ length: 5 }, () =>
      compared([
        launched(random, 'a.json', five, 0.01, -1, 0.2),
        launched(random, 'b.json', five, 0.01, -1, 0.2),
      ]),
    );
    for (const { sessionDeviation } of comparisons) expect(sessionDeviation).toBeGreaterThan(0.2);
  });

  it('of virtual CPUs are compared while those were equally far apart', () => {
    const random = randomFrom(29);
    // Of five launches two ran while the CPUs were neighbours, when everything is seen four times as often.
    const roundTripsNs = { 'a.json': [66, 31, 67, 65, 30], 'b.json': [64, 68, 30, 66, 65] };
    const moved = (
      file: keyof typeof roundTripsNs,
      planted: number,
      cpus: readonly [number, number] = [0, 1],
    ): RecordedFile => {
      const looks = five.flatMap((launch) =>
        [0, 1].map((end) => ({
          atMs: launch * 100 + end * 90,
          roundTripNs: roundTripsNs[file][launch] ?? 0,
        })),
      );
      const rows = Array.from({ length: 30 }, (_, test): SessionRow => {
        const blocks = five.flatMap((launch) => {
          const near = (roundTripsNs[file][launch] ?? 0) < 40 ? 4 : 1;
          const expectedSightings = 2000 * near * (test === planted ? 2 : 1);
          const counts = simulate(random, { blocks: 2, iterationsPerBlock: 100_000, expectedSightings });
          return counts.map((one) => ({ ...one, launch }));
        });
        return { test: `T${test}`, blocks };
      });
      return session(file, rows, (document) => ({
        ...document,
        session: { ...document.session, distance: { cpus: [0, 1], looks } },
        plans: document.plans.map((plan) => ({ ...plan, cpus: [...cpus] })),
        rows: document.rows.map((row) => ({
          ...row,
          runs: row.runs.map((run) => ({
            ...run,
            blocks: run.blocks.map((one) => ({ ...one, endedMs: (one.launch ?? 0) * 100 + 50 })),
          })),
        })),
      }));
    };
    const { rows, distances } = compared([moved('a.json', 20), moved('b.json', -1)]);
    const real = rows.filter(({ cells }) => cells[1]?.ratio?.real === true);
    expect(real.map(({ test }) => test)).toContain('T20');
    expect(real.length).toBeLessThanOrEqual(2);
    const { clusters, ratio } = real[0]?.cells[1]?.ratio ?? {};
    expect(clusters).toEqual([4, 3]);
    expect(ratio).toBeCloseTo(0.5, 1);
    const range = { leastNs: 64, mostNs: 128 };
    expect(real[0]?.cells[1]).toMatchObject({
      iterations: 1_000_000,
      ratio: { iterations: [800_000, 600_000] },
      ratioDistance: range,
    });
    expect(distances).toEqual([
      {
        column: 1,
        reference: 0,
        range,
        looks: [
          { all: 10, within: 8 },
          { all: 10, within: 6 },
        ],
      },
    ]);
    // Nothing is known of CPUs that were not looked at.
    const elsewhere = compared([moved('a.json', -1, [2, 3]), moved('b.json', -1, [2, 3])]).rows;
    expect(new Set(elsewhere.map(({ cells }) => cells[1]?.ratio?.iterations.join(' ')))).toEqual(
      new Set(['1000000 1000000']),
    );
  });

  it('are compared plan by plan, however the time was shared out among plans', () => {
    const random = randomFrom(26);
    const plans = [
      { ...firstPlan, name: 'often' },
      { ...firstPlan, name: 'seldom', group: 99 },
    ];
    const run = (plan: string, rate: number, iterationsPerBlock: number) => {
      const blocks = five.flatMap((launch) =>
        simulate(random, {
          blocks: 4,
          iterationsPerBlock,
          expectedSightings: rate * 4 * iterationsPerBlock,
        }).map(({ sightings, iterations }) => ({ ...anyBlock, witnesses: sightings, iterations, launch })),
      );
      const iterations = blocks.reduce((sum, one) => sum + one.iterations, 0);
      const witnesses = blocks.reduce((sum, one) => sum + one.witnesses, 0);
      return { plan, iterations, witnesses, filtered: 0, outcomes: [], blocks };
    };
    const sessionOf = (file: string, often: number, seldom: number): RecordedFile =>
      session(file, [{ test: 'SB', blocks: [block(1, 1)] }], (document) => ({
        ...document,
        plans,
        rows: document.rows.map((row) => ({
          ...row,
          runs: [run('often', 0.2, often), run('seldom', 0.001, seldom)],
        })),
      }));
    const files = [sessionOf('a.json', 90_000, 10_000), sessionOf('b.json', 10_000, 90_000)];
    const [, cell] = rowNamed(compared(files), 'SB').cells;
    expect(cell?.rate?.rate).toBeLessThan(0.03);
    expect(cell).toMatchObject({
      ratioPlans: ['often', 'seldom'],
      ratio: { real: false, independent: 'launch' },
    });
    expect(cell?.ratio?.ratio).toBeCloseTo(1, 1);
  });

  it.each([
    { what: 'launch by launch', launches: [0, 1, 2, 3, 4], real: true },
    { what: 'once each, when it is not known how launches differ', launches: [0], real: false },
  ])('tell an event that vanished under one plan from one that stayed under another: $what', (one) => {
    const plans = ['A', 'B'].map((name, group) => ({ ...firstPlan, name, group }));
    const run = (plan: string, sightings: number) => {
      const blocks = one.launches.flatMap((launch) =>
        [0, 1, 2, 3].map((index) => ({
          ...anyBlock,
          witnesses: sightings === 0 ? 0 : sightings + 5 * ((launch + index) % 3),
          iterations: 10_000,
          launch,
        })),
      );
      const iterations = 10_000 * blocks.length;
      return { plan, iterations, witnesses: 0, filtered: 0, outcomes: [], blocks };
    };
    const sessionOf = (file: string, underA: number): RecordedFile =>
      session(file, [{ test: 'SB', blocks: [block(1, 1)] }], (document) => ({
        ...document,
        plans,
        rows: document.rows.map((row) => ({ ...row, runs: [run('A', underA), run('B', 100)] })),
      }));
    const comparison = compared([sessionOf('a.json', 0), sessionOf('b.json', 500)]);
    expect(rowNamed(comparison, 'SB').cells[1]).toMatchObject({
      ratioPlans: ['A'],
      ratioAlone: one.real,
      ratio: { real: one.real, ratio: undefined, high: undefined },
    });
  });

  it('of one test alone, once each, tell nothing of how launches differ', () => {
    const files = [steady(100), steady(200)].map((blocks, index) =>
      session(`${index}.json`, [{ test: 'SB', blocks }]),
    );
    expect(rowNamed(compared(files), 'SB').cells[1]?.ratio).toMatchObject({
      real: false,
      probability: 1,
      low: 0,
    });
  });
});

it('what all rows differ by is a difference between machines, and told as one of sessions of the same', () => {
  const random = randomFrom(28);
  const five = [0, 1, 2, 3, 4];
  const files = [
    launched(random, 'a.json', five, 0.001, -1, 1),
    launched(random, 'b.json', five, 0.001, -1, 1),
  ];
  const real = (comparison: Comparison) =>
    comparison.rows.filter(({ cells }) => cells[1]?.ratio?.real === true).length;
  const others = files.map((file, index) =>
    index === 1 && file.kind === 'results' ? { ...file, document: onBareXeon(file.document) } : file,
  );
  expect(real(compared(others))).toBeGreaterThan(20);
  expect(compared(others).sessionDeviation).toBe(0);
  expect(real(compared(files))).toBeLessThanOrEqual(3);
  expect(compared(files).sessionDeviation).toBeGreaterThan(0.2);
});

describe('columns', () => {
  const rows: SessionRow[] = [{ test: 'SB', blocks: steady(100) }];

  it('are machines, with their sessions together', () => {
    const { by, columns } = columnsOf([
      session('epyc/1.json', rows),
      session('xeon/1.json', rows, onBareXeon),
      session('epyc/2.json', rows),
    ]);
    expect(by).toBe('machine');
    expect(columns.map(({ name, standing, sessions }) => [name, standing, sessions.length])).toEqual([
      ['amd-epyc-2cpu-x86-64-kvm', 'virtual', 2],
      ['intel-xeon-2cpu-x86-64', 'bare', 1],
    ]);
  });

  it('of one machine are its folders, or else its sessions', () => {
    const names = (...files: string[]) => columnsOf(files.map((file) => session(file, rows))).columns;
    expect(names('before/1.json', 'before/2.json', 'after/1.json').map(({ name }) => name)).toEqual([
      'amd-epyc-2cpu-x86-64-kvm in before',
      'amd-epyc-2cpu-x86-64-kvm in after',
    ]);
    expect(names('r/1.json', 'r/2.json').map(({ name }) => name)).toEqual(['1', '2']);
  });

  it("are kept apart as told, by the files' paths where the names are the same", () => {
    const files = [session('a/1.json', rows), session('b/1.json', rows)];
    expect(columnsOf(files, 'session').columns.map(({ name }) => name)).toEqual(['a/1.json', 'b/1.json']);
    expect(columnsOf(files, 'machine').columns).toHaveLength(1);
  });

  it('of two ways of writing atomics are two machines', () => {
    const withVariant = (variant: string) =>
      session(`${variant}.json`, rows, (document) => ({
        ...document,
        target: { architecture: 'arm64', variant },
      }));
    expect(columnsOf([withVariant('lse'), withVariant('llsc')]).columns).toHaveLength(2);
  });
});

describe('rows', () => {
  it('are matched by the text of the test under the strategy, whatever its name', () => {
    const comparison = compared([
      session('a.json', [{ test: 'SB', strategy: 'no-smp_mb@7', variant: 'v', blocks: steady(10) }]),
      session('b.json', [{ test: 'SB', strategy: 'no-smp_mb@9', variant: 'v', blocks: steady(10) }]),
    ]);
    expect(namesOf(comparison)).toEqual(['SB no-smp_mb@7 no-smp_mb@9']);
  });

  it('are apart where the text differs, which is said', () => {
    const comparison = compared([
      session('a.json', [{ test: 'SB', variant: 'old', blocks: steady(10) }]),
      session('b.json', [{ test: 'SB', variant: 'new', blocks: steady(90) }]),
    ]);
    expect(comparison.rows.map(({ cells }) => cells.map((cell) => cell !== undefined))).toEqual([
      [true, false],
      [false, true],
    ]);
    expect(comparison.otherVersions).toEqual(['SB kernel']);
  });

  it('of strategies that are the same code in every column are one, elsewhere not', () => {
    const same: SessionRow[] = [
      { test: 'SB', blocks: steady(10) },
      { test: 'SB', strategy: 'none', sameCodeAs: 'kernel', verdict: 'seen' },
    ];
    const distinct: SessionRow[] = [
      { test: 'SB', blocks: steady(10) },
      { test: 'SB', strategy: 'none', blocks: steady(20) },
    ];
    expect(namesOf(compared([session('a.json', same), session('b.json', same)]))).toEqual(['SB kernel none']);
    const arm = onMachine({ architecture: 'arm64' });
    const both = compared([session('a.json', same), session('b.json', distinct, arm)]);
    expect(namesOf(both)).toEqual(['SB kernel', 'SB none']);
    expect(both.rows[1]?.cells[0]).toMatchObject({ iterations: 1_000_000, sameCodeAs: 'kernel' });
  });

  it('leave out a strategy that does not apply, which has the text of the test as written', () => {
    const comparison = compared([
      session('a.json', [
        { test: 'SB', variant: 'v', blocks: steady(10) },
        { test: 'SB', strategy: 'none', variant: 'v' },
      ]),
    ]);
    expect(namesOf(comparison)).toEqual(['SB kernel']);
  });

  it('take in the test of their name in a log, which has counts and no verdict', () => {
    const log: RecordedFile = {
      kind: 'litmus7',
      file: 'old.log',
      tests: [
        {
          name: 'SB--no-smp_mb-7',
          quantifier: 'exists',
          condition: undefined,
          outcomes: [],
          iterations: 1000,
          witnesses: 3,
        },
      ],
    };
    const rows = [{ test: 'SB', strategy: 'no-smp_mb@7', blocks: steady(10) }];
    const { cells, difference } = rowNamed(compared([session('a.json', rows), log]), 'SB');
    expect(cells[1]).toMatchObject({ verdict: undefined, sightings: 3, iterations: 1000, code: 'unknown' });
    expect(cells[1]?.ratio).toMatchObject({ independent: 'iteration', real: false });
    expect(difference).toBe('none');
  });

  it('of what was never seen have the bound that their sessions tell by their controls, all N together', () => {
    const never = { test: 'MP', blocks: [block(0, 3000)], verdict: 'upheld' as const };
    const bounded = (file: string, bound: number | undefined): RecordedFile =>
      session(file, [never], (document) => ({
        ...document,
        rows: document.rows.map((row) => ({ ...row, ...(bound === undefined ? {} : { bound }) })),
      }));
    const boundOf = (...bounds: readonly (number | undefined)[]) => {
      const files = bounds.map((bound, index) => bounded(`${index}.json`, bound));
      return rowNamed(
        compare(columnsOf(files, 'machine'), { despiteCode: false, strategies: undefined }),
        'MP',
      ).cells[0]?.bound;
    };
    expect(boundOf(1e-3)).toBeCloseTo(1e-3, 12);
    expect(boundOf(1e-3, 1e-3)).toBeCloseTo(5e-4, 12);
    expect(boundOf(1e-3, undefined)).toBeUndefined();
  });

  it('count the other event under forall', () => {
    const rows: SessionRow[] = [{ test: 'F', quantifier: 'forall', blocks: [block(2, 100), block(1, 100)] }];
    expect(rowNamed(compared([session('a.json', rows)]), 'F').cells[0]).toMatchObject({ sightings: 3 });
  });

  it('come with violations first, then what one saw and another did not, then other verdicts, then rates', () => {
    const rows = (second: boolean): SessionRow[] => [
      { test: 'same', blocks: steady(500) },
      { test: 'code', code: second ? 'x' : 'y', blocks: steady(500) },
      { test: 'rate', blocks: steady(second ? 1000 : 500) },
      ...Array.from({ length: 8 }, (_, index) => ({ test: `quiet${index}`, blocks: steady(500 + index) })),
      {
        test: 'vouched',
        verdict: second ? 'inconclusive' : 'upheld',
        blocks: steady(0).map(() => block(0, 9)),
      },
      { test: 'seen', verdict: second ? 'unseen' : 'seen', blocks: [block(second ? 0 : 4, 99)] },
      { test: 'broken', verdict: second ? 'violation' : 'upheld', blocks: [block(second ? 1 : 0, 99)] },
    ];
    const comparison = compared([session('a.json', rows(false)), session('b.json', rows(true))]);
    expect(comparison.rows.slice(0, 5).map(({ test, difference }) => [test, difference])).toEqual([
      ['broken', 'verdict'],
      ['seen', 'verdict'],
      ['vouched', 'verdict'],
      ['rate', 'rate'],
      ['code', 'code'],
    ]);
    expect(comparison.rows.slice(5).every(({ difference }) => difference === 'none')).toBe(true);
  });

  it('can be those of some strategies alone', () => {
    const rows = ['kernel', 'full'].map((strategy) => ({ test: 'SB', strategy, blocks: steady(10) }));
    const comparison = compared([session('a.json', rows)], { strategies: ['full'] });
    expect(namesOf(comparison)).toEqual(['SB full']);
  });
});

describe('machine code', () => {
  const withCode = (code: string, sightings = 500): SessionRow[] => [
    { test: 'SB', code, blocks: steady(sightings) },
    ...Array.from({ length: 8 }, (_, index) => ({ test: `T${index}`, blocks: steady(500) })),
  ];
  const [one, other] = [session('a.json', withCode('one')), session('b.json', withCode('other', 2000))];

  it('that differs within an instruction set is not compared, unless asked', () => {
    const refused = rowNamed(compared([one, other]), 'SB');
    expect(refused).toMatchObject({ difference: 'code', cells: [{ code: 'same' }, { code: 'other' }] });
    expect(refused.cells[1]).toMatchObject({ compared: false, ratio: undefined });
    const asked = rowNamed(compared([one, other], { despiteCode: true }), 'SB');
    expect(asked).toMatchObject({
      difference: 'rate',
      cells: [{}, { code: 'other', ratio: { real: true } }],
    });
  });

  it('of another instruction set is compared', () => {
    const arm = session('b.json', withCode('other', 2000), onMachine({ architecture: 'arm64' }));
    expect(rowNamed(compared([one, arm]), 'SB')).toMatchObject({
      difference: 'rate',
      cells: [{}, { code: 'same' }],
    });
  });

  it('that changes between the sessions of a column is not compared', () => {
    const xeon = session('x.json', withCode('one'), onBareXeon);
    const { cells } = rowNamed(compared([xeon, one, other]), 'SB');
    expect(cells[1]).toMatchObject({ code: 'several', compared: false });
  });
});

describe('an emulator', () => {
  const rows = (verdict: 'seen' | 'violation', sightings: number): SessionRow[] => [
    { test: 'SB', verdict, blocks: steady(sightings) },
  ];

  it('takes no part in the comparison, wherever it stands', () => {
    const emulated = session('e.json', rows('violation', 500), onEmulator);
    const real = session('r.json', [{ test: 'SB', verdict: 'upheld', blocks: [block(0, 9000)] }]);
    for (const files of [
      [emulated, real],
      [real, emulated],
    ]) {
      const { difference, cells } = rowNamed(compared(files), 'SB');
      expect(difference).toBe('none');
      expect(cells.map((cell) => cell?.compared).toSorted()).toEqual([false, true]);
      expect(cells.every((cell) => cell?.ratio === undefined)).toBe(true);
    }
  });

  it('fails a comparison by a violation that is asked for, and by nothing else', () => {
    const comparison = compared([session('e.json', rows('violation', 500), onEmulator)]);
    expect(failuresOf(comparison, ['difference', 'inconclusive'])).toEqual([]);
    expect(failuresOf(comparison, ['violation']).map(({ failure }) => failure)).toEqual(['violation']);
  });
});

describe('a comparison fails', () => {
  const rows = (second: boolean): SessionRow[] => [
    { test: 'broken', verdict: second ? 'violation' : 'upheld', blocks: [block(second ? 3 : 0, 99)] },
    { test: 'vouched', verdict: 'inconclusive', blocks: [block(0, 99)] },
    { test: 'code', code: second ? 'x' : 'y', blocks: steady(500) },
  ];
  const comparison = compared([session('a.json', rows(false)), session('b.json', rows(true))]);
  const sentences = (...failOn: Parameters<typeof failuresOf>[1][number][]) =>
    failuresOf(comparison, failOn).map(({ sentence }) => sentence);

  it('only on what is named', () => {
    expect(sentences()).toEqual([]);
    expect(sentences('violation')).toEqual(['violation: as it was']);
    expect(sentences('inconclusive')).toHaveLength(2);
    expect(sentences('difference')).toEqual([
      'violation, not upheld as in the first column',
      'its machine code differs',
    ]);
  });
});
