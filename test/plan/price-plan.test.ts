import { describe, expect, it } from 'vitest';
import { readSuite } from '../../src/language/test-files.ts';
import { cellLayout } from '../../src/lower/layout.ts';
import { targetFor } from '../../src/lower/targets.ts';
import { planExperiment } from '../../src/plan/experiment.ts';
import { measuresOf, pricePlan } from '../../src/plan/price-plan.ts';

const target = targetFor('x86-64');
if (target === undefined) throw new Error('no target');
const suite = readSuite();

describe('how a test is timed', () => {
  it.each(suite.map(({ test }) => [test.name, test] as const))(
    '%s: on several cells that fit together in a first-level cache',
    (_, test) => {
      const { layout, spacingBytes, cells } = pricePlan(test);
      const { offsets } = cellLayout(test, layout, spacingBytes, cells);
      const lines = new Set(
        Array.from({ length: cells }, (__, cell) => cell * spacingBytes).flatMap((start) =>
          [...offsets.values()].map((offset) => Math.floor((start + offset) / 64)),
        ),
      );
      expect(lines.size * 64).toBeLessThanOrEqual(32 * 1024);
      expect(cells).toBeGreaterThan(16);
    },
  );

  const measures = (name: string, oversubscribed: boolean) => {
    const source = suite.find(({ test }) => test.name === name);
    if (source === undefined) throw new Error(`no ${name}`);
    const [planned] = planExperiment({
      tests: [{ source, role: 'asked', strategies: ['all'] }],
      target,
      plans: (test) => [pricePlan(test)],
      place: (threads) => ({
        cpus: Array.from({ length: threads }, (_, thread) => (oversubscribed ? 0 : thread)),
        copies: [],
        spare: [],
        class: 'same-socket',
        oversubscribed,
        notes: [],
      }),
    });
    return planned === undefined ? [] : measuresOf(planned);
  };

  it('is each thread alone on its CPU, and all together', () => {
    const found = measures('SB+mbs', false);
    expect(found.map(({ contended, threads, cpus }) => ({ contended, threads, cpus }))).toEqual([
      { contended: false, threads: [0], cpus: [0] },
      { contended: false, threads: [1], cpus: [1] },
      { contended: true, threads: [0, 1], cpus: [0, 1] },
    ]);
  });

  it('is not together where threads would take turns on a CPU', () => {
    expect(measures('SB+mbs', true).map(({ contended }) => contended)).toEqual([false, false]);
  });

  it('has a program for each different code of the threads that take part', () => {
    const [first, , together] = measures('SB+mbs', false);
    const program = (measure: typeof first, strategy: string) => measure?.programOf.get(strategy);
    expect(program(first, 'no-smp_mb@17')).toBe(program(first, 'none'));
    expect(program(first, 'no-smp_mb@26')).toBe(program(first, 'kernel'));
    expect(program(first, 'kernel')).not.toBe(program(first, 'none'));
    const named = ['kernel', 'none', 'no-smp_mb@17', 'no-smp_mb@26'].map((name) => program(together, name));
    expect(new Set(named).size).toBe(4);
  });
});
