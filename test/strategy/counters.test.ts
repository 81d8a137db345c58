import { describe, expect, test } from 'vitest';
import { atomicLocations } from '../../src/strategy/counters.ts';
import { parseLitmus } from '../../src/language/parser.ts';
import { testOf, testWith } from './source.ts';

const found = (sample: ReturnType<typeof testOf>) => {
  const chosen = atomicLocations(sample);
  if (chosen.kind === 'refused') throw new Error(chosen.reason);
  return chosen.locations.map(({ name, family, counter }) => `${name} ${family}${counter ? ' counter' : ''}`);
};
const refusal = (sample: ReturnType<typeof testOf>) => {
  const chosen = atomicLocations(sample);
  return chosen.kind === 'refused' ? chosen.reason : undefined;
};

describe('without a Counters line', () => {
  test('every integer becomes an atomic_t that once accesses, acquires and releases alone access', () => {
    const sample = testOf(
      'r0 = READ_ONCE(*x); smp_store_release(y, 1); *z = 1;',
      'r0 = smp_load_acquire(x); WRITE_ONCE(*y, 1); r1 = READ_ONCE(*z);',
    );
    expect(found(sample)).toEqual(['x atomic', 'y atomic']);
  });

  test.each([
    ['a plain load', 'r0 = *x;'],
    ['an exchange', 'r0 = xchg(x, 1);'],
    ['smp_store_mb', 'smp_store_mb(*x, 1);'],
    ['a non-temporal store', 'WRITE_ONCE_NT(*x, 1);'],
    ['its address as a value', 'WRITE_ONCE(*z, (int)x);'],
  ])('%s keeps a location as it is', (_, statement) => {
    expect(found(testOf(`WRITE_ONCE(*x, 1); ${statement}`))).not.toContain('x atomic');
  });

  test('so does a pointer to it in the initial state', () => {
    const sample = parseLitmus(
      'C p\n{ int x; int *p = &x; } P0(int *x) { WRITE_ONCE(*x, 1); } exists (x=1)',
      'p',
    );
    expect(refusal(sample)).toBe('the test has no integer that READ_ONCE and WRITE_ONCE alone access');
  });

  test('a long becomes an atomic_long_t', () => {
    const sample = parseLitmus('C l\n{} P0(unsigned long *x) { WRITE_ONCE(*x, 1); } exists (x=1)', 'l');
    expect(found(sample)).toEqual(['x atomic_long']);
  });
});

describe('with a Counters line', () => {
  const counting = (header: string, body: string) => testWith({ header: `Counters: ${header}` }, body);

  test('the named locations become atomics, plain accesses or not', () => {
    expect(found(counting('x v', '*x = *x + 1; WRITE_ONCE(*y, 1);'))).toEqual([
      'x atomic counter',
      'v atomic counter',
    ]);
  });

  test('one that cannot is refused by name', () => {
    expect(refusal(counting('x', '\nWRITE_ONCE_NT(*x, 1);'))).toBe(
      'x is accessed on line 4 as no atomic_t can be',
    );
    expect(refusal(counting('y', '\nspin_lock(y);'))).toBe('y is accessed on line 4 as no atomic_t can be');
    expect(refusal(counting('x', 'WRITE_ONCE(*z, (int)x);'))).toBe('the address of x is used as a value');
    expect(refusal(counting('l', ''))).toBe('l is no integer of any thread');
  });
});
