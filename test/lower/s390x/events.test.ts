import { expect, test } from 'vitest';
import { s390x } from '../../../src/lower/s390x/target.ts';
import { eventsOf } from '../primitive-events.ts';

/** The sets are those of src/model/models/s390x.cat. */
const rows: readonly (readonly [statement: string, ...ways: string[]])[] = [
  ['r = READ_ONCE(*x);', 'R'],
  ['r = smp_load_acquire(x);', 'R'],
  ['WRITE_ONCE(*x, 1);', 'W'],
  ['smp_store_release(x, 1);', 'W'],
  ['smp_store_mb(*x, 1);', 'W; F SER'],
  ['smp_mb();', 'F SER'],
  ['mb(); rmb(); wmb();', 'F SER'],
  ['smp_rmb(); smp_wmb(); smp_mb__after_atomic();', ''],
  ['atomic_inc(v);', 'R SOS; W~ SOS'], // asi
  ['atomic_add(1000, v);', 'R SOS; W~ SOS'], // laa
  ['atomic_and(3, v);', 'R SOS; W~ SOS'],
  ['r = atomic_fetch_add_relaxed(1, v);', 'R SOS; W~ SOS; F SER'],
  ['r = xchg(x, 1);', 'R; R SER; W~ SER'],
  ['r = cmpxchg(x, 0, 1);', 'R SER', 'R SER; W~ SER'],
  ['spin_lock(l); spin_unlock(l);', 'R SER; W~ SER; W'],
  ['r = spin_is_locked(l);', 'R'],
];

test.each(rows)('%s', (statement, ...ways) => {
  expect(eventsOf(statement, s390x)).toEqual(ways);
});
