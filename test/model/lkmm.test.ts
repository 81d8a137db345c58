import { expect, test } from 'vitest';
import { parseLitmus } from '../../src/language/parser.ts';
import { checkedAsKernelC } from './checked.ts';

function checked(source: string): { readonly observation: string; readonly flags: readonly string[] } {
  const { observation, flags } = checkedAsKernelC('lkmm', parseLitmus(source, 't.litmus'));
  return { observation, flags };
}

/** A plain read before a release, and a plain write of the same location behind `ordered`. */
const loadBuffering = (ordered: string) => `C LB
{}
P0(int *u, int *x) { int r0; r0 = *u; smp_store_release(x, 1); }
P1(int *u, int *x) { int r0; ${ordered} }
exists (0:r0=1 /\\ 1:r0=1)`;

test('a control dependency does not keep a plain write behind the read', () => {
  expect(checked(loadBuffering('r0 = READ_ONCE(*x); if (r0) *u = 1;'))).toEqual({
    observation: 'Sometimes',
    flags: ['data-race'],
  });
});

test('an acquire keeps a plain write behind the read', () => {
  expect(checked(loadBuffering('r0 = smp_load_acquire(x); if (r0) *u = 1;'))).toEqual({
    observation: 'Never',
    flags: [],
  });
});

test('a lock and an unlock of RCU without their other half are told apart', () => {
  const { flags } = checked(
    'C t\n{}\nP0(int *x) { rcu_read_lock(); *x = 1; }\nP1(int *x) { rcu_read_unlock(); }\nexists (x=1)',
  );
  expect(flags.toSorted()).toEqual(['unmatched-rcu-lock', 'unmatched-rcu-unlock']);
});

test('an ordinary access of what SRCU locks is flagged', () => {
  const { flags } = checked(
    'C t\n{}\nP0(struct srcu_struct *s) { int r0 = srcu_read_lock(s); srcu_read_unlock(s, r0); }\n' +
      'P1(int *s) { int r0 = READ_ONCE(*s); }\nexists (1:r0=0)',
  );
  expect(flags).toContain('mixed-lock-accesses');
});

test('sections of SRCU that overlap remain apart', () => {
  const overlapping = (first: string, second: string) => `C t
{}
P0(int *x, int *y, struct srcu_struct *s)
{
	int r1 = srcu_read_lock(s);
	WRITE_ONCE(*x, 1);
	int r2 = srcu_read_lock(s);
	srcu_read_unlock(s, ${first});
	WRITE_ONCE(*y, 1);
	srcu_read_unlock(s, ${second});
}
P1(int *x, int *y, struct srcu_struct *s)
{
	int r1 = READ_ONCE(*x);
	synchronize_srcu(s);
	int r2 = READ_ONCE(*y);
}
exists (1:r1=1 /\\ 1:r2=0)`;
  expect(checked(overlapping('r1', 'r2')).observation).toBe('Sometimes');
  expect(checked(overlapping('r2', 'r1')).observation).toBe('Never');
});
