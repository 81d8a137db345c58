import { describe, expect, test } from 'vitest';
import type { CType } from '../../src/language/litmus-test.ts';
import { parseLitmus } from '../../src/language/parser.ts';
import {
  accessedType,
  expressionType,
  familyOf,
  isSigned,
  scopeOf,
  typesOf,
  typeText,
  widthOf,
} from '../../src/language/types.ts';

/** The value of the last statement of a thread, and the thread's scope. */
function lastOf(expression: string) {
  const parsed = parseLitmus(
    `C t
{ int a[2]; }
P0(int *x, long *l, int **p, atomic_t *v, atomic64_t *w, intptr_t *q, unsigned int *n, spinlock_t *s, int *a)
{
	int i; long j; unsigned int u; unsigned long m; int *r; intptr_t t; u32 k;
	(void)(${expression});
}
exists (x=1)`,
    't.litmus',
  );
  const [thread] = parsed.threads;
  const last = thread?.body.at(-1);
  if (thread === undefined || last?.kind !== 'evaluate') throw new Error('no expression');
  return { expression: last.expression, scope: scopeOf(thread) };
}

function typeOf(written: string): string {
  const { expression, scope } = lastOf(written);
  return typeText(expressionType(expression, scope));
}

describe('the type of an expression', () => {
  test.each([
    ['1', 'int'],
    ['-1', 'int'],
    ['2147483648', 'long'],
    ['18446744073709551615', 'unsigned long'],
    ['1UL', 'unsigned long'],
    ['i + i', 'int'],
    ['i + j', 'long'],
    ['i + u', 'unsigned int'],
    ['u + j', 'long'],
    ['j + m', 'unsigned long'],
    ['k * u', 'u32'],
    ['-j', 'long'],
    ['!j', 'int'],
    ['i << j', 'int'],
    ['j == 1', 'int'],
    ['j && m', 'int'],
    ['(long)i', 'long'],
    ['x', 'int *'],
    ['*x', 'int'],
    ['*p', 'int *'],
    ['**p', 'int'],
    ['*v', 'int'],
    ['x + i', 'int *'],
    ['i + x', 'int *'],
    ['a[1]', 'int'],
    ['x - i', 'int *'],
    ['x - a', 'intptr_t'],
    ['x ^ x', 'intptr_t'],
    ['x == r', 'int'],
    ['*t', 'intptr_t'],
    ['READ_ONCE(*x)', 'int'],
    ['READ_ONCE(*l)', 'long'],
    ['READ_ONCE(*v)', 'int'],
    ['rcu_dereference(*p)', 'int *'],
    ['smp_load_acquire(p)', 'int *'],
    ['smp_load_acquire(n)', 'unsigned int'],
    ['atomic_read(v)', 'int'],
    ['atomic64_add_return(1, w)', 'long'],
    ['atomic64_dec_and_test(w)', 'int'],
    ['atomic64_fetch_add_unless(w, 1, 0)', 'long'],
    ['atomic64_add_unless(w, 1, 0)', 'int'],
    ['xchg(p, x)', 'int *'],
    ['cmpxchg(l, 0, 1)', 'long'],
    ['spin_trylock(s)', 'int'],
  ])('%s is %s', (written, type) => {
    expect(typeOf(written)).toBe(type);
  });

  test('the location that a primitive accesses keeps its own type', () => {
    const accessed = ['atomic_read(v)', 'READ_ONCE(*w)', 'xchg(p, x)', 'spin_trylock(s)'].map((written) => {
      const { expression, scope } = lastOf(written);
      const type = expression.kind === 'call' ? accessedType(expression, scope) : undefined;
      return type && typeText(type);
    });
    expect(accessed).toEqual(['atomic_t', 'atomic64_t', 'int *', 'spinlock_t']);
  });
});

test('width, sign and family of types', () => {
  const facts = (base: string, pointers = 0) => {
    const type: CType = { base, pointers };
    return [widthOf(type), isSigned(type), familyOf(type)];
  };
  expect(facts('int')).toEqual([4, true, 'plain']);
  expect(facts('unsigned long')).toEqual([8, false, 'plain']);
  expect(facts('int', 1)).toEqual([8, false, 'plain']);
  expect(facts('atomic_t')).toEqual([4, true, 'atomic']);
  expect(facts('atomic_long_t')).toEqual([8, true, 'atomic']);
  expect(facts('spinlock_t')).toEqual([4, true, 'lock']);
  expect(facts('struct srcu_struct')).toEqual([8, true, 'srcu']);
});

describe('the types of a whole test', () => {
  const typesIn = (source: string) => {
    const parsed = parseLitmus(`C t\n${source}`, 't.litmus');
    const { locations, scopes } = typesOf(parsed);
    const lookup = (thread: number, name: string) => {
      const type = scopes[thread]?.lookup(name);
      return type && typeText(type);
    };
    return {
      locations: Object.fromEntries([...locations].map(([name, type]) => [name, typeText(type)])),
      lookup,
    };
  };

  test('a location is of the type that the initial state or a parameter gives it, else int', () => {
    const { locations } = typesIn('{ long l; u; p = &t; }\nP0(atomic_t *v, int **p) { }\nexists (z=1)');
    expect(locations).toEqual({ l: 'long', u: 'int', t: 'int', v: 'atomic_t', p: 'int *', z: 'int' });
  });

  test('of two types the wider one counts, for every thread', () => {
    const { locations, lookup } = typesIn('{}\nP0(int *x) { }\nP1(long *x) { }\nexists (x=1)');
    expect(locations).toEqual({ x: 'long' });
    expect(lookup(0, 'x')).toBe('long *');
  });

  test.each([
    ['an int that starts as an address', '{ x=y; }\nP0(int *x, int *y) { int r1; }'],
    ['a register that starts as an address', '{ 0:r1=x; }\nP0(int *x) { }'],
    ['an address stored in an int', '{}\nP0(int *x, int *y) { int r1; WRITE_ONCE(*x, y); }'],
    ['an address stored in an int, plainly', '{}\nP0(int *x, int *y) { int r1; *x = y; }'],
    ['an address in a local int', '{}\nP0(int *x, int *y) { int r1 = x; }'],
    ['an int that is dereferenced', '{}\nP0(int *x, int *y) { int r1; r1 = *r1; }'],
    ['an int given as an address', '{}\nP0(int *x, int *y) { int r1; spin_lock(r1); }'],
    [
      'an int that the condition compares with an address',
      '{}\nP0(int *x) { int r1; } P1() { }\nfilter (0:r1=x)',
    ],
  ])('%s makes every int as wide as an address', (_, source) => {
    const { locations, lookup } = typesIn(`${source}\nexists (x=1)`);
    expect(locations['x']).toBe('intptr_t');
    expect(lookup(0, 'x')).toBe('intptr_t *');
    expect(lookup(0, 'r1')).toBe('intptr_t');
  });

  test('pointers that are declared as such leave int alone', () => {
    const { locations, lookup } = typesIn(
      '{ int *p = &x; }\nP0(int **p) { int *r0 = READ_ONCE(*p); int r1 = READ_ONCE(*r0); }\nexists (0:r0=x)',
    );
    expect(locations).toEqual({ p: 'int *', x: 'int' });
    expect(lookup(0, 'r1')).toBe('int');
  });
});
