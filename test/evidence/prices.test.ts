import { describe, expect, it } from 'vitest';
import type { Architecture } from '../../src/architecture.ts';
import { testPrice, isPriced } from '../../src/evidence/prices.ts';
import { parseLitmus } from '../../src/language/parser.ts';
import { targetFor } from '../../src/lower/targets.ts';
import { planExperiment, type PlannedTest } from '../../src/plan/experiment.ts';
import { measuresOf, pricePlan, type Measure } from '../../src/plan/price-plan.ts';
import type { PriceBlock } from '../../src/run/prices.ts';

const source = `C MP
{}
P0(int *x, int *y)
{
	WRITE_ONCE(*x, 1);
	smp_mb(); /* the writer's barrier */
	WRITE_ONCE(*y, 1);
}
P1(int *x, int *y)
{
	int r0 = READ_ONCE(*y);
	smp_rmb();
	int r1 = READ_ONCE(*x);
}
exists (1:r0=1 /\\ 1:r1=0)
`;

function planned(architecture: Architecture, strategies: readonly string[] = ['all']): PlannedTest {
  const target = targetFor(architecture);
  if (target === undefined) throw new Error('no target');
  const [test] = planExperiment({
    tests: [
      { source: { file: 'MP.litmus', test: parseLitmus(source, 'MP.litmus') }, role: 'asked', strategies },
    ],
    target,
    plans: (one) => [pricePlan(one)],
    place: () => ({
      cpus: [0, 1],
      copies: [],
      spare: [],
      class: 'same-socket',
      oversubscribed: false,
      notes: [],
    }),
  });
  if (test === undefined) throw new Error('not planned');
  return test;
}

const clock = { name: 'TSC', ticksPerSecond: 2e9 };
const rounds = 4;

/** A block in which each program takes 100 ticks and 2 for each of its bytes, and timing itself 10. */
function block({ programs, threads }: Measure): PriceBlock {
  const steady = (ticks: number) => Array.from({ length: rounds }, () => ticks);
  const samples = programs.map((program) =>
    program.threads.map(({ bytes }) => steady(110 + 2 * bytes.length)),
  );
  return {
    programs: samples,
    copy: samples[0] ?? [],
    nothing: threads.map(() => steady(10)),
    cycles: undefined,
    cyclesProblem: 'none',
    iterations: 1000,
  };
}

function priced(
  test: PlannedTest,
  blocks = 9,
  timeBlock: (measure: Measure, unit: number) => PriceBlock = block,
) {
  const timed = measuresOf(test).map((measure) => ({
    measure,
    blocks: Array.from({ length: blocks }, (_, unit) => timeBlock(measure, unit)),
    problem: undefined,
  }));
  const price = testPrice(test, timed, clock, source);
  if (price === undefined) throw new Error('no price');
  return price;
}

const bytesOf = (test: PlannedTest, strategy: string, thread: number) =>
  [...(test.variants.find((variant) => variant.strategy === strategy)?.codes.values() ?? [])][0]?.threads[
    thread
  ]?.bytes.length ?? Number.NaN;

describe('the prices of a test', () => {
  it('are in nanoseconds a step, without what timing itself takes', () => {
    const test = planned('x86-64');
    const step = priced(test).steps.find(
      ({ strategy, thread, contended }) => strategy === 'kernel' && thread === 0 && !contended,
    );
    const ticks = 100 + 2 * bytesOf(test, 'kernel', 0);
    expect(step).toMatchObject({ ticks, ns: ticks / 2, low: ticks / 2, high: ticks / 2 });
  });

  it.each([
    { what: 'nothing at all', ticks: () => 10, atLeast: 0.001 / 2 },
    { what: 'now more and now less than nothing', ticks: (unit: number) => 8 + (unit % 5), atLeast: 2 / 2 },
    { what: 'less than nothing', ticks: (unit: number) => 5 - (unit % 2), atLeast: 6 / 2 },
  ])('of a step that seems to take $what are told as less than what can be told', ({ ticks, atLeast }) => {
    const { steps } = priced(planned('x86-64'), 9, (measure, unit) => {
      const samples = measure.threads.map(() => Array.from({ length: rounds }, () => ticks(unit)));
      return { ...block(measure), programs: measure.programs.map(() => samples), copy: samples };
    });
    expect(steps.length).toBeGreaterThan(0);
    for (const { ns, ticks: clockTicks, resolutionNs } of steps) {
      expect([ns, clockTicks, resolutionNs]).toEqual([undefined, undefined, atLeast]);
    }
  });

  it('tell each barrier by the name that the test gives it, for the thread that has it and for the other', () => {
    const test = planned('x86-64');
    const { differences } = priced(test);
    const ofBarrier = differences.filter(({ barrier }) => barrier?.line === 6);
    const less = bytesOf(test, 'kernel', 0) - bytesOf(test, 'no-smp_mb@6', 0);
    expect(ofBarrier.map(({ thread, contended, kind }) => [thread, contended, kind])).toEqual([
      [0, false, 'costs'],
      [1, false, 'same-code'],
      [0, true, 'costs'],
      [1, true, 'below-resolution'],
    ]);
    expect(ofBarrier[0]).toMatchObject({
      of: 'kernel',
      against: 'no-smp_mb@6',
      barrier: { thread: 0, text: 'smp_mb()', comment: "the writer's barrier" },
      ns: less,
    });
  });

  it('say "same code" of a barrier that is no instruction, and measure it where it is one', () => {
    const kinds = (architecture: Architecture) =>
      priced(planned(architecture))
        .differences.filter(({ barrier }) => barrier?.text === 'smp_rmb()')
        .map(({ kind }) => kind);
    expect(new Set(kinds('x86-64'))).toEqual(new Set(['same-code']));
    expect(kinds('arm64')).toContain('costs');
  });

  it('compare each strategy with none and with the test as written', () => {
    const { differences } = priced(planned('x86-64'));
    const pairs = new Set(
      differences.flatMap(({ of, against, barrier }) => (barrier ? [] : [`${of} ${against}`])),
    );
    expect(pairs).toContain('kernel none');
    expect(pairs).toContain('full none');
    expect(pairs).toContain('full kernel');
    expect(pairs).not.toContain('none none');
    expect(pairs).not.toContain('kernel kernel');
  });

  it('are absent, with the reason, where too few blocks were timed', () => {
    const { blocks, steps, differences, problems } = priced(planned('x86-64'), 5);
    expect([blocks, steps]).toEqual([0, []]);
    // That code is the same is known without timing it.
    expect(new Set(differences.map(({ kind }) => kind))).toEqual(new Set(['same-code', 'not-timed']));
    const ofBarrier = differences.filter(({ barrier }) => barrier?.line === 6);
    expect(ofBarrier.map(({ thread, kind }) => [thread, kind])).toEqual([
      [0, 'not-timed'],
      [1, 'same-code'],
      [0, 'not-timed'],
      [1, 'not-timed'],
    ]);
    expect(problems).toEqual([
      'P0 alone: only 5 blocks were timed',
      'P1 alone: only 5 blocks were timed',
      'together: only 5 blocks were timed',
    ]);
  });

  it('are of interest only where there are strategies to compare', () => {
    expect(isPriced(planned('x86-64', ['kernel']))).toBe(false);
    expect(isPriced(planned('x86-64', ['kernel', 'none']))).toBe(true);
  });
});
