import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { observableName, type LitmusTest } from '../../src/language/litmus-test.ts';
import { observablesOf } from '../../src/language/observables.ts';
import { outcomeKey, type Outcome } from '../../src/language/outcome.ts';
import { parseLitmus } from '../../src/language/parser.ts';
import type { Target } from '../../src/lower/target.ts';
import { targetFor, targets } from '../../src/lower/targets.ts';
import { barriersOf } from '../../src/strategy/barriers.ts';
import { withoutBarriers } from '../../src/strategy/weaken.ts';
import { sequentialOutcomes } from '../litmus/sequential-consistency.ts';
import { targetName } from '../lower/target-name.ts';
import { checkedAsCode, checkedAsKernelC } from './checked.ts';
import {
  atomicFences,
  litmusOf,
  lockFences,
  lockLooks,
  once,
  ordered,
  orderedAtomics,
  plainFences,
  smallTests,
  updates,
  voidUpdates,
  withFence,
  type SmallTest,
} from './small-tests.ts';
import { storeBufferOutcomes } from './store-buffer.ts';

/** Whole sets of final states: of every register and every location that a test has, but the locks. */
type Allowed = (test: LitmusTest) => ReadonlySet<string>;

const underLkmm: Allowed = (one) => checkedAsKernelC('lkmm', one).allowed;
const underSc: Allowed = (one) => checkedAsKernelC('sc', one).allowed;
const loweredTo =
  (target: Target): Allowed =>
  (one) =>
    checkedAsCode(target, one).allowed;
const x86 = loweredTo(targetFor('x86-64')!);
const arm64 = loweredTo(targetFor('arm64')!);

/** What of the first is not in the second: nothing, where the first is within it. */
function beyond(first: ReadonlySet<string>, second: ReadonlySet<string>): readonly string[] {
  return [...first].filter((outcome) => !second.has(outcome));
}

/** An oracle's outcomes as a check tells its own. */
function told(one: LitmusTest, outcomes: readonly Outcome[]): ReadonlySet<string> {
  const names = observablesOf(one).map(observableName);
  return new Set(
    outcomes.map((outcome) => outcomeKey(Object.fromEntries(names.map((name) => [name, outcome[name]!])))),
  );
}

const everyAccess = [...once, ...ordered, ...orderedAtomics, ...updates, ...voidUpdates];
const everyFence = [...plainFences, ...atomicFences, ...lockFences];
const onceTests = smallTests({ accesses: once, fences: plainFences, locks: false });
const unlockedTests = smallTests({
  accesses: everyAccess,
  fences: [...plainFences, ...atomicFences],
  locks: false,
});
const lockTests = smallTests({
  accesses: [...once, ...ordered, ...lockLooks],
  fences: everyFence,
  locks: true,
});
const allTests = fc.oneof(onceTests, unlockedTests, lockTests);

const eachTarget = targets.map((target) => ({ target, name: targetName(target) }));
const eachModel = [
  { name: 'lkmm', allowed: underLkmm },
  ...eachTarget.map(({ target, name }) => ({ name, allowed: loweredTo(target) })),
];

describe('once accesses, dependencies and smp_mb, smp_rmb, smp_wmb', () => {
  test('allow under SC no more than on x86-64, and there no more than on arm64', () => {
    fc.assert(
      fc.property(onceTests, (small) => {
        const one = litmusOf(small);
        const [sequential, onX86] = [underSc(one), x86(one)];
        expect(sequential.size).toBeGreaterThan(0);
        expect(beyond(sequential, onX86)).toEqual([]);
        expect(beyond(onX86, arm64(one))).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });
});

describe('machines that run a test step by step reach exactly what the model allows:', () => {
  test('one access at a time, that of sc', () => {
    fc.assert(
      fc.property(allTests, (small) => {
        const one = litmusOf(small);
        expect(told(one, sequentialOutcomes(one))).toEqual(underSc(one));
      }),
      { numRuns: 100 },
    );
  });

  test('with a store buffer for each thread, that of x86-tso for the code', () => {
    fc.assert(
      fc.property(allTests, (small) => {
        const one = litmusOf(small);
        expect(told(one, storeBufferOutcomes(one))).toEqual(x86(one));
      }),
      { numRuns: 150 },
    );
  });
});

/** Where the kernel's code for an architecture is weaker than LKMM has it; none of it is ours to mend. */
const exceptions = [
  {
    // src/model/models/s390x.cat: what LOAD AND ADD stores need not be complete when later fetches are.
    name: 'smp_mb__after_atomic(), which is no code, behind a void read-modify-write',
    architectures: ['s390x'],
    applies: (text: string) => text.includes('smp_mb__after_atomic') && /\batomic_(inc|sub|xor)\(/.test(text),
    writer: 'atomic_inc(v); smp_mb__after_atomic();',
    reader: 'atomic_read(v)',
  },
  {
    // Of the kernel's generic add_unless, only the compare-and-swap orders anything; LKMM takes the read
    // of a failed one for a read-modify-write, which smp_mb__before_atomic() and its twin strengthen.
    name: 'a conditional addition that fails, beside a smp_mb__before_atomic() or after that is no code',
    architectures: ['x86-64', 's390x'],
    applies: (text: string) =>
      /smp_mb__(before|after)_atomic/.test(text) && /unless|inc_not|dec_if/.test(text),
    writer:
      'WRITE_ONCE(*x, 1); smp_mb__before_atomic(); r1 = atomic_add_unless(v, 1, 0); smp_mb__after_atomic();',
    reader: 'READ_ONCE(*x)',
  },
] as const;

const isException = ({ threads }: SmallTest, { architecture }: Target): boolean =>
  exceptions.some(
    ({ architectures, applies }) =>
      architectures.some((one) => one === architecture) && applies(threads.flat().join(' ')),
  );

describe.each(eachTarget)('the code for $name', ({ target }) => {
  test.each([
    ['read-modify-writes, acquire and release', unlockedTests, 30],
    ['locks', lockTests, 12],
  ] as const)('allows nothing that LKMM forbids: %s', (_, tests, numRuns) => {
    fc.assert(
      fc.property(
        tests.filter((small) => !isException(small, target)),
        (small) => {
          const one = litmusOf(small);
          expect(beyond(loweredTo(target)(one), underLkmm(one))).toEqual([]);
        },
      ),
      { numRuns },
    );
  });

  test.each(
    exceptions.filter(({ architectures }) => architectures.some((one) => one === target.architecture)),
  )('allows what LKMM forbids, as known: $name', ({ writer, reader }) => {
    const one = parseLitmus(
      `C store-buffering
         {}
         P0(int *x, int *y, atomic_t *v) { int r0; int r1; ${writer} r0 = READ_ONCE(*y); }
         P1(int *x, int *y, atomic_t *v) { int r0; WRITE_ONCE(*y, 1); smp_mb(); r0 = ${reader}; }
         exists (0:r0=0 /\\ 1:r0=0)`,
      'store-buffering.litmus',
    );
    expect(checkedAsKernelC('lkmm', one).observation).toBe('Never');
    expect(checkedAsCode(target, one).observation).toBe('Sometimes');
  });
});

describe.each(eachModel)('under $name', ({ name, allowed }) => {
  /** Those without a meaning in LKMM are for machines alone. */
  const fences = [...everyFence, 'barrier', ...(name === 'lkmm' ? [] : ['mb', 'rmb', 'wmb'])];

  test('a fence, wherever it is added, never adds a final state', () => {
    fc.assert(
      fc.property(
        allTests,
        fc.nat(),
        fc.nat(),
        fc.constantFrom(...fences),
        (small, someThread, someLine, fence) => {
          const thread = someThread % small.threads.length;
          const line = someLine % (small.threads[thread]!.length + 1);
          const fenced = litmusOf(withFence(small, thread, line, fence));
          expect(beyond(allowed(fenced), allowed(litmusOf(small)))).toEqual([]);
        },
      ),
      { numRuns: 16 },
    );
  });

  test('acquires, releases and full orders that are relaxed and fences that are dropped never remove one', () => {
    fc.assert(
      fc.property(allTests, fc.infiniteStream(fc.boolean()), (small, choices) => {
        const one = litmusOf(small);
        const chosen = new Set(
          barriersOf(one).flatMap(({ call }) => (choices.next().value === true ? [call] : [])),
        );
        const weaker = withoutBarriers(one, (call) => chosen.has(call), 'nothing');
        expect(beyond(allowed(one), allowed(weaker))).toEqual([]);
      }),
      { numRuns: 16 },
    );
  });
});
