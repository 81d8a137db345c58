import type { ResultsDocument, Row } from '../results/schema.ts';

/** A verdict that some sessions gave of a test under a strategy, and others did not. */
export interface Flip {
  readonly test: string;
  readonly strategy: string;
  /** The verdicts given, the most frequent first. */
  readonly verdicts: readonly {
    readonly verdict: Row['verdict'] | 'absent';
    /** How many sessions gave it. */
    readonly sessions: number;
    /** Why, in the first of them. */
    readonly reason: string;
  }[];
}

export interface Stability {
  /** How many tests under strategies were judged in some session. */
  readonly judged: number;
  readonly flips: readonly Flip[];
}

/** Compares the verdicts of sessions that ran the same on the same machine. */
export function stabilityOf(sessions: readonly ResultsDocument[]): Stability {
  const byCell = new Map<string, Map<ResultsDocument, Row>>();
  for (const session of sessions) {
    for (const row of session.rows) {
      const name = JSON.stringify([row.test.name, row.strategy]);
      byCell.set(name, (byCell.get(name) ?? new Map<ResultsDocument, Row>()).set(session, row));
    }
  }
  const flips = [...byCell].flatMap(([name, rows]): Flip[] => {
    const [test, strategy] = JSON.parse(name) as [string, string];
    const verdicts = countVerdicts(sessions.map((session) => rows.get(session)));
    return verdicts.length < 2 ? [] : [{ test, strategy, verdicts }];
  });
  return { judged: byCell.size, flips };
}

function countVerdicts(rows: readonly (Row | undefined)[]): Flip['verdicts'] {
  const counted = new Map<Row['verdict'] | 'absent', { sessions: number; reason: string }>();
  for (const row of rows) {
    const { verdict, reason } = row ?? { verdict: 'absent' as const, reason: 'no such row' };
    const so = counted.get(verdict);
    if (so === undefined) counted.set(verdict, { sessions: 1, reason });
    else so.sessions++;
  }
  return [...counted]
    .map(([verdict, { sessions, reason }]) => ({ verdict, sessions, reason }))
    .toSorted((left, right) => right.sessions - left.sessions);
}
