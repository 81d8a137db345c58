import { describe, expect, test } from 'vitest';
import { edgesNamed } from '../../src/language/cycles/edges.ts';
import { generateTests } from '../../src/language/cycles/generate.ts';
import { observableName, type LitmusTest } from '../../src/language/litmus-test.ts';
import { observablesOf } from '../../src/language/observables.ts';
import { outcomeKey } from '../../src/language/outcome.ts';
import { parseLitmus } from '../../src/language/parser.ts';
import { programOf } from '../../src/lower/events.ts';
import { fencesIn, inLanes, lowerInLanes, needFence, type Lanes } from '../../src/lower/lanes.ts';
import { cellLayout } from '../../src/lower/layout.ts';
import { targets } from '../../src/lower/targets.ts';
import { checkProgram } from '../../src/model/check.ts';
import { architectureModel } from '../../src/model/models.ts';
import { targetName } from './target-name.ts';

const named = targets.map((target) => ({ target, name: targetName(target) }));
const targetNamed = (wanted: string) => {
  const found = named.find(({ name }) => name === wanted)?.target;
  if (found === undefined) throw new Error(`no target ${wanted}`);
  return found;
};
const [x86, arm64] = [targetNamed('x86-64'), targetNamed('arm64 lse')];

const threadsOf = (...bodies: string[]) =>
  parseLitmus(
    `C lanes\n{}\n${bodies
      .map((body, index) => `P${index}(int *x, int *y, int *z, spinlock_t *l, int **p)\n{\n${body}\n}\n`)
      .join('')}exists (x=1)\n`,
    'lanes.litmus',
  );

describe('between two threads of a lane is a fence where', () => {
  /** On x86-64, and on arm64. */
  const fenced = (earlier: string, later: string) => {
    const [one, two] = threadsOf(earlier, later).threads;
    if (one === undefined || two === undefined) throw new Error('two threads');
    return [x86, arm64].map((target) => needFence(one, two, target));
  };

  test('the later one reads what the earlier one writes', () => {
    expect(fenced('WRITE_ONCE(*x, 1);', 'int r0 = READ_ONCE(*x);')).toEqual([true, true]);
    expect(fenced('*x = 1;', 'int r0 = *x;')).toEqual([true, true]);
    expect(fenced('xchg(x, 1);', 'xchg(x, 2);')).toEqual([true, true]);
    const section = 'spin_lock(l); spin_unlock(l);';
    expect(fenced(section, section)).toEqual([true, true]);
  });

  test('the later one writes what the earlier one accesses, unless only stores are late', () => {
    expect(fenced('int r0 = READ_ONCE(*x);', 'WRITE_ONCE(*x, 1);')).toEqual([false, true]);
    expect(fenced('WRITE_ONCE(*x, 1);', 'WRITE_ONCE(*x, 2);')).toEqual([false, true]);
    expect(fenced('WRITE_ONCE_NT(*x, 1);', 'WRITE_ONCE(*x, 2);')).toEqual([true, true]);
  });

  test('not both only read, or have nothing in common', () => {
    expect(fenced('int r0 = READ_ONCE(*x);', 'int r0 = *x;')).toEqual([false, false]);
    expect(fenced('WRITE_ONCE(*x, 1);', 'if (READ_ONCE(*y)) *z = 1;')).toEqual([false, false]);
  });

  test('one computes the address of an access', () => {
    const chase = 'int *r0 = READ_ONCE(*p); int r1 = READ_ONCE(*r0);';
    expect(fenced('WRITE_ONCE(*x, 1);', chase)).toEqual([true, true]);
    expect(fenced(chase, 'WRITE_ONCE(*x, 1);')).toEqual([true, true]);
  });
});

const storeBuffering = threadsOf(
  'int r0; WRITE_ONCE(*x, 1); r0 = READ_ONCE(*y);',
  'int r0; if (READ_ONCE(*y)) { r0 = 7; }',
  'int r0; WRITE_ONCE(*z, 1); r0 = READ_ONCE(*z);',
);

test('a lane has the code of its threads, with registers of its own for each', () => {
  const { threads } = inLanes(storeBuffering, [[0, 2], [1]], x86);
  expect(threads.map(({ index }) => index)).toEqual([0, 1]);
  expect(threads.map(({ body }) => body.length)).toEqual([6, 2]);
  const declared = threads.map(({ body }) =>
    body.flatMap((statement) => (statement.kind === 'declare' ? [statement.name] : [])),
  );
  expect(declared).toEqual([['r0#0', 'r0#2'], ['r0#1']]);
});

test('a full fence is between threads that need one, for those that come after as well', () => {
  const calls = (one: LitmusTest, lanes: Lanes) =>
    inLanes(one, lanes, x86).threads.map(({ body }) =>
      body.flatMap((statement) =>
        statement.kind === 'evaluate' && statement.expression.kind === 'call'
          ? [statement.expression.name]
          : [],
      ),
    );
  const writer = threadsOf('WRITE_ONCE(*x, 1);', 'WRITE_ONCE(*y, 1);', 'int r0 = READ_ONCE(*x);');
  expect(calls(storeBuffering, [[0, 2], [1]])).toEqual([['WRITE_ONCE', 'WRITE_ONCE'], []]);
  expect(fencesIn(storeBuffering, [[0, 2], [1]], x86)).toBe(0);
  expect(fencesIn(writer, [[0, 1, 2]], x86)).toBe(1);
  expect(calls(writer, [[0, 1, 2]])).toEqual([['WRITE_ONCE', 'WRITE_ONCE', 'smp_mb']]);
});

test('outcomes are told by the names of the test itself', () => {
  const observing: LitmusTest = {
    ...storeBuffering,
    locations: [0, 1, 2].map((thread) => ({ kind: 'register', thread, name: 'r0' })),
  };
  const layout = cellLayout(observing, 'split', 8, 16);
  const code = lowerInLanes(observing, [[0, 2], [1]], x86, layout);
  expect(code.threads.length).toBe(2);
  expect(
    code.observed.map(({ observable, thread, offsetBytes }) => [
      observableName(observable),
      thread,
      offsetBytes,
    ]),
  ).toEqual([
    ['x', undefined, layout.offsets.get('x')],
    ['0:r0', 0, 0],
    ['1:r0', 1, 0],
    ['2:r0', 0, 8],
  ]);
});

/** Every way to put a test's threads into two lanes. */
function waysOf({ threads }: LitmusTest): readonly Lanes[] {
  const orders = ordersOf(threads.map((_, index) => index));
  return threads
    .slice(1)
    .flatMap((_, size) => orders.map((order) => [order.slice(0, size + 1), order.slice(size + 1)]))
    .filter(([first]) => first?.includes(0) === true);
}

function ordersOf(items: readonly number[]): readonly (readonly number[])[] {
  if (items.length < 2) return [items];
  return items.flatMap((first) =>
    ordersOf(items.filter((item) => item !== first)).map((rest) => [first, ...rest]),
  );
}

/**
 * The oracle of the rules above: whatever a model allows of a test in lanes, it allows of the test itself.
 */
describe.each(named)(
  'on $name nothing is seen in lanes that threads by themselves do not show',
  ({ target }) => {
    const edges = ['PodWR', 'PodWW', 'PodRW', 'PodRR', 'MbdWR', 'MbdRR', 'WmbdWW', 'Rfe', 'Fre', 'Coe'];
    const model = architectureModel(target.architecture);
    const allowed = (one: LitmusTest, told: (outcome: Readonly<Record<string, string>>) => string) => {
      const { states } = checkProgram(one, programOf(one, target), model, { timeoutMs: 20_000 });
      return new Set(states.map(({ outcome }) => told(outcome)));
    };

    test('of generated tests of three and four threads', () => {
      const generated = generateTests({ threads: [3, 4], edges: edgesNamed(edges), seed: 7n });
      for (const cycle of take(generated, 24)) {
        const one = { ...cycle, locations: observablesOf(cycle) };
        const own = allowed(one, outcomeKey);
        for (const lanes of waysOf(one)) {
          const joined = inLanes(one, lanes, target);
          const names = new Map(
            joined.locations.map((each, index) => [
              observableName(each),
              observableName(one.locations[index] ?? each),
            ]),
          );
          const inOwnNames = (outcome: Readonly<Record<string, string>>) =>
            outcomeKey(
              Object.fromEntries(
                Object.entries(outcome).map(([name, value]) => [names.get(name) ?? name, value]),
              ),
            );
          for (const state of allowed(joined, inOwnNames)) {
            expect(own, `${one.name} in ${JSON.stringify(lanes)}`).toContain(state);
          }
        }
      }
    });
  },
);

function* take<Value>(values: Iterable<Value>, count: number): Generator<Value> {
  let taken = 0;
  for (const value of values) {
    if (taken++ === count) return;
    yield value;
  }
}
