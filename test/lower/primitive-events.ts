/** What a single statement becomes for a model, for tables. */

import { parseLitmus } from '../../src/language/parser.ts';
import { programOf } from '../../src/lower/events.ts';
import type { Target } from '../../src/lower/target.ts';

/**
 * The events of a statement on `int *x`, `atomic_t *v` and `spinlock_t *l`, in program order, way by way:
 * `R X; W X` is one way with a read and a write, both in the set X; `W~` is the write of a read-modify-write.
 */
export function eventsOf(statement: string, target: Target): readonly string[] {
  const test = parseLitmus(
    `C statement
{}
P0(int *x, atomic_t *v, spinlock_t *l)
{
	int r;
	${statement}
}
exists (true)
`,
    'statement.litmus',
  );
  const [paths = []] = programOf(test, target).threads;
  return paths
    .map(({ events }) =>
      events
        .map(({ kind, sets, rmw }) =>
          [letters[kind] + (rmw === undefined ? '' : '~'), ...sets].join(' ').trim(),
        )
        .join('; '),
    )
    .toSorted();
}

/** A fence is known by the set F. */
const letters = { read: 'R', write: 'W', other: '' } as const;
