import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseLitmus } from '../../src/language/parser.ts';
import { readTests, suiteFolder } from '../../src/language/test-files.ts';
import { targetFor } from '../../src/lower/targets.ts';
import { planExperiment } from '../../src/plan/experiment.ts';
import { plansFor } from '../../src/plan/run-plan.ts';
import { journalHeader, resultsDocument } from '../../src/results/document.ts';
import { checkSameness } from '../../src/results/recorded-experiment.ts';
import { sampleDocument } from './sample-document.ts';

test('a row keeps the propositions of condition and filter, their numbers as the observables hold them', () => {
  const source = `C wrapped
{}
P0(u32 *x, int *y)
{
	WRITE_ONCE(*x, -1);
	WRITE_ONCE(*y, -1);
}
filter (y=-1)
~exists (x=-1 /\\ y=1)
`;
  const target = targetFor('x86-64');
  if (target === undefined) throw new Error('x86-64 is a target');
  const experiment = planExperiment({
    tests: [
      {
        source: { file: 'wrapped.litmus', test: parseLitmus(source, 'wrapped.litmus') },
        role: 'asked',
        strategies: ['kernel'],
      },
    ],
    target,
    plans: () => [],
    place: () => ({ cpus: [0], copies: [], spare: [], class: 'one-cpu', oversubscribed: false, notes: [] }),
  });
  const { tool, machine, session } = sampleDocument;
  const models = { opinions: new Map(), findings: [] };
  const identity = { tool, machine, target: sampleDocument.target, session };
  const [row] = resultsDocument(experiment, [], models, identity).rows;
  expect(row?.test).toMatchObject({
    quantifier: '~exists',
    proposition: String.raw`x=4294967295 /\ y=1`,
    filter: 'y=-1',
  });
});

test('a row and the head of its journal tell which threads shared lanes', () => {
  const target = targetFor('x86-64');
  if (target === undefined) throw new Error('x86-64 is a target');
  const [source] = readTests([join(suiteFolder, 'controls', 'SB-three.litmus')]);
  if (source === undefined) throw new Error('no test');
  const planned = (lanes: number | undefined) =>
    planExperiment({
      tests: [{ source, role: 'asked', strategies: ['kernel'] }],
      target,
      plans: (one) => plansFor(one, true, { oversubscribed: true, lanes }),
      place: () => ({
        cpus: [0, 1],
        copies: [],
        spare: [],
        class: 'same-socket',
        oversubscribed: true,
        notes: [],
      }),
    });
  const { tool, machine, session } = sampleDocument;
  const identity = { tool, machine, target: sampleDocument.target, session };
  const rowOf = (lanes: number | undefined) =>
    resultsDocument(planned(lanes), [], { opinions: new Map(), findings: [] }, identity).rows[0];
  expect(rowOf(2)?.lanes).toEqual([[0, 1], [2]]);
  expect(rowOf(undefined)).not.toHaveProperty('lanes');
  const header = journalHeader(planned(2), undefined, identity);
  expect(header.variants[0]?.lanes).toEqual([[0, 1], [2]]);

  const recorded = { act: 'resume', path: 'a.json', header } as const;
  expect(() => checkSameness(recorded, identity, planned(2))).not.toThrow();
  const otherwise = planned(2).map((one) => ({ ...one, lanes: [[1, 0], [2]] }));
  expect(() => checkSameness(recorded, identity, otherwise)).toThrow(
    'Cannot resume a.json: threads of SB-three would share lanes otherwise.',
  );
});
