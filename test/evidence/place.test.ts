import { describe, expect, it } from 'vitest';
import { placeOf } from '../../src/evidence/place.ts';
import { parseLitmus } from '../../src/language/parser.ts';
import { guardsOf } from '../../src/strategy/guards.ts';

const source = `C places
{} P0(int *x, int **p, spinlock_t *l) { int r0;
r0 = READ_ONCE(*x);
smp_rmb(); // the reader's barrier
if (r0 == 0) {
spin_lock(l); /* round the store. */
WRITE_ONCE(*x, 1);
spin_unlock(l);
}
rcu_assign_pointer(*p, x);
smp_mb();
}
exists (x=1)`;
const test = parseLitmus(source, 'places.litmus');
const places = new Map(guardsOf(test).guards.map((guard) => [guard.name, placeOf(test, guard, source)]));

describe('the place of a guard', () => {
  it('of a fence: what stands before it and after it, or only before', () => {
    expect(places.get('no-smp_rmb@4')).toMatchObject({
      thread: 0,
      lines: [4],
      text: 'smp_rmb()',
      position: 'between r0 = READ_ONCE(*x) and spin_lock(l)',
    });
    expect(places.get('no-smp_mb@11')?.position).toBe('after rcu_assign_pointer(*p, x)');
  });

  it('of a critical section: both its lines, and what stands inside', () => {
    expect(places.get('no-spin_lock@6')).toMatchObject({
      lines: [6, 8],
      text: 'spin_lock(l) … spin_unlock(l)',
      position: 'round WRITE_ONCE(*x, 1)',
    });
  });

  it('of a release: the access that has it', () => {
    expect(places.get('no-release@10')?.position).toBe('of rcu_assign_pointer(*p, x)');
  });

  it("has the test's own name for it, the comment on its line", () => {
    expect(places.get('no-smp_rmb@4')?.comment).toBe("the reader's barrier");
    expect(places.get('no-spin_lock@6')?.comment).toBe('round the store');
  });

  it('takes no dereference in brackets for a comment', () => {
    expect(places.get('no-release@10')?.comment).toBeUndefined();
  });
});
