import { describe, expect, test } from 'vitest';
import { parseLitmus } from '../../src/language/parser.ts';
import { sequentialObservation, sequentialOutcomes } from './sequential-consistency.ts';

const parsed = (source: string) => parseLitmus(`C sample\n${source}`, 'sample.litmus');

describe('one access at a time, in every order', () => {
  test('each thread keeps its own order: store buffering has three outcomes, not four', () => {
    const outcomes = sequentialOutcomes(
      parsed(`{} P0(int *x, int *y) { int r0; WRITE_ONCE(*x, 1); r0 = READ_ONCE(*y); }
              P1(int *x, int *y) { int r0; WRITE_ONCE(*y, 1); r0 = READ_ONCE(*x); } exists (0:r0=0 /\\ 1:r0=0)`),
    );
    expect(outcomes.map((one) => `${one['0:r0']}${one['1:r0']}`).toSorted()).toEqual(['01', '10', '11']);
  });

  test('two plain increments can lose one, two atomic ones cannot, nor two under a lock', () => {
    const twice = (parameters: string, body: string) =>
      parsed(`{} P0(${parameters}) { int r0; ${body} } P1(${parameters}) { int r0; ${body} } exists (c=1)`);
    expect(sequentialObservation(twice('int *c', '*c = *c + 1;'))).toBe('Sometimes');
    expect(sequentialObservation(twice('atomic_t *c', 'atomic_inc(c);'))).toBe('Never');
    const locked = 'spin_lock(l); *c = *c + 1; spin_unlock(l);';
    expect(sequentialObservation(twice('int *c, spinlock_t *l', locked))).toBe('Never');
  });

  test('a deadlock is no outcome', () => {
    const stuck = parsed('{} P0(spinlock_t *l) { spin_lock(l); spin_lock(l); } exists (l=1)');
    expect(sequentialOutcomes(stuck)).toEqual([]);
  });

  test('a filter rejects outcomes, and what all others have is seen always', () => {
    const filtered = parsed(`{} P0(int *x) { WRITE_ONCE(*x, 1); } P1(int *x) { int r0; r0 = READ_ONCE(*x); }
      filter (1:r0=1) exists (1:r0=1)`);
    expect(sequentialObservation(filtered)).toBe('Always');
  });
});

describe('a thread alone computes as C does', () => {
  const run = (body: string, initial = '') => {
    const [outcome] = sequentialOutcomes(
      parsed(`{ ${initial} } P0(int *x, int *y, int **p, atomic_t *v, spinlock_t *l) { int r0 = 0; int r1 = 0; int *q; ${body} }
        exists (x=1)`),
    );
    return outcome ?? {};
  };

  test.each([
    ['arithmetic', 'r0 = 2 + 3 * 4 - (7 & 3);', { '0:r0': '11' }],
    ['an if and its else', 'if (r0) r1 = 1; else r1 = 2;', { '0:r1': '2' }],
    ['the right side of && only where it counts', 'r0 = 0 && READ_ONCE(*x); r1 = 1 && 3;', { '0:r0': '0', '0:r1': '1' }],
    ['plain accesses', '*x = 4; r0 = *x + 1;', { x: '4', '0:r0': '5' }],
    ['exchange', 'r0 = xchg(x, 3); r1 = xchg(x, 4);', { x: '4', '0:r0': '0', '0:r1': '3' }],
    ['compare-exchange', 'r0 = cmpxchg(x, 1, 2); r1 = cmpxchg(x, 0, 7);', { x: '7', '0:r0': '0', '0:r1': '0' }],
    ['the old value and the new', 'r0 = atomic_fetch_add(2, v); r1 = atomic_add_return(3, v);', { v: '5', '0:r0': '0', '0:r1': '5' }],
    ['a test of the new value', 'atomic_set(v, 1); r0 = atomic_dec_and_test(v); r1 = atomic_add_negative(-1, v);', { '0:r0': '1', '0:r1': '1' }],
    ['add_unless', 'r0 = atomic_add_unless(v, 5, 0); r1 = atomic_add_unless(v, 5, 1);', { v: '5', '0:r0': '0', '0:r1': '1' }],
    ['a trylock that fails', 'spin_lock(l); r0 = spin_trylock(l); r1 = spin_is_locked(l); spin_unlock(l);', { '0:r0': '0', '0:r1': '1', l: '0' }],
    ['pointers', 'rcu_assign_pointer(*p, y); q = rcu_dereference(*p); WRITE_ONCE(*q, 9);', { p: 'y', '0:q': 'y', y: '9' }],
  ])('%s', (_, body, expected) => {
    expect(run(body)).toMatchObject(expected);
  });

  test('arrays and initial values', () => {
    const [outcome] = sequentialOutcomes(
      parsed('{ int a[2] = {3, 4}; 0:r1=5; } P0(int *a) { int r0; int r1; r0 = READ_ONCE(a[1]); WRITE_ONCE(a[0], r1); } exists (a[0]=5)'),
    );
    expect(outcome).toMatchObject({ 'a[0]': '5', 'a[1]': '4', '0:r0': '4' });
  });
});
