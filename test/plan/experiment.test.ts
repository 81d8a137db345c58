import { describe, expect, it } from 'vitest';
import { parseLitmus } from '../../src/language/parser.ts';
import { targetFor } from '../../src/lower/targets.ts';
import type { Affinity } from '../../src/plan/affinity.ts';
import { planExperiment, type ExperimentRequest } from '../../src/plan/experiment.ts';
import type { LitmusTest } from '../../src/language/litmus-test.ts';
import { plansFor, spinEveryIteration, type RunPlan } from '../../src/plan/run-plan.ts';

const source = (text: string) => ({ file: 't.litmus', test: parseLitmus(text, 't.litmus') });

const messagePassing = source(`C mp
(* Struct: x y *)
{}
P0(int *x, int *y)
{
	WRITE_ONCE(*x, 1);
	smp_wmb();
	WRITE_ONCE(*y, 1);
}
P1(int *x, int *y)
{
	int r0 = READ_ONCE(*y);
	smp_rmb();
	int r1 = READ_ONCE(*x);
}
exists (1:r0=1 /\\ 1:r1=0)
`);

/** Under the strategy atomics its stores to y are atomic_inc(), which has no perpetual form. */
const counting = {
  ...messagePassing,
  test: { ...messagePassing.test, header: { ...messagePassing.test.header, counters: ['y'] } },
};

function plan(
  one: ReturnType<typeof source>,
  strategies: readonly string[],
  architecture: 'x86-64' | 'arm64',
  plans: (test: LitmusTest) => readonly RunPlan[] = (test) => plansFor(test, true),
) {
  const target = targetFor(architecture);
  if (target === undefined) throw new Error('no target');
  const [planned] = planExperiment({
    tests: [{ source: one, role: 'asked', strategies }],
    target,
    plans,
    place: (threads) => ({
      cpus: Array.from({ length: threads }, (_, cpu) => cpu),
      copies: [],
      spare: [],
      class: 'same-socket',
      oversubscribed: false,
      notes: [],
    }),
  });
  if (planned === undefined) throw new Error('not planned');
  return planned;
}

describe('an experiment at several places', () => {
  const target = targetFor('x86-64');
  const at = (cpus: readonly number[]): Affinity => ({
    cpus,
    copies: [],
    spare: [],
    class: 'same-socket',
    oversubscribed: false,
    notes: [],
  });
  const planned = (places: ExperimentRequest['places']) => {
    if (target === undefined || places === undefined) throw new Error('no target');
    const tests = [{ source: messagePassing, role: 'asked', strategies: ['kernel'] }] as const;
    const plans = () => [spinEveryIteration];
    return planExperiment({ tests, target, plans, place: () => at([0, 1]), places })[0];
  };

  it('has each plan at each of them', () => {
    expect(planned(() => [at([0, 1]), at([0, 8])])?.plans.map(({ name }) => name)).toEqual([
      'spin-each@0,1',
      'spin-each@0,8',
    ]);
  });

  it('does not run a test that has none, and says why', () => {
    const none = planned(() => 'Placement across-nodes is absent here.');
    expect(none?.plans).toEqual([]);
    expect(none?.variants.map(({ problem }) => problem)).toEqual(['Placement across-nodes is absent here']);
  });
});

describe('an experiment', () => {
  it('runs code that is the same once, under the name of the test as written whatever the order asked for', () => {
    const { variants } = plan(messagePassing, ['none', 'compiler', 'kernel'], 'x86-64');
    expect(variants.map(({ strategy, sameCodeAs }) => [strategy, sameCodeAs])).toEqual([
      ['kernel', undefined],
      ['none', 'kernel'],
      ['compiler', 'kernel'],
    ]);
  });

  it('tells strategies apart where they are different code', () => {
    const { variants } = plan(messagePassing, ['kernel', 'none'], 'arm64');
    expect(variants.map(({ sameCodeAs }) => sameCodeAs)).toEqual([undefined, undefined]);
  });

  it('runs a test with a Struct: in the kernel layout, and names its plans by their CPUs', () => {
    const { plans } = plan(messagePassing, ['kernel'], 'x86-64');
    expect(plans.map(({ name, plan: { layout } }) => [name, layout])).toEqual([
      ['split-deadline@0,1', 'split'],
      ['kernel-spin@0,1', 'kernel'],
      ['split-free@0,1', 'split'],
      ['perpetual@0,1', 'split'],
    ]);
  });

  it('keeps a strategy that does not apply only where it was asked for by name', () => {
    expect(plan(messagePassing, ['atomics-mb'], 'x86-64').refused.map(({ strategy }) => strategy)).toEqual([
      'atomics-mb',
    ]);
    expect(plan(messagePassing, ['all'], 'x86-64').refused).toEqual([]);
  });

  it('says why a test cannot run, and plans the others', () => {
    const rcu = source(
      'C rcu\n{}\nP0(int *x)\n{\n\trcu_read_lock();\n\tWRITE_ONCE(*x, 1);\n\trcu_read_unlock();\n}\nexists (x=1)\n',
    );
    const [variant] = plan(rcu, ['kernel'], 'x86-64').variants;
    expect(variant?.problem).toMatch(/rcu_read_lock/);
    expect(variant?.codes.size).toBe(0);
  });

  it('runs perpetually what has such a form, and folds code that is equal whether it has one or not', () => {
    const { variants } = plan(counting, ['kernel', 'none', 'atomics'], 'x86-64');
    expect(variants.map(({ codes }) => codes.has('perpetual@0,1'))).toEqual([true, true, false]);
    expect(variants.map(({ sameCodeAs }) => sameCodeAs)).toEqual([undefined, 'kernel', undefined]);
    expect(variants[2]?.problem).toBeUndefined();
  });

  it('has no perpetual plan where no variant has the form', () => {
    const final = source(
      'C final\n{}\nP0(int *x)\n{\n\tWRITE_ONCE(*x, 1);\n}\nP1(int *x)\n{\n\tWRITE_ONCE(*x, 2);\n}\nexists (x=1)\n',
    );
    expect(plan(final, ['all'], 'x86-64').plans.map(({ name }) => name)).toEqual([
      'split-deadline@0,1',
      'packed-spin@0,1',
      'split-free@0,1',
    ]);
  });

  it('under the perpetual engine alone refuses by name what has no such form, and strategies where they were named', () => {
    const under = (strategies: readonly string[]) =>
      plan(counting, strategies, 'x86-64', (test) => plansFor(test, true, { engines: ['perpetual'] }));
    const named = under(['kernel', 'atomics']).variants;
    expect(named.map(({ problem }) => problem)).toEqual([
      undefined,
      expect.stringContaining('mp cannot run perpetually: P0 calls atomic_inc()'),
    ]);
    expect(under(['all']).variants.map(({ problem }) => problem)).not.toContainEqual(expect.anything());
  });

  it('has one code for plans that differ in how threads meet alone', () => {
    const { plans, variants } = plan(messagePassing, ['kernel'], 'arm64');
    const nameOf = (wanted: string) => plans.find((placed) => placed.plan.name === wanted)?.name ?? '';
    const codes = variants[0]?.codes;
    expect(codes?.get(nameOf('split-free'))).toBe(codes?.get(nameOf('split-deadline')));
    expect(new Set(codes?.values()).size).toBe(3);
  });

  it('widens the spacing where a test needs more, under a name of its own', () => {
    const wide = source(
      'C wide\n{ int a[12]; }\nP0(int *a)\n{\n\tWRITE_ONCE(*a, 1);\n}\nP1(int *a)\n{\n\tWRITE_ONCE(*a, 2);\n}\nexists (a[0]=1)\n',
    );
    expect(plan(wide, ['kernel'], 'x86-64').plans.map(({ name }) => name)).toEqual([
      'split-deadline-96B@0,1',
      'packed-spin-96B@0,1',
      'split-free-96B@0,1',
    ]);
  });
});
