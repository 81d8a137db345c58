import { describe, expect, test } from 'vitest';
import { printLitmus } from '../../src/language/printer.ts';
import { withAtomics } from '../../src/strategy/atomics.ts';
import { reasonOf, rewritten, testOf, testWith } from './source.ts';

const counters = { header: 'Counters: x y' };

test('reads and writes of a counter become atomic_read and atomic_set', () => {
  const rewrite = withAtomics(testWith(counters, 'r0 = READ_ONCE(*x); WRITE_ONCE(*x, r1); *y = *x;'), 'void');
  expect(rewritten(rewrite)).toEqual([
    'r0 = atomic_read(x);',
    'atomic_set(x, r1);',
    'atomic_set(y, atomic_read(x));',
  ]);
});

test('exchanges of a counter become those of atomic_t, relaxed', () => {
  const rewrite = withAtomics(testWith(counters, 'r0 = xchg(x, 1); r1 = cmpxchg(y, 0, 1);'), 'void');
  expect(rewritten(rewrite)).toEqual([
    'r0 = atomic_xchg_relaxed(x, 1);',
    'r1 = atomic_cmpxchg_relaxed(y, 0, 1);',
  ]);
});

test('every barrier goes, and other locations stay as they are', () => {
  const rewrite = withAtomics(
    testWith(
      counters,
      'smp_store_release(x, r0); smp_mb(); smp_store_release(z, 1); r1 = smp_load_acquire(z);',
    ),
    'void',
  );
  expect(rewritten(rewrite)).toEqual(['atomic_set(x, r0);', 'WRITE_ONCE(*z, 1);', 'r1 = READ_ONCE(*z);']);
});

describe('the steps of a counter', () => {
  const sample = testWith(
    counters,
    'r0 = READ_ONCE(*x); WRITE_ONCE(*x, r0 + 1); WRITE_ONCE(*y, 3); WRITE_ONCE(*y, 2);',
  );

  test('are void atomics', () => {
    expect(rewritten(withAtomics(sample, 'void'))).toEqual([
      'atomic_inc(x);',
      'atomic_add(3, y);',
      'atomic_dec(y);',
    ]);
  });

  test('or value-returning ones', () => {
    expect(rewritten(withAtomics(sample, 'value-returning'))).toEqual([
      '(void)atomic_inc_return(x);',
      '(void)atomic_add_return(3, y);',
      '(void)atomic_dec_return(y);',
    ]);
  });

  test('or void ones with a full barrier behind each', () => {
    expect(rewritten(withAtomics(sample, 'void, then smp_mb__after_atomic()'))).toEqual([
      'atomic_inc(x);',
      'smp_mb__after_atomic();',
      'atomic_add(3, y);',
      'smp_mb__after_atomic();',
      'atomic_dec(y);',
      'smp_mb__after_atomic();',
    ]);
  });

  test('keep the read where its register is used or looked at', () => {
    const increment = 'r0 = READ_ONCE(*x); WRITE_ONCE(*x, r0 + 1);';
    const used = withAtomics(testWith(counters, `${increment} WRITE_ONCE(*z, r0);`), 'void');
    expect(rewritten(used)).toContain('r0 = atomic_read(x);');
    const observed = withAtomics(testWith({ ...counters, condition: 'exists (0:r0=1)' }, increment), 'void');
    expect(rewritten(observed)).toContain('r0 = atomic_read(x);');
  });

  test('take away their own read alone, where the register is used again', () => {
    const again = testWith(
      counters,
      'r0 = READ_ONCE(*x); WRITE_ONCE(*x, r0 + 1); r0 = READ_ONCE(*z);',
      'r0 = READ_ONCE(*x);',
    );
    const rewrite = withAtomics(again, 'void');
    expect(rewritten(rewrite)).toEqual(['atomic_inc(x);', 'r0 = READ_ONCE(*z);']);
    expect(rewritten(rewrite, 1)).toEqual(['r0 = atomic_read(x);']);
  });

  test('take the declaration with a read that stands in it', () => {
    const declared = testWith(counters, 'int old = READ_ONCE(*x); WRITE_ONCE(*x, old + 1);');
    expect(rewritten(withAtomics(declared, 'void'))).toEqual(['atomic_inc(x);']);
  });

  test('take the initial value from the initial state', () => {
    const rewrite = withAtomics(testWith({ ...counters, initial: 'x=7;' }, 'WRITE_ONCE(*x, 6);'), 'void');
    expect(rewritten(rewrite)).toEqual(['atomic_dec(x);']);
  });

  test('are not guessed where another thread writes the counter', () => {
    const rewrite = withAtomics(testWith(counters, 'WRITE_ONCE(*x, 1);', 'WRITE_ONCE(*x, 2);'), 'void');
    expect(rewritten(rewrite)).toEqual(['atomic_set(x, 1);']);
  });

  test('are not guessed where no Counters line says that it is one', () => {
    expect(rewritten(withAtomics(testOf('WRITE_ONCE(*x, 1);'), 'void'))).toEqual(['atomic_set(x, 1);']);
  });
});

test('parameters and the initial state change their types', () => {
  const rewrite = withAtomics(
    testWith({ ...counters, initial: 'int x = 1; z = 2;' }, 'WRITE_ONCE(*x, 0);', 'r0 = READ_ONCE(*x);'),
    'void',
  );
  if (rewrite.kind !== 'variant') throw new Error(rewrite.reason);
  const text = printLitmus(rewrite.test);
  expect(text).toContain('atomic_t x = ATOMIC_INIT(1);');
  expect(text).toContain('P1(atomic_t *x, atomic_t *y, int *z');
});

test('without a step of a counter, returning and fenced steps do not apply', () => {
  const reason = 'no counter is stepped (the header names them: Counters)';
  const sample = testOf('WRITE_ONCE(*x, 1);');
  expect(reasonOf(withAtomics(sample, 'value-returning'))).toBe(reason);
  expect(reasonOf(withAtomics(sample, 'void, then smp_mb__after_atomic()'))).toBe(reason);
});
