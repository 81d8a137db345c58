import { expect, test } from 'vitest';
import { x86_64 } from '../../../src/lower/x86-64/target.ts';
import { eventsOf } from '../primitive-events.ts';

/** The sets are those of src/model/models/x86-tso.cat. */
const rows: readonly (readonly [statement: string, ...ways: string[]])[] = [
  ['r = READ_ONCE(*x);', 'R'],
  ['r = smp_load_acquire(x);', 'R'],
  ['WRITE_ONCE(*x, 1);', 'W'],
  ['smp_store_release(x, 1);', 'W'],
  ['smp_store_mb(*x, 1);', 'R X; W~ X'],
  ['WRITE_ONCE_NT(*x, 1);', 'W NT'],
  ['smp_mb();', 'F MFENCE'], // A locked instruction on the stack.
  ['smp_rmb(); smp_wmb(); barrier();', ''],
  ['mb(); rmb(); wmb();', 'F MFENCE; F LFENCE; F SFENCE'],
  ['atomic_inc(v);', 'R X; W~ X'],
  ['atomic_and(3, v);', 'R X; W~ X'],
  ['r = atomic_fetch_add_relaxed(1, v);', 'R X; W~ X'],
  ['r = atomic_fetch_or(1, v);', 'R; R X; W~ X'],
  ['r = xchg(x, 1);', 'R X; W~ X'],
  ['r = cmpxchg(x, 0, 1);', 'R X', 'R X; W~ X'],
  ['spin_lock(l); spin_unlock(l);', 'R X; W~ X; W'],
  ['r = spin_is_locked(l);', 'R'],
];

test.each(rows)('%s', (statement, ...ways) => {
  expect(eventsOf(statement, x86_64)).toEqual(ways);
});
