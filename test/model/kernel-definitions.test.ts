import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { parseLitmus } from '../../src/language/parser.ts';
import { parseDefinitions } from '../../src/model/kernel-definitions.ts';
import { ownMacros, type Macros } from '../../src/model/kernel-macros.ts';
import { kernelProgram } from '../../src/model/kernel-program.ts';
import type { Path, PathEvent } from '../../src/model/program.ts';

const fixture = fileURLToPath(new URL('fixtures/tree/tools/memory-model/linux-kernel.def', import.meta.url));
const softCoded = parseDefinitions(readFileSync(fixture, 'utf8'), fixture);

/** What a statement does, one way and another, as Documentation/herd-representation.txt writes it: `R*[once] ->rmw W*[once]`. */
function eventsOf(statement: string, macros: Macros): readonly string[] {
  const parameters = 'int *x, atomic_t *a, spinlock_t *l, struct srcu_struct *s';
  const one = parseLitmus(`C one\n{}\nP0(${parameters}) { ${statement} }\nexists (x=1)\n`, 'one.litmus');
  return kernelProgram(one, macros).threads[0]!.map(shownPath);
}

const shownPath = ({ events }: Path): string =>
  events
    .map(
      (event, index) => `${index === 0 ? '' : event.rmw === undefined ? ' ->po ' : ' ->rmw '}${shown(event)}`,
    )
    .join('');

function shown({ kind, sets }: PathEvent): string {
  const tags = sets.filter((set) => set !== 'F' && set !== 'RMW').map(tagOf);
  const letter = sets.includes('F') ? 'F' : { read: 'R', write: 'W', other: '' }[kind];
  if (letter === '') return tags.join();
  return `${letter}${sets.includes('RMW') ? '*' : ''}[${tags.join()}]`;
}

/** A set is named by its tag with a capital; the sets of locks are no tags. */
const tagOf = (set: string) => (/^[A-Z]+$/.test(set) ? set : set.charAt(0).toLowerCase() + set.slice(1));

describe('a primitive makes the events that herd-representation.txt gives it', () => {
  test.each([
    ['int r = READ_ONCE(*x);', ['R[once]']],
    ['int r = atomic_read(a);', ['R[once]']],
    ['WRITE_ONCE(*x, 1);', ['W[once]']],
    ['int r = smp_load_acquire(x);', ['R[acquire]']],
    ['smp_store_release(x, 1);', ['W[release]']],
    ['smp_store_mb(*x, 1);', ['W[once] ->po F[mb]']],
    ['smp_mb();', ['F[mb]']],
    ['smp_rmb();', ['F[rmb]']],
    ['smp_mb__before_atomic();', ['F[before-atomic]']],
    ['smp_mb__after_unlock_lock();', ['F[after-unlock-lock]']],
    ['spin_lock(l);', ['LKR ->po LKW']],
    ['spin_unlock(l);', ['UL']],
    ['int r = spin_is_locked(l);', ['RL', 'RU']],
    ['int r = spin_trylock(l);', ['LKR ->po LKW', 'LF']],
    ['rcu_read_lock();', ['F[rcu-lock]']],
    ['synchronize_rcu_expedited();', ['F[sync-rcu]']],
    ['int r = srcu_read_lock(s);', ['R[srcu-lock]']],
    ['srcu_read_unlock(s, 0);', ['W[srcu-unlock]']],
    ['synchronize_srcu(s);', ['sync-srcu']],
    ['atomic_add(1, a);', ['R*[noreturn] ->rmw W*[once]']],
    ['atomic_and(1, a);', ['R*[noreturn] ->rmw W*[once]']],
    ['int r = atomic_add_return(1, a);', ['F[mb] ->po R*[once] ->rmw W*[once] ->po F[mb]']],
    ['int r = xchg(x, 1);', ['F[mb] ->po R*[once] ->rmw W*[once] ->po F[mb]']],
    ['int r = atomic_fetch_add_relaxed(1, a);', ['R*[once] ->rmw W*[once]']],
    ['int r = xchg_acquire(x, 1);', ['R*[acquire] ->rmw W*[once]']],
    ['int r = atomic_fetch_and_release(1, a);', ['R*[once] ->rmw W*[release]']],
    ['int r = cmpxchg(x, 0, 1);', ['F[mb] ->po R*[once] ->rmw W*[once] ->po F[mb]', 'R*[once]']],
    ['int r = atomic_add_unless(a, 1, 5);', ['F[mb] ->po R*[once] ->rmw W*[once] ->po F[mb]', 'R*[once]']],
    ['int r = cmpxchg_relaxed(x, 0, 1);', ['R*[once] ->rmw W*[once]', 'R*[once]']],
    ['int r = cmpxchg_acquire(x, 0, 1);', ['R*[acquire] ->rmw W*[once]', 'R*[once]']],
    ['int r = cmpxchg_release(x, 0, 1);', ['R*[once] ->rmw W*[release]', 'R*[once]']],
  ])('%s', (statement, expected) => {
    expect(eventsOf(statement, ownMacros)).toEqual(expected);
  });
});

describe('a tag that is soft-coded is on both halves of a read-modify-write, and on one that fails', () => {
  test.each([
    ['int r = READ_ONCE(*x);', ['R[ONCE]']],
    ['smp_store_mb(*x, 1);', ['W[ONCE] ->po F[MB]']],
    ['smp_wmb();', ['F[wmb]']],
    ['atomic_add(1, a);', ['R*[NORETURN] ->rmw W*[NORETURN]']],
    ['int r = xchg(x, 1);', ['R*[MB] ->rmw W*[MB]']],
    ['int r = xchg_acquire(x, 1);', ['R*[ACQUIRE] ->rmw W*[ACQUIRE]']],
    ['int r = atomic_fetch_add_release(1, a);', ['R*[RELEASE] ->rmw W*[RELEASE]']],
    ['int r = cmpxchg(x, 0, 1);', ['R*[MB] ->rmw W*[MB]', 'R*[MB]']],
    ['int r = cmpxchg_acquire(x, 0, 1);', ['R*[ACQUIRE] ->rmw W*[ACQUIRE]', 'R*[ACQUIRE]']],
    ['int r = atomic_add_unless(a, 1, 5);', ['R*[MB] ->rmw W*[MB]', 'R*[MB]']],
    ['int r = atomic_dec_and_test(a);', ['R*[MB] ->rmw W*[MB]']],
  ])('%s', (statement, expected) => {
    expect(eventsOf(statement, softCoded)).toEqual(expected);
  });
});

describe('a .def file', () => {
  const parsed = (text: string) => parseDefinitions(text, 'kernel.def');

  test.each([
    ['READ_ONCE(X) __load{once}(X)'],
    ['WRITE_ONCE(X,V) { __store{once}(X,V); }'],
    ['smp_store_mb(X,V) { __store{once}(X,V); __fence{mb}; }'],
    ['smp_mb() { __fence{mb}; }'],
    ['xchg_acquire(X,V) __xchg{acquire}(X,V)'],
    ['cmpxchg(X,V,W) __cmpxchg{mb}(X,V,W)'],
    ['spin_lock(X) { __lock(X); }'],
    ['spin_trylock(X) __trylock(X)'],
    ['atomic_inc(X)   { __atomic_op(X,+,1); }'],
    ['atomic_andnot(V,X) { __atomic_op{noreturn}(X,&~,V); }'],
    ['atomic_fetch_xor(V,X) __atomic_fetch_op{mb}(X,^,V)'],
    ['atomic_sub_and_test(V,X) __atomic_op_return{mb}(X,-,V) == 0'],
    ['atomic_add_negative(V,X) __atomic_op_return{mb}(X,+,V) < 0'],
    ['synchronize_srcu(X) { __srcu{sync-srcu}(X); }'],
    ['srcu_read_unlock(X,Y) { __store{srcu-unlock}(*X,Y); }'],
  ])('%s: as ours', (text) => {
    const name = text.slice(0, text.indexOf('('));
    expect(parsed(text).get(name)).toEqual(ownMacros.get(name));
  });

  test('may define a macro by another, whose parameters are its own', () => {
    const text = 'other(A,B) { __store{release}(B,A); } atomic_set_release(X,V) { other(V,*X); }';
    expect(parsed(text).get('atomic_set_release')?.steps).toEqual([
      { kind: 'store', tag: 'release', at: 0, value: { argument: 1 } },
    ]);
  });

  test('may go on over lines, and has comments', () => {
    const text = '// one\nsmp_mb() /* a\nfence */\n{ __fence{ mb }; // so\n}';
    expect(parsed(text).get('smp_mb')?.steps).toEqual([{ kind: 'fence', tag: 'mb' }]);
  });

  test('need not define atomic_add_unless, which herd7 knows', () => {
    expect(parsed('').get('atomic_add_unless')).toEqual(ownMacros.get('atomic_add_unless'));
    expect([...parsed('').keys()]).toEqual(['atomic_add_unless']);
  });
});
