import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseLitmus } from '../../src/language/parser.ts';
import { printExpression, printLitmus } from '../../src/language/printer.ts';
import { arbitraryTest } from './arbitrary-test.ts';
import { withoutPositions } from './without-positions.ts';

const examples = {
  'message-passing': `C message-passing
(* Result: Never
   Question: may the reader see the flag, and
      yet not what was written before it?

   Two threads. *)
{ }
P0(int *x, int *y) { WRITE_ONCE(*x, 1); smp_wmb(); WRITE_ONCE(*y, 1); }
P1(int *x, int *y) { int r0 = READ_ONCE(*y); int r1; smp_rmb(); r1 = READ_ONCE(*x); }
exists (1:r0=1 /\\ 1:r1=0)`,

  'every-statement': `C every-statement
"PodWW"
Generator=by hand
// Counters: v
{ int a[2] = {1}; atomic_t v = ATOMIC_INIT(1); spinlock_t l; struct srcu_struct s; int *p = &x; 0:r5 = a[1]; q = p; }
P0(int *x, int **p, int *a, atomic_t *v, spinlock_t *l, struct srcu_struct *s) {
  int r0, *r1; long r2 = -1;
  r1 = rcu_dereference(*p); r0 = *r1; *x = r0 + a[1] * 2; r2 <<= 3; r0++;
  (void)atomic_add_unless(v, 1, 0); atomic_inc(v);
  r0 = (r0 & 1) == (r2 > -(1)) && !r0 || ~(-r0) - (r0 - 1L);
  spin_lock(l);
  if (r0) if (r2) smp_mb(); else ; else if (r0 == 2) { { barrier(); } } else WRITE_ONCE(*(a + r0), r5);
  spin_unlock(l);
  r3 = srcu_read_lock(s); srcu_read_unlock(s, r3);
}
P1() { }
locations [x; 0:r0; a[1]] filter (~0:r0=1 => 0:r1=x)
~exists ((x=1 \\/ a[0]!=2) /\\ not (p=x /\\ 0:r0=*x) /\\ 1:r9=0)`,

  'header-of-a-control': `C header-of-a-control
(* Vouches-for: MP+wmb+rmb KVM-A on x86-64 arm64 in split
 * Vouches-for: KVM-B
 * Controls: MP+once+once in packed kernel
 * Struct: seq inprog
 * Phases: installed fresh = 0:r0=1 /\\ x=1
 * Phases: retried =
 *   0:r0=2
 *)
(* Result: Sometimes (as the text says) *)
(*
 * a (* nested *) comment
 *
 *   - indented
 *)
{}
P0(int *x) { int r0; r0 = READ_ONCE(*x); }
exists (0:r0=1)`,
};

describe('the canonical text', () => {
  test.each(Object.entries(examples))('of %s', async (name, source) => {
    await expect(printLitmus(parseLitmus(source, name))).toMatchFileSnapshot(`golden/${name}.litmus`);
  });

  test.each(Object.entries(examples))(
    'of %s reads as the same test, and prints as itself',
    (name, source) => {
      const parsed = parseLitmus(source, name);
      const printed = printLitmus(parsed);
      const again = parseLitmus(printed, name);
      expect(withoutPositions(again)).toEqual(withoutPositions(parsed));
      expect(printLitmus(again)).toBe(printed);
    },
  );

  test('of any test reads as the same test', () => {
    fc.assert(
      fc.property(arbitraryTest, (made) => {
        const printed = printLitmus(made);
        const again = parseLitmus(printed, 'made.litmus');
        expect(withoutPositions(again)).toEqual(withoutPositions(made));
        expect(printLitmus(again)).toBe(printed);
      }),
      { numRuns: 300 },
    );
  });

  test('never opens or closes a comment inside the header', () => {
    const parsed = parseLitmus('C t\n(* Result: Never *)\n{}\nP0(int *x) {}\nexists (x=1)', 't');
    const hostile = { ...parsed.header, question: 'a *) b (* c', text: ['(*', '*)', '(*)'] };
    const again = parseLitmus(printLitmus({ ...parsed, header: hostile }), 't');
    expect(again.header).toMatchObject({ question: 'a * ) b ( * c', text: ['( *', '* )', '( * )'] });
  });

  test('has no parentheses but those that C or herd7 need', () => {
    const parsed = parseLitmus(
      'C t\n{}\nP0(int *x) { int a; a = ((a + (1 * 2)) == ((3) < 4)) - (-(1)); }\nexists (x=1)',
      't',
    );
    const statement = parsed.threads[0]?.body[1];
    expect(statement?.kind === 'assign' && printExpression(statement.value)).toBe(
      '(a + 1 * 2 == (3 < 4)) - -(1)',
    );
  });
});
