import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { architectures } from '../../src/architecture.ts';
import { adviseOn, weakestFirst, type Advice } from '../../src/evidence/advice.ts';
import { parseLitmus } from '../../src/language/parser.ts';
import { strategies } from '../../src/strategy/strategies.ts';

const timeoutMs = 20_000;
const suite = fileURLToPath(new URL('../../litmus/', import.meta.url));

function adviceOn(file: string): Advice {
  const source = readFileSync(file, 'utf8');
  return adviseOn(parseLitmus(source, file), source, timeoutMs);
}

function modelIn({ models }: Advice, name: string) {
  const found = models.find(({ model }) => model === name);
  if (found === undefined) throw new Error(`no advice by ${name}`);
  return found;
}

/** The needs of the guards by the test's own names for them, those without one left out. */
function needsByName(advice: Advice, model = 'lkmm'): Readonly<Record<string, string>> {
  const { alone } = modelIn(advice, model);
  return Object.fromEntries(
    advice.guards.flatMap(({ name, place }) =>
      place.comment === undefined
        ? []
        : [[place.comment, alone.find(({ guard }) => guard === name)?.need ?? '']],
    ),
  );
}

const snapshot = "the snapshot's smp_rmb";
const [pairedWmb, pairedRmb] = [
  "the smp_wmb of the retry check's pair",
  "the smp_rmb of the retry check's pair",
];

describe("KVM's page fault, shape C", () => {
  const advice = adviceOn(join(suite, 'kvm/C-page-fault.litmus'));
  const nameOf = (comment: string) => advice.guards.find(({ place }) => place.comment === comment)?.name;

  it("needs the snapshot's smp_rmb, and not the pair in the retry check", () => {
    expect(needsByName(advice)).toEqual({
      [snapshot]: 'needed',
      [pairedWmb]: 'not-needed',
      [pairedRmb]: 'not-needed',
    });
  });

  it('can do without both of the pair at once', () => {
    expect(modelIn(advice, 'lkmm').droppable).toEqual([[nameOf(pairedWmb), nameOf(pairedRmb)]]);
  });

  it('needs the locks, without which threads need only take turns', () => {
    const locks = advice.guards.filter(({ kind }) => kind === 'lock');
    const { alone } = modelIn(advice, 'lkmm');
    expect(locks).toHaveLength(4);
    for (const { name } of locks) expect(alone.find(({ guard }) => guard === name)?.need).toBe('needed');
    const [first] = alone;
    expect(first?.finding).toMatchObject({ kind: 'allowed', path: { kind: 'interleaving' } });
  });

  it('has a counterexample without the snapshot: a cycle across the place where it was', () => {
    const finding = modelIn(advice, 'lkmm').alone.find(({ guard }) => guard === nameOf(snapshot))?.finding;
    if (finding?.kind !== 'allowed' || finding.path.kind !== 'cycle') throw new Error('no cycle');
    expect(finding.state).toMatchObject({ spte: '1', '1:snap': '1', '1:now': '1' });
    const { steps } = finding.path;
    expect(steps.map(({ thread, location, edge }) => [thread, location, edge])).toEqual([
      [1, 'pte', 'fr'],
      [0, 'pte', 'po'],
      [0, 'seq', 'rf'],
      [1, 'seq', 'po'],
    ]);
    expect(steps.map(({ acrossGap }) => acrossGap)).toEqual([false, false, false, true]);
  });

  it('has code for the snapshot where reads can be reordered, and needs it there', () => {
    const guard = advice.guards.find(({ place }) => place.comment === snapshot);
    expect(guard?.instructions).toEqual({
      'x86-64': [],
      arm64: ['dmb ishld'],
      ppc64le: ['lwsync'],
      s390x: [],
      riscv64: ['fence r,r'],
    });
    for (const architecture of architectures) {
      const weak = guard?.instructions[architecture]?.length !== 0;
      expect(needsByName(advice, architecture)[snapshot]).toBe(weak ? 'needed' : 'not-needed');
    }
  });

  it('keeps its promise under no weaker strategy than its own', () => {
    expect(advice.weakestStrategy).toBe('kernel');
    expect(advice.strategies.filter(({ keeps }) => !keeps).map(({ strategy }) => strategy)).toEqual(
      expect.arrayContaining(['none', 'compiler', 'atomics', 'atomics-return']),
    );
  });

  it('breaks no chain', () => {
    expect(advice.chainBreaks).toEqual([]);
  });
});

it('the page fault under a per-page lock, shape E, needs all three of its barriers', () => {
  const advice = adviceOn(join(suite, 'kvm/E-page-lock.litmus'));
  expect(needsByName(advice)).toEqual({ [snapshot]: 'needed', [pairedWmb]: 'needed', [pairedRmb]: 'needed' });
  expect(modelIn(advice, 'lkmm').droppable).toEqual([['no-spin_lock@30']]);
});

it('a test that fails as written is not judged by taking barriers away, but by strategies', () => {
  const advice = adviceOn(join(suite, 'kvm/K-vcpu-request+wmb+rmb.litmus'));
  const lkmm = modelIn(advice, 'lkmm');
  expect(lkmm.asWritten).toMatchObject({ kind: 'allowed', state: { '0:seen': '0', '1:pending': '0' } });
  expect(lkmm.alone).toEqual([]);
  expect(advice.weakestStrategy).toBe('full');
});

it("a test with a non-temporal store is judged by x86-64's model alone", () => {
  const advice = adviceOn(join(suite, 'controls/A-nt+wmb.litmus'));
  expect(modelIn(advice, 'lkmm').asWritten.kind).toBe('unasked');
  expect(modelIn(advice, 'arm64').asWritten.kind).toBe('unasked');
  expect(modelIn(advice, 'x86-64').alone.map(({ need }) => need)).toEqual(['needed', 'not-needed']);
});

describe('a test of RCU', () => {
  const source = `C rcu
{}
P0(int *x, int *y)
{
	rcu_read_lock();
	WRITE_ONCE(*x, 1);
	WRITE_ONCE(*y, 1);
	rcu_read_unlock();
}
P1(int *x, int *y)
{
	int r0;
	int r1;
	r0 = READ_ONCE(*x);
	synchronize_rcu();
	r1 = READ_ONCE(*y);
}
exists (1:r0=1 /\\ 1:r1=0)
`;
  const advice = adviseOn(parseLitmus(source, 'rcu.litmus'), source, timeoutMs);

  it('needs its reader and its grace period', () => {
    expect(modelIn(advice, 'lkmm').alone.map(({ need }) => need)).toEqual(['needed', 'needed']);
  });

  it('has no code, and no architecture can be asked', () => {
    for (const architecture of architectures) {
      const { asWritten } = modelIn(advice, architecture);
      expect(asWritten).toMatchObject({ kind: 'unasked', reason: expect.stringContaining('RCU') });
    }
  });
});

it('a lock round plain accesses is needed against the data race, whatever the condition says', () => {
  const source = `C plain
{}
P0(int *x, spinlock_t *l)
{
	spin_lock(l);
	*x = 1;
	spin_unlock(l);
}
P1(int *x, spinlock_t *l)
{
	spin_lock(l);
	*x = 2;
	spin_unlock(l);
}
exists (x=0)
`;
  const advice = adviseOn(parseLitmus(source, 'plain.litmus'), source, timeoutMs);
  const { alone } = modelIn(advice, 'lkmm');
  expect(alone.map(({ need }) => need)).toEqual(['needed', 'needed']);
  expect(alone[0]?.finding).toMatchObject({ kind: 'forbidden', flags: ['data-race'] });
});

it('a check that takes too long leaves its model undecided', () => {
  const file = join(suite, 'kvm/J-nested.litmus');
  const source = readFileSync(file, 'utf8');
  const advice = adviseOn(parseLitmus(source, file), source, 1);
  for (const { asWritten } of advice.models) {
    expect(asWritten).toMatchObject({ kind: 'undecided', reason: expect.stringContaining('--timeout') });
  }
});

it('every strategy has its place in the order from the weakest', () => {
  expect(weakestFirst.toSorted()).toEqual(strategies.map(({ name }) => name).toSorted());
});

const corpus = process.env['LITMUS_CORPUS'];

describe.skipIf(corpus === undefined)(
  `the known verdicts without each barrier${corpus === undefined ? ' (skipped: LITMUS_CORPUS is not set)' : ''}`,
  () => {
    it.each(['C', 'D', 'E'])('shape %s', (shape) => {
      const folder = join(corpus ?? '', 'kvm');
      const verdicts = new Map(
        readFileSync(join(folder, 'verdicts.tsv'), 'utf8')
          .split('\n')
          .map((line) => line.split('\t'))
          .map(([file, verdict]) => [file ?? '', verdict]),
      );
      const advice = adviceOn(join(folder, `${shape}-wmb1-snap1-rmb1.litmus`));
      const [wmb, snap, rmb] = advice.guards.filter(({ kind }) => kind === 'fence').map(({ name }) => name);
      const { droppable } = modelIn(advice, 'lkmm');
      for (let kept = 0; kept < 8; kept++) {
        const keeps = [kept & 4, kept & 2, kept & 1].map((bit) => (bit === 0 ? 0 : 1));
        const dropped = [wmb, snap, rmb].filter((_, index) => keeps[index] === 0);
        const file = `${shape}-wmb${keeps[0]}-snap${keeps[1]}-rmb${keeps[2]}.litmus`;
        const canGo =
          dropped.length === 0 || droppable.some((set) => dropped.every((name) => set.includes(name ?? '')));
        expect([file, canGo]).toEqual([file, verdicts.get(file) === 'Never']);
      }
    });
  },
);
