import { describe, expect, it } from 'vitest';
import { needsOf, sightingsFor } from '../../src/evidence/needs.ts';
import type { PlannedVariant } from '../../src/plan/experiment.ts';
import { runsOf, type BlockCounts } from '../../src/plan/schedule.ts';
import { plannedTests } from '../plan/planned-tests.ts';

const experiment = [
  ...plannedTests(['subject']),
  ...plannedTests(['control'], { header: 'Vouches-for: subject' }),
];
const runs = experiment.flatMap((planned) => runsOf(planned).flat());
const run = (test: string, strategy: string, plan: 'split' | 'packed' = 'split') => {
  const found = runs.find(({ key }) => key.startsWith([test, strategy, plan].join('\0')));
  if (found === undefined) throw new Error(`no ${test} ${strategy} ${plan}`);
  return found;
};

/** With its fences the outcome is forbidden, without them allowed. */
const expected = ({ strategy }: PlannedVariant) =>
  ({ verdict: strategy === 'kernel' ? 'forbidden' : 'allowed' }) as const;

const blocks = (sightings: number, iterations = 1_000_000): readonly BlockCounts[] =>
  Array.from({ length: 10 }, () => ({
    ran: iterations / 10,
    iterations: iterations / 10,
    sightings: sightings / 10,
    wallNs: 1,
    failed: false,
    endedMs: 1,
  }));
const counted = (...all: readonly (readonly [ReturnType<typeof run>, number, number?])[]) =>
  new Map(all.map(([of, sightings, iterations]) => [of.key, blocks(sightings, iterations)]));

const subject = run('subject', 'kernel');
const weakened = run('subject', 'none');
const control = run('control', 'kernel');

describe('what a run needs of the time', () => {
  const need = needsOf(experiment, expected, 'x86-64', undefined);

  it('is most for a control that has not fired, then for what is allowed and unseen, then for what is forbidden', () => {
    const nothing = new Map();
    expect(need(control, nothing)).toBeGreaterThan(need(weakened, nothing));
    expect(need(weakened, nothing)).toBeGreaterThan(need(subject, nothing));
    expect(need(subject, nothing)).toBeGreaterThan(need(weakened, counted([weakened, 1000])));
  });

  it('falls with every sighting, and never to nothing', () => {
    const needed = [10, 100, 1000, 1e5].map((sightings) => need(weakened, counted([weakened, sightings])));
    expect(needed).toEqual(needed.toSorted((left, right) => right - left));
    expect(Math.min(...needed)).toBeGreaterThan(0.2);
  });

  it('is little once the event was seen under another plan, but for a control, which is to fire under each', () => {
    const elsewhere = counted(
      [run('subject', 'none', 'packed'), 1000],
      [run('control', 'kernel', 'packed'), 1000],
    );
    expect(need(weakened, elsewhere)).toBeLessThan(1);
    expect(need(control, elsewhere)).toBeGreaterThan(need(subject, new Map()));
    expect(need(control, elsewhere)).toBeLessThan(need(control, new Map()));
  });
});

describe('a settled question', () => {
  const need = needsOf(experiment, expected, 'x86-64', { confidence: 0.95, rate: 1e-5 });

  it('is an event seen so often that a repetition would see it too', () => {
    expect([0.5, 0.95, 0.99, 0.999].map(sightingsFor)).toEqual([1, 3, 5, 7]);
    expect(need(weakened, counted([weakened, 0]))).toBeGreaterThan(0);
    expect(need(weakened, counted([weakened, 10]))).toBe(0);
  });

  it('is a "never" whose control fired and that would have shown the rate', () => {
    expect(need(subject, counted([subject, 0], [control, 1000]))).toBe(0);
    expect(need(subject, counted([subject, 0, 100_000], [control, 1000]))).toBeGreaterThan(0);
    expect(need(subject, counted([subject, 0], [control, 0]))).toBeGreaterThan(0);
    expect(need(subject, counted([subject, 0]))).toBeGreaterThan(0);
  });

  it('is not one of a "never" that nothing vouches for', () => {
    expect(need(run('control', 'none'), counted([run('control', 'none'), 0, 1e12]))).toBeGreaterThan(0);
  });

  it('allows for how the control clusters', () => {
    const clustered = new Map([
      ...counted([subject, 0, 400_000]),
      [control.key, blocks(0).map((block, index) => ({ ...block, sightings: index === 0 ? 1000 : 0 }))],
    ]);
    expect(need(subject, clustered)).toBeGreaterThan(0);
    expect(need(subject, counted([subject, 0, 400_000], [control, 1000]))).toBe(0);
  });
});
