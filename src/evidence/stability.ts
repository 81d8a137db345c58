import type { ResultsDocument, Row } from '../results/schema.ts';

/** A verdict that some sessions gave of a test under a strategy, and others did not. */
export interface Flip {
  readonly test: string;
  readonly strategy: string;
  /** The verdicts given, the most frequent first. */
  readonly verdicts: readonly {
    readonly verdict: Row['verdict'];
    /** How many sessions gave it. */
    readonly sessions: number;
    /** Why, in the first of them. */
    readonly reason: string;
  }[];
}

export interface Stability {
  /** How many tests under strategies there are in any session. */
  readonly cells: number;
  /** Those on which sessions that ran them disagree. */
  readonly flips: readonly Flip[];
  /** How many were run in some sessions and not in others, whose time was up. */
  readonly notReached: number;
}

/** Compares the verdicts of sessions that ran the same on the same machine. */
export function stabilityOf(sessions: readonly ResultsDocument[]): Stability {
  const byCell = new Map<string, Row[]>();
  for (const row of sessions.flatMap(({ rows }) => rows)) {
    const name = JSON.stringify([row.test.name, row.strategy]);
    byCell.set(name, [...(byCell.get(name) ?? []), row]);
  }
  const ran = [...byCell.values()].map((rows) => rows.filter(({ verdict }) => verdict !== 'not-run'));
  return {
    cells: byCell.size,
    flips: ran.flatMap((rows) => {
      const verdicts = countVerdicts(rows);
      const [row] = rows;
      if (row === undefined || verdicts.length < 2) return [];
      return [{ test: row.test.name, strategy: row.strategy, verdicts }];
    }),
    notReached: ran.filter((rows) => rows.length > 0 && rows.length < sessions.length).length,
  };
}

function countVerdicts(rows: readonly Row[]): Flip['verdicts'] {
  const counted = new Map<Row['verdict'], { sessions: number; reason: string }>();
  for (const { verdict, reason, expectation } of rows) {
    const so = counted.get(verdict);
    const unknown = expectation.verdict === 'unknown' ? '; no model had answered in time' : '';
    if (so === undefined) counted.set(verdict, { sessions: 1, reason: `${reason}${unknown}` });
    else so.sessions++;
  }
  return [...counted]
    .map(([verdict, { sessions, reason }]) => ({ verdict, sessions, reason }))
    .toSorted((left, right) => right.sessions - left.sessions);
}
