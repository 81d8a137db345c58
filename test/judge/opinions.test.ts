import { expect, test } from 'vitest';
import { expectationOf } from '../../src/judge/expectation.ts';
import { findingsOf, straysAmong } from '../../src/judge/findings.ts';
import { askArchitectureModel, askKernelModel } from '../../src/judge/opinion.ts';
import { askModels, type KnownAnswers, type Opinion, type OpinionLimits } from '../../src/judge/opinions.ts';
import { parseLitmus } from '../../src/language/parser.ts';
import type { Target } from '../../src/lower/target.ts';
import { targetFor } from '../../src/lower/targets.ts';
import { planExperiment } from '../../src/plan/experiment.ts';
import { plansFor } from '../../src/plan/run-plan.ts';

const never = new AbortController().signal;

function litmus(name: string, header: string, first: string, second: string) {
  return parseLitmus(
    `C ${name}
(* ${header} *)
{}
P0(int *x, int *y)
{
	${first}
}
P1(int *x, int *y)
{
	${second}
}
exists (0:r0=0 /\\ 1:r0=0)
`,
    `${name}.litmus`,
  );
}

const storeBuffering = (name: string, header: string, fence: string) =>
  litmus(
    name,
    header,
    `WRITE_ONCE(*x, 1); ${fence} int r0 = READ_ONCE(*y);`,
    `WRITE_ONCE(*y, 1); ${fence} int r0 = READ_ONCE(*x);`,
  );

/** All that the models say of an experiment. */
function opinionsOf(
  experiment: Parameters<typeof askModels>[0],
  of: Target,
  limits: OpinionLimits,
  asked: (done: number, of: number) => void,
  ...rest: [stopped: AbortSignal, known?: KnownAnswers, helperCount?: number]
) {
  return askModels(experiment, of, limits, ...rest).opinions(asked);
}

const target = targetFor('x86-64');
if (target === undefined) throw new Error('no target');

function planned(source: ReturnType<typeof litmus>) {
  if (target === undefined) throw new Error('no target');
  return planExperiment({
    tests: [{ source: { file: `${source.name}.litmus`, test: source }, role: 'asked', strategies: ['all'] }],
    target,
    plans: (one) => plansFor(one, true),
    place: () => ({
      cpus: [0, 1],
      copies: [],
      spare: [],
      class: 'same-socket',
      oversubscribed: false,
      notes: [],
    }),
  });
}

test('LKMM is asked of the C and the architecture’s model of the code', async () => {
  const experiment = planned(storeBuffering('SB+mbs', 'Result: Never', 'smp_mb();'));
  const opinions = await opinionsOf(experiment, target, { timeoutMs: 1e4, totalMs: 1e5 }, () => {}, never);
  const said = [...opinions].map(([{ strategy }, { kernel, architecture }]) => [
    strategy,
    kernel.observation,
    architecture.observation,
  ]);
  expect(said).toContainEqual(['kernel', 'Never', 'Never']);
  expect(said).toContainEqual(['none', 'Sometimes', 'Sometimes']);
  expect(findingsOf(experiment, opinions)).toEqual([]);
});

test('a file that states another result than LKMM’s is found out', async () => {
  const experiment = planned(storeBuffering('SB', 'Result: Never', ''));
  const opinions = await opinionsOf(experiment, target, { timeoutMs: 1e4, totalMs: 1e5 }, () => {}, never);
  expect(findingsOf(experiment, opinions)).toMatchObject([
    { kind: 'false-result', test: 'SB', sentence: expect.stringContaining('LKMM says Sometimes') },
  ]);
});

test('a break of the chain is found where LKMM forbids what the code may do', async () => {
  const experiment = planned(storeBuffering('SB', 'Question: none', ''));
  const opinions = await opinionsOf(experiment, target, { timeoutMs: 1e4, totalMs: 1e5 }, () => {}, never);
  const strict = new Map(
    [...opinions].map(([variant, { kernel, architecture }]) => {
      const allowed = new Set(
        [...(kernel.allowed ?? [])].filter((key) => !/^\[\["0:r0","0"\],\["1:r0","0"\]\]$/.test(key)),
      );
      return [variant, { kernel: { ...kernel, allowed }, architecture }] as const;
    }),
  );
  expect(findingsOf(experiment, strict)[0]).toMatchObject({
    kind: 'broken-chain',
    sentence: expect.stringMatching(/^x86-tso allows 0:r0=0 1:r0=0 of the code, which LKMM forbids/),
  });
});

test('an outcome outside a model is told with the model that forbids it', () => {
  const fenced = storeBuffering('SB+mbs', 'Result: Never', 'smp_mb();');
  const opinions = {
    kernel: askKernelModel(fenced, 1e4),
    architecture: askArchitectureModel(fenced, target, 1e4),
  };
  const seen = [
    { values: { '0:r0': '0', '1:r0': '1' }, count: 5 },
    { values: { '0:r0': '0', '1:r0': '0' }, count: 2 },
  ];
  expect(straysAmong(seen, opinions)).toEqual([{ model: 'x86-tso', outcome: seen[1]?.values, count: 2 }]);
});

test('a test that LKMM has no meaning for is judged by the architecture’s model alone', () => {
  const streaming = litmus(
    'MP+nt',
    'Question: none',
    'WRITE_ONCE_NT(*x, 1); smp_wmb(); WRITE_ONCE(*y, 1);',
    'int r0 = READ_ONCE(*y);',
  );
  const kernel = askKernelModel(streaming, 1e4);
  expect(kernel).toMatchObject({ observation: undefined, problem: expect.stringContaining('WRITE_ONCE_NT') });
  const architecture = askArchitectureModel(streaming, target, 1e4);
  expect(expectationOf(streaming, { kernel, architecture })).toMatchObject({ by: 'x86-tso' });
});

test('without time no model is asked, and the answer says so', async () => {
  const experiment = planned(storeBuffering('SB', 'Result: Sometimes', ''));
  const opinions = await opinionsOf(experiment, target, { timeoutMs: 1e4, totalMs: 0 }, () => {}, never);
  const [first] = opinions.values();
  expect(first?.kernel.problem).toBe('not asked: no time was left for it');
  const [variant] = opinions.keys();
  if (first === undefined || variant === undefined) throw new Error('nothing was planned');
  expect(expectationOf(variant.test, first)).toEqual({
    verdict: 'allowed',
    event: 'witness',
    by: 'LKMM (Result:)',
  });
});

test.each([
  ['Never', 'Never', 'forbidden', 'LKMM and x86-tso'],
  ['Never', 'Sometimes', 'forbidden', 'LKMM'],
  ['Sometimes', 'Never', 'forbidden', 'x86-tso'],
  ['Sometimes', 'Sometimes', 'allowed', 'LKMM and x86-tso'],
  ['Sometimes', undefined, 'allowed', 'LKMM'],
  [undefined, undefined, 'unknown', 'it took too long'],
] as const)('LKMM %s, x86-tso %s: %s by %s', (kernel, architecture, verdict, by) => {
  const opinion = (model: string, observation: Opinion['observation']): Opinion => ({
    model,
    observation,
    problem: observation === undefined ? 'it took too long' : undefined,
    allowed: undefined,
  });
  const asked = storeBuffering('SB', 'Question: none', '');
  const said = { kernel: opinion('LKMM', kernel), architecture: opinion('x86-tso', architecture) };
  expect(expectationOf(asked, said)).toMatchObject({ verdict, by });
});

test('threads that help answer as this one does', async () => {
  const experiment = ['smp_mb();', 'smp_wmb();', 'smp_rmb();', ''].flatMap((fence, index) =>
    planned(storeBuffering(`SB${index}`, 'Question: none', fence)),
  );
  const limits = { timeoutMs: 1e4, totalMs: 1e5 };
  const alone = await opinionsOf(experiment, target, limits, () => {}, never, new Map(), 0);
  const helped = await opinionsOf(experiment, target, limits, () => {}, never, new Map(), 2);
  expect(alone.size).toBeGreaterThan(16);
  expect(helped).toEqual(alone);
});

test('a stop ends the threads that help, and keeps what is answered', async () => {
  const experiment = planned(storeBuffering('SB', 'Question: none', 'smp_mb();'));
  const stop = new AbortController();
  const limits = { timeoutMs: 1e4, totalMs: 1e5 };
  const opinions = await opinionsOf(
    experiment,
    target,
    limits,
    () => stop.abort(),
    stop.signal,
    new Map(),
    1,
  );
  expect(opinions.size).toBeLessThan(experiment.flatMap(({ variants }) => variants).length);
});

test('what was decided before is not asked again, and what is decided now is known', async () => {
  const experiment = planned(storeBuffering('SB+mbs', 'Question: none', 'smp_mb();'));
  const known: KnownAnswers = new Map();
  const limits = { timeoutMs: 1e4, totalMs: 1e5 };
  const first = await opinionsOf(experiment, target, limits, () => {}, never, known);
  expect(known.size).toBe(first.size);
  const questions: number[] = [];
  const noTime = { timeoutMs: 1e4, totalMs: 0 };
  const again = await opinionsOf(experiment, target, noTime, (_, of) => questions.push(of), never, known);
  expect(again).toEqual(first);
  expect(questions).toEqual([]);
});

test('what was not decided is not known', async () => {
  const experiment = planned(storeBuffering('SB', 'Question: none', ''));
  const known: KnownAnswers = new Map();
  await opinionsOf(experiment, target, { timeoutMs: 1e4, totalMs: 0 }, () => {}, never, known);
  expect(known.size).toBe(0);
});
