import { describe, expect, it } from 'vitest';
import { columnsOf, documentsOf } from '../../../src/evidence/comparison-columns.ts';
import { overviewOf } from '../../../src/evidence/overview.ts';
import { withEvidence } from '../../../src/evidence/session-evidence.ts';
import type { ControlReport } from '../../../src/judge/verdict.ts';
import { rowSessions, testDetail } from '../../../src/report/html/detail-data.ts';
import { block, session } from '../../evidence/recorded-session.ts';
import { sampleDocument } from '../../results/sample-document.ts';

const plan = sampleDocument.plans[0]?.name ?? '';

/** A never beside its control, which was seen so often in each of eight blocks. */
const night = (startedAt: string, seen: number) => {
  const sightings = 8 * seen;
  const state: ControlReport['state'] = sightings === 0 ? 'silent' : 'fired';
  return session(
    `${startedAt}.json`,
    [
      {
        test: 'MP',
        verdict: sightings === 0 ? 'inconclusive' : 'upheld',
        reason: `beside ${sightings}`,
        blocks: Array.from({ length: 8 }, () => block(0, 50_000)),
      },
      { test: 'SB', blocks: Array.from({ length: 8 }, () => block(seen, 50_000)) },
    ],
    (document) =>
      withEvidence({
        ...document,
        session: { ...document.session, startedAt },
        rows: document.rows.map((row) =>
          row.test.name === 'MP'
            ? { ...row, controls: [{ name: 'SB', plan, state, iterations: 400_000, sightings }] }
            : row,
        ),
      }),
  );
};

function cellOf(...nights: readonly ReturnType<typeof night>[]) {
  const { columns } = columnsOf(nights, 'machine');
  const [test] = overviewOf(columns).tests;
  if (test === undefined) throw new Error('no test');
  const sessions = rowSessions(columns.flatMap(documentsOf));
  const beside = { text: undefined, barriers: [], graphs: [], prices: [] };
  return testDetail({ test, sessions, ...beside }, { blocks: 9, outcomes: 9 }).rows[0]?.cells[0];
}

const first = night('2026-01-01T00:00:00Z', 100);
const second = night('2026-01-02T00:00:00Z', 300);
const silent = night('2026-01-03T00:00:00Z', 0);

describe('a cell that ran at several places', () => {
  it('has the rate of each of them, or what bounds it', () => {
    const [here] = sampleDocument.plans;
    if (here === undefined || first.kind !== 'results') throw new Error('the sample has no plan');
    const there = { ...here, name: 'there', placement: 'across-sockets' } as const;
    const { document } = first;
    const moved = {
      ...first,
      document: {
        ...document,
        plans: [here, there],
        rows: document.rows.map((row) => ({
          ...row,
          runs: [...row.runs, ...row.runs.map((run) => ({ ...run, plan: there.name }))],
        })),
      },
    };
    const cell = cellOf(moved);
    expect(cell?.placements.map(({ plan: name, iterations }) => [name, iterations])).toEqual([
      [`${here.placement}, all plans`, 400_000],
      ['across-sockets, all plans', 400_000],
    ]);
    // Here the control fired, so that it and not an assumption bounds the rate.
    expect(cell?.placements[0]?.high).toBeLessThan(cell?.placements[1]?.high ?? 0);
    expect(cellOf(first)?.placements).toEqual([]);
  });
});

describe('a cell of several sessions', () => {
  it('has the controls of all of them, with the N of all of them', () => {
    const cell = cellOf(first, second, silent);
    expect(cell?.controls).toEqual([
      [`SB under ${plan}`, 'fired in 2 of 3 sessions, silent in 1 of 3 sessions', 0.00267, 1_200_000],
    ]);
    expect(cellOf(first)?.controls).toEqual([[`SB under ${plan}`, 'fired', 0.002, 400_000]]);
  });

  it('would have caught what its counts together bound, where controls fired in all of them', () => {
    const cell = cellOf(first, second);
    const [, bound] = /a rate above (\S+) per/.exec(cell?.rate ?? '') ?? [];
    expect(cell?.rate).toContain('of 800k iterations');
    expect(cell?.vouching).toBe(`Would have caught a rate of ${bound} per iteration (95 %)`);
    expect(cell?.vouching).not.toBe(cellOf(first)?.vouching);
  });

  it('says in which of them controls fired, where they did not in all', () => {
    expect(cellOf(first, silent)?.vouching).toMatch(
      /rate of \S+ per iteration \(95 %\) in 1 of 2 sessions, whose controls fired$/,
    );
    expect(cellOf(silent)?.vouching).toBe('What vouches for it');
  });

  it('says of which session its reason is', () => {
    expect(cellOf(first, silent)?.reason).toBe(
      'beside 800 (session of 2026-01-01T00:00:00Z; 1 of 2 sessions have this verdict)',
    );
    expect(cellOf(silent)?.reason).toBe('beside 0');
  });
});
